"""What `widerhall doctor` looks at: the machine, the files and their rights, the database. It changes nothing."""

import os
import shlex
import shutil
import sqlite3
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from monitor import vault
from monitor.config import Config, ConfigError, secret_fields
from monitor.db import Database
from monitor.migrate import head, revision
from monitor.place import network_of
from monitor.saying import of_error
from monitor.tables import Secret
from monitor.words import GERMAN, Spoken, _, language, later
from replies.tables import Journal

_OLDEST_PYTHON = (3, 11)
_LITTLE, _NONE_LEFT = 1_000_000_000, 100_000_000  # bytes
_BACK, _APART = timedelta(minutes=5), timedelta(seconds=5)


class Grade(StrEnum):
    """How bad it is."""

    GOOD = "good"
    NOTE = "note"
    MEND = "mend"


GRADES = Spoken({Grade.GOOD: later("gut"), Grade.NOTE: later("Hinweis"), Grade.MEND: later("Fehler")})


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at."""

    grade: Grade
    sentence: str


def examine(config: Config, now: datetime) -> Iterator[Found]:
    """Everything, in the order in which it is mended."""
    yield from python()
    yield from zones()
    yield from configuration(config)
    yield from key(config)
    yield from judging(strong=config.judging.strong)
    url = make_url(config.database_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        yield from sqlite_file(Path(url.database), sqlite3.sqlite_version_info)
        yield _stand(None)  # to open it would be to make it
        return
    database = Database(config.database_url)
    try:
        if database.file is not None:
            yield from sqlite_file(database.file, sqlite3.sqlite_version_info)
        yield from reached(database, now)
    finally:
        database.close()


def python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Iterator[Found]:
    """Is Python new enough?"""
    words = ".".join(map(str, version))
    if version < _OLDEST_PYTHON:
        yield Found(Grade.MEND, _("Python {version} ist zu alt, Widerhall braucht 3.11.").format(version=words))
    else:
        yield Found(Grade.GOOD, _("Python {version}").format(version=words))


def zones() -> Iterator[Found]:
    """Does the machine know the time zones?"""
    try:
        zoneinfo.ZoneInfo("Europe/Berlin")
    except zoneinfo.ZoneInfoNotFoundError:
        yield Found(Grade.MEND, _("Die Zeitzonen fehlen. Installieren Sie das Paket tzdata."))
    else:
        yield Found(Grade.GOOD, _("Zeitzonen"))


def configuration(config: Config) -> Iterator[Found]:
    """Can a stranger read what must stay secret?"""
    if "@" in config.storage.database and _open_to(config.path, 0o004) and _has_password(config):
        sentence = _("{path} enthält das Passwort der Datenbank und ist für alle lesbar: {mend}")
        yield Found(Grade.MEND, sentence.format(path=config.path, mend=vault.chmod("640", config.path)))
    for source in config.sources.values():
        for ref in source.secrets:
            if ref.file is not None and _open_to(ref.file, 0o004):
                sentence = _("{path} enthält ein Geheimnis und ist für alle lesbar: {mend}")
                yield Found(Grade.MEND, sentence.format(path=ref.file, mend=vault.chmod("600", ref.file)))
    for warning in config.warnings():
        yield Found(Grade.NOTE, warning)
    for where, problem in config.unreachable():
        yield Found(Grade.MEND, f"{where}: {of_error(problem)}")
    yield Found(Grade.GOOD, _("Konfiguration {path}").format(path=config.path))


def _has_password(config: Config) -> bool:
    return ":" in config.storage.database.partition("://")[2].rpartition("@")[0]


def _open_to(path: Path, bits: int) -> bool:
    try:
        return bool(path.stat().st_mode & bits)
    except OSError:
        return False


def key(config: Config) -> Iterator[Found]:
    """Is the key there, and for one pair of eyes only?"""
    needed = any(any(secret_fields(source.base.kind).values()) for source in config.sources.values())
    path, beside = vault.key_file(), config.path.absolute().with_name("key")
    if path is None:
        if needed:
            sentence = _("Für die Zugangsdaten der Quellen fehlt der Schlüssel: WIDERHALL_KEY_FILE nennt keine Datei.")
            yield Found(Grade.MEND, sentence)
        if beside.is_file():  # the demo's, whose own start alone knows it
            sentence = _("Neben der Konfiguration liegt ein Schlüssel. Geben Sie vorher ein: {command}")
            yield Found(Grade.NOTE, sentence.format(command=f"export {vault.KEY_VARIABLE}={shlex.quote(str(beside))}"))
    elif not path.exists():
        sentence = _(
            "Die Schlüsseldatei {path} gibt es noch nicht; sie wird angelegt, sobald ein Geheimnis zu speichern ist."
        )
        yield Found(Grade.NOTE, sentence.format(path=path))
    elif vault.open_to_others(path):
        sentence = _("Die Schlüsseldatei {path} ist für andere lesbar: {mend}")
        yield Found(Grade.MEND, sentence.format(path=path, mend=vault.chmod("600", path)))
    else:
        yield Found(Grade.GOOD, _("Schlüsseldatei {path}").format(path=path))


def sqlite_file(file: Path, version: tuple[int, ...]) -> Iterator[Found]:
    """Can the file live where it lies?"""
    kind = network_of(file.parent)
    if kind is not None:
        sentence = _("Die Datenbankdatei liegt auf einem Netzlaufwerk ({kind}); dort geht sie kaputt.")
        yield Found(Grade.MEND, sentence.format(kind=kind))
    words, others = ".".join(map(str, version)), processes_at(file)
    if loses_a_reset(version):
        sentence = _(
            "SQLite {version} hat einen seltenen Fehler, wenn mehrere Prozesse zugleich schreiben (behoben in 3.51.3, "
            "3.50.7 und 3.44.6): lassen Sie Daemon und Seite in einem Prozess laufen (widerhall run), oder nehmen Sie "
            "PostgreSQL."
        )
        if others > 1:
            sentence += _(" Gerade haben {n} Prozesse die Datei offen.").replace("{n}", str(others))
        yield Found(Grade.NOTE, sentence.format(version=words))
    else:
        yield Found(Grade.GOOD, _("SQLite {version}").format(version=words))
    if _open_to(file, 0o004) and _open_to(file.parent, 0o001):
        sentence = _("Die Datenbankdatei ist für alle lesbar, und in ihr stehen Namen: {mend}")
        yield Found(Grade.NOTE, sentence.format(mend=vault.chmod("700", file.parent)))
    there = next(folder for folder in file.absolute().parents if folder.exists())  # the first start makes the rest
    yield from room(shutil.disk_usage(there).free, there)


def loses_a_reset(version: tuple[int, ...]) -> bool:
    """Is it one of the versions with the WAL-reset bug (RELIABILITY 2, the row of SQLite)?"""
    mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return version >= (3, 7) and not mended


def processes_at(file: Path) -> int:
    """How many other processes have the file open, as far as we may see."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*/fd"):
        if folder.parent.name == str(os.getpid()):
            continue
        try:
            found += any(os.path.realpath(entry) == str(file) for entry in folder.iterdir())
        except OSError:
            continue
    return found


def room(free: int, folder: Path) -> Iterator[Found]:
    """Is there space for what is to come?"""
    words = f"{free / 1e9:.1f}".replace(".", "," if language() == GERMAN else ".")
    sentence = _("Frei auf dem Datenträger von {folder}: {free} GB").format(folder=folder, free=words)
    yield Found(Grade.MEND if free < _NONE_LEFT else Grade.NOTE if free < _LITTLE else Grade.GOOD, sentence)


def judging(*, strong: bool) -> Iterator[Found]:
    """Which tier judges, and can it be opened?"""
    from monitor.triage.model import strong as tier
    from monitor.triage.model.strong_files import installed

    if not strong:
        yield Found(Grade.GOOD, _("Einschätzung: einfache Stufe"))
    elif not installed():
        sentence = _("Die starke Stufe der Einschätzung ist nicht installiert: pip install onnxruntime")
        yield Found(Grade.NOTE, sentence)
    else:
        try:
            tier.shipped()
        except (ImportError, OSError, RuntimeError, ValueError, tier.Damaged) as error:
            sentence = _(
                "Die starke Stufe der Einschätzung lässt sich nicht öffnen ({why}). "
                "Installieren Sie sie neu, oder setzen Sie [judging] strong = false."
            )
            yield Found(Grade.MEND, sentence.format(why=error))
        else:
            yield Found(Grade.GOOD, _("Einschätzung: starke Stufe {digest}").format(digest=tier.digest()))


def reached(database: Database, now: datetime) -> Iterator[Found]:
    """Does the database answer, does it fit, is it whole, and do the clocks agree?"""
    try:
        its = revision(database)
        checks: tuple[Callable[[], Iterator[Found]], ...] = (lambda: _engine(database),)
        if its == head():
            checks += (lambda: _content(database, now),)
        yield _stand(its)
        for check in checks:
            yield from check()
    except SQLAlchemyError as error:
        why = " ".join(str(getattr(error, "orig", None) or error).split())[:300]
        yield Found(Grade.MEND, _("Die Datenbank antwortet nicht: {why}").format(why=why))


def _stand(its: str | None) -> Found:
    if its is None:
        return Found(
            Grade.NOTE, _("Die Datenbank ist noch leer; widerhall migrate oder der erste Start richtet sie ein.")
        )
    if its != head():
        sentence = _("Die Datenbank hat den Stand {its}, diese Version braucht {known}: widerhall migrate")
        return Found(Grade.MEND, sentence.format(its=its, known=head()))
    return Found(Grade.GOOD, _("Datenbank erreichbar, Stand {its}").format(its=its))


def _engine(database: Database) -> Iterator[Found]:
    with database.reading() as session:
        if database.is_sqlite:
            said = session.execute(text("PRAGMA quick_check(1)")).scalar_one()
            if said != "ok":
                sentence = _("Die Datenbankdatei ist beschädigt ({said}). Spielen Sie eine Sicherung zurück.")
                yield Found(Grade.MEND, sentence.format(said=said))
            return
        row = session.execute(text("SELECT getdatabaseencoding(), current_setting('fsync'), clock_timestamp()")).one()
    if row[0] != "UTF8":
        yield Found(Grade.MEND, _("Die Datenbank ist nicht in UTF8 angelegt, sondern in {name}.").format(name=row[0]))
    if row[1] != "on":
        yield Found(Grade.NOTE, _("PostgreSQL läuft mit fsync = off: nach einem Stromausfall fehlt Gespeichertes."))
    apart = abs(row[2].astimezone(UTC) - datetime.now(UTC))
    if apart > _APART:
        sentence = _("Die Uhren von Datenbank und Rechner gehen {n:.0f} Sekunden auseinander; stellen Sie sie (NTP).")
        yield Found(Grade.MEND, sentence.format(n=apart.total_seconds()))


def _content(database: Database, now: datetime) -> Iterator[Found]:
    with database.reading() as session:
        last = session.execute(select(func.max(Journal.at))).scalar_one()
        locked = session.execute(select(func.count()).select_from(Secret)).scalar_one()
        yield from _locked(session) if locked else ()
    if last and datetime.fromisoformat(last) > now + _BACK:
        sentence = _("Die Uhr geht nach: im Protokoll steht schon {last}. Stellen Sie die Uhr, bevor etwas läuft.")
        yield Found(Grade.MEND, sentence.format(last=last))


def _locked(session: Session) -> Iterator[Found]:
    """Does the key open what is locked? `key` says whether the file itself is in order."""
    path = vault.key_file()
    if path is None or not path.exists():
        yield Found(Grade.MEND, _("Zugangsdaten sind gespeichert, der Schlüssel dazu fehlt (WIDERHALL_KEY_FILE)."))
        return
    with suppress(ConfigError):
        places = vault.unopened(session)
        if places:
            sentence = _(
                "Der Schlüssel in {path} öffnet diese gespeicherten Geheimnisse nicht: {places}. Nehmen Sie den "
                "Schlüssel, mit dem sie abgelegt wurden, oder nennen Sie sie noch einmal, in Datei oder Umgebung."
            )
            yield Found(Grade.MEND, sentence.format(path=path, places=", ".join(places)))
