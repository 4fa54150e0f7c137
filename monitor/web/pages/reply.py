"""What a person does with a reply that exists: take back, give up, publish by hand, look, settle."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlmodel import Session

from connectors.core.contract import Capability, ReplyMode
from monitor.web.access import Visit
from monitor.web.filters import link
from monitor.web.pages.post import show_post
from monitor.web.steps import Id, Owner, Problem, Words, Worker, go, line, problem_of, take
from replies import attempts, hand
from replies.errors import ReplyError
from replies.lifecycle import Action
from replies.moves import get_reply
from replies.tables import Reply

router = APIRouter()
SETTLE = {"posted": Action.DELIVER, "not_posted": Action.POSTPONE, "give_up": Action.REFUSE}


def _settle(visit: Visit, reply_id: int, step: Callable[[Session], object], done: str, *, back: str = "") -> Response:
    """Take one step on a reply, then back to its post."""
    try:
        with visit.house.reading() as session:
            post_id = get_reply(session, reply_id).post_id
    except ReplyError as error:
        missing = problem_of(error)
        return visit.show("message.html", missing.status, title="", words=missing.words, back="/")
    problem = take(visit, step)
    if problem is not None:
        return show_post(visit, post_id, problem=problem, at=f"reply-{reply_id}")
    return go("/freigaben" if back == "freigaben" else f"/beitrag/{post_id}", gut=done)


@router.post("/antwort/{reply_id}/zurueckholen")
def undo(visit: Worker, reply_id: Id, back: Annotated[str, Form()] = "") -> Response:
    """Rückgängig: take an approval back before anything left."""
    desk = visit.house.desk
    return _settle(visit, reply_id, lambda s: desk.undo(s, reply_id, visit.actor, visit.now), "undone", back=back)


@router.post("/antwort/{reply_id}/zurueckziehen")
def withdraw(visit: Worker, reply_id: Id, note: Words = "") -> Response:
    """Give a text up before it is sent."""
    desk = visit.house.desk
    return _settle(
        visit, reply_id, lambda s: desk.withdraw(s, reply_id, line(note), visit.actor, visit.now), "withdrawn"
    )


@router.post("/antwort/{reply_id}/ueberarbeiten")
def rework(visit: Worker, reply_id: Id) -> Response:
    """Make a draft of a refused text."""
    return _settle(visit, reply_id, lambda s: visit.house.desk.rework(s, reply_id, visit.actor, visit.now), "rework")


@router.post("/antwort/{reply_id}/nehmen")
def claim(visit: Worker, reply_id: Id) -> Response:
    """Take an approved text to publish it on the platform's own page."""
    house = visit.house
    guards = house.desk.guards

    def by_hand(session: Session) -> Reply:
        return hand.take(session, reply_id, visit.actor, house.world, house.timing, visit.now, guards=guards)

    return _settle(visit, reply_id, by_hand, "claimed")


@router.post("/antwort/{reply_id}/veroeffentlicht")
def posted(visit: Worker, reply_id: Id, permalink: Annotated[str, Form()] = "") -> Response:
    """It stands there now."""
    timing = visit.house.timing
    return _settle(
        visit,
        reply_id,
        lambda s: hand.posted(s, reply_id, visit.actor, link(permalink.strip()), timing, visit.now),
        "posted",
    )


@router.post("/antwort/{reply_id}/unsicher")
def not_sure(visit: Worker, reply_id: Id) -> Response:
    """Whether it went through is not known."""
    return _settle(visit, reply_id, lambda s: hand.not_sure(s, reply_id, visit.actor, visit.now), "unsure")


@router.post("/antwort/{reply_id}/gesehen")
def seen(visit: Worker, reply_id: Id, note: Words = "") -> Response:
    """A person looked at the public page and saw the answer, where Widerhall cannot read it back."""
    house = visit.house

    def step(session: Session) -> Reply:
        card = house.world.card(get_reply(session, reply_id).account)
        if card.reply != ReplyMode.MANUAL and card.capability != Capability.BLIND:
            raise Problem("not_by_hand", status=409)
        four_eyes = house.config.business.four_eyes
        return house.watch.seen_by_person(session, reply_id, visit.actor, line(note), visit.now, four_eyes=four_eyes)

    return _settle(visit, reply_id, step, "seen")


@router.post("/antwort/{reply_id}/entscheiden")
def settle(visit: Owner, reply_id: Id, outcome: Annotated[str, Form()] = "", note: Words = "") -> Response:
    """An owner decides what became of an unclear reply."""
    house = visit.house

    def step(session: Session) -> None:
        if outcome not in SETTLE:
            raise Problem("outcome_missing")
        attempts.settle_by_person(
            session, reply_id, SETTLE[outcome], line(note), visit.actor, house.world, house.timing, visit.now
        )

    return _settle(visit, reply_id, step, "settled")
