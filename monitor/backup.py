"""A backup: every table as JSON lines in one zip, from one consistent view, while the daemon runs.

The file belongs to no engine: what SQLite wrote, PostgreSQL reads, and the other way round. The key of the stored
logins is never in it; logins at the page, their failures and the index of alike texts are not either.

    manifest.json       format, schema revision, when it was made, rows and sha256 of each table
    tables/NAME.jsonl   one row a line, in the order of the primary key; days and times RFC 3339, bytes base64
"""

import base64
import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Date, DateTime, Enum, LargeBinary, Table, func, inspect, null, select
from sqlmodel import Session, SQLModel

import replies.tables  # noqa: F401 - registers its tables
from monitor.db import Database
from monitor.logins import HalfLogin, KnownDevice, LoginFailure, WebSession
from monitor.migrate import head, revision
from monitor.tables import PostBand, Secret
from monitor.words import _
from replies.care.tables import HostileLook

FORMAT = "widerhall-backup 1"
MANIFEST = "manifest.json"
# who was logged in, and from where, ends with the house, what a person has read today with the day; bands are made anew
_NOT_KEPT = (WebSession, HalfLogin, LoginFailure, KnownDevice, HostileLook, PostBand)
LEFT_OUT = frozenset(str(table.__tablename__) for table in _NOT_KEPT)
"""Tables that no backup holds."""
SUCCESSOR = {"reply": "successor_id", "fact_card": "replaced_by"}
"""Tables whose rows point to a later row of their own, and by which column (`successors_first`)."""
_OWN = "alembic_version"
_AT_ONCE = 1000


class BackupError(Exception):
    """Nothing was written, or nothing was restored; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def tables() -> list[Table]:
    """What is kept, a table after those that it points to."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in LEFT_OUT]


def write(database: Database, file: Path, now: datetime) -> dict[str, int]:
    """Write the backup beside `file` and put it there when it is complete; readable for its owner only.

    Returns:
        table -> rows.

    Raises:
        BackupError: the database has another schema than this version knows, or another file would be lost.
        OSError: the file cannot be written.
    """
    _check_place(file)
    _check_schema(database)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, database.reading() as session:
                counts = _fill(archive, session, now)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
        _sync_folder(file.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return counts


def _check_place(file: Path) -> None:
    """An older backup is replaced; a configuration, a key or the database itself, named by a slip, never is."""
    if not file.parent.is_dir():
        sentence = _("Den Ordner {folder} gibt es nicht. Legen Sie ihn an, oder nennen Sie einen anderen.")
        raise BackupError(sentence.format(folder=file.parent))
    if file.is_dir():
        raise BackupError(_("{file} ist ein Ordner. Nennen Sie eine Datei.").format(file=file))
    if file.exists() and not _is_replaceable(file):
        sentence = _(
            "{file} gibt es schon und ist keine Sicherung. Es bleibt, wie es ist; nennen Sie eine andere Datei."
        )
        raise BackupError(sentence.format(file=file))


def _is_replaceable(file: Path) -> bool:
    if not file.is_file():
        return False
    if file.stat().st_size == 0:  # what mktemp made
        return True
    try:
        with zipfile.ZipFile(file) as archive:
            return MANIFEST in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _check_schema(database: Database) -> None:
    found = revision(database)
    if found != head():
        raise BackupError(
            _(
                "Die Datenbank hat den Stand {found}, diese Version von Widerhall den Stand {known}. "
                "Sichern Sie mit der Version, die dazu gehört, oder rufen Sie vorher widerhall migrate auf."
            ).format(found=found or "-", known=head())
        )
    there = set(inspect(database.engine).get_table_names()) - {_OWN}
    unknown = there - set(SQLModel.metadata.tables)
    if unknown:
        sentence = _("In der Datenbank stehen Tabellen, die Widerhall nicht kennt und nicht sichern kann: {names}.")
        raise BackupError(sentence.format(names=", ".join(sorted(unknown))))


def _sync_folder(folder: Path) -> None:
    """The name is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fill(archive: zipfile.ZipFile, session: Session, now: datetime) -> dict[str, int]:
    described: dict[str, dict[str, Any]] = {}
    for table in tables():
        digest, count = hashlib.sha256(), 0
        with archive.open(member(table.name), "w", force_zip64=True) as out:
            for line in _lines(session, table):
                out.write(line)
                digest.update(line)
                count += 1
        described[table.name] = {"rows": count, "sha256": digest.hexdigest()}
    locked = session.execute(select(func.count()).select_from(Secret)).scalar_one()
    manifest = {
        "format": FORMAT,
        "revision": head(),
        "made": now.astimezone(UTC).isoformat(),
        "secrets": locked,
        "tables": described,
    }
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return {name: entry["rows"] for name, entry in described.items()}


def member(name: str) -> str:
    """Where a table is in the zip."""
    return f"tables/{name}.jsonl"


def _lines(session: Session, table: Table) -> Iterator[bytes]:
    rows = select(table).order_by(*table.primary_key).execution_options(yield_per=_AT_ONCE)
    for row in session.execute(rows).mappings():
        data = {column.name: _plain(row[column.name]) for column in table.columns}
        yield json.dumps(data).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):  # a day of the calendar, in no time zone
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def values(table: Table, data: dict[str, Any]) -> dict[str, Any]:
    """A line of the backup as the database wants it.

    Raises:
        ValueError, TypeError, KeyError: it is not a row of this table.
    """
    if set(data) != set(table.columns.keys()):
        raise KeyError(table.name)
    return {column.name: _typed(column.type, data[column.name]) for column in table.columns}


def _typed(kind: Any, value: Any) -> Any:
    if isinstance(kind, JSON):
        return null() if value is None else value
    if value is None:
        return None
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value, validate=True)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    plain = getattr(kind, "impl", kind)
    return datetime.fromisoformat(value) if isinstance(plain, DateTime) or isinstance(kind, DateTime) else value


def successors_first(rows: Sequence[dict[str, Any]], successor: str) -> list[dict[str, Any]]:
    """Rows so that each comes after the one that its column `successor` names: the database looks at each at once."""
    by_id = {row["id"]: row for row in rows}
    placed: dict[int, None] = {}
    for row in rows:
        chain, at = [], row["id"]
        while at is not None and at not in placed and at not in chain:
            chain.append(at)
            at = by_id[at][successor]
        placed.update(dict.fromkeys(reversed(chain)))
    return [by_id[number] for number in placed]
