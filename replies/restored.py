"""What a restored backup may not do: go on where it stopped. What was on its way may long be public.

Everything approved or on the wire becomes `unclear`, each with its row in the journal, and is looked for; what was
already out is looked at again at once. Drafts and what waits for an owner stay as they are.
"""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from replies.lifecycle import RESTORED, Action, Outcome
from replies.moves import move_reply
from replies.people import DAEMON
from replies.tables import Attempt, Reply

_WHY = "restored from a backup"


def put_to_rest(session: Session, now: datetime) -> int:
    """Close the attempts and make everything on its way unclear. Returns how many replies that were."""
    started = update(Attempt).where(col(Attempt.outcome) == Outcome.STARTED)
    session.execute(started.values(outcome=Outcome.UNCLEAR, ended_at=now, message=_WHY))
    rows = session.exec(select(Reply).where(col(Reply.state).in_(RESTORED)).order_by(col(Reply.id))).all()
    values = {"unclear_since": now, "absent_reads": 0, "absent_at": None, "next_look_at": now, "lease_until": None}
    for reply in rows:
        note = {"why": _WHY}
        move_reply(session, reply, Action.RESTORE, DAEMON, now, note=note, trouble="unclear", not_before=None, **values)
    session.execute(update(Reply).where(col(Reply.next_look_at) < now).values(next_look_at=now))
    return len(rows)
