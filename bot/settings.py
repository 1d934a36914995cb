"""Every setting of the assistant, typed and checked: the environment and ``clinic.yml``. Nothing else reads them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from phonenumbers import SUPPORTED_REGIONS
from pydantic import BaseModel, Extra, Field, StrictStr, ValidationError, validator

from bot.yaml_file import YamlFileError, describe, read_mapping

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting that cannot be used; the message names where it stands and how to mend it."""


class Clinic(BaseModel):
    """What ``clinic.yml`` says about the clinic."""

    name: StrictStr = Field(min_length=2, max_length=60)
    phone: StrictStr = Field(regex=r"^\+?[0-9][0-9 ()./-]{4,}\Z")
    hours: StrictStr = Field(min_length=2, max_length=120)
    emergency_number: StrictStr = Field(regex=r"^\+?[0-9][0-9 -]*\Z")
    urgent_care_name: StrictStr = Field(min_length=2, max_length=60)
    urgent_care_number: StrictStr = Field(regex=r"^\+?[0-9][0-9 ()./-]*\Z")
    crisis_line_name: StrictStr = Field(min_length=2, max_length=60)
    crisis_line_number: StrictStr = Field(regex=r"^\+?[0-9][0-9 ()./-]*\Z")
    time_zone: StrictStr
    country: StrictStr = "GB"
    """Whose phone numbers and identity numbers people write without saying so; two letters, ISO 3166."""
    breakout_limit_weeks: int = Field(ge=1, le=26)
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
        if value not in SUPPORTED_REGIONS:
            raise ValueError(f"{value!r} is not a country, write its two letters like GB or US")
        return value

    @validator("website_origins", each_item=True)
    def _is_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or value != f"{parts.scheme}://{parts.netloc}".lower():
            raise ValueError(f"{value!r} is not a website's address, write it like https://www.example.com")
        return value

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
    chat_secret: Optional[str] = Field(default=None, min_length=32)
    database_url: str = f"sqlite:///{ROOT / 'var' / 'assistant.db'}"
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

    class Config:
        """Settings are read once, at start."""

        allow_mutation = False

    @validator("actions_port", always=True)
    def _two_ports(cls, value: int, values: dict[str, int]) -> int:
        if value == values.get("port"):
            raise ValueError("must differ from PORT")
        return value

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

    @validator("database_url")
    def _known_database(cls, value: str) -> str:
        parts = urlsplit(value)
        file = parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1
        server = parts.scheme.split("+")[0] == "postgresql" and parts.hostname and len(parts.path) > 1
        if not (file or server):
            raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE")
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
    if environment.get("REDIS_URL"):
        raise SettingsError("REDIS_URL: this version runs as one process and has no use for Redis; unset it")
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic casts the texts
    except ValidationError as error:
        problems = [f"environment variable {problem}" for problem in describe(error, rename=str.upper)]
        raise SettingsError("\n".join(problems)) from error
