"""What a try to publish writes down: its row before the first byte, how it ended, and what that makes of the reply."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from connectors.core.contract import Receipt
from connectors.core.errors import ConnectorError, one_line
from replies.duty import free_predecessor
from replies.errors import NotAllowed
from replies.internal import noted
from replies.lifecycle import Action, Outcome, State
from replies.moves import get_reply, move_reply
from replies.people import DAEMON, Actor
from replies.ports import World
from replies.succession import replace_earlier
from replies.tables import Attempt, Reply
from replies.timing import Timing


def abandon(session: Session, reply: Reply, now: datetime, *, note: str) -> None:
    """Nobody will report back about the attempt that is on the wire: it is recorded as unclear."""
    on_the_wire = (col(Attempt.reply_id) == reply.id, col(Attempt.outcome) == Outcome.STARTED)
    session.execute(update(Attempt).where(*on_the_wire).values(outcome=Outcome.UNCLEAR, ended_at=now, message=note))
    lose(session, reply, now, note=note)


def begin_attempt(
    session: Session, reply: Reply, worker: str, now: datetime, timing: Timing, *, by_hand: bool = False
) -> Attempt:
    """The row that says: from here on bytes may leave."""
    tries = session.exec(select(func.count()).where(col(Attempt.reply_id) == reply.id)).one()
    attempt = Attempt(
        reply_id=reply.id or 0,
        n=tries + 1,
        worker=worker,
        fencing=reply.fencing + 1,
        key=reply.key or "",
        digest=reply.approved_digest or "",
        by_hand=by_hand,
        started_at=now,
        lease_until=now + timing.span("send_lease"),
    )
    session.add(attempt)
    session.flush()
    return attempt


def end_attempt(
    session: Session, attempt_id: int, outcome: Outcome, result: Receipt | ConnectorError, now: datetime
) -> None:
    """Fill in how an attempt ended. A late result replaces the `unclear` that was noted meanwhile."""
    ref = result.ref if isinstance(result, Receipt) else None
    status = None if isinstance(result, Receipt) else result.status
    message = "" if isinstance(result, Receipt) else one_line(str(result))
    session.execute(
        update(Attempt)
        .where(col(Attempt.id) == attempt_id)
        .values(outcome=outcome, ended_at=now, external_ref=ref, http_status=status, message=message)
    )


def lose(session: Session, reply: Reply, now: datetime, *, note: str, actor: Actor = DAEMON) -> None:
    """It may or may not be public: remember since when, and look at once."""
    values = {"unclear_since": now, "absent_reads": 0, "absent_at": None, "next_look_at": now, "lease_until": None}
    move_reply(session, reply, Action.LOSE, actor, now, note={"why": note}, trouble="unclear", **values)


def delivered(session: Session, reply: Reply, receipt: Receipt, world: World, timing: Timing, now: datetime) -> None:
    """The platform has it. Where it holds one reply per post, this one has replaced the earlier kinds.

    The journal gets the platform's id inside the reply's seal alone: in words it would outlive an erasure.
    """
    values: dict[str, Any] = {
        "external_ref": receipt.ref or reply.external_ref,
        "permalink": receipt.permalink or reply.permalink,
        "delivered_at": reply.delivered_at or now,
        "next_look_at": now + timing.span("first_look"),
        "lease_until": None,
        "unclear_since": None,
        "absent_reads": 0,
        "absent_at": None,
        "looks": 0,
        "needs_human": False,
        "trouble": "pending" if receipt.acceptance == "pending" else "",
    }
    move_reply(session, reply, Action.DELIVER, DAEMON, now, **values)
    if world.card(reply.account).one_reply:
        replace_earlier(session, reply)


def settle_by_person(
    session: Session,
    reply_id: int,
    outcome: Action,
    note: str,
    actor: Actor,
    world: World,
    timing: Timing,
    now: datetime,
) -> Reply:
    """An owner decides what became of an unclear reply: posted (DELIVER), not posted (POSTPONE), not to be (REFUSE)."""
    reply = get_reply(session, reply_id)
    note = noted(note)
    if outcome not in (Action.DELIVER, Action.POSTPONE, Action.REFUSE) or reply.state != State.UNCLEAR:
        raise NotAllowed(f"a reply in state {reply.state} is not settled by {outcome}")
    reset: dict[str, Any] = {"needs_human": False, "unclear_since": None, "absent_reads": 0, "absent_at": None}
    if outcome == Action.DELIVER:
        reset |= {"delivered_at": reply.delivered_at or now, "next_look_at": now, "looks": 0, "trouble": ""}
        if world.publisher(reply.account) is None:
            reset["worker"] = f"hand:{actor.id}"  # who says that it stands there cannot be its second pair of eyes
    elif outcome == Action.POSTPONE:
        reset |= {"not_before": now + timing.span("undo"), "delivered_at": None, "external_ref": None, "trouble": ""}
    else:
        reset |= {"trouble": "given_up"}
    journal_note = {"note": note, "by_person": True}
    move_reply(session, reply, outcome, actor, now, note=journal_note, **reset)
    if outcome == Action.REFUSE:
        free_predecessor(session, reply, now)
    elif outcome == Action.DELIVER and world.card(reply.account).one_reply:
        replace_earlier(session, reply)
    return reply
