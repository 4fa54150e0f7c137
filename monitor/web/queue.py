"""The queue as the page reads it: columns, not objects; pages by key, never by number (RELIABILITY 6.2, 6.3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, exists, false, not_, or_, tuple_, union_all
from sqlmodel import Session, UTCDateTime, col, func, select

from monitor.tables import PostRow, PostVersion, Source, User, Verdict
from monitor.web import core_line, filters, labels
from monitor.words import _
from replies.duty import unanswered
from replies.lifecycle import DutyState, ReplyKind, State
from replies.tables import Duty, Reply

PAGE = 30
SIDE = 8
_TEXT = 4000  # code points read of each post; its core is one line
_ON_THE_WAY = (State.SUBMITTED, State.APPROVED, State.SENDING)
_NOT_SIGHTED = (State.DELIVERED, State.UNCLEAR)
_LIVELY = (State.DRAFT, *_ON_THE_WAY, *_NOT_SIGHTED, State.REFUSED)


class Group(StrEnum):
    """The parts of the queue."""

    MAIN = "dran"
    UNSURE = "einordnen"
    WAITING = "wartet"
    UNSEEN = "ungesichtet"
    BACKLOG = "altbestand"


@dataclass(frozen=True, slots=True)
class Mark:
    """One reason why a row is here; `tone` is a class of the stylesheet, the words say it without colour."""

    words: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One duty in the list."""

    duty_id: int
    post_id: int
    key: datetime
    where: str
    location: str
    stars: str
    core: str
    marks: tuple[Mark, ...]
    topics: tuple[str, ...]
    due_at: datetime | None
    opened_at: datetime
    zone: str
    overdue: bool
    who: str
    may_hold: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of a group; `after` is the key of the next page, "" at the end."""

    rows: tuple[Row, ...]
    after: str


def _has_reply(states: Iterable[State]) -> ColumnElement[bool]:
    return exists().where(
        col(Reply.duty_id) == col(Duty.id), col(Reply.state).in_(list(states)), col(Reply.successor_id).is_(None)
    )


def _with_reply(states: Iterable[State]) -> Any:
    """Duties with such a reply, found from the few replies that are on their way."""
    return select(col(Reply.duty_id)).where(col(Reply.state).in_(list(states)), col(Reply.successor_id).is_(None))


def conditions(group: Group) -> ColumnElement[bool]:
    """Which duties belong to a group, for the person `me` at the time `now`. What is overdue always is in MAIN."""
    now, me = bindparam("now", type_=UTCDateTime()), bindparam("me", type_=Integer())
    if group == Group.BACKLOG:
        return and_(unanswered(), col(Duty.backlog).is_(True))
    running = and_(unanswered(), col(Duty.backlog).is_(False))
    late, unseen = col(Duty.due_at) <= now, _has_reply(_NOT_SIGHTED)
    if group == Group.UNSEEN:
        found = col(Duty.id).in_(_with_reply(_NOT_SIGHTED))
        return and_(found, not_(and_(unanswered(), or_(col(Duty.backlog).is_(True), late))))
    assigned = and_(col(Duty.assignee_id).is_not(None), col(Duty.assignee_id) != me)
    asked = and_(col(Duty.state) == DutyState.HELD, func.coalesce(col(Duty.next_step_at) > now, false()))
    if group == Group.WAITING:
        elsewhere = union_all(
            _with_reply(_ON_THE_WAY), select(col(Duty.id)).where(assigned), select(col(Duty.id)).where(asked)
        )
        return and_(running, not_(late), not_(unseen), col(Duty.id).in_(elsewhere))
    ours = and_(not_(unseen), not_(or_(_has_reply(_ON_THE_WAY), assigned, asked)))
    if group == Group.UNSURE:
        return and_(running, not_(late), ours, col(Duty.unsure).is_(True))
    return and_(running, or_(late, and_(ours, col(Duty.unsure).is_(False))))


@cache
def _statement(group: Group, *, further: bool) -> Any:
    """A page of a group: its duties are picked from an index alone, then what a line shows is read."""
    key = col(Duty.due_at) if group not in (Group.UNSEEN, Group.BACKLOG) else col(Duty.opened_at)
    picked: Any = select(col(Duty.id), key.label("key")).where(conditions(group)).order_by(key, col(Duty.id))
    if further:
        after = tuple_(bindparam("after", type_=UTCDateTime()), bindparam("after_id", type_=Integer()))
        picked = picked.where(tuple_(key, col(Duty.id)) > after)
    page = picked.limit(bindparam("most", type_=Integer())).subquery()
    return (
        select(*_columns(), page.c.key)  # type: ignore[call-overload]
        .join(page, page.c.id == col(Duty.id))
        .join(PostRow, col(PostRow.id) == col(Duty.post_id))
        .join(Source, col(Source.id) == col(PostRow.source_id))
        .outerjoin(User, col(User.id) == col(Duty.assignee_id))
        .order_by(page.c.key, page.c.id)
    )


def read(
    session: Session,
    group: Group,
    user_id: int,
    now: datetime,
    *,
    after: tuple[datetime, int] | None = None,
    limit: int = PAGE,
) -> Slice:
    """One page of a group, what breaks first on top."""
    return read_several(session, {group: limit}, user_id, now, after=after)[group]


def read_several(
    session: Session,
    wanted: Mapping[Group, int],
    user_id: int,
    now: datetime,
    *,
    after: tuple[datetime, int] | None = None,
) -> dict[Group, Slice]:
    """So many rows of each group; verdicts and replies of all of them are read at once."""
    values: dict[str, Any] = {"me": user_id, "now": now}
    if after is not None:
        values |= {"after": after[0], "after_id": after[1]}
    found = {
        group: session.execute(_statement(group, further=after is not None), values | {"most": limit + 1}).all()
        for group, limit in wanted.items()
    }
    shown = {group: rows[: wanted[group]] for group, rows in found.items()}
    drawn = iter(_rows(session, [row for rows in shown.values() for row in rows], user_id, now))
    slices = {}
    for group, rows in shown.items():
        lines = tuple(islice(drawn, len(rows)))
        last = lines[-1] if len(found[group]) > len(rows) else None
        slices[group] = Slice(lines, f"{last.key.timestamp():.6f}_{last.duty_id}" if last else "")
    return slices


def _columns() -> tuple[Any, ...]:
    return (
        col(Duty.id).label("duty_id"),
        col(Duty.post_id).label("post_id"),
        col(Duty.state).label("state"),
        col(Duty.due_at).label("due_at"),
        col(Duty.opened_at).label("opened_at"),
        col(Duty.occasion).label("occasion"),
        col(Duty.unsure).label("unsure"),
        col(Duty.backlog).label("backlog"),
        col(Duty.assignee_id).label("assignee_id"),
        col(Duty.proposed_by).label("proposed_by"),
        col(Duty.next_step_at).label("next_step_at"),
        col(Duty.reopened_note).label("reopened_note"),
        func.substr(col(PostRow.text), 1, _TEXT).label("text"),
        col(PostRow.rating).label("rating"),
        col(PostRow.rating_max).label("rating_max"),
        col(PostRow.version).label("version"),
        col(PostRow.visible).label("visible"),
        col(Source.title).label("title"),
        col(Source.location).label("location"),
        col(Source.timezone).label("zone"),
        col(User.name).label("assignee"),
    )


@cache
def _verdicts() -> Any:
    columns = (Verdict.post_id, Verdict.version, Verdict.reasons, Verdict.topics, Verdict.demands, Verdict.is_hostile)
    now, then = col(PostRow.version), col(Verdict.version)
    older = (col(PostVersion.post_id) == col(Verdict.post_id)) & (col(PostVersion.n) == then) & (then != now)
    wanted: list[Any] = [*map(col, columns), col(PostVersion.text).label("before")]
    rows = select(*wanted).join(PostRow, col(PostRow.id) == col(Verdict.post_id)).outerjoin(PostVersion, older)
    rows = rows.where(col(Verdict.post_id).in_(bindparam("posts", expanding=True)))
    return rows.order_by(col(Verdict.version), col(Verdict.id))


@cache
def _lively() -> Any:
    columns = (Reply.duty_id, Reply.state, Reply.kind, Reply.trouble, Reply.needs_human, Reply.returned_note)
    rows = select(*map(col, columns)).where(
        col(Reply.duty_id).in_(bindparam("duties", expanding=True)),
        col(Reply.successor_id).is_(None),
        col(Reply.state).in_((*_LIVELY, State.PUBLISHED)),
    )
    return rows.order_by(col(Reply.id))


def verdicts(session: Session, posts: Sequence[int]) -> dict[int, Any]:
    """Post id -> its newest verdict's columns; `before`: the text it judged, where another one stands there now."""
    return {row.post_id: row for row in session.execute(_verdicts(), {"posts": list(posts)})}


def _rows(session: Session, found: Sequence[Any], user_id: int, now: datetime) -> list[Row]:
    judged = verdicts(session, [row.post_id for row in found])
    replies: dict[int, list[Any]] = {}
    for reply in session.execute(_lively(), {"duties": [row.duty_id for row in found]}):
        replies.setdefault(reply.duty_id, []).append(reply)
    return [_row(row, judged.get(row.post_id), replies.get(row.duty_id, []), user_id, now) for row in found]


def _row(row: Any, verdict: Any, replies: list[Any], user_id: int, now: datetime) -> Row:
    text = core_line.core(row.text, core_line.reasons_of(verdict, row.version, row.text))
    busy = any(
        reply.state != State.REFUSED and (reply.kind == ReplyKind.HOLDING or reply.state != State.DRAFT)
        for reply in replies
    )
    return Row(
        duty_id=row.duty_id,
        post_id=row.post_id,
        key=row.key,
        where=row.title,
        location=row.location,
        stars=filters.stars(row.rating, row.rating_max),
        core=filters.shown(text),
        marks=tuple(_marks(row, verdict, replies)),
        topics=tuple(
            labels.topic(name) for name in (verdict.topics if verdict is not None else [])[:3] if name != "other"
        ),
        due_at=row.due_at,
        opened_at=row.opened_at,
        zone=row.zone,
        overdue=row.due_at is not None and row.due_at <= now,
        who="" if row.assignee_id is None else (_("bei Ihnen") if row.assignee_id == user_id else row.assignee or ""),
        may_hold=row.state == DutyState.OPEN and not busy and row.visible,
    )


def _marks(row: Any, verdict: Any, replies: list[Any]) -> Iterable[Mark]:
    for reply in replies:
        yield from _marks_of_reply(reply)
    yield from _marks_of_post(row)
    if row.state == DutyState.HELD:
        yield Mark(_("Rückfrage steht") if row.next_step_at else _("Zwischenstand versprochen"), "info")
    if verdict is not None:
        yield from _marks_of_verdict(verdict)
    if row.proposed_by is not None:
        yield Mark(_("keine Beschwerde? zweiter Blick fehlt"), "info")
    if row.unsure:
        yield Mark(_("bitte einordnen"), "info")


def _marks_of_reply(reply: Any) -> Iterable[Mark]:
    if reply.state in _LIVELY:
        tone = "warn" if reply.needs_human or reply.trouble else "info"
        yield Mark(f"{labels.word(reply.kind)}: {labels.word(reply.state)}", tone)
    if reply.needs_human:
        yield Mark(_("bitte nachsehen und entscheiden"), "warn")
    if reply.returned_note and reply.state == State.DRAFT:
        yield Mark(_("zurück mit Grund"), "warn")


def _marks_of_post(row: Any) -> Iterable[Mark]:
    if not row.visible:
        yield Mark(_("zurzeit nicht öffentlich"), "warn")
    if row.reopened_note:
        yield Mark(_("wieder offen"), "warn")
    if row.occasion > 1:
        yield Mark(_("{n}. Mal dasselbe Anliegen").format(n=row.occasion))


def _marks_of_verdict(verdict: Any) -> Iterable[Mark]:
    if verdict.is_hostile:
        yield Mark(_("scharfer Ton"))
    for name in verdict.demands[:2]:
        yield Mark(labels.demand(name))


def parse_key(text: str) -> tuple[datetime, int] | None:
    """The key of a page from the address; None for none, or for one that nobody of us wrote."""
    at, _sign, duty_id = text.partition("_")
    try:
        key = datetime.fromtimestamp(float(at), UTC), int(duty_id)
    except (ValueError, OverflowError, OSError):
        return None
    return key if 0 <= key[1] < 2**63 else None


def next_post(session: Session, user_id: int, now: datetime, *, not_duty: int) -> int | None:
    """The post to work on next."""
    query = (
        select(Duty.post_id)
        .where(
            conditions(Group.MAIN),
            col(Duty.id) != not_duty,
            not_(_has_reply((*_ON_THE_WAY, *_NOT_SIGHTED))),
        )
        .order_by(col(Duty.due_at), col(Duty.id))
        .limit(1)
    )
    return session.exec(query, params={"me": user_id, "now": now}).first()
