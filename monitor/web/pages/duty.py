"""What a person decides about a duty besides writing: take it, leave it, sort it in, or close it with a proof."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlmodel import Session

from monitor.web.access import Visit
from monitor.web.pages.post import show_post
from monitor.web.steps import Id, Owner, Problem, Words, Worker, duty_of, go, line, take
from replies import duty as duties
from replies.errors import Stale
from replies.tables import Duty

router = APIRouter()


def _settle(
    visit: Visit, post_id: int, step: Callable[[Session, Duty], object], done: str, *, away: bool = False
) -> Response:
    """Take one step on the post's duty; back to the post, or to the list when the duty has left it."""
    problem = take(visit, lambda session: step(session, duty_of(session, post_id)))
    if problem is not None:
        return show_post(visit, post_id, problem=problem, at="duty")
    return go("/" if away else f"/beitrag/{post_id}", gut=done)


@router.post("/beitrag/{post_id}/uebernehmen")
def assign(visit: Worker, post_id: Id) -> Response:
    """I do it."""
    return _settle(
        visit, post_id, lambda s, duty: duties.assign(s, duty, visit.user_id, visit.actor, visit.now), "assigned"
    )


@router.post("/beitrag/{post_id}/abgeben")
def leave(visit: Worker, post_id: Id) -> Response:
    """Auszeit: somebody else may do it, no reason asked (RULES K13)."""
    return _settle(
        visit, post_id, lambda s, duty: duties.assign(s, duty, None, visit.actor, visit.now), "left", away=True
    )


@router.post("/beitrag/{post_id}/einordnen")
def sort_in(visit: Worker, post_id: Id) -> Response:
    """Yes, this needs an answer."""
    return _settle(visit, post_id, lambda s, duty: duties.sort_in(s, duty, visit.actor, visit.now), "sorted")


@router.post("/beitrag/{post_id}/altbestand")
def take_from_backlog(visit: Worker, post_id: Id) -> Response:
    """Start the clocks of an old post."""

    def step(session: Session, duty: Duty) -> None:
        world = visit.house.world
        hours = world.hours(world.post(session, post_id).account)
        duties.take_from_backlog(session, duty, hours, visit.house.timing, visit.actor, visit.now)

    return _settle(visit, post_id, step, "taken")


@router.post("/beitrag/{post_id}/keine-beschwerde")
def propose(visit: Worker, post_id: Id, note: Words = "", version: Annotated[int, Form()] = 0) -> Response:
    """First of two looks, at the version of the post that was shown."""

    def step(session: Session, duty: Duty) -> None:
        _as_shown(visit, session, post_id, version)
        duties.propose_no_complaint(session, duty, visit.actor, visit.now, note=line(note))

    return _settle(visit, post_id, step, "proposed")


@router.post("/beitrag/{post_id}/keine-beschwerde/bestaetigen")
def confirm(visit: Worker, post_id: Id, note: Words = "", version: Annotated[int, Form()] = 0) -> Response:
    """Second look, at the version of the post that was shown."""
    house = visit.house

    def step(session: Session, duty: Duty) -> None:
        _as_shown(visit, session, post_id, version)
        four_eyes = house.config.business.four_eyes
        duties.confirm_no_complaint(
            session, duty, visit.actor, visit.now, note=line(note), four_eyes=four_eyes, timing=house.timing
        )

    return _settle(visit, post_id, step, "confirmed", away=True)


def _as_shown(visit: Visit, session: Session, post_id: int, version: int) -> None:
    if visit.house.world.post(session, post_id).version != version:
        raise Stale("the post was edited", code="post_changed")


@router.post("/beitrag/{post_id}/erpressung")
def extortion(visit: Owner, post_id: Id, note: Words = "") -> Response:
    """Reported to the police, with its file number."""
    return _settle(
        visit,
        post_id,
        lambda s, duty: duties.report_extortion(s, duty, visit.actor, visit.now, file_number=line(note)),
        "released",
        away=True,
    )


@router.post("/beitrag/{post_id}/sperre")
def hold_for_law(visit: Owner, post_id: Id, note: Words = "", until: Annotated[str, Form()] = "") -> Response:
    """No public word until a date."""

    def step(session: Session, duty: Duty) -> None:
        world = visit.house.world
        zone = ZoneInfo(world.hours(world.post(session, post_id).account).timezone)
        duties.hold_for_law(session, duty, visit.actor, visit.now, note=line(note), ends_at=_end_of(until, zone))

    return _settle(visit, post_id, step, "released", away=True)


def _end_of(day: str, zone: ZoneInfo) -> datetime:
    """The end of a day given as 2026-11-30."""
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), time(23, 59), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem("end_missing") from None
