"""The configuration: one TOML file, believed only as a whole. All errors are told at once, each with its path.

Sections: `[business]`, `[storage]`, `[web]`, `[judging]`, `[timing]` (replies/timing.py); `[notify]`, `[retention]` and
`[care]`, each in its own settings.py; and one `[sources.NAME]` per source, whose keys are those of `SourceConfig` plus
the connector's own `Settings`. A secret is never written here: `NAME_file` or `NAME_env` says where it is.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from connectors.core import registry
from connectors.core.contract import SourceSettings
from monitor.care.settings import CareSettings
from monitor.listening import Web
from monitor.notify.settings import Notify, missing_files
from monitor.privacy.settings import Retention
from monitor.words import _, refusal
from replies.clocks import WEEKDAYS, Hours, parse_span
from replies.timing import Timing

_YEAR = 366 * 86400.0
_ANY_DAY = datetime(2026, 1, 2, 12, tzinfo=UTC)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Business(_Section):
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


class Storage(_Section):
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


class Judging(_Section):
    """Who reads the posts."""

    strong: bool = Field(
        default=False,
        description="true: the strong tier judges, slower and better (needs pip install onnxruntime)",
    )


class SourceConfig(_Section):
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
            return self.file.read_text(encoding="utf-8").strip() or None
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
        """The same for reading files, where no secret is needed."""
        required = {name: "x" for name, needed in secret_fields(self.base.kind).items() if needed}
        return self.settings(required)

    def hours(self) -> Hours:
        """When its people work."""
        return Hours.of(self.base.timezone, self.base.state, self.base.hours)


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration that may be believed."""

    path: Path
    business: Business
    storage: Storage
    web: Web
    timing: Timing
    notify: Notify = field(default_factory=Notify)
    retention: Retention = field(default_factory=Retention)
    care: CareSettings = field(default_factory=CareSettings)
    judging: Judging = field(default_factory=Judging)
    sources: Mapping[str, ConfiguredSource] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """The database's address, relative SQLite paths made absolute from the file's folder."""
        prefix, url = "sqlite:///", self.storage.database
        if not url.startswith(prefix):
            return url
        return prefix + str((self.path.parent / url.removeprefix(prefix)).resolve())

    @property
    def base_url(self) -> str:
        """The address people type."""
        return self.web.base_url.rstrip("/") or f"http://{self.web.host}:{self.web.port}"

    def warnings(self) -> Iterator[str]:
        """What is allowed and yet unwise, one German sentence each."""
        short = _("[timing] {key} = {value:g}: unter dem Mindestwert für den Betrieb ({floor:g} Sekunden).")
        for key, value, floor in self.timing.below_floor():
            yield short.format(key=key, value=value, floor=floor)
        if self.timing.send_deadline >= (bound := self.timing.send_lease + self.timing.settle):
            late = _("[timing] send_deadline sollte unter send_lease + settle ({bound:g} Sekunden) liegen.")
            yield late.format(bound=bound)
        for source in self.sources.values():
            card, every = registry.card(source.base.kind), source.base.every or self.timing.fetch_every
            if registry.polls(card.kind, source.own) and every < (floor := card.min_interval.total_seconds()):
                often = _("[sources.{name}] wird öfter gelesen, als die Plattform es möchte ({floor:g} Sekunden).")
                yield often.format(name=source.name, floor=floor)
            if source.own.get("allow_networks"):
                open_ = _("[sources.{name}] allow_networks erlaubt unverschlüsselte und private Adressen.")
                yield open_.format(name=source.name)
        yield from self.web.warnings()
        yield from self.notify.warnings()
        if not self.business.four_eyes:
            yield _("[business] four_eyes = false: eine Person gibt allein frei, mit zwei Blicken im Abstand.")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: where in the file, and what to do."""

    path: str
    sentence: str


class ConfigError(Exception):
    """The configuration is not to be believed; `mistakes` names everything at once."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(f"{mistake.path}: {mistake.sentence}" for mistake in mistakes))
        self.mistakes = mistakes


def load(path: Path) -> Config:
    """Read and check a configuration file.

    Raises:
        ConfigError: with every mistake in it.
    """
    data = _toml(path)
    mistakes: list[Mistake] = []
    sections: dict[str, Any] = {}
    models: dict[str, type[BaseModel]] = {
        "business": Business,
        "storage": Storage,
        "web": Web,
        "timing": Timing,
        "notify": Notify,
        "retention": Retention,
        "care": CareSettings,
        "judging": Judging,
    }
    for name, model in models.items():
        sections[name] = _section(model, data.pop(name, {}), name, mistakes)
    sources = _sources(data.pop("sources", {}), path.parent, mistakes)
    mistakes.extend(Mistake(*missing) for missing in missing_files(sections["notify"], path.parent))
    mistakes.extend(Mistake(unknown, _("Diesen Abschnitt gibt es nicht.")) for unknown in data)
    if mistakes:
        raise ConfigError(mistakes)
    return Config(path=path.resolve(), sources=sources, **sections)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        sentence = _("Diese Datei gibt es nicht. Legen Sie sie nach dem Vorbild von config.example.toml an.")
    except OSError as error:
        sentence = _("Die Datei lässt sich nicht lesen: {why}.").format(why=refusal(error))
    except UnicodeDecodeError:
        sentence = _("Die Datei ist nicht in UTF-8 geschrieben.")
    except tomllib.TOMLDecodeError as error:
        sentence = _("Kein gültiges TOML: {why}.").format(why=error)
    raise ConfigError([Mistake(str(path), sentence)])


def _section(model: type[BaseModel], data: Any, where: str, mistakes: list[Mistake]) -> BaseModel | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        mistakes.extend(mistakes_of(error, where, model))
        return None


def _sources(data: Any, folder: Path, mistakes: list[Mistake]) -> dict[str, ConfiguredSource]:
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
    base = _section(SourceConfig, common, where, mistakes)
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
    _section(model, {**own, **placeholders}, where, mistakes)


def mistakes_of(error: ValidationError, where: str, model: type[BaseModel]) -> Iterator[Mistake]:
    """What pydantic found wrong, in German, each with its path below `where`."""
    for found in error.errors(include_url=False, include_input=True):
        path = ".".join([where, *(str(part) for part in found["loc"])])
        yield Mistake(path, _sentence(found, model))


def _sentence(found: Mapping[str, Any], model: type[BaseModel]) -> str:
    known = sorted(model.model_fields)
    context = {key: str(value) for key, value in (found.get("ctx") or {}).items()}
    sentences = {
        "extra_forbidden": _("Diesen Schlüssel gibt es nicht. Bekannt sind: {known}."),
        "missing": _("Dieser Schlüssel fehlt."),
        "greater_than_equal": _("Mindestens {ge}."),
        "less_than_equal": _("Höchstens {le}."),
        "greater_than": _("Größer als {gt}."),
        "less_than": _("Kleiner als {lt}."),
        "literal_error": _("Erlaubt ist: {expected}."),
        "string_type": _("Hier steht ein Text in Anführungszeichen."),
        "string_too_short": _("Der Text ist zu kurz."),
        "string_too_long": _("Der Text ist zu lang (höchstens {max_length} Zeichen)."),
        "bool_type": _("Hier steht true oder false."),
        "bool_parsing": _("Hier steht true oder false."),
        "int_type": _("Hier steht eine ganze Zahl."),
        "int_parsing": _("Hier steht eine ganze Zahl."),
        "int_from_float": _("Hier steht eine ganze Zahl."),
        "float_type": _("Hier steht eine Zahl."),
        "finite_number": _("Hier steht eine endliche Zahl."),
        "float_parsing": _("Hier steht eine Zahl."),
        "tuple_type": _('Hier steht eine Liste, zum Beispiel ["a", "b"].'),
        "list_type": _('Hier steht eine Liste, zum Beispiel ["a", "b"].'),
        "dict_type": _('Hier steht eine Tabelle, zum Beispiel {{ mon = "09:00-17:00" }}.'),
        "model_type": _("Hier steht ein Abschnitt."),
        "value_error": _("Nicht erlaubt; so geht es: {error}."),
    }
    template = sentences.get(str(found["type"]), _("Nicht erlaubt: {msg}."))
    return template.format_map({"known": ", ".join(known), "msg": found.get("msg", ""), "error": "", **context})
