"""The journal is whole, and the rows stand where it says."""

from typing import Any

from sqlalchemy import String, cast, func, literal, select
from sqlmodel import Session, col

from monitor.verify.shape import Found, Moment, ids
from monitor.words import _
from replies import journal
from replies.lifecycle import DutyState
from replies.tables import Duty, Journal, Reply


def _last_state(thing: str) -> Any:
    """By subject, the state that the journal says the thing is in."""
    after = col(Journal.data)["to"].as_string()
    newest = (
        select(func.max(col(Journal.seq)).label("seq"))
        .where(col(Journal.event).like(f"{thing}.%"), after.is_not(None))
        .group_by(col(Journal.subject))
        .subquery()
    )
    return select(col(Journal.subject), after.label("state")).join(newest, newest.c.seq == col(Journal.seq)).subquery()


def reply_unrecorded(session: Session, _moment: Moment) -> Found:
    """Each reply stands where the journal's last step put it."""
    last = _last_state("reply")
    rows = (
        select(col(Reply.id))
        .outerjoin(last, last.c.subject == literal("reply:") + cast(col(Reply.id), String))
        .where(last.c.state.is_(None) | (cast(col(Reply.state), String) != last.c.state))
    )
    for (reply_id,) in ids(session, rows):
        yield f"reply:{reply_id}", _("Der Stand der Antwort ist ein anderer, als das Protokoll sagt.")


def duty_unrecorded(session: Session, _moment: Moment) -> Found:
    """Each duty stands where the journal's last step put it; one without a step is open."""
    last = _last_state("duty")
    recorded = func.coalesce(last.c.state, DutyState.OPEN.value)
    rows = (
        select(col(Duty.id))
        .outerjoin(last, last.c.subject == literal("duty:") + cast(col(Duty.id), String))
        .where(cast(col(Duty.state), String) != recorded)
    )
    for (duty_id,) in ids(session, rows):
        yield f"duty:{duty_id}", _("Der Stand der Antwortpflicht ist ein anderer, als das Protokoll sagt.")


def chain(session: Session, _moment: Moment) -> Found:
    """G18: nobody has altered, removed or cut off a row of the journal."""
    sentences = {
        "missing": _("Diese Zeile des Protokolls wurde entfernt."),
        "altered": _("Diese Zeile des Protokolls wurde verändert."),
        "unlinked": _("Diese Zeile des Protokolls passt nicht zu ihrer Vorgängerin; eine von beiden wurde verändert."),
        "cut": _("Das Ende des Protokolls ist nicht das, das vermerkt wurde."),
    }
    for broken in journal.breaks(session):
        yield f"journal:{broken.seq}", sentences[broken.what]
