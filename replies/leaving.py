"""Somebody stops working at the desk: what only they had in hand is everybody's again."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from replies import journal
from replies.care.tables import Ask
from replies.duty import unanswered
from replies.people import Actor
from replies.tables import Duty


def hand_back(session: Session, person: int, actor: Actor, now: datetime) -> None:
    """Leave the duties and the open questions of a person to whoever comes first.

    Closed duties lose their name as well, or one that opens again would wait for somebody who is not there. Only the
    open ones are written down: the journal keeps no list of what somebody has worked on.
    """
    theirs = select(Duty.id).where(col(Duty.assignee_id) == person, unanswered()).order_by(col(Duty.id))
    waiting = session.exec(theirs).all()
    session.execute(update(Duty).where(col(Duty.assignee_id) == person).values(assignee_id=None))
    if waiting:
        journal.write_all(session, now, actor, "duty.assign", [(f"duty:{duty_id}", {}) for duty_id in waiting])
    session.execute(update(Ask).where(col(Ask.to_id) == person, col(Ask.closed_at).is_(None)).values(to_id=None))
