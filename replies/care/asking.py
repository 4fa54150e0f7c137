"""Asking a colleague (RULES K14): a question with its own clock. The draft rests meanwhile, the public clocks run."""

from datetime import datetime

from sqlmodel import Session, col, select

from replies.care.tables import Ask
from replies.clocks import Hours
from replies.errors import NotAllowed
from replies.internal import noted
from replies.lifecycle import UNANSWERED
from replies.moves import Line, change_row, get_row, put_in
from replies.people import Actor, at_desk
from replies.tables import Duty
from replies.timing import Timing

_STILL_OPEN = {"closed_at": None}


def ask(
    session: Session,
    duty: Duty,
    question: str,
    to_id: int | None,
    actor: Actor,
    hours: Hours,
    timing: Timing,
    now: datetime,
) -> Ask:
    """Ask one colleague, or with `to_id` None whoever knows.

    Raises:
        Blocked: there is no question, or it judges a person.
    """
    person = at_desk(actor)
    if duty.state not in UNANSWERED:
        raise NotAllowed(f"duty {duty.id} is {duty.state}", code="already_closed")
    row = Ask(
        duty_id=duty.id or 0,
        question=noted(question, "question_missing"),
        by=person,
        to_id=to_id,
        at=now,
        due_at=hours.plus_hours(now, timing.ask_hours),
    )
    return put_in(session, row, Line("duty.ask", f"duty:{duty.id}", actor, now), known_as="ask")  # not whom it was


def answer(session: Session, ask_id: int, text: str, actor: Actor, now: datetime) -> Ask:
    """Say what one knows; the draft may go on.

    Raises:
        NotAllowed: it is closed already.
    """
    row = _open(session, ask_id, actor)
    said = {"answer": noted(text, "answer_missing"), "answered_by": actor.id, "closed_at": now}
    return change_row(session, row, _STILL_OPEN, said, _line("duty.ask_answered", row, actor, now))


def take_back(session: Session, ask_id: int, actor: Actor, now: datetime) -> Ask:
    """The question is not needed any more."""
    row = _open(session, ask_id, actor)
    return change_row(session, row, _STILL_OPEN, {"closed_at": now}, _line("duty.ask_taken_back", row, actor, now))


def _line(event: str, row: Ask, actor: Actor, now: datetime) -> Line:
    return Line(event, f"duty:{row.duty_id}", actor, now, {"ask": row.id})


def of_duty(session: Session, duty_id: int) -> list[Ask]:
    """Every question on a duty, the newest first."""
    return list(session.exec(select(Ask).where(col(Ask.duty_id) == duty_id).order_by(col(Ask.id).desc())).all())


def is_open(session: Session, duty_id: int) -> bool:
    """Does a colleague still owe us a word?"""
    rows = select(Ask.id).where(col(Ask.duty_id) == duty_id, col(Ask.closed_at).is_(None)).limit(1)
    return session.exec(rows).first() is not None


def get_ask(session: Session, ask_id: int) -> Ask:
    """The question; Unknown if there is none."""
    return get_row(session, Ask, ask_id)


def _open(session: Session, ask_id: int, actor: Actor) -> Ask:
    at_desk(actor)
    row = get_ask(session, ask_id)
    if row.closed_at is not None:
        raise NotAllowed("it is closed", code="ask_closed")
    return row
