"""The sections that belong to nothing else: `[business]`, `[storage]`, `[judging]`, and what every section refuses."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Section(BaseModel):
    """Unknown keys are refused, nothing is changed afterwards, no number is infinite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Business(Section):
    """Who we are and how we agree."""

    name: str = Field(min_length=1, max_length=120, description="the business, as pages and mails name it")
    four_eyes: bool = Field(default=True, description="false only where one person runs the business alone")
    language: Literal["de"] = Field(default="de", description="language of pages and command output")
    secrecy: bool = Field(
        default=False,
        description="bound to professional secrecy (§ 203 StGB): answers neither confirm nor deny a contact",
    )
    ours: tuple[str, ...] = Field(
        default=(), description="our own contact data, one sentence each; they may stand in any answer"
    )


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
        default=False,
        description="true: the strong tier judges, slower and better (needs pip install onnxruntime)",
    )
