"""Heute: what must be answered today, and what it is really about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlalchemy import and_, bindparam
from sqlmodel import Session, UTCDateTime, col, func, select

from monitor import campaign
from monitor.tables import Source
from monitor.web import queue
from monitor.web.access import EVERYONE, PEOPLE, Acts, Reads, Visit
from monitor.web.filters import ZONE, hour
from monitor.web.holding import wording
from monitor.web.people_view import due_by
from monitor.web.queue import Group, Row, Slice
from monitor.web.steps import Id, duty_of, go, subject, take
from monitor.words import Spoken, _, later
from replies.care.calm import end_of_day
from replies.duty import unanswered
from replies.lifecycle import ReplyKind
from replies.tables import Duty

router = APIRouter()
_HALF_HOUR = 1800
SIDE_TITLES = Spoken(
    {
        Group.UNSURE: later("Bitte einordnen"),
        Group.WAITING: later("Wartet auf andere"),
        Group.UNSEEN: later("Beantwortet, noch nicht gesichtet"),
    }
)


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of the list; `more` is the address of its next page."""

    title: str
    rows: tuple[Row, ...]
    more: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """The header line."""

    open: int
    overdue: int
    longest: timedelta | None
    backlog: int
    next_fetch: datetime | None


def read_totals(session: Session, now: datetime) -> Totals:
    """Counts over the queue's index."""
    number, oldest, overdue, backlog, fetch = session.execute(_totals(), {"now": now}).one()
    return Totals(number, overdue, now - oldest if number else None, backlog, fetch)


@cache
def _totals() -> Any:
    """One statement, each part of it a walk in an index of the duties that are open."""
    running, waiting = (and_(unanswered(), col(Duty.backlog).is_(backlog)) for backlog in (False, True))
    late = col(Duty.due_at) <= bindparam("now", type_=UTCDateTime())
    fetch = select(func.min(col(Source.next_due_at))).where(col(Source.enabled).is_(True))
    parts = (
        select(func.count(col(Duty.id))).where(running),
        select(func.min(col(Duty.opened_at))).where(running),
        select(func.count(col(Duty.id))).where(running, late),
        select(func.count(col(Duty.id))).where(waiting),
        fetch,
    )
    return select(*(part.scalar_subquery() for part in parts))


def by_deadline(page: Slice, now: datetime) -> list[Section]:
    """überfällig, bis HH:MM (what is due next), heute, später."""
    zone = ZoneInfo(ZONE)
    today = now.astimezone(zone).date()
    ahead = [row.due_at for row in page.rows if row.due_at and row.due_at > now]
    soon = datetime.fromtimestamp(-(-min(ahead).timestamp() // _HALF_HOUR) * _HALF_HOUR, zone) if ahead else now
    if soon.astimezone(zone).date() != today:
        soon = now
    sections: dict[str, list[Row]] = {}
    for row in page.rows:
        at = row.due_at or now
        if row.overdue:
            title = _("Überfällig")
        elif at <= soon:
            title = _("Bis {hour}").format(hour=hour(soon))
        else:
            title = _("Heute") if at.astimezone(zone).date() == today else _("Später")
        sections.setdefault(title, []).append(row)
    return [Section(title, tuple(rows), tone="late" if rows[0].overdue else "") for title, rows in sections.items()]


@router.get("/")
def show(
    visit: Annotated[Visit, Depends(Reads(EVERYONE))], nach: str = "", gruppe: str = "", gut: str = "", zu: int = 0
) -> Response:
    """The queue; `gruppe` shows one group alone, `nach` is the key of a further page."""
    group = Group(gruppe) if gruppe in list(Group) else Group.MAIN
    after = queue.parse_key(nach)
    with visit.house.reading() as session:
        totals = read_totals(session, visit.now)
        wanted = {group: queue.PAGE}
        if group == Group.MAIN and after is None:
            wanted |= dict.fromkeys(SIDE_TITLES, queue.SIDE)
        found = queue.read_several(session, wanted, visit.user_id, visit.now, after=after)
        about = subject(session, zu)
        front = len(found) > 1
        midnight = end_of_day(visit.now, ZONE)
        campaigns = campaign.recent(session, visit.now) if front else []
        mine = due_by(session, visit.user_id, visit.house.timing, visit.now, midnight) if front else []
    page, sides = found[group], _sides(found) if front else []
    if group == Group.MAIN:
        sections = by_deadline(page, visit.now)
    else:
        titles = {**SIDE_TITLES, Group.BACKLOG: _("Altbestand")}
        sections = [Section(titles[group], page.rows)] if page.rows else []
    return visit.show(
        "today.html",
        totals=totals,
        sections=sections,
        sides=sides,
        campaigns=campaigns,
        mine=mine,
        group=group,
        after=page.after,
        first=after is None,
        gut=gut,
        about=about,
    )


def _sides(found: Mapping[Group, Slice]) -> list[Section]:
    """The first few of each other group, with the way to all of them."""
    parts = ((group, title, found[group]) for group, title in SIDE_TITLES.items())
    return [
        Section(title, part.rows, f"/?gruppe={group}" if part.after else "")
        for group, title, part in parts
        if part.rows
    ]


@router.post("/beitrag/{post_id}/halteantwort")
def hold(visit: Annotated[Visit, Depends(Acts(PEOPLE))], post_id: Id) -> Response:
    """The approved wording, with the date of the second clock, goes to approval: one key."""

    def step(session: Session) -> None:
        desk, world = visit.house.desk, visit.house.world
        duty = duty_of(session, post_id)
        text = wording(session, world, visit.house.timing, duty, visit.now)
        reply = desk.draft(session, duty.id or 0, ReplyKind.HOLDING, text, visit.actor, visit.now)
        desk.submit(session, reply.id or 0, visit.actor, visit.now, seen_version=reply.version)

    problem = take(visit, step)
    if problem is None:
        return go("/", gut="holding", zu=post_id)
    return visit.show(
        "message.html", problem.status, title=_("Halteantwort"), words=problem.words, back=f"/beitrag/{post_id}"
    )
