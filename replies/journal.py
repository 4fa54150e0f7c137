"""The journal: append-only and hash-chained, written in the transaction of the step it records.

Each row's hash covers the row and its predecessor's hash; `JournalHead` keeps length and end, so that a missing last
row is noticed too. Rows hold ids, codes and digests, never the text of a post or the name of its author: erasing a
person leaves the chain as it is (RELIABILITY G18, G20). Reasons typed by staff are kept, they are the proof.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DDL, String, Table, bindparam, cast, event, insert, select, update
from sqlmodel import Session, col

from replies.people import Actor
from replies.tables import Journal, JournalHead

GENESIS = "0" * 64
_HEAD: Table = JournalHead.__table__  # type: ignore[attr-defined]
_READ_HEAD = select(_HEAD.c.seq, _HEAD.c.hash).where(_HEAD.c.id == 1).with_for_update()
_MOVE_HEAD = update(_HEAD).where(_HEAD.c.id == 1).values(seq=bindparam("end"), hash=bindparam("its_hash"))
_APPEND = insert(Journal.__table__)  # type: ignore[attr-defined]

_SQLITE_GUARD = "CREATE TRIGGER IF NOT EXISTS {0} BEFORE {1} ON journal BEGIN SELECT RAISE(ABORT, '{2}'); END"
_APPEND_ONLY = "the journal is append-only"
_POSTGRES_FUNCTION = (
    "CREATE OR REPLACE FUNCTION journal_guard() RETURNS trigger AS"
    f" $$ BEGIN RAISE EXCEPTION '{_APPEND_ONLY}'; END $$ LANGUAGE plpgsql"
)
_POSTGRES_GUARD = (
    "CREATE OR REPLACE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal"
    " FOR EACH ROW EXECUTE FUNCTION journal_guard()"
)
_POSTGRES_EMPTYING = (
    "CREATE OR REPLACE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal"
    " FOR EACH STATEMENT EXECUTE FUNCTION journal_guard()"
)
_GUARDS = {
    "sqlite": (
        _SQLITE_GUARD.format("journal_no_update", "UPDATE", _APPEND_ONLY),
        _SQLITE_GUARD.format("journal_no_delete", "DELETE", _APPEND_ONLY),
    ),
    "postgresql": (_POSTGRES_FUNCTION, _POSTGRES_GUARD, _POSTGRES_EMPTYING),
}


def guard_statements(dialect: str) -> tuple[str, ...]:
    """The statements that make the table append-only; the first migration runs them."""
    return _GUARDS.get(dialect, ())


def guards(dialect: str) -> dict[str, tuple[str, ...]]:
    """Trigger -> what must stand in its definition; on PostgreSQL with its switch and its function's body."""
    if dialect == "sqlite":
        return {
            "journal_no_update": ("BEFORE UPDATE ON journal", f"RAISE(ABORT, '{_APPEND_ONLY}')"),
            "journal_no_delete": ("BEFORE DELETE ON journal", f"RAISE(ABORT, '{_APPEND_ONLY}')"),
        }
    switched_on = (" O ", f"RAISE EXCEPTION '{_APPEND_ONLY}'")
    return {
        "journal_no_change": ("UPDATE", "DELETE", "FOR EACH ROW", *switched_on),
        "journal_no_truncate": ("TRUNCATE", *switched_on),
    }


for _dialect, _statements in _GUARDS.items():
    for _statement in _statements:
        event.listen(
            Journal.__table__,  # type: ignore[attr-defined]
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )


def stamp(at: datetime) -> str:
    """A time as the journal hashes it: RFC 3339 in UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def row_hash(seq: int, at: str, actor: str, event_: str, subject: str, data: Any, prev: str) -> str:
    """sha256 over the canonical JSON of one row and its predecessor's hash."""
    body = json.dumps([seq, at, actor, event_, subject, data, prev], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def write(session: Session, now: datetime, actor: Actor, event_: str, subject: str, **data: Any) -> int:
    """Append one row in the caller's transaction and return its number.

    Args:
        event_: what happened, as `thing.verb`: `reply.approve`, `duty.open`, `source.login`.
        subject: what it happened to, as `thing:id`.
        data: JSON values; no post text, no author.
    """
    return write_all(session, now, actor, event_, [(subject, data)])


def write_all(
    session: Session, now: datetime, actor: Actor, event_: str, steps: Sequence[tuple[str, dict[str, Any]]]
) -> int:
    """Append a row for each (subject, data), all of one event, and return the last one's number.

    Like `write`, but the head is read and moved once, however many they are.
    """
    session.flush()
    connection = session.connection()
    head = connection.execute(_READ_HEAD).one_or_none()
    if head is None:
        connection.execute(insert(_HEAD).values(id=1, seq=0, hash=GENESIS))
        head = connection.execute(_READ_HEAD).one()
    seq, prev, at, lines = head.seq, head.hash, stamp(now), []
    for subject, noted in steps:
        data = json.loads(json.dumps(noted, default=str))  # hashed exactly as it will be read back
        before, seq = prev, seq + 1
        prev = row_hash(seq, at, actor.mark, event_, subject, data, before)
        line = {"seq": seq, "at": at, "actor": actor.mark, "event": event_, "subject": subject, "data": data}
        lines.append(line | {"prev": before, "hash": prev})
    connection.execute(_APPEND, lines)
    connection.execute(_MOVE_HEAD, {"end": seq, "its_hash": prev})
    return int(seq)


def end(session: Session) -> tuple[int, str]:
    """Number and hash of the last row, (0, GENESIS) before the first. Who keeps them can tell that none is gone."""
    head = select(col(JournalHead.seq), col(JournalHead.hash)).where(col(JournalHead.id) == 1)
    seq, digest = session.execute(head).one_or_none() or (0, GENESIS)
    return seq, digest


def stands(session: Session, seq: int, beginning: str) -> bool:
    """Is there a row of this number, and does its hash begin so? The chain vouches for everything before it."""
    found = session.execute(select(col(Journal.hash)).where(col(Journal.seq) == seq)).scalar_one_or_none()
    return found is not None and found.startswith(beginning)


def hold(session: Session) -> None:
    """Let nobody else write until this transaction ends. SQLite's write transaction does so by itself."""
    session.execute(select(col(JournalHead.seq)).where(col(JournalHead.id) == 1).with_for_update()).one_or_none()


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold: `what` is `missing`, `altered`, `unlinked` or `cut`."""

    seq: int
    what: str


def breaks(session: Session, visit: Callable[[Any], None] | None = None) -> Iterator[Break]:
    """Walk the whole chain and name each place where it does not hold.

    Args:
        visit: is shown each row on the way, so that nobody has to read the journal a second time.
    """
    expected, prev = 1, GENESIS
    for row in rows(session):
        while expected < row.seq:
            yield Break(expected, "missing")
            expected += 1
            prev = row.prev  # named once; go on from what stands there
        if row.prev != prev:
            yield Break(row.seq, "unlinked")
        if row_hash(row.seq, row.at, row.actor, row.event, row.subject, row.data, row.prev) != row.hash:
            yield Break(row.seq, "altered")
        if visit is not None:
            visit(row)
        prev, expected = row.hash, row.seq + 1
    yield from _at_the_end(session, expected, prev)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the journal as it is read back; `data` is the bare text where it is no JSON any more."""

    seq: int
    at: str
    actor: str
    event: str
    subject: str
    data: Any
    prev: str
    hash: str


def rows(session: Session) -> Iterator[Line]:
    """The journal from its beginning, a thousand rows at a time."""
    names = ("seq", "at", "actor", "event", "subject", "data", "prev", "hash")
    columns = [cast(col(Journal.data), String) if name == "data" else col(getattr(Journal, name)) for name in names]
    for found in session.execute(select(*columns).order_by(col(Journal.seq)).execution_options(yield_per=1000)):
        seq, at, actor, event_, subject, data, prev, hash_ = found
        yield Line(seq, at, actor, event_, subject, _read(data), prev, hash_)


def _read(data: str | None) -> Any:
    try:
        return json.loads(data or "null")
    except ValueError:
        return data


def _at_the_end(session: Session, expected: int, prev: str) -> Iterator[Break]:
    """Is the chain as long as the head says, and does it end there?"""
    head = session.execute(select(col(JournalHead.seq), col(JournalHead.hash))).one_or_none()
    head_seq, head_hash = head or (0, GENESIS)
    while expected <= head_seq:
        yield Break(expected, "missing")
        expected += 1
        prev = head_hash
    if (expected - 1, prev) != (head_seq, head_hash):
        yield Break(head_seq, "cut")
