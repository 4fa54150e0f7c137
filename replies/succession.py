"""Which text may stand beside, or take the place of, another one of the same post (DESIGN 4)."""

from sqlmodel import Session, col, select

from connectors.core.contract import Card
from replies.errors import Blocked
from replies.lifecycle import IN_FLIGHT, LIVE, OUT, ReplyKind, State
from replies.moves import change_reply
from replies.tables import Reply


def make_way(session: Session, reply: Reply, card: Card) -> None:
    """Before a text becomes live: an older one of its kind must be public already, and is then superseded.

    Where the platform holds one reply, a holding reply or a question never replaces a final answer.
    """
    if reply.kind != ReplyKind.FINAL and card.one_reply and _final_is_out(session, reply):
        raise Blocked("the post has its final answer", code="final_is_out")
    rows = select(Reply).where(
        col(Reply.post_id) == reply.post_id,
        col(Reply.account) == reply.account,
        col(Reply.kind) == reply.kind,
        col(Reply.id) != reply.id,
        col(Reply.successor_id).is_(None),
        col(Reply.state).in_(IN_FLIGHT | OUT),
    )
    older = session.exec(rows).one_or_none()
    if older is None:
        return
    if older.state != State.PUBLISHED:
        raise Blocked("another text for this post is on its way", code="another_on_its_way")
    if reply.kind == ReplyKind.HOLDING:
        raise Blocked("the post has its holding reply", code="second_holding")
    change_reply(session, older, older.state, successor_id=reply.id)
    change_reply(session, reply, reply.state, supersedes_id=older.id)


def _final_is_out(session: Session, reply: Reply) -> bool:
    rows = select(Reply.id).where(
        col(Reply.post_id) == reply.post_id,
        col(Reply.account) == reply.account,
        col(Reply.kind) == ReplyKind.FINAL,
        col(Reply.state).in_(LIVE),
    )
    return session.exec(rows).first() is not None


def one_holding_reply(session: Session, duty_id: int) -> None:
    """A post has at most one holding reply (RULES K04).

    Raises:
        Blocked: `second_holding`.
    """
    rows = select(Reply.id).where(
        col(Reply.duty_id) == duty_id,
        col(Reply.kind) == ReplyKind.HOLDING,
        col(Reply.state).not_in((State.WITHDRAWN, State.REFUSED)),
    )
    if session.exec(rows).first() is not None:
        raise Blocked("the post has its holding reply", code="second_holding")
