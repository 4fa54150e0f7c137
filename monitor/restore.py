"""A backup into an empty database of either engine: all of it or nothing, and then nothing goes out by itself."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlmodel import Session, SQLModel, col

from monitor import vault
from monitor.backup import (
    FORMAT,
    LEFT_OUT,
    MANIFEST,
    SUCCESSOR,
    BackupError,
    member,
    successors_first,
    tables,
    values,
)
from monitor.config import ConfigError
from monitor.db import Database
from monitor.jobs import HOUSEKEEPER
from monitor.migrate import head, migrate, revision
from monitor.notify import delivery
from monitor.tables import Secret, Source, Switch
from monitor.words import _
from monitor.world import PAUSED, set_outbox
from replies import journal
from replies.people import DAEMON
from replies.restored import put_to_rest
from replies.tables import Reply

_AT_ONCE = 500
_DAMAGED = (KeyError, ValueError, TypeError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile)
"""What reading a file says that is no backup, or no longer a whole one."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought: rows of all tables, replies that are unclear now, when the backup was made."""

    rows: int
    unclear: int
    made: str


def restore(database: Database, file: Path, now: datetime) -> Restored:
    """Read `file` into `database`, pause the outbox, make everything on its way unclear.

    Raises:
        BackupError: the file is no backup of this version, the database is not empty, or the key is missing or wrong.
    """
    try:
        archive = zipfile.ZipFile(file)
    except FileNotFoundError as wrong:
        raise BackupError(_("Die Sicherung {file} gibt es nicht.").format(file=file)) from wrong
    except _DAMAGED as wrong:
        raise _no_backup() from wrong
    with archive:
        manifest = _manifest(archive)
        _check_key(archive, manifest)
        _refuse_other_schema(database)
        migrate(database)
        with database.transaction() as session:
            _refuse_full(session)
            rows = sum(_table(session, archive, table, manifest) for table in tables())
            _rebuild(session)
            unclear = _settle(session, manifest, now)
            if not database.is_sqlite:
                _count_on(session)
    return Restored(rows, unclear, str(manifest["made"]))


def _no_backup() -> BackupError:
    return BackupError(_("Diese Datei ist keine Sicherung von Widerhall, oder sie ist beschädigt."))


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(archive.read(MANIFEST))
        its, known = str(found["revision"]), {table.name for table in tables()}
        complete = found["format"] == FORMAT and (its != head() or set(found["tables"]) == known)
    except _DAMAGED as wrong:
        raise _no_backup() from wrong
    if not complete:
        raise _no_backup()
    if its != head():
        raise BackupError(
            _(
                "Die Sicherung hat den Stand {its}, diese Version von Widerhall den Stand {known}. Spielen Sie sie mit "
                "der Version zurück, die sie geschrieben hat, und rufen Sie danach mit der neuen widerhall migrate auf."
            ).format(its=its, known=head())
        )
    return found


def _check_key(archive: zipfile.ZipFile, manifest: Mapping[str, Any]) -> None:
    """The stored logins are worth nothing without the key: better to say so now than at the first round."""
    table = SQLModel.metadata.tables[Secret.__tablename__]
    locked = [values(table, row) for row in _rows(archive, table.name, manifest)]
    if not locked:
        return
    path = vault.key_file()
    if path is None or not path.is_file():
        raise BackupError(
            _(
                "In der Sicherung stehen verschlüsselte Zugangsdaten. Nennen Sie in WIDERHALL_KEY_FILE die "
                "Schlüsseldatei, die zu ihnen gehört; sie ist in keiner Sicherung."
            )
        )
    try:
        cipher = vault.open_vault(path)
    except ConfigError as wrong:
        raise BackupError(wrong.mistakes[0].sentence) from wrong
    if any(cipher.decrypt(row["cipher"], vault.place(row["source"], row["field"])) is None for row in locked):
        sentence = _("Der Schlüssel in {path} passt nicht zu den Zugangsdaten in der Sicherung.")
        raise BackupError(sentence.format(path=path))


def _refuse_other_schema(database: Database) -> None:
    if revision(database) not in (None, head()):
        raise BackupError(_("Die Datenbank hat einen anderen Stand als diese Version. Nehmen Sie eine leere."))


def _refuse_full(session: Session) -> None:
    counts = (select(func.count()).select_from(table) for table in SQLModel.metadata.sorted_tables)
    if any(session.execute(count).scalar_one() for count in counts):
        raise BackupError(
            _(
                "Die Datenbank ist nicht leer. Zurückgespielt wird nur in eine leere: "
                "nennen Sie in [storage] database eine neue."
            )
        )


def _rows(archive: zipfile.ZipFile, name: str, manifest: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every row of a table; at the end its number and digest are compared with the manifest's."""
    digest, count = hashlib.sha256(), 0
    try:
        with archive.open(member(name)) as lines:
            for line in lines:
                digest.update(line)
                count += 1
                yield json.loads(line)
    except _DAMAGED as wrong:
        raise _no_backup() from wrong
    if (count, digest.hexdigest()) != (manifest["tables"][name]["rows"], manifest["tables"][name]["sha256"]):
        raise _no_backup()


def _table(session: Session, archive: zipfile.ZipFile, table: Table, manifest: Mapping[str, Any]) -> int:
    rows = _rows(archive, table.name, manifest)
    if table.name in SUCCESSOR:  # a whole table at once: a row may point beyond any batch
        rows = iter(successors_first(list(rows), SUCCESSOR[table.name]))
    if table.name == Reply.__tablename__:
        return _replies(session, table, list(rows))
    count = 0
    while batch := list(islice(rows, _AT_ONCE)):
        session.execute(insert(table), _typed(table, batch))
        count += len(batch)
    return count


def _typed(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    try:
        return [values(table, row) for row in rows]
    except (ValueError, TypeError, KeyError) as wrong:
        raise _no_backup() from wrong


def _replies(session: Session, table: Table, rows: list[dict[str, Any]]) -> int:
    """A reply and its successor point to each other: first one direction, then the other."""
    ordered = _typed(table, rows)
    for row in ordered:
        session.execute(insert(table).values({**row, "supersedes_id": None}))
    for row in ordered:
        if row["supersedes_id"] is not None:
            session.execute(update(table).where(table.c.id == row["id"]).values(supersedes_id=row["supersedes_id"]))
    return len(ordered)


def _settle(session: Session, manifest: Mapping[str, Any], now: datetime) -> int:
    """Leases are free, nobody keeps house, no message waits, the outbox is paused; the journal says what happened."""
    session.execute(update(Source).values(worker=None, lease_until=None))
    session.execute(delete(Switch).where(col(Switch.name) == HOUSEKEEPER))
    untold = delivery.empty_queue(session, now)
    note = {"made": manifest["made"], "left_out": sorted(LEFT_OUT), "untold": untold}
    journal.write(session, now, DAEMON, "backup.restored", "backup", **note)
    set_outbox(session, PAUSED, DAEMON, now)
    return put_to_rest(session, now)


def _rebuild(session: Session) -> None:
    """The index of alike texts is in no backup; it follows from the texts."""
    from monitor import repeats

    repeats.rebuild(session)


def _count_on(session: Session) -> None:
    """PostgreSQL counts ids by itself; it goes on after the highest."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.primary_key:
            if column.type.python_type is not int:
                continue
            named = {"table": f'"{table.name}"', "column": column.name}
            sequence = session.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), named).scalar_one()
            highest = session.execute(select(func.max(column))).scalar_one()
            if sequence and highest:
                session.execute(text("SELECT setval(:sequence, :n)"), {"sequence": sequence, "n": highest})
