"""Publishing by hand: a person takes the outbox's place where a platform has no reply API.

Take it (copy, open the page), say "posted" or "not sure"; then a fetch or a second person's look is the sighting.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from connectors.core.contract import Card, Receipt, ReplyMode
from connectors.core.errors import Unclear
from replies.attempts import begin_attempt, end_attempt, lose
from replies.care.guard import Guard
from replies.errors import Blocked, NotAllowed, Stale
from replies.lifecycle import Action, Outcome, Role, State, step
from replies.moves import digest, get_duty, get_reply, move_reply
from replies.people import Actor, at_desk
from replies.ports import PostView, World
from replies.seals import seal
from replies.tables import Attempt, Reply
from replies.timing import Timing


def take(
    session: Session,
    reply_id: int,
    actor: Actor,
    world: World,
    timing: Timing,
    now: datetime,
    *,
    guards: tuple[Guard, ...],
) -> Reply:
    """Take an approved text to publish it on the platform's own page.

    Args:
        guards: what the desk asks as well; a stop may have been set since the approval.

    Raises:
        Blocked: the platform has an API, the undo window still runs, the duty is released, or a guard stops it.
        Stale: text or post are not what was approved.
    """
    at_desk(actor)
    reply = get_reply(session, reply_id)
    step(reply.state, Action.CLAIM, Role.HAND)
    view = world.post(session, reply.post_id)
    _is_for_a_person(session, reply, world.card(view.account), now)
    _still_fits(reply, view)
    for guard in guards:
        guard(session, reply, actor, now)
    attempt = begin_attempt(session, reply, f"hand:{actor.id}", now, timing, by_hand=True)
    values = {"worker": attempt.worker, "fencing": attempt.fencing, "lease_until": attempt.lease_until}
    note = {"attempt": attempt.n, "by_hand": True, "seals": seal("attempt", attempt)}
    return move_reply(session, reply, Action.CLAIM, actor.by_hand(), now, note=note, **values)


def _is_for_a_person(session: Session, reply: Reply, card: Card, now: datetime) -> None:
    """Nobody else publishes this text, and nothing has taken its place since it was approved."""
    if card.reply != ReplyMode.MANUAL:
        raise Blocked("the outbox publishes here", code="not_by_hand")
    if reply.not_before is None or now < reply.not_before:
        raise Blocked("the undo window still runs", code="too_soon")
    if reply.successor_id is not None:
        raise Stale("another text has taken its place")
    if get_duty(session, reply.duty_id).proof is not None:
        raise Blocked("the duty is released", code="already_closed")


def _still_fits(reply: Reply, view: PostView) -> None:
    """The post stands there as it was answered, and the words are those that were approved."""
    if view.gone or not view.visible or view.version != reply.post_version:
        raise Stale("the post was edited", code="post_changed")
    if digest(reply.kind, view, reply.text) != reply.approved_digest:
        raise Stale("the text was changed", code="text_changed")


def posted(
    session: Session,
    reply_id: int,
    actor: Actor,
    permalink: str,
    timing: Timing,  # noqa: ARG001 - every step takes it
    now: datetime,
) -> Reply:
    """The person says: it stands there now."""
    reply = _taken_by(session, reply_id, actor)
    end_attempt(session, _open_attempt(session, reply), Outcome.DELIVERED, Receipt(), now)
    values = {
        "delivered_at": reply.delivered_at or now,
        "lease_until": None,
        "next_look_at": None,
        "trouble": "look_needed",
    }
    values["worker"] = f"hand:{actor.id}"  # who says that it stands there cannot be its second pair of eyes
    if permalink.startswith(("https://", "http://")):
        values["permalink"] = permalink
    return move_reply(session, reply, Action.DELIVER, actor.by_hand(), now, note={"by_hand": True}, **values)


def not_sure(session: Session, reply_id: int, actor: Actor, now: datetime) -> Reply:
    """The person gave up, or does not know whether it went through: an owner settles it."""
    reply = _taken_by(session, reply_id, actor)
    end_attempt(session, _open_attempt(session, reply), Outcome.UNCLEAR, Unclear("a person was not sure"), now)
    lose(session, reply, now, note="by hand, not sure", actor=actor.by_hand())
    return reply


def _taken_by(session: Session, reply_id: int, actor: Actor) -> Reply:
    reply = get_reply(session, reply_id)
    if reply.state != State.SENDING or not (reply.worker or "").startswith("hand:"):
        raise NotAllowed("nobody has taken this text to publish it by hand")
    if reply.worker != f"hand:{actor.id}" and actor.role != Role.OWNER:
        raise NotAllowed("somebody else has taken this text", code="taken_by_other")
    return reply


def _open_attempt(session: Session, reply: Reply) -> int:
    rows = select(Attempt.id).where(col(Attempt.reply_id) == reply.id).order_by(col(Attempt.n).desc())
    return session.exec(rows).first() or 0
