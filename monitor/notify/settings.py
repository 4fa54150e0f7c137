"""The section `[notify]`: who is told, by which way, and when not."""

import os
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from monitor.words import _
from replies.clocks import WEEKDAYS

_FORM = "HH:MM"


def _span(text: str) -> tuple[time, time] | None:
    if not text.strip():
        return None
    begin, _dash, end = text.partition("-")
    return time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())


class Notify(BaseModel):
    """Mail through one server, pushes through Apprise. Nothing configured: nobody is told, the page has it all."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    smtp_host: str = Field(default="", description="mail server; empty: no mail")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="587 with starttls, 465 with tls")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="none only for a server on this machine"
    )
    smtp_user: str = Field(default="", description="login at the mail server; empty: none")
    smtp_password_file: str = Field(default="", description="file with its password, or smtp_password_env")
    smtp_password_env: str = Field(default="", description="variable of the environment with its password")
    sender: str = Field(default="", description="address that the mails come from; empty: smtp_user")
    to: dict[str, list[str]] = Field(
        default_factory=dict,
        description='addresses besides those of `widerhall user`, by role or name: staff = ["team@example.de"]',
    )
    apprise_file: str = Field(default="", description="file with one Apprise address per line (ntfy, Teams, Slack …)")
    apprise_env: str = Field(default="", description="variable of the environment with them, one per line")
    morning: str = Field(default="08:00", description="time of the morning mail")
    days: tuple[str, ...] = Field(default=WEEKDAYS[:5], description="days with a morning mail")
    quiet_hours: str = Field(
        default="19:00-07:00", description="no message then but of a threat; it comes afterwards; empty: any time"
    )
    timezone: str = Field(default="Europe/Berlin", description="IANA time zone of these times")

    @field_validator("morning")
    @classmethod
    def _is_a_time(cls, value: str) -> str:
        try:
            time.fromisoformat(value)
        except ValueError as wrong:
            raise ValueError(_FORM) from wrong
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _is_a_span(cls, value: str) -> str:
        try:
            _span(value)
        except ValueError as wrong:
            raise ValueError(f"{_FORM}-{_FORM}") from wrong
        return value

    @field_validator("days")
    @classmethod
    def _are_days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not set(value) <= set(WEEKDAYS):
            raise ValueError(", ".join(WEEKDAYS))
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("Europe/Berlin …")
        return value

    @field_validator("sender", "smtp_user", "smtp_host")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if any(not letter.isprintable() for letter in value):
            raise ValueError("name@example.de")
        return value

    @field_validator("to")
    @classmethod
    def _are_addresses(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        if not all(is_address(address) for addresses in value.values() for address in addresses):
            raise ValueError("name@example.de")
        return value

    @model_validator(mode="after")
    def _has_a_sender(self) -> Self:
        if self.smtp_host and not is_address(self.sender or self.smtp_user):
            raise ValueError('sender = "widerhall@example.de"')
        return self

    @property
    def at(self) -> time:
        """When the morning mail is due, local."""
        return time.fromisoformat(self.morning)

    @property
    def quiet(self) -> tuple[time, time] | None:
        """When nobody is told anything, local; it may go over midnight."""
        return _span(self.quiet_hours)

    def password(self, folder: Path) -> str | None:
        """The mail server's password; relative paths start at the configuration's folder."""
        return _secret(folder, self.smtp_password_file, self.smtp_password_env)

    def addresses(self, folder: Path) -> tuple[str, ...]:
        """Apprise's addresses. They are secrets."""
        found = _secret(folder, self.apprise_file, self.apprise_env) or ""
        return tuple(line for line in map(str.strip, found.splitlines()) if line and not line.startswith("#"))

    def warnings(self) -> Iterator[str]:
        """What is allowed and yet unwise."""
        if self.smtp_host and self.smtp_security == "none" and self.smtp_user:
            yield _('[notify] smtp_security = "none": das Passwort geht unverschlüsselt über das Netz.')


def is_address(text: str) -> bool:
    """Could it be a mail address? One @, no blank, nothing that could become a second header."""
    local, at, domain = text.partition("@")
    plain = text.isascii() and text.isprintable() and not any(letter in ' <>,;"\\' for letter in text)
    return bool(local and at and domain) and "@" not in domain and plain


def _secret(folder: Path, file: str, variable: str) -> str | None:
    if file:
        path = folder / file
        return path.read_text(encoding="utf-8-sig").strip() or None if path.is_file() else None
    return os.environ.get(variable) or None if variable else None


def missing_files(notify: Notify | None, folder: Path) -> Iterator[tuple[str, str]]:
    """(path in the configuration, sentence) for each file of secrets that does not exist."""
    for key in ("smtp_password_file", "apprise_file"):
        file = getattr(notify, key, "")
        if file and not (folder / file).is_file():
            yield f"notify.{key}", _("Die Datei {file} gibt es nicht.").format(file=file)
