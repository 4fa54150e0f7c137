"""What a week asked of the whole team (RULES 002-19, 004-9, 001-1): never of one person, never of one author."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from monitor.learning.weeks import ZONE, Week
from monitor.tables import PostRow, Verdict
from replies.care.tables import Ask, Call
from replies.lifecycle import State
from replies.tables import Duty, Reply

MANY_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Load:
    """One week.

    Attributes:
        hostile: posts with a sharp tone that needed an answer.
        fullest: how many duties began on the fullest day.
        texts: answers, questions and holding replies that became public.
        rounds: median number of our public texts per matter that we wrote to; None: to none.
        long: matters that had more than two rounds.
        lasts: median time from the first duty of a matter to its last answer, of matters answered in this week.
        unseen: median time between writing and our first look, of this week's posts.
    """

    hostile: int
    fullest: int
    texts: int
    asked: int
    calls: int
    rounds: float | None
    long: int
    lasts: timedelta | None
    unseen: timedelta | None


def read(session: Session, week: Week) -> Load:
    """The load of a week."""
    rounds = _rounds(session, week)
    opened = session.exec(select(Duty.opened_at).where(*_in(Duty.opened_at, week), col(Duty.backlog).is_(False))).all()
    days = Counter(at.astimezone(ZoneInfo(ZONE)).date() for at in opened)
    return Load(
        hostile=_hostile(session, week),
        fullest=max(days.values(), default=0),
        texts=_count(session, Reply.published_at, week),
        asked=_count(session, Ask.at, week),
        calls=_count(session, Call.spoken_at, week),
        rounds=median(rounds) if rounds else None,
        long=sum(n > MANY_ROUNDS for n in rounds),
        lasts=_middle(_lasts(session, week)),
        unseen=_middle(_unseen(session, week)),
    )


def _in(column: Any, week: Week) -> tuple[ColumnElement[bool], ...]:
    return (col(column) >= week.start, col(column) < week.end)


def _count(session: Session, column: Any, week: Week) -> int:
    return session.exec(select(func.count()).where(*_in(column, week))).one()


def _middle(spans: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None


def _hostile(session: Session, week: Week) -> int:
    rows = (
        select(func.count(func.distinct(col(Duty.id))))
        .join(PostRow, col(PostRow.id) == col(Duty.post_id))
        .join(Verdict, (col(Verdict.post_id) == col(PostRow.id)) & (col(Verdict.version) == col(PostRow.version)))
        .where(*_in(Duty.opened_at, week), col(Duty.backlog).is_(False), col(Verdict.is_hostile).is_(True))
    )
    return session.exec(rows).one()


def _rounds(session: Session, week: Week) -> list[int]:
    """Public texts so far of each matter to which one was added in this week."""
    own = select(PostRow.matter_id).join(Reply, col(Reply.post_id) == col(PostRow.id))
    touched = own.where(*_in(Reply.published_at, week), col(PostRow.matter_id).is_not(None))
    rows = (
        select(func.count(col(Reply.id)))
        .join(PostRow, col(PostRow.id) == col(Reply.post_id))
        .where(
            col(PostRow.matter_id).in_(touched),
            col(Reply.published_at).is_not(None),
            col(Reply.published_at) < week.end,
            col(Reply.state) != State.WITHDRAWN,
        )
        .group_by(col(PostRow.matter_id))
    )
    return list(session.exec(rows).all())


def _lasts(session: Session, week: Week) -> list[timedelta]:
    done = select(PostRow.matter_id).join(Duty, col(Duty.post_id) == col(PostRow.id))
    answered = done.where(*_in(Duty.answered_at, week), col(PostRow.matter_id).is_not(None))
    rows = (
        select(func.min(col(Duty.opened_at)), func.max(col(Duty.answered_at)))
        .join(PostRow, col(PostRow.id) == col(Duty.post_id))
        .where(col(PostRow.matter_id).in_(answered))
        .group_by(col(PostRow.matter_id))
    )
    return [end - start for start, end in session.exec(rows).all() if end is not None]


def _unseen(session: Session, week: Week) -> list[timedelta]:
    rows = (
        select(PostRow.first_seen_at, PostRow.created_at)
        .join(Duty, col(Duty.post_id) == col(PostRow.id))
        .where(*_in(PostRow.first_seen_at, week), col(Duty.backlog).is_(False), col(PostRow.created_at).is_not(None))
    )
    return [max(seen - at, timedelta()) for seen, at in session.exec(rows).all() if at is not None]
