"""What care asks before a text is handed over, when it is approved, and before it leaves, in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from replies.care import asking, calm, ladder
from replies.care.temper import TemperOf
from replies.errors import Blocked
from replies.lifecycle import ReplyKind, State
from replies.people import Actor
from replies.tables import Reply
from replies.timing import Timing

Guard = Callable[[Session, Reply, Actor, datetime], None]
"""Raises Blocked if this text must not be handed over, agreed to, or sent, now."""


@dataclass(frozen=True, slots=True)
class Care:
    """The guard of desk and outbox for the people who work there. Holding replies always pass."""

    temper: TemperOf
    timing: Timing

    def __call__(self, session: Session, reply: Reply, actor: Actor, now: datetime) -> None:
        """Look at the ladder, the questions to colleagues, and the person who hands the text over.

        Raises:
            Blocked: `safety_stop`, `legal_stop`: an owner decides first; `ask_open`: the draft
                rests; `cool_off`, `hear_out`: the text waits. The clocks run on.
        """
        if reply.kind == ReplyKind.HOLDING:
            return
        temper = self.temper(session, reply.post_id)
        level = ladder.stand(ladder.rung_of(session, reply.duty_id), temper)
        if level in ladder.STOPPED:
            raise Blocked(f"stopped at {level}", code=ladder.STOPPED[level])
        if asking.is_open(session, reply.duty_id):
            raise Blocked("a colleague was asked", code="ask_open")
        if reply.state in (State.SUBMITTED, State.APPROVED):  # its author has waited; nobody after them need
            return
        wait = calm.ready_at(temper, calm.look_of(session, reply.duty_id, actor.id or 0, now), self.timing, now)
        if wait is not None:
            raise Blocked(f"not before {wait[0]}", code=wait[1])
