"""What protects the people at the desk: opening a hostile post, the ladder, a colleague's word."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from monitor.temper import temper
from monitor.web.access import Visit
from monitor.web.pages.post import show_post
from monitor.web.people_view import colleagues
from monitor.web.shield import open_post
from monitor.web.steps import Id, Problem, Words, Worker, duty_of, go, line, problem_of, take
from replies.care import asking, ladder
from replies.care.words import Level
from replies.errors import ReplyError
from replies.moves import get_duty
from replies.tables import Duty

router = APIRouter()


def settle(visit: Visit, post_id: int, step: Callable[[Session, Duty], object], done: str, at: str) -> Response:
    """Take one step on the duty of a post, then back to its page."""
    problem = take(visit, lambda session: step(session, duty_of(session, post_id)))
    if problem is not None:
        return show_post(visit, post_id, problem=problem, at=at)
    return go(f"/beitrag/{post_id}", gut=done)


def post_behind(visit: Visit, find: Callable[[Session], int]) -> int | Problem:
    """The post of the duty that `find` gives."""
    try:
        with visit.house.reading() as session:
            return get_duty(session, find(session)).post_id
    except ReplyError as error:
        return problem_of(error)


def settle_behind(
    visit: Visit, find: Callable[[Session], int], step: Callable[[Session], object], done: str, at: str
) -> Response:
    """The same for a step on a question or a task, whose duty `find` gives."""
    post_id = post_behind(visit, find)
    if isinstance(post_id, Problem):
        return missing(visit, post_id)
    return settle(visit, post_id, lambda session, _duty: step(session), done, at)


def missing(visit: Visit, problem: Problem) -> Response:
    """There is no such row."""
    return visit.show("message.html", problem.status, title="", words=problem.words, back="/")


@router.post("/beitrag/{post_id}/oeffnen")
def unveil(visit: Worker, post_id: Id, nevertheless: Words = "") -> Response:
    """The one deliberate click: show the full text of a hostile post; the cooling-off begins."""
    problem = take(visit, lambda session: open_post(session, visit, post_id, nevertheless=bool(nevertheless)))
    if problem is not None:
        return show_post(visit, post_id, problem=problem, at="shield")
    return go(f"/beitrag/{post_id}", ganz=1, gut="opened")


@router.post("/beitrag/{post_id}/stufe")
def climb(visit: Worker, post_id: Id, level: Words = "", note: Words = "", lawyer: Words = "") -> Response:
    """Set a rung of the ladder, with its reason; owners alone set the upper ones and the way back from them."""

    def step(session: Session, duty: Duty) -> None:
        if level not in list(Level):
            raise Problem("level_missing")
        mood = temper(session, post_id)
        ladder.climb(session, duty, Level(level), line(note), visit.actor, visit.now, temper=mood,
                     lawyer_note=line(lawyer))  # fmt: skip

    return settle(visit, post_id, step, "climbed", "ladder")


@router.post("/beitrag/{post_id}/fragen")
def ask(visit: Worker, post_id: Id, note: Words = "", to: Words = "") -> Response:
    """Kollegen fragen."""

    def step(session: Session, duty: Duty) -> None:
        world = visit.house.world
        hours = world.hours(world.post(session, post_id).account)
        whom = _whom(session, to, visit.user_id)
        asking.ask(session, duty, line(note), whom, visit.actor, hours, visit.house.timing, visit.now)

    return settle(visit, post_id, step, "asked", "ask")


def _whom(session: Session, to: str, user_id: int) -> int | None:
    """The colleague that was chosen; None: whoever knows. Somebody else, even with a login, would never see it."""
    if not to:
        return None
    for colleague in colleagues(session, user_id):
        if str(colleague) == to:
            return colleague
    raise Problem("colleague_missing")


def _on_ask(visit: Visit, ask_id: int, step: Callable[[Session], object], done: str) -> Response:
    return settle_behind(visit, lambda s: asking.get_ask(s, ask_id).duty_id, step, done, f"ask-{ask_id}")


@router.post("/frage/{ask_id}/antworten")
def answer(visit: Worker, ask_id: Id, note: Words = "") -> Response:
    """A colleague says what they know."""
    return _on_ask(visit, ask_id, lambda s: asking.answer(s, ask_id, line(note), visit.actor, visit.now), "told")


@router.post("/frage/{ask_id}/zurueckziehen")
def take_back(visit: Worker, ask_id: Id) -> Response:
    """The question is not needed any more."""
    return _on_ask(visit, ask_id, lambda s: asking.take_back(s, ask_id, visit.actor, visit.now), "unasked")
