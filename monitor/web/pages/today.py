"""Heute: what must be answered today, and what it is really about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import Session, col, func, select

from monitor import campaign
from monitor.tables import Source
from monitor.web import queue
from monitor.web.access import EVERYONE, PEOPLE, Acts, Reads, Visit
from monitor.web.filters import ZONE, hour
from monitor.web.holding import wording
from monitor.web.queue import Group, Row, Slice
from monitor.web.steps import Id, duty_of, go, subject, take
from monitor.words import _
from replies.lifecycle import UNANSWERED, ReplyKind
from replies.tables import Duty

router = APIRouter()
_HALF_HOUR = 1800
SIDE_TITLES = {
    Group.UNSURE: _("Bitte einordnen"),
    Group.WAITING: _("Wartet auf andere"),
    Group.UNSEEN: _("Beantwortet, noch nicht gesichtet"),
}


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
    running = (col(Duty.state).in_(UNANSWERED), col(Duty.backlog).is_(False))
    number, oldest = session.exec(select(func.count(), func.min(col(Duty.opened_at))).where(*running)).one()
    overdue = session.exec(select(func.count()).where(*running, col(Duty.due_at) <= now)).one()
    backlog = session.exec(
        select(func.count()).where(col(Duty.state).in_(UNANSWERED), col(Duty.backlog).is_(True))
    ).one()
    fetch = session.exec(select(func.min(col(Source.next_due_at))).where(col(Source.enabled).is_(True))).one()
    return Totals(number, overdue, now - oldest if number else None, backlog, fetch)


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
        page = queue.read(session, group, visit.user_id, visit.now, after=after)
        about = subject(session, zu)
        front = group == Group.MAIN and after is None
        sides = _sides(session, visit) if front else []
        campaigns = campaign.recent(session, visit.now) if front else []
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
        group=group,
        after=page.after,
        first=after is None,
        gut=gut,
        about=about,
    )


def _sides(session: Session, visit: Visit) -> list[Section]:
    """The first few of each other group, with the way to all of them."""
    found = []
    for group, title in SIDE_TITLES.items():
        part = queue.read(session, group, visit.user_id, visit.now, limit=queue.SIDE)
        if part.rows:
            found.append(Section(title, part.rows, f"/?gruppe={group}" if part.after else ""))
    return found


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
