"""Every setting of the assistant, typed and checked: the environment and ``clinic.yml``. Nothing else reads them."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from datetime import date, datetime, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any, Optional
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, Extra, Field, StrictStr, ValidationError, root_validator, validator

from bot.opening_hours import DAYS, OpeningHours, Period
from bot.yaml_file import YamlFileError, describe, read_mapping

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = ("127.0.0.1", "::1", "localhost")
CHANNELS = ("web", "telegram", "slack", "rest")
# Before that nobody asked a bot.
FIRST_YEAR = 2000


class SettingsError(Exception):
    """A setting that cannot be used; the message names where it stands and how to mend it."""


class Clinic(BaseModel):
    """What ``clinic.yml`` says about the clinic."""

    name: StrictStr = Field(min_length=2, max_length=60)
    phone: StrictStr = Field(regex=r"^\+?[0-9][0-9 ()./-]{4,}\Z")
    country: StrictStr
    """Two letters, ISO 3166: whose phone numbers and identity numbers people write without saying so."""
    opening_hours: dict[StrictStr, StrictStr]
    closed_on: list[date] = []
    call_back_hours: float = Field(gt=0, le=80)
    """Within how many hours of being open the staff answer a request."""
    emergency_number: StrictStr = Field(regex=r"^\+?[0-9][0-9 -]*\Z")
    urgent_care_name: StrictStr = Field(min_length=2, max_length=60)
    urgent_care_number: StrictStr = Field(regex=r"^\+?[0-9][0-9 ()./-]*\Z")
    crisis_line_name: StrictStr = Field(min_length=2, max_length=60)
    crisis_line_number: StrictStr = Field(regex=r"^\+?[0-9][0-9 ()./-]*\Z")
    time_zone: StrictStr
    breakout_limit_weeks: int = Field(ge=1, le=26)
    review_every_months: int = Field(12, ge=1, le=60)
    """How long an approved text may go without being read again."""
    retention_days: int = Field(30, ge=1, le=3650)
    """How long a conversation is kept after its last message."""
    website_origins: list[StrictStr] = []
    """The websites that may show the chat."""

    class Config:
        """A misspelt field is an error, and no one changes a setting at run time."""

        extra = Extra.forbid
        allow_mutation = False

    @validator("time_zone")
    def _known_time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is not a time zone, write it like Europe/London") from error
        return value

    @validator("country")
    def _known_country(cls, value: str) -> str:
        if value not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(f"{value!r} is not a country, write its two letters, like GB")
        return value

    @validator("opening_hours")
    def _readable_hours(cls, value: dict[str, str]) -> dict[str, str]:
        for day, text in value.items():
            if day not in DAYS:
                raise ValueError(f"{day!r} is not a day, use one of {', '.join(DAYS)}")
            periods = _periods(text)
            if any(later.opens < earlier.closes for earlier, later in pairwise(periods)):
                raise ValueError(f"{day}: {text!r} overlaps, write the periods of a day in order")
        return value

    @root_validator(skip_on_failure=True)
    def _open_in_time(cls, values: dict[str, Any]) -> dict[str, Any]:
        # A clinic that is never open could promise no call.
        _hours(values).after(datetime.now(timezone.utc), values["call_back_hours"])
        return values

    @validator("website_origins", each_item=True)
    def _is_origin(cls, value: str) -> str:
        # No stars or brackets: Rasa's server would take them for a pattern, and let other websites in.
        if not re.fullmatch(r"https?://[a-z0-9._-]+(:[0-9]+)?", value):
            raise ValueError(f"{value!r} is not a website's address, write it like https://www.example.com")
        return value

    @property
    def times(self) -> OpeningHours:
        """When the clinic is open."""
        return _hours(dict(self))

    @property
    def hours(self) -> str:
        """When it is open, in words."""
        return self.times.in_words()

    def variables(self) -> dict[str, str]:
        """The values that answers and responses may name in curly brackets."""
        return {
            "clinic_name": self.name,
            "clinic_phone": self.phone,
            "clinic_hours": self.hours,
            "clinic_tel": dialled(self.phone),
            "emergency_number": self.emergency_number,
            "emergency_tel": dialled(self.emergency_number),
            "urgent_care_name": self.urgent_care_name,
            "urgent_care_number": self.urgent_care_number,
            "crisis_line_name": self.crisis_line_name,
            "crisis_line_number": self.crisis_line_number,
            "crisis_line_tel": dialled(self.crisis_line_number),
            "limit_weeks": str(self.breakout_limit_weeks),
            "retention_days": str(self.retention_days),
        }


def _periods(text: str) -> list[Period]:
    return [Period.parse(it) for it in text.split(",")]


def _hours(values: Mapping[str, Any]) -> OpeningHours:
    week = {day: _periods(text) for day, text in values["opening_hours"].items()}
    return OpeningHours(week, frozenset(values["closed_on"]), ZoneInfo(values["time_zone"]))


def dialled(number: str) -> str:
    """A phone number as a ``tel:`` link has it: digits, and the plus of a country code."""
    return "".join(it for it in number.replace("(0)", "") if it in "+0123456789")


def load_clinic(file: Path = ROOT / "clinic.yml") -> Clinic:
    """Reads the clinic's settings.

    Raises:
        SettingsError: naming the file and every field that is missing or wrong.
    """
    try:
        return Clinic(**read_mapping(file))
    except YamlFileError as error:
        raise SettingsError(str(error)) from error
    except ValidationError as error:
        raise SettingsError("\n".join(f"{file.name}: {problem}" for problem in describe(error))) from error


class Settings(BaseModel):
    """What the environment says."""

    port: int = Field(5005, ge=1, le=65535)
    actions_port: int = Field(5055, ge=1, le=65535)
    interface: str = "127.0.0.1"
    """The address of this machine that a part which runs alone listens at, see ``bot/serve.py``."""
    actions_url: Optional[str] = None
    """Where the action server is asked; without it, on this machine."""
    metrics_port: Optional[int] = Field(default=None, ge=1, le=65533)
    """Where Rasa's process shows what it has measured; the action server does on the next port, the caretaker on the
    one after it. Without it nobody does."""
    log_format: str = Field(default="plain", regex=r"^(plain|json)\Z")
    build_revision: str = Field(default="unknown", regex=r"^[A-Za-z0-9._-]{1,64}\Z")
    """Of the sources that an image was made from, as the metrics name it."""
    heartbeat_file: Optional[str] = None
    """What the caretaker touches in each round, by which its container is known to be alive."""
    chat_secret: Optional[str] = Field(default=None, min_length=32)
    database_url: str = f"sqlite:///{ROOT / 'var' / 'assistant.db'}"
    redis_url: Optional[str] = None
    """By which several replicas take turns; without it there is one."""
    rest_token: Optional[str] = Field(default=None, min_length=16)
    """Without it the REST channel answers this machine alone."""
    public_url: Optional[str] = None
    """The https address by which the platforms reach the assistant, without a slash at the end."""
    telegram_token: Optional[str] = Field(default=None, regex=r"^[0-9]+:[A-Za-z0-9_-]+\Z")
    telegram_secret: Optional[str] = Field(default=None, regex=r"^[A-Za-z0-9_-]{16,256}\Z")
    telegram_api: str = "https://api.telegram.org"
    slack_token: Optional[str] = Field(default=None, regex=r"^xoxb-[A-Za-z0-9-]+\Z")
    slack_signing_secret: Optional[str] = Field(default=None, min_length=16)
    slack_api: str = "https://slack.com/api"
    staff_email: Optional[str] = None
    """Where the staff are told of requests by e-mail."""
    smtp_url: Optional[str] = None
    """The mail server: ``smtps://USER:PASSWORD@HOST:PORT`` or ``smtp://...``, which must offer STARTTLS."""
    staff_webhook: Optional[str] = None
    """Where the staff are told of requests as a Slack incoming webhook takes them."""

    class Config:
        """Settings are read once, at start."""

        allow_mutation = False

    @validator("actions_port", always=True)
    def _two_ports(cls, value: int, values: dict[str, int]) -> int:
        if value == values.get("port"):
            raise ValueError("must differ from PORT")
        return value

    @validator("interface")
    def _is_interface(cls, value: str) -> str:
        try:
            ipaddress.ip_address(value)
        except ValueError as error:
            raise ValueError("must be an IP address of this machine, or 0.0.0.0 for all of them") from error
        return value

    @validator("actions_url")
    def _is_action_server(cls, value: Optional[str]) -> Optional[str]:
        if value is not None:
            parts = urlsplit(value)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.path != "/webhook":
                raise ValueError("must be like http://actions:5055/webhook")
        return value

    @validator("metrics_port")
    def _ports_of_metrics(cls, value: Optional[int], values: dict[str, Any]) -> Optional[int]:
        used = {values.get("port"), values.get("actions_port")}
        if value is not None and used & {value, value + 1, value + 2}:
            raise ValueError("must differ from PORT and ACTIONS_PORT, and so must the two ports after it")
        return value

    @property
    def action_endpoint(self) -> str:
        """Where the action server is asked."""
        return self.actions_url or f"http://127.0.0.1:{self.actions_port}/webhook"

    @validator("public_url")
    def _is_https(cls, value: Optional[str]) -> Optional[str]:
        if value is not None:
            parts = urlsplit(value)
            if parts.scheme != "https" or not parts.hostname or value.endswith("/"):
                raise ValueError("must be an https address without a slash at the end: the platforms call no other")
        return value

    @validator("telegram_secret", always=True)
    def _telegram_is_whole(cls, value: Optional[str], values: dict[str, Any]) -> Optional[str]:
        return _both(value, values, "telegram_token")

    @validator("slack_signing_secret", always=True)
    def _slack_is_whole(cls, value: Optional[str], values: dict[str, Any]) -> Optional[str]:
        return _both(value, values, "slack_token")

    @validator("staff_email")
    def _is_address(cls, value: Optional[str]) -> Optional[str]:
        try:
            return value and validate_email(value, check_deliverability=False).normalized
        except EmailNotValidError as error:
            raise ValueError(f"is not an e-mail address: {error}") from error

    @validator("smtp_url", always=True)
    def _mail_is_whole(cls, value: Optional[str], values: dict[str, Any]) -> Optional[str]:
        if value is not None:
            parts = urlsplit(value)
            if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
                raise ValueError("must be smtps://USER:PASSWORD@HOST:PORT, or smtp:// for STARTTLS")
            try:
                parts.port  # noqa: B018 - read for its error
            except ValueError as error:
                raise ValueError("has a port that is no number from 0 to 65535") from error
            if not unquote(f"{parts.username}{parts.password}").isascii():
                raise ValueError("holds letters that mail servers cannot take in a name or password")
        return _both(value, values, "staff_email")

    @validator("staff_webhook")
    def _is_safe(cls, value: Optional[str]) -> Optional[str]:
        if value is not None:
            parts = urlsplit(value)
            is_here = parts.hostname in LOOPBACK
            if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_here)):
                raise ValueError("must be an https address, or http on this machine")
        return value

    @validator("database_url")
    def _known_database(cls, value: str) -> str:
        parts = urlsplit(value)
        file = parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1
        server = parts.scheme.split("+")[0] == "postgresql" and parts.hostname and len(parts.path) > 1
        if not (file or server):
            raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE")
        return value

    @validator("redis_url")
    def _replicas_share(cls, value: Optional[str], values: dict[str, Any]) -> Optional[str]:
        if value is not None:
            parts = urlsplit(value)
            if parts.scheme not in ("redis", "rediss") or not parts.hostname:
                raise ValueError("must be redis://:PASSWORD@HOST:PORT/NUMBER, or rediss:// for an encrypted connection")
            # A value that is wrong itself is not among the values, and has been named already.
            if "chat_secret" in values and values["chat_secret"] is None:
                raise ValueError("is for several replicas: set CHAT_SECRET too, to the same value for all of them")
            if values.get("database_url", "").startswith("sqlite"):
                raise ValueError("is for several replicas: set DATABASE_URL to a PostgreSQL that they share")
        return value


def _both(value: Optional[str], values: dict[str, Any], other: str) -> Optional[str]:
    """A secret of a channel that has two: with one alone it could not be served safely.

    Raises:
        ValueError: if one is set without the other.
    """
    # A value that is wrong itself is not among the values, and has been named already.
    if other in values and (value is None) != (values[other] is None):
        raise ValueError(f"must be set together with {other.upper()}")
    return value


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Reads the environment.

    Raises:
        SettingsError: naming every variable that cannot be used.
    """
    given = {name: environment[name.upper()] for name in Settings.__fields__ if environment.get(name.upper())}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic casts the texts
    except ValidationError as error:
        problems = [f"environment variable {problem}" for problem in describe(error, rename=str.upper)]
        raise SettingsError("\n".join(problems)) from error


class ReportOptions(BaseModel):
    """What a report is to be about, as ``make report`` and ``make suggest`` are told."""

    first: Optional[date] = Field(None, alias="FROM")
    """The first day; without it, 30 days before the last."""
    last: Optional[date] = Field(None, alias="TO")
    """The last day; without it, today."""
    channel: Optional[StrictStr] = Field(None, alias="CHANNEL")
    """The only channel to look at; without it, all."""
    file: Path = Field(ROOT / "var" / "report.html", alias="OUT")
    """Where the report is written."""

    class Config:
        """Options are read once, at start."""

        allow_mutation = False

    @validator("first", "last", pre=True)
    def _is_day(cls, value: str) -> date:
        wrong = ValueError(f"{value!r} is not a day, write it like 2026-11-01")
        try:
            day = date.fromisoformat(value)
        except ValueError as error:
            raise wrong from error
        if day.year < FIRST_YEAR:
            raise wrong
        return day

    @validator("channel")
    def _is_channel(cls, value: str) -> str:
        if value not in CHANNELS:
            raise ValueError(f"{value!r} is not a channel, write one of {', '.join(CHANNELS)}")
        return value


def load_report_options(environment: Mapping[str, str] = os.environ) -> ReportOptions:
    """Reads FROM, TO, CHANNEL and OUT, which make hands on to the programs that it runs.

    Raises:
        SettingsError: naming every one that cannot be used, and how to mend it.
    """
    names = [it.alias for it in ReportOptions.__fields__.values()]
    given = {name: environment[name] for name in names if environment.get(name)}
    try:
        return ReportOptions(**given)  # type: ignore[arg-type]  # the validators take texts
    except ValidationError as error:
        raise SettingsError("\n".join(describe(error))) from error
