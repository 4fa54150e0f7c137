"""Records that could not be read: kept until a newer connector can, and never more of them than `[retention]` allows.

A record that is broken in another way at every round is one row: what has an id at the platform takes the place of what
it said before, with a count and the first and the last time. Where a source has as many open rows as it may, the oldest
one without an id makes room; a row that made room, or found none, is counted at its source. Nothing goes uncounted.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from connectors.core.contract import Malformed
from connectors.core.fields import clean
from monitor import forgotten
from monitor.tables import Quarantine, Source
from replies import journal
from replies.people import DAEMON


def keep(session: Session, source: Source, item: Malformed, now: datetime, most: int) -> bool:
    """Keep a record that could not be read. False: it is one that somebody asked us to forget.

    Args:
        most: open rows of this source; 0: as many as come.
    """
    found = _values(item)
    if _known(session, source, found["digest"], now):
        return True
    if item.ref is not None and forgotten.on_request(session, source, item.ref):
        return False
    place = _earlier(session, source, found["ref"], now)
    if place is not None:
        _write(session, place, {**found, "last_at": now, "times": Quarantine.times + 1})
    elif not most or _open(session, source) < most:
        session.add(Quarantine(source_id=source.id or 0, at=now, last_at=now, **found))
        session.flush()
    else:
        _crowded(session, source, found, now)
    return True


def _crowded(session: Session, source: Source, found: dict[str, Any], now: datetime) -> None:
    """There is no room: the oldest record that nothing leads back to goes, or this one, and the source counts it."""
    oldest = select(col(Quarantine.id)).where(*_waits(source), col(Quarantine.ref).is_(None))
    room = session.execute(oldest.order_by(col(Quarantine.last_at), col(Quarantine.id)).limit(1)).scalar()
    if room is not None:
        _write(session, room, {**found, "at": now, "last_at": now, "times": 1})
    source.unkept += 1
    source.unkept_since, source.unkept_at = source.unkept_since or now, now
    session.add(source)


def _values(item: Malformed) -> dict[str, Any]:
    raw = clean(item.raw if isinstance(item.raw, str) else json.dumps(item.raw, default=str, sort_keys=True))
    return {
        "digest": hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest(),
        "ref": None if item.ref is None else clean(item.ref),
        "line": item.line,
        "reason": clean(item.reason),
        "raw": raw,
    }


def _known(session: Session, source: Source, digest: str, now: datetime) -> bool:
    """Count the very same record; is there one?"""
    same = update(Quarantine).where(col(Quarantine.source_id) == source.id, col(Quarantine.digest) == digest)
    counted = same.values(last_at=now, times=Quarantine.times + 1).execution_options(synchronize_session=False)
    done: Any = session.execute(counted)
    return bool(done.rowcount)


def _earlier(session: Session, source: Source, ref: str | None, now: datetime) -> int | None:
    """The open row of the same id; one that this page itself brought is another record with that id."""
    if ref is None:
        return None
    rows = select(col(Quarantine.id)).where(*_waits(source), col(Quarantine.ref) == ref, col(Quarantine.last_at) != now)
    return session.execute(rows.order_by(col(Quarantine.last_at), col(Quarantine.id)).limit(1)).scalar()


def _waits(source: Source) -> tuple[Any, ...]:
    return col(Quarantine.source_id) == source.id, col(Quarantine.resolved_at).is_(None)


def _open(session: Session, source: Source) -> int:
    rows = select(func.count()).select_from(Quarantine).where(*_waits(source))
    return int(session.execute(rows).scalar_one())


def _write(session: Session, row_id: int, values: dict[str, Any]) -> None:
    rows = update(Quarantine).where(col(Quarantine.id) == row_id).values(**values)
    session.execute(rows.execution_options(synchronize_session=False))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What of a source waits to be read: rows, when the first and the last was seen, and what was only counted."""

    kept: int
    first_at: datetime | None
    last_at: datetime | None
    counted: int


def unreadable(session: Session) -> dict[int, Unreadable]:
    """By source, those that have any."""
    span = func.min(col(Quarantine.at)), func.max(col(Quarantine.last_at))
    rows = (
        select(col(Source.id), func.count(col(Quarantine.id)), *span, col(Source.unkept))
        .outerjoin(Quarantine, (col(Quarantine.source_id) == col(Source.id)) & col(Quarantine.resolved_at).is_(None))
        .group_by(col(Source.id), col(Source.unkept))
        .having((func.count(col(Quarantine.id)) > 0) | (col(Source.unkept) > 0))
    )
    return {row[0]: Unreadable(*row[1:]) for row in session.execute(rows)}


def latest(session: Session, source_id: int, most: int) -> list[tuple[int | None, str]]:
    """The latest open records of a source as (line of its file or None, why it could not be read)."""
    rows = select(col(Quarantine.line), col(Quarantine.reason)).where(
        col(Quarantine.source_id) == source_id, col(Quarantine.resolved_at).is_(None)
    )
    newest = session.execute(rows.order_by(col(Quarantine.last_at).desc(), col(Quarantine.id)).limit(most))
    return [(line, reason) for line, reason in newest]


def close(session: Session, source: Source, now: datetime, why: str) -> int:
    """Nobody waits for the unreadable records of a source any more; they are kept. Returns how many those were."""
    closed = _open(session, source) + source.unkept
    if closed:
        rows = update(Quarantine).where(*_waits(source)).values(resolved_at=now)
        session.execute(rows.execution_options(synchronize_session=False))
        source.unkept, source.unkept_since, source.unkept_at = 0, None, None
        session.add(source)
        journal.write(session, now, DAEMON, "source.unreadable_closed", f"source:{source.id}", n=closed, why=why)
    return closed
