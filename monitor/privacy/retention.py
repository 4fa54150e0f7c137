"""What the terms of `[retention]` end: once a local day, in small transactions, its result in the journal as counts."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, delete, func, select, update
from sqlmodel import Session, col

from monitor.privacy.forget import blank_records, forget, obstacles
from monitor.privacy.settings import Retention
from monitor.tables import (
    RETAINED,
    Correction,
    Forgotten,
    PostRow,
    PostVersion,
    Quarantine,
    Run,
    Switch,
    kept_of_a_run,
)
from replies import journal
from replies.lifecycle import CLOSED, UNANSWERED, DutyState, Proof
from replies.people import DAEMON
from replies.tables import Duty

log = logging.getLogger(__name__)
_AT_ONCE = 100  # posts in one transaction, so that nobody waits long for the database
_MONTH = timedelta(days=30.44)
_EVERY = timedelta(days=1)
_LONG_AGO = timedelta(days=7)
WAITS = "waits"
_RUNS_AT_ONCE, _RUNS_A_DAY = 1000, 200_000  # what years have piled up goes within days, and holds up nobody

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Retained:
    """How many rows each class lost its words in."""

    unflagged: int = 0
    answered: int = 0
    gone: int = 0
    raw: int = 0
    looked: int = 0
    runs: int = 0


def is_due(session: Session, now: datetime) -> bool:
    """Was the last time a day ago, or written by a clock that runs ahead?"""
    last = session.get(Switch, RETAINED, populate_existing=True)
    return last is None or not now - _EVERY < last.at <= now


def wait_a_day(session: Session, now: datetime) -> bool:
    """Is the last time so long ago that the clock may be wrong? That is noted, for words cannot be had back.

    A day later, by the same clock, the terms are applied: a machine that was away loses a day, one whose clock
    jumped ahead, and is set right within the day, loses no words.
    """
    last = session.get(Switch, RETAINED, populate_existing=True)
    if last is None or last.value == WAITS or now - last.at <= _LONG_AGO:
        return False
    session.merge(Switch(name=RETAINED, value=WAITS, at=now))
    return True


def retain(transaction: Transaction, terms: Retention, now: datetime) -> Retained:
    """Apply every term. Stopped in between, the next day goes on; what is done stays done."""
    done = Retained(
        unflagged=_forget_all(transaction, _unflagged, terms.unflagged_days * timedelta(days=1), now),
        answered=_forget_all(transaction, _answered, terms.answered_months * _MONTH, now),
        gone=_forget_all(transaction, _gone, terms.gone_days * timedelta(days=1), now),
        raw=_raw(transaction, terms.raw_days * timedelta(days=1), now),
        looked=_looked(transaction, terms.looked_days * timedelta(days=1), now),
        runs=_runs(transaction, terms.runs_days * timedelta(days=1), now),
    )
    with transaction() as session:
        session.merge(Switch(name=RETAINED, value="", at=now))
        journal.write(session, now, DAEMON, "retention.done", "retention", **asdict(done))
    return done


def _forget_all(transaction: Transaction, which: Callable[[datetime], Any], term: timedelta, now: datetime) -> int:
    """Batch after batch; what an obstacle keeps is passed over and tried again the next day."""
    if not term:
        return 0
    total, last = 0, 0
    while True:
        with transaction() as session:
            rows = which(now - term).where(
                col(PostRow.forgotten) == Forgotten.NONE, col(PostRow.id) > last, col(PostRow.own).is_(False)
            )
            ids: Sequence[int] = session.execute(rows.order_by(col(PostRow.id)).limit(_AT_ONCE)).scalars().all()
            if not ids:
                return total
            kept = obstacles(session, ids)
            free = sorted(set(ids) - set(kept.on_the_way) - set(kept.legal_hold))
            total += forget(session, free, Forgotten.TERM, now)
            last = ids[-1]


def _unflagged(limit: datetime) -> Any:
    """Posts without a duty whose last words were seen before."""
    current = (col(PostVersion.post_id) == col(PostRow.id)) & (col(PostVersion.n) == col(PostRow.version))
    return (
        select(col(PostRow.id))
        .join(PostVersion, current)
        .outerjoin(Duty, col(Duty.post_id) == col(PostRow.id))
        .where(col(Duty.id).is_(None), col(PostVersion.seen_at) < limit)
    )


def _answered(limit: datetime) -> Any:
    """Posts whose duty was closed before."""
    closed = ((col(Duty.state) == DutyState.ANSWERED) & (col(Duty.answered_at) < limit)) | (
        (col(Duty.state) == DutyState.RELEASED)
        & (col(Duty.proof) != Proof.LEGAL_HOLD)
        & (col(Duty.released_at) < limit)
    )
    return select(col(PostRow.id)).join(Duty, col(Duty.post_id) == col(PostRow.id)).where(closed)


def _gone(limit: datetime) -> Any:
    """Posts that were deleted where they stood, and owe nothing."""
    return (
        select(col(PostRow.id))
        .outerjoin(Duty, col(Duty.post_id) == col(PostRow.id))
        .where(col(PostRow.gone_at) < limit, col(Duty.id).is_(None) | col(Duty.state).in_(CLOSED))
    )


def _looked(transaction: Transaction, term: timedelta, now: datetime) -> int:
    """Who of our people corrected what: needed while it can be asked about, and no longer."""
    if not term:
        return 0
    with transaction() as session:
        rows = update(Correction).where(col(Correction.by_id).is_not(None), col(Correction.at) < now - term)
        done: Any = session.execute(rows.values(by_id=None).execution_options(synchronize_session=False))
        return int(done.rowcount)


def _runs(transaction: Transaction, term: timedelta, now: datetime) -> int:
    """Rounds of long ago. The newest and newest good one of each source and kind stay, and one that lost something."""
    if not term:
        return 0
    total, last = 0, 0
    with transaction() as session:
        newest = select(func.max(col(Run.id))).group_by(col(Run.source_id), col(Run.kind))
        kept = {*session.execute(newest).scalars(), *session.execute(newest.where(col(Run.ok).is_(True))).scalars()}
    while total < _RUNS_A_DAY:
        with transaction() as session:
            old = select(col(Run.id)).where(
                col(Run.id) > last, col(Run.started_at) < now - term, col(Run.items) == kept_of_a_run()
            )
            ids = session.execute(old.order_by(col(Run.id)).limit(_RUNS_AT_ONCE)).scalars().all()
            if not ids:
                break
            going = [run_id for run_id in ids if run_id not in kept]
            session.execute(delete(Run).where(col(Run.id).in_(going)).execution_options(synchronize_session=False))
            total, last = total + len(going), ids[-1] or 0
    return total


def _raw(transaction: Transaction, term: timedelta, now: datetime) -> int:
    """Raw records; those of posts that owe an answer are needed to answer, unread ones until they can be read."""
    if not term:
        return 0
    total, last = 0, 0
    while True:
        with transaction() as session:
            rows = (
                select(col(PostVersion.id))
                .outerjoin(Duty, col(Duty.post_id) == col(PostVersion.post_id))
                .where(
                    col(PostVersion.id) > last,
                    col(PostVersion.seen_at) < now - term,
                    cast(col(PostVersion.raw), String) != "{}",
                    col(Duty.id).is_(None) | col(Duty.state).not_in(UNANSWERED),
                )
            )
            ids = session.execute(rows.order_by(col(PostVersion.id)).limit(10 * _AT_ONCE)).scalars().all()
            if not ids:
                _read(session, now - term, now)
                return total
            emptied = update(PostVersion).where(col(PostVersion.id).in_(ids)).values(raw={})
            session.execute(emptied.execution_options(synchronize_session=False))
            total, last = total + len(ids), ids[-1]


def _read(session: Session, limit: datetime, now: datetime) -> None:
    """Records that nobody waits for; one that its platform still sends keeps its row, or it would be new again."""
    old = (col(Quarantine.resolved_at) < limit) & (col(Quarantine.raw) != "")  # erased ones stay, to be known again
    gone = delete(Quarantine).where(old, col(Quarantine.last_at) < limit)
    session.execute(gone.execution_options(synchronize_session=False))
    blank_records(session, old, now)
