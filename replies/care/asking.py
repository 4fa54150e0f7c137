"""Asking a colleague (RULES K14): a question with its own clock. The draft rests meanwhile, the public clocks run."""

from datetime import datetime

from sqlmodel import Session, col, select

from replies import journal
from replies.care.tables import Ask
from replies.clocks import Hours
from replies.errors import NotAllowed, Unknown
from replies.internal import noted
from replies.lifecycle import UNANSWERED
from replies.people import Actor, at_desk
from replies.tables import Duty
from replies.timing import Timing


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
    session.add(row)
    session.flush()
    journal.write(session, now, actor, "duty.ask", f"duty:{duty.id}", ask=row.id)  # not whom: no counts about staff
    return row


def answer(session: Session, ask_id: int, text: str, actor: Actor, now: datetime) -> Ask:
    """Say what one knows; the draft may go on.

    Raises:
        NotAllowed: it is closed already.
    """
    row = _open(session, ask_id, actor)
    row.answer, row.answered_by, row.closed_at = noted(text, "answer_missing"), actor.id, now
    session.add(row)
    journal.write(session, now, actor, "duty.ask_answered", f"duty:{row.duty_id}", ask=row.id)
    return row


def take_back(session: Session, ask_id: int, actor: Actor, now: datetime) -> Ask:
    """The question is not needed any more."""
    row = _open(session, ask_id, actor)
    row.closed_at = now
    session.add(row)
    journal.write(session, now, actor, "duty.ask_taken_back", f"duty:{row.duty_id}", ask=row.id)
    return row


def of_duty(session: Session, duty_id: int) -> list[Ask]:
    """Every question on a duty, the newest first."""
    return list(session.exec(select(Ask).where(col(Ask.duty_id) == duty_id).order_by(col(Ask.id).desc())).all())


def is_open(session: Session, duty_id: int) -> bool:
    """Does a colleague still owe us a word?"""
    rows = select(Ask.id).where(col(Ask.duty_id) == duty_id, col(Ask.closed_at).is_(None)).limit(1)
    return session.exec(rows).first() is not None


def get_ask(session: Session, ask_id: int) -> Ask:
    """The row.

    Raises:
        Unknown: there is none.
    """
    row = session.get(Ask, ask_id)
    if row is None:
        raise Unknown(f"no question {ask_id}")
    return row


def _open(session: Session, ask_id: int, actor: Actor) -> Ask:
    at_desk(actor)
    row = get_ask(session, ask_id)
    if row.closed_at is not None:
        raise NotAllowed("it is closed", code="ask_closed")
    return row
