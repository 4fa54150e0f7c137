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

    Raises:
        Blocked: `final_is_out`, `another_on_its_way`, `second_holding`, or `stands_already`: the same words are public.
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
    if older.text.strip() == reply.text.strip():
        raise Blocked("this text is public already", code="stands_already")
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


def replace_earlier(session: Session, reply: Reply) -> None:
    """A final answer stands where the holding reply or question stood: those are not watched any more."""
    if reply.kind != ReplyKind.FINAL:
        return
    rows = select(Reply).where(
        col(Reply.post_id) == reply.post_id,
        col(Reply.account) == reply.account,
        col(Reply.kind) != reply.kind,
        col(Reply.kind) != ReplyKind.FINAL,
        col(Reply.successor_id).is_(None),
        col(Reply.state).in_(IN_FLIGHT | OUT),
    )
    for older in session.exec(rows).all():
        change_reply(session, older, older.state, successor_id=reply.id)


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


def same_begun(
    session: Session, duty_id: int, kind: ReplyKind, text: str, author_id: int, post_version: int
) -> Reply | None:
    """The draft or submitted text that this person already began with exactly these words, for the post as it is."""
    rows = select(Reply).where(
        col(Reply.duty_id) == duty_id,
        col(Reply.kind) == kind,
        col(Reply.author_id) == author_id,
        col(Reply.text) == text,
        col(Reply.post_version) == post_version,
        col(Reply.state).in_((State.DRAFT, State.SUBMITTED)),
    )
    return session.exec(rows.order_by(col(Reply.id).desc()).limit(1)).first()
