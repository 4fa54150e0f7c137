"""The course of a matter: rounds, tone, bursts, and what of it is still without an answer (RULES 001-5, 001-38, 004-9).

Of the matter that these posts are about; how many posts an author has written elsewhere is asked nowhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from monitor.tables import PostRow, Verdict
from replies.care.tables import Ask, Call
from replies.lifecycle import UNANSWERED, State
from replies.tables import Duty, EarlierText, Reply

BURST, WITHIN = 3, timedelta(days=1)
_STEP, _SHARP = 0.2, 0.4  # of the hostile head, 0..1: so much more than before, and noticeable
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Said:
    """One post of a matter: when it was written, and how hostile its text is, 0..1."""

    post_id: int
    at: datetime
    hostile: float


@dataclass(frozen=True, slots=True)
class Course:
    """A matter until now.

    Attributes:
        rounds: texts of ours that stand, or stood, in public.
        posts: what its author has posted, the oldest first.
        waiting: those of the posts that still have no answer.
        steps: what we wrote, changed, asked and talked about it: the work that it took.
        lasts: from the first post to now, or to the last answer.
    """

    rounds: int
    posts: tuple[Said, ...]
    waiting: tuple[int, ...]
    steps: int
    lasts: timedelta

    @property
    def rising(self) -> bool:
        """Has the tone become sharper from post to post?"""
        return is_rising([one.hostile for one in self.posts])

    @property
    def burst(self) -> bool:
        """Did several posts come within a day?"""
        return is_burst([one.at for one in self.posts])

    def left_behind(self, post_id: int) -> int:
        """How many earlier posts of this matter had no answer yet when this one came, or have none still."""
        before = [one.post_id for one in self.posts]
        return sum(other in self.waiting for other in before[: before.index(post_id)]) if post_id in before else 0


def is_rising(tones: Sequence[float]) -> bool:
    """The last post is noticeably sharper than the first one, and not milder than the one before. Pure."""
    if len(tones) < 2:
        return False
    return tones[-1] - tones[0] >= _STEP and tones[-1] >= _SHARP and tones[-1] >= tones[-2]


def is_burst(times: Sequence[datetime]) -> bool:
    """The newest post is the third within a day, or a later one. Pure."""
    return bool(times) and sum(max(times) - at <= WITHIN for at in times) >= BURST


def of_matter(session: Session, matter_id: int, now: datetime) -> Course:
    """Read it."""
    said = tuple(_said(session, [matter_id]).get(matter_id, ()))
    here = col(PostRow.matter_id) == matter_id
    owed = select(Duty.id, Duty.post_id, Duty.state, Duty.answered_at)
    duties = session.exec(owed.join(PostRow, col(PostRow.id) == col(Duty.post_id)).where(here)).all()
    ids = [duty_id for duty_id, *_ in duties if duty_id is not None]
    replies = session.exec(select(Reply.id, Reply.state, Reply.published_at).where(col(Reply.duty_id).in_(ids))).all()
    closed = [at for *_, at in duties if at is not None]
    waiting = tuple(post_id for _id, post_id, state, _at in duties if state in UNANSWERED)
    end = now if waiting or not closed else max(closed)
    return Course(
        rounds=sum(at is not None and state != State.WITHDRAWN for _id, state, at in replies),
        posts=said,
        waiting=waiting,
        steps=len(replies) + _others(session, ids, [reply_id for reply_id, *_ in replies]),
        lasts=end - min(one.at for one in said) if said else timedelta(),
    )


def _said(session: Session, matters: Sequence[int]) -> dict[int, list[Said]]:
    """The posts of these matters, the oldest first, in one query."""
    columns = (PostRow.id, PostRow.matter_id, PostRow.created_at, PostRow.first_seen_at, Verdict.hostile)
    rows = (
        select(*map(col, columns))
        .outerjoin(Verdict, (col(Verdict.post_id) == col(PostRow.id)) & (col(Verdict.version) == col(PostRow.version)))
        .where(col(PostRow.matter_id).in_(matters), col(PostRow.own).is_(False))
        .order_by(col(PostRow.first_seen_at), col(PostRow.id), col(Verdict.id))
    )
    newest = {row[0]: row for row in session.execute(rows).all()}  # the newest verdict of each post
    found: dict[int, list[Said]] = {}
    for post_id, matter_id, at, seen, tone in newest.values():
        found.setdefault(matter_id, []).append(Said(post_id, min(at or seen, seen), tone or 0.0))
    return {matter: sorted(said, key=lambda one: (one.at, one.post_id)) for matter, said in found.items()}


def _others(session: Session, duties: Sequence[int], replies: Sequence[int | None]) -> int:
    """Edits of our texts, questions to colleagues, calls."""
    parts = (
        select(func.count(col(EarlierText.id))).where(col(EarlierText.reply_id).in_(replies)),
        select(func.count(col(Ask.id))).where(col(Ask.duty_id).in_(duties)),
        select(func.count(col(Call.id))).where(col(Call.duty_id).in_(duties)),
    )
    return sum(session.exec(part).one() for part in parts)


def pressing(session: Session) -> Iterator[tuple[str, int, int]]:
    """("rising" or "burst", matter, its newest post that waits): what an owner should know of before it grows."""
    rows = (
        select(PostRow.matter_id, func.max(col(PostRow.id)))
        .join(Duty, col(Duty.post_id) == col(PostRow.id))
        .where(
            col(Duty.state).in_(UNANSWERED),
            col(Duty.backlog).is_(False),
            col(Duty.occasion) > 1,
            col(PostRow.matter_id).is_not(None),
        )
        .group_by(col(PostRow.matter_id))
        .order_by(func.max(col(PostRow.id)).desc())
        .limit(_LOOKED_AT)
    )
    newest = {matter_id or 0: post_id or 0 for matter_id, post_id in session.exec(rows).all()}
    for matter_id, said in _said(session, list(newest)).items():
        if is_rising([one.hostile for one in said]):
            yield "rising", matter_id, newest[matter_id]
        if is_burst([one.at for one in said]):
            yield "burst", matter_id, newest[matter_id]
