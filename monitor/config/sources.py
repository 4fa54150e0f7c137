"""One `[sources.NAME]`: what every source has, the connector's own keys, and where its secrets are."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from pydantic import BaseModel, Field, field_validator

from connectors.core import registry
from connectors.core.contract import SourceSettings
from monitor.config.mistakes import Mistake, checked
from monitor.config.sections import Section
from monitor.words import _
from replies.clocks import WEEKDAYS, Hours, parse_span

_YEAR = 366 * 86400.0
_ANY_DAY = datetime(2026, 1, 2, 12, tzinfo=UTC)


class SourceConfig(Section):
    """What every source has, whatever its kind."""

    kind: str = Field(description="the connector: the name of its module")
    title: str = Field(default="", max_length=80, description="as shown on the page; empty: the source's name")
    location: str = Field(default="", max_length=80, description="branch or place, if there are several")
    state: str = Field(default="", description="federal state of its holidays: BE, BY, …; AT-9, CH-ZH")
    timezone: str = Field(default="Europe/Berlin", description="IANA time zone of its people")
    hours: dict[str, str] = Field(default_factory=dict, description='opening of its people, mon = "09:00-17:00" …')
    enabled: bool = Field(default=True, description="false: neither fetched nor published to")
    every: float | None = Field(
        default=None, ge=1, le=_YEAR, description="seconds between two rounds, if not as in [timing]"
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("Europe/Berlin")
        return value

    @field_validator("hours")
    @classmethod
    def _spans(cls, value: dict[str, str]) -> dict[str, str]:
        for day, span in value.items():
            if day not in WEEKDAYS:
                raise ValueError(" ".join(WEEKDAYS))
            try:
                parse_span(span)
            except ValueError as wrong:
                raise ValueError(f'{day} = "09:00-17:00"') from wrong
        return value

    @field_validator("state")
    @classmethod
    def _known_state(cls, value: str) -> str:
        if value:
            try:
                Hours(state=value).is_open(_ANY_DAY)
            except (NotImplementedError, KeyError) as unknown:
                raise ValueError("BE BY BW SN …") from unknown
        return value


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where one secret of a source comes from."""

    field: str
    file: Path | None = None
    env: str | None = None

    def read(self) -> str | None:
        """The secret, or None if this place has none at the moment."""
        if self.file is not None and self.file.is_file():
            return self.file.read_text(encoding="utf-8-sig").strip() or None
        return os.environ.get(self.env) or None if self.env else None


@dataclass(frozen=True, slots=True)
class ConfiguredSource:
    """One `[sources.NAME]`: common keys, the connector's raw keys, and where its secrets are."""

    name: str
    base: SourceConfig
    own: Mapping[str, Any]
    secrets: tuple[SecretRef, ...]

    @property
    def title(self) -> str:
        """As the page names it."""
        return self.base.title or self.name

    def settings(self, secrets: Mapping[str, str]) -> SourceSettings:
        """The connector's settings with its secrets filled in.

        Raises:
            pydantic.ValidationError: a secret that the connector needs is missing.
        """
        return registry.settings_class(self.base.kind).model_validate({**self.own, **secrets})

    def reading_settings(self) -> SourceSettings:
        """The same with a stand-in for each secret: for reading files, and for a look at the settings themselves."""
        required = {name: "x" for name, needed in secret_fields(self.base.kind).items() if needed}
        return self.settings(required | {ref.field: "x" for ref in self.secrets})

    def hours(self) -> Hours:
        """When its people work."""
        return Hours.of(self.base.timezone, self.base.state, self.base.hours)


def configured(data: Any, folder: Path, mistakes: list[Mistake]) -> dict[str, ConfiguredSource]:
    """The sources that are right; what is wrong with the others stands in `mistakes`."""
    if not isinstance(data, dict):
        mistakes.append(Mistake("sources", _("Hier stehen Abschnitte der Form [sources.NAME].")))
        return {}
    found: dict[str, ConfiguredSource] = {}
    for name, body in data.items():
        source = _source(name, body, folder, mistakes)
        if source is not None:
            found[name] = source
    return found


def _source(name: str, body: Any, folder: Path, mistakes: list[Mistake]) -> ConfiguredSource | None:
    where = f"sources.{name}"
    before = len(mistakes)
    if not name or not all(c in "abcdefghijklmnopqrstuvwxyz0123456789_-" for c in name):
        mistakes.append(Mistake(where, _("Der Name besteht aus Kleinbuchstaben, Ziffern, - und _.")))
    if not isinstance(body, dict):
        mistakes.append(Mistake(where, _("Hier steht ein Abschnitt der Form [sources.NAME].")))
        return None
    common = {key: value for key, value in body.items() if key in SourceConfig.model_fields}
    base = checked(SourceConfig, common, where, mistakes)
    kind = body.get("kind")
    if kind not in registry.kinds():
        if "kind" in body:
            sentence = _("Diese Art gibt es nicht. Bekannt sind: {kinds}.").format(kinds=", ".join(registry.kinds()))
            mistakes.append(Mistake(f"{where}.kind", sentence))
        return None
    own = {key: value for key, value in body.items() if key not in SourceConfig.model_fields}
    own, secrets = _split_secrets(kind, own, folder, where, mistakes)
    _check_own(kind, own, base, secrets, where, mistakes)
    if len(mistakes) > before or not isinstance(base, SourceConfig):
        return None
    return ConfiguredSource(name, base, own, secrets)


def secret_fields(kind: str) -> dict[str, bool]:
    """The connector's secret settings -> is it required?"""
    fields = registry.settings_class(kind).model_fields
    return {name: info.is_required() for name, info in fields.items() if "SecretStr" in str(info.annotation)}


def _split_secrets(
    kind: str, own: dict[str, Any], folder: Path, where: str, mistakes: list[Mistake]
) -> tuple[dict[str, Any], tuple[SecretRef, ...]]:
    refs = []
    if own.get("path") and isinstance(own["path"], str):
        own["path"] = str((folder / own["path"]).resolve())  # a place as well: it counts from the file's folder
    for name in secret_fields(kind):
        if name in own:
            own.pop(name)
            sentence = _("Geheimnisse stehen nicht in dieser Datei. Nennen Sie {key}_file oder {key}_env.")
            mistakes.append(Mistake(f"{where}.{name}", sentence.format(key=name)))
        file, env = own.pop(f"{name}_file", None), own.pop(f"{name}_env", None)
        if file is not None and not (folder / str(file)).is_file():
            sentence = _("Die Datei {file} gibt es nicht.").format(file=file)
            mistakes.append(Mistake(f"{where}.{name}_file", sentence))
        if file is not None or env is not None:
            refs.append(SecretRef(name, folder / str(file) if file is not None else None, str(env) if env else None))
    return own, tuple(refs)


def _check_own(
    kind: str,
    own: dict[str, Any],
    base: BaseModel | None,
    secrets: tuple[SecretRef, ...],
    where: str,
    mistakes: list[Mistake],
) -> None:
    """Check the connector's own keys; secrets are filled with a placeholder, their values are looked up at start."""
    model = registry.settings_class(kind)
    if isinstance(base, SourceConfig) and "timezone" in model.model_fields:
        own.setdefault("timezone", base.timezone)
    placeholders = {name: "x" for name, required in secret_fields(kind).items() if required}
    placeholders |= {ref.field: "x" for ref in secrets}
    checked(model, {**own, **placeholders}, where, mistakes)
