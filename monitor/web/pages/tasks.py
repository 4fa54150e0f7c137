"""What is to be done by a date: done with a word; a call with its written record and its confirmation."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from monitor.web.access import Visit
from monitor.web.pages.care import settle, settle_behind
from monitor.web.steps import Id, Problem, Words, Worker, line
from replies.care import tasks
from replies.care.words import TaskKind
from replies.moves import get_duty
from replies.tables import Duty

router = APIRouter()
_SOLVED = {"ja": True, "nein": False}


@router.post("/beitrag/{post_id}/aufgabe")
def plan(visit: Worker, post_id: Id, kind: Words = "", note: Words = "", until: Words = "") -> Response:
    """Plan a call, or something else to remember."""

    def step(session: Session, duty: Duty) -> None:
        if kind not in (TaskKind.CALL, TaskKind.OTHER):
            raise Problem("task_kind_missing")
        due = day_end(until, _zone(visit, session, post_id))
        tasks.plan(session, duty, TaskKind(kind), line(note), due, visit.actor, visit.now)

    return settle(visit, post_id, step, "planned", "tasks")


def _on_task(visit: Visit, task_id: int, step: Callable[[Session], object], done: str) -> Response:
    return settle_behind(visit, lambda s: tasks.get_task(s, task_id).duty_id, step, done, f"task-{task_id}")


@router.post("/aufgabe/{task_id}/erledigt")
def done(visit: Worker, task_id: Id, note: Words = "", solved: Words = "") -> Response:
    """It is done, in a word."""

    def step(session: Session) -> None:
        tasks.done(session, task_id, line(note), visit.actor, visit.now, solved=_SOLVED.get(solved))

    return _on_task(visit, task_id, step, "done")


@router.post("/aufgabe/{task_id}/gespraech")
def record(
    visit: Worker,
    task_id: Id,
    spoken: Words = "",
    notes_allowed: Words = "",
    understood: Words = "",
    agreed: Words = "",
) -> Response:
    """The written record of a call."""

    def step(session: Session) -> None:
        zone = _zone(visit, session, _post(session, task_id))
        tasks.record(session, task_id, visit.actor, visit.now, spoken_at=_moment(spoken, zone),
                     notes_allowed=bool(notes_allowed), understood=line(understood), agreed=line(agreed))  # fmt: skip

    return _on_task(visit, task_id, step, "recorded")


@router.post("/aufgabe/{task_id}/bestaetigt")
def confirm(visit: Worker, task_id: Id, note: Words = "") -> Response:
    """The summary was sent."""
    return _on_task(
        visit, task_id, lambda s: tasks.confirm(s, task_id, line(note), visit.actor, visit.now), "confirmed_call"
    )


def _post(session: Session, task_id: int) -> int:
    return get_duty(session, tasks.get_task(session, task_id).duty_id).post_id


def _zone(visit: Visit, session: Session, post_id: int) -> ZoneInfo:
    world = visit.house.world
    return ZoneInfo(world.hours(world.post(session, post_id).account).timezone)


def day_end(day: str, zone: ZoneInfo) -> datetime:
    """The end of the working day that a date field gives.

    Raises:
        Problem: it gives none.
    """
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), time(17), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem("end_missing") from None


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem("spoken_missing") from None
