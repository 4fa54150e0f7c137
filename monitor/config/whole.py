"""The whole configuration: all sections and sources together, read from one TOML file."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from connectors.core import registry
from connectors.core.errors import ConfigProblem
from monitor.care.settings import CareSettings
from monitor.config.mistakes import ConfigError, Mistake, checked
from monitor.config.sections import Business, Judging, Storage
from monitor.config.sources import ConfiguredSource, configured
from monitor.listening import Web
from monitor.notify.settings import Notify, missing_files
from monitor.privacy.settings import Retention
from monitor.words import _, refusal
from replies.timing import Timing

SECTIONS: Mapping[str, type[BaseModel]] = {
    "business": Business,
    "storage": Storage,
    "web": Web,
    "timing": Timing,
    "notify": Notify,
    "retention": Retention,
    "care": CareSettings,
    "judging": Judging,
}
"""Every section but the sources, and what checks it."""


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

    def unreachable(self) -> Iterator[tuple[str, ConfigProblem]]:
        """Sources whose address can never be called, or whose file is not there, as (place in the file, why).

        They stop nobody: the others are read, and their card on the page says the same.
        """
        for source in self.sources.values():
            where = f"sources.{source.name}"
            try:
                registry.open_connection(source.base.kind, source.reading_settings())
            except ConfigProblem as problem:
                yield where, problem
            file = source.own.get("path")
            if file and not Path(file).is_file():
                yield f"{where}.path", ConfigProblem(f"{file} cannot be read: there is no such file")

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
            if not registry.reads(card.kind, source.reading_settings()):
                idle = _("[sources.{name}] liest nichts: was es zu lesen gibt, zeigt config.example.toml.")
                yield idle.format(name=source.name)
            if source.own.get("allow_networks"):
                open_ = _("[sources.{name}] allow_networks erlaubt unverschlüsselte und private Adressen.")
                yield open_.format(name=source.name)
        yield from self.web.warnings()
        yield from self.notify.warnings()
        if not self.business.four_eyes:
            yield _("[business] four_eyes = false: eine Person gibt allein frei, mit zwei Blicken im Abstand.")


def load(path: Path) -> Config:
    """Read and check a configuration file.

    Raises:
        ConfigError: with every mistake in it.
    """
    data = _toml(path)
    mistakes: list[Mistake] = []
    sections: dict[str, Any] = {
        name: checked(model, data.pop(name, {}), name, mistakes) for name, model in SECTIONS.items()
    }
    sources = configured(data.pop("sources", {}), path.parent, mistakes)
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
