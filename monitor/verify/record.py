"""The journal is whole, and the rows stand where it says."""

from sqlalchemy import String, cast, select
from sqlmodel import Session, col

from monitor.verify.shape import Found, Moment, ids
from monitor.words import _
from replies import journal
from replies.lifecycle import DutyState
from replies.tables import Duty, Reply


def reply_unrecorded(session: Session, moment: Moment) -> Found:
    """Each reply stands where the journal's last step put it."""
    states = moment.told.read().states["reply"]
    for reply_id, state in ids(session, select(col(Reply.id), cast(col(Reply.state), String))):
        if states.get(reply_id) != state:
            yield f"reply:{reply_id}", _("Der Stand der Antwort ist ein anderer, als das Protokoll sagt.")


def duty_unrecorded(session: Session, moment: Moment) -> Found:
    """Each duty stands where the journal's last step put it; one without a step is open."""
    states = moment.told.read().states["duty"]
    for duty_id, state in ids(session, select(col(Duty.id), cast(col(Duty.state), String))):
        if states.get(duty_id, DutyState.OPEN) != state:
            yield f"duty:{duty_id}", _("Der Stand der Antwortpflicht ist ein anderer, als das Protokoll sagt.")


def known(session: Session, word: str) -> Found:
    """A row that somebody outside remembers (`number:hash`) still stands: journal and head were not cut together."""
    seq, _colon, beginning = word.partition(":")
    if not journal.stands(session, int(seq), beginning):
        yield (
            f"journal:{seq}",
            _("Diese Zeile des Protokolls fehlt oder ist eine andere als die, die damals vermerkt wurde."),
        )


def chain(_session: Session, moment: Moment) -> Found:
    """G18: nobody has altered, removed or cut off a row of the journal."""
    sentences = {
        "missing": _("Diese Zeile des Protokolls wurde entfernt."),
        "altered": _("Diese Zeile des Protokolls wurde verändert."),
        "unlinked": _("Diese Zeile des Protokolls passt nicht zu ihrer Vorgängerin; eine von beiden wurde verändert."),
        "cut": _("Das Ende des Protokolls ist nicht das, das vermerkt wurde."),
    }
    for broken in moment.told.breaks:
        yield f"journal:{broken.seq}", sentences[broken.what]
