"""The sections that belong to nothing else: `[business]`, `[storage]`, `[judging]`, and what every section refuses."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from replies import contacts

_OURS = '"Telefon 0341 555010", "service@firma.example", "Frau Weber"'
_LONGEST = 300
_MAILS = re.compile(r"(?<!\S)[^\s@]\S*@\S*")  # a handle begins with @
_ONLY_A_NUMBER = re.compile(r"[\d\s+()/.-]*")
_PROMISES_A_NUMBER = re.compile(r"(?i)\b(?:tele(?:fon|fax)|tel|fax|mobil|hotline|rufnummer)\b[\s.:]*\+?\d")


def _names_something(sentence: str) -> bool:
    """Can the check of answers find in it what it is meant to let pass?"""
    if not 1 < len(sentence.strip()) <= _LONGEST:
        return False
    if not all(contacts.MAIL.fullmatch(word.strip("<>(),;.:")) for word in _MAILS.findall(sentence)):
        return False
    promised = _ONLY_A_NUMBER.fullmatch(sentence) or _PROMISES_A_NUMBER.search(sentence)
    return not promised or bool(contacts.numbers(sentence))


class Section(BaseModel):
    """Unknown keys are refused, nothing is changed afterwards, no number is infinite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Business(Section):
    """Who we are and how we agree."""

    name: str = Field(min_length=1, max_length=120, description="the business, as pages and mails name it")
    four_eyes: bool = Field(default=True, description="false only where one person runs the business alone")
    language: Literal["de", "en"] = Field(
        default="de", description="of commands, messages, and pages until a person chooses; replies are German"
    )
    secrecy: bool = Field(
        default=False,
        description="bound to professional secrecy (§ 203 StGB): answers neither confirm nor deny a contact",
    )
    ours: tuple[str, ...] = Field(
        default=(),
        description="our contact data and names as we give them in public, one sentence each; may stand in any answer",
    )

    @field_validator("ours")
    @classmethod
    def _can_be_read(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for sentence in value:
            if not _names_something(sentence):
                raise ValueError(_OURS)
        return value


class Storage(Section):
    """Where things are kept."""

    database: str = Field(
        default="sqlite:///data/widerhall.db",
        description="sqlite:/// with a path relative to this file, or postgresql+psycopg://",
    )

    @field_validator("database")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("sqlite:///… or postgresql+psycopg://…")
        return value


class Judging(Section):
    """Who reads the posts."""

    strong: bool = Field(
        default=True,
        description="false: the simple tier alone, 13 times quicker and worse; so it is without onnxruntime, too",
    )
