from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from sanic_cors.core import probably_regex

from bot.settings import (
    CHANNELS,
    ROOT,
    Clinic,
    Settings,
    SettingsError,
    dialled,
    load_clinic,
    load_report_options,
    load_settings,
)
from bot.yaml_file import read_mapping

SHARED = {"REDIS_URL": "redis://redis:6379/0"}
CLINIC = (ROOT / "clinic.yml").read_text(encoding="utf-8")


def clinic_file(folder: Path, old: str, new: str) -> Path:
    assert old in CLINIC
    file = folder / "clinic.yml"
    file.write_text(CLINIC.replace(old, new), encoding="utf-8")
    return file


def test_every_variable_has_the_clinics_value(clinic: Clinic) -> None:
    assert clinic.variables() == {
        "clinic_name": clinic.name,
        "clinic_phone": clinic.phone,
        "clinic_hours": clinic.hours,
        "clinic_tel": "02079460018",
        "emergency_number": clinic.emergency_number,
        "emergency_tel": "999",
        "urgent_care_name": clinic.urgent_care_name,
        "urgent_care_number": clinic.urgent_care_number,
        "crisis_line_name": clinic.crisis_line_name,
        "crisis_line_number": clinic.crisis_line_number,
        "crisis_line_tel": "116123",
        "limit_weeks": str(clinic.breakout_limit_weeks),
        "retention_days": str(clinic.retention_days),
    }


@pytest.mark.parametrize(
    ("number", "link"), [("020 7946 0018", "02079460018"), ("+44 (0)20 7946-0018", "+442079460018"), ("999", "999")]
)
def test_a_number_is_dialled_without_what_is_for_the_eye(number: str, link: str) -> None:
    assert dialled(number) == link


@pytest.mark.parametrize(
    ("old", "new", "field", "problem"),
    [
        ("name:", "nmae:", "nmae", "check its spelling"),
        ("name:", "nmae:", "name", "is missing, add it"),
        ('"999"', "999", "emergency_number", "must be text, put it in quotes"),
        ("020 7946 0018", "call us", "phone", "compare"),
        ("Europe/London", "Europe/Lundon", "time_zone", "'Europe/Lundon' is not a time zone"),
        ("Europe/London", "../etc/passwd", "time_zone", "is not a time zone"),
        ("country: GB", "country: UK", "country", "'UK' is not a country, write its two letters, like GB"),
        ("monday: 09:00-18:00", "moonday: 09:00-18:00", "opening_hours", "'moonday' is not a day, use one of monday,"),
        ("monday: 09:00-18:00", "monday: 9-18", "opening_hours", "'9-18' is not a time of opening, write it like 09:"),
        ("monday: 09:00-18:00", "monday: 09:00-13:00, 12:00-18:00", "opening_hours", "overlaps"),
        ("[2026-12-25,", "[christmas,", "closed_on.0", "is no date, write it like"),
        ("call_back_hours: 4", "call_back_hours: 0", "call_back_hours", "greater than 0"),
        ("retention_days: 30", "retention_days: 0", "retention_days", "greater than or equal to 1"),
        ("breakout_limit_weeks: 4", "breakout_limit_weeks: four", "breakout_limit_weeks", "not a valid integer"),
        ("breakout_limit_weeks: 4", "breakout_limit_weeks: 0", "breakout_limit_weeks", "greater than or equal to 1"),
        (
            "https://www.harbourskin.example",
            "www.harbourskin.example",
            "website_origins.0",
            "write it like https://www",
        ),
        ("harbourskin.example", "harbourskin.example/chat/", "website_origins.0", "is not a website's address"),
        ("https://www.harbourskin.example", "'*'", "website_origins.0", "is not a website's address"),
        ("breakout_limit_weeks: 4", "breakout_limit_weeks: 27", "breakout_limit_weeks", "less than or equal to 26"),
    ],
)
def test_a_wrong_field_of_the_clinic_is_named(tmp_path: Path, old: str, new: str, field: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=rf"(?m)^clinic\.yml: {field}: .*{problem}"):
        load_clinic(clinic_file(tmp_path, old, new))


def test_all_wrong_fields_are_listed_at_once(tmp_path: Path) -> None:
    (tmp_path / "clinic.yml").write_text("name: Harbour\n", encoding="utf-8")

    with pytest.raises(SettingsError) as raised:
        load_clinic(tmp_path / "clinic.yml")

    missing = {name for name, field in Clinic.__fields__.items() if field.required} - {"name"}
    assert {line.split(": ")[1] for line in str(raised.value).splitlines()} == missing


def test_a_missing_clinic_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.yml: the file is missing"):
        load_clinic(tmp_path / "none.yml")


@pytest.mark.parametrize("changed", ["name", "breakout_limit_weeks"])
def test_the_clinic_cannot_be_changed_at_run_time(clinic: Clinic, changed: str) -> None:
    with pytest.raises(TypeError, match="immutable"):
        setattr(clinic, changed, "other")


@pytest.mark.parametrize("environment", [{}, {"PORT": "", "ACTIONS_PORT": "", "DATABASE_URL": "", "REDIS_URL": ""}])
def test_what_is_not_set_has_its_default(environment: dict[str, str]) -> None:
    settings = load_settings(environment)

    assert (settings.port, settings.actions_port) == (5005, 5055)
    assert settings.database_url == f"sqlite:///{ROOT}/var/assistant.db"


@pytest.mark.parametrize("url", ["sqlite:////tmp/a.db", "postgresql://u:p@db/chat", "postgresql+psycopg2://u@db/chat"])
def test_the_environment_is_read(url: str) -> None:
    environment = {"PORT": "80", "ACTIONS_PORT": "81", "DATABASE_URL": url, "HOME": "/root"}

    assert load_settings(environment) == Settings(port=80, actions_port=81, database_url=url)


def test_replicas_share_a_redis_a_database_and_a_secret() -> None:
    environment = {**SHARED, "CHAT_SECRET": "x" * 32, "DATABASE_URL": "postgresql://u:p@db/chat"}

    assert load_settings(environment).redis_url == "redis://redis:6379/0"


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"PORT": "abc"}, "environment variable PORT: value is not a valid integer"),
        ({"PORT": "0"}, "environment variable PORT: "),
        ({"ACTIONS_PORT": "65536"}, "environment variable ACTIONS_PORT: "),
        ({"PORT": "6000", "ACTIONS_PORT": "6000"}, "environment variable ACTIONS_PORT: must differ from PORT"),
        ({"PORT": "5055"}, "environment variable ACTIONS_PORT: must differ from PORT"),
        ({"DATABASE_URL": "mysql://db/chat"}, "environment variable DATABASE_URL: must be sqlite:///FILE"),
        ({"DATABASE_URL": "var/chat.db"}, "environment variable DATABASE_URL: must be sqlite:///FILE"),
        ({"REDIS_URL": "redis://localhost"}, "REDIS_URL: is for several replicas: set CHAT_SECRET too"),
        ({**SHARED, "CHAT_SECRET": "x" * 32}, "REDIS_URL: is for several replicas: set DATABASE_URL to a PostgreSQL"),
        ({**SHARED, "REDIS_URL": "localhost:6379"}, "REDIS_URL: must be redis://"),
        ({**SHARED, "CHAT_SECRET": "short"}, "CHAT_SECRET: "),
        ({"STAFF_EMAIL": "desk", "SMTP_URL": "smtps://mail.clinic.example"}, "STAFF_EMAIL: is not an e-mail address"),
        ({"STAFF_EMAIL": "desk@clinic.example"}, "SMTP_URL: must be set together with STAFF_EMAIL"),
        ({"SMTP_URL": "smtps://mail.clinic.example"}, "SMTP_URL: must be set together with STAFF_EMAIL"),
        ({"STAFF_EMAIL": "d@clinic.example", "SMTP_URL": "mail.clinic.example"}, "SMTP_URL: must be smtps://USER"),
        ({"STAFF_EMAIL": "d@clinic.example", "SMTP_URL": "smtps://mail:x1"}, "SMTP_URL: has a port that is no number"),
        ({"STAFF_EMAIL": "d@clinic.example", "SMTP_URL": "smtps://d:p%C3%A4@mail"}, "SMTP_URL: holds letters that"),
        ({"STAFF_WEBHOOK": "http://hooks.example/x"}, "STAFF_WEBHOOK: must be an https address"),
    ],
)
def test_an_unusable_variable_is_named(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(environment)

    assert message in str(raised.value)


def test_a_report_is_about_what_it_is_told() -> None:
    options = load_report_options({"FROM": "2026-11-01", "TO": "2026-11-30", "CHANNEL": "slack", "OUT": "/tmp/a.html"})

    assert (options.first, options.last) == (date(2026, 11, 1), date(2026, 11, 30))
    assert (options.channel, options.file) == ("slack", Path("/tmp/a.html"))


@pytest.mark.parametrize("environment", [{}, {"FROM": "", "TO": "", "CHANNEL": "", "OUT": ""}])
def test_a_report_that_is_told_nothing_is_about_all(environment: dict[str, str]) -> None:
    options = load_report_options(environment)

    assert (options.first, options.last, options.channel) == (None, None, None)
    assert options.file == ROOT / "var" / "report.html"


def test_all_wrong_options_of_a_report_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        load_report_options({"FROM": "1/11/2026", "TO": "2026-13-01", "CHANNEL": "Web"})

    assert str(raised.value).splitlines() == [
        "FROM: '1/11/2026' is not a day, write it like 2026-11-01",
        "TO: '2026-13-01' is not a day, write it like 2026-11-01",
        "CHANNEL: 'Web' is not a channel, write one of web, telegram, slack, rest",
    ]


def test_the_channels_are_those_that_are_served() -> None:
    credentials = read_mapping(ROOT / "credentials.yml")

    assert {name.split(".")[2] for name in credentials} == {*CHANNELS, "health"}


@pytest.mark.parametrize(
    "origin",
    ["https://*.clinic.example", "https://clinic.example$", "https://(clinic|other).example", "https://[::1]", "null"],
)
def test_a_website_is_no_pattern(clinic: Clinic, origin: str) -> None:
    with pytest.raises(ValidationError, match="is not a website's address"):
        Clinic(**{**clinic.dict(), "website_origins": [origin]})


@pytest.mark.parametrize(
    "origin", ["https://www.clinic.example", "http://localhost:8000", "https://xn--bcher-kva.example"]
)
def test_the_server_compares_a_website_as_a_whole(clinic: Clinic, origin: str) -> None:
    assert Clinic(**{**clinic.dict(), "website_origins": [origin]}).website_origins == [origin]
    assert not probably_regex(origin)  # else sanic-cors would match its beginning alone
