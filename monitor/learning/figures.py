"""The figures of a week, of the whole team: never of one person, never of one author (DESIGN promise 3, E31)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlmodel import Session, col, func, select

from monitor.learning import causes
from monitor.learning.weeks import Week
from monitor.tables import PostRow, PostVersion, Verdict
from monitor.triage.judgement import Sentiment
from replies.care.tables import Task
from replies.care.words import TaskKind
from replies.lifecycle import CLOSED, UNANSWERED, DutyState, ReplyKind, State
from replies.tables import Duty, Reply

WEEKS = 8
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Care:
    """How we treat one kind of post: praise or criticism.

    Attributes:
        answered: those that have an answer of ours in public.
        length: median length of our answers in code points; None: there is none.
    """

    posts: int
    answered: int
    length: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """One week as a team.

    Attributes:
        opened: complaints and questions whose clock began in this week.
        open: those of them that are still open.
        oldest: how long the oldest open one of all has been waiting, at the end of the week or now.
        first, final: median time to the first contact, to the answer, of this week's; None: there was none.
        kept, judged: how many of this week's were answered in time, of how many that can be judged already.
        topics: what they are about -> how many; causes: what led to them, as far as somebody has found out.
        waited_before: before so many of them a message to us had no answer.
    """

    week: Week
    opened: int
    answered: int
    released: int
    open: int
    oldest: timedelta | None
    first: timedelta | None
    final: timedelta | None
    kept: int
    judged: int
    topics: Counter[str]
    praise: Care
    criticism: Care
    solved: int
    unsolved: int
    causes: Counter[str] = field(default_factory=Counter)
    waited_before: int = 0


def read(session: Session, week: Week, now: datetime) -> Figures:
    """The figures of a week as they stand now."""
    running = (col(Duty.backlog).is_(False), col(Duty.opened_at) >= week.start, col(Duty.opened_at) < week.end)
    duties = session.exec(select(Duty).where(*running)).all()
    contacts = [duty.contact_at - duty.opened_at for duty in duties if duty.contact_at]
    answers = [duty.answered_at - duty.opened_at for duty in duties if duty.answered_at]
    in_time = [kept for kept in (_in_time(duty, now) for duty in duties) if kept is not None]
    solved = _solved(session, week)
    found, waited = causes.found(session, [duty.id or 0 for duty in duties])
    return Figures(
        week=week,
        opened=len(duties),
        answered=sum(duty.state == DutyState.ANSWERED for duty in duties),
        released=sum(duty.state == DutyState.RELEASED for duty in duties),
        open=sum(duty.state in UNANSWERED for duty in duties),
        oldest=_oldest(session, min(week.end, now)),
        first=_middle(contacts),
        final=_middle(answers),
        kept=sum(in_time),
        judged=len(in_time),
        topics=_topics(session, [duty.post_id for duty in duties]),
        praise=_praise(session, week),
        criticism=_criticism(session, duties),
        solved=solved[True],
        unsolved=solved[False],
        causes=found,
        waited_before=waited,
    )


def _middle(spans: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None


def _in_time(duty: Duty, now: datetime) -> bool | None:
    """Was the answer there in time? None: it cannot be said yet, or none was needed."""
    if duty.final_due_at is None or duty.state == DutyState.RELEASED:
        return None
    if duty.answered_at is not None:
        return duty.answered_at <= duty.final_due_at
    return False if duty.final_due_at <= now else None


def _oldest(session: Session, at: datetime) -> timedelta | None:
    """Of all duties that were open at `at`."""
    closed = func.coalesce(col(Duty.answered_at), col(Duty.released_at))
    was_open = col(Duty.state).in_(UNANSWERED) | (col(Duty.state).in_(CLOSED) & (closed > at))
    rows = select(Duty.opened_at).where(col(Duty.backlog).is_(False), col(Duty.opened_at) < at, was_open)
    oldest = session.exec(rows.order_by(col(Duty.opened_at)).limit(1)).first()
    return at - oldest if oldest is not None else None


def _topics(session: Session, posts: Sequence[int]) -> Counter[str]:
    """Each post counts once for each of its topics; a topic is the cause as far as a text tells it."""
    newest: dict[int, Any] = {}
    for start in range(0, len(posts), _AT_ONCE):
        rows = select(Verdict.post_id, Verdict.topics).where(col(Verdict.post_id).in_(posts[start : start + _AT_ONCE]))
        newest.update(dict(session.exec(rows.order_by(col(Verdict.version), col(Verdict.id))).all()))
    return Counter(topic for topics in newest.values() for topic in topics)


def _praise(session: Session, week: Week) -> Care:
    """Friendly posts that owe nothing, and what we said to them anyway."""
    rows = (
        select(PostRow.id, PostRow.source_id, PostRow.ref, PostVersion.replies)
        .join(Verdict, (col(Verdict.post_id) == col(PostRow.id)) & (col(Verdict.version) == col(PostRow.version)))
        .join(PostVersion, (col(PostVersion.post_id) == col(PostRow.id)) & (col(PostVersion.n) == col(PostRow.version)))
        .outerjoin(Duty, col(Duty.post_id) == col(PostRow.id))
        .where(
            col(PostRow.first_seen_at) >= week.start,
            col(PostRow.first_seen_at) < week.end,
            col(PostRow.own).is_(False),
            col(Duty.id).is_(None),
            col(Verdict.sentiment) == Sentiment.POSITIVE,
        )
    )
    said: dict[int, list[int]] = {}
    refs: dict[tuple[int, str], int] = {}
    for post_id, source_id, ref, replies in session.exec(rows).all():
        said[post_id or 0] = [len(reply["text"]) for reply in replies if reply.get("own")]
        refs[source_id, ref] = post_id or 0
    own = select(PostRow.source_id, PostRow.parent, func.length(col(PostRow.text))).where(
        col(PostRow.own).is_(True), col(PostRow.first_seen_at) >= week.start
    )
    for source_id, parent, size in session.exec(own).all():
        if (source_id, parent) in refs:
            said[refs[source_id, parent or ""]].append(size)
    sizes = [size for found in said.values() for size in found]
    return Care(len(said), sum(bool(found) for found in said.values()), median(sizes) if sizes else None)


def _criticism(session: Session, duties: Sequence[Duty]) -> Care:
    """Each post counts once, with the answer that stands there now: a newer text replaces the one before it."""
    ids = [duty.id or 0 for duty in duties]
    sizes: dict[int, int] = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows = select(Reply.duty_id, func.length(col(Reply.text))).where(
            col(Reply.duty_id).in_(ids[start : start + _AT_ONCE]),
            col(Reply.kind) == ReplyKind.FINAL,
            col(Reply.state) == State.PUBLISHED,
        )
        sizes |= dict(session.exec(rows.order_by(col(Reply.id))).all())
    return Care(len(duties), len(sizes), median(sizes.values()) if sizes else None)


def _solved(session: Session, week: Week) -> Counter[bool]:
    """What came of "was it solved?" in this week."""
    rows = select(Task.solved).where(
        col(Task.kind) == TaskKind.FOLLOW_UP, col(Task.done_at) >= week.start, col(Task.done_at) < week.end
    )
    return Counter(solved for solved in session.exec(rows).all() if solved is not None)


def history(session: Session, week: Week, now: datetime, weeks: int = WEEKS) -> list[Figures]:
    """This week and those before it, the oldest first."""
    return [read(session, week.back(n), now) for n in reversed(range(weeks))]
