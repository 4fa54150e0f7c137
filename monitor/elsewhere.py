"""Answers of our own account that were given outside Widerhall: which stand there, and what follows when they go."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from connectors.core.text import same_text
from monitor.tables import PostRow, PostVersion
from replies import duty as duties
from replies.clocks import Hours
from replies.lifecycle import Proof, State
from replies.tables import Duty, Reply
from replies.timing import Timing

_CHUNK = 400  # bound parameters of one statement
_SENT = (State.SENDING, State.UNCLEAR, State.DELIVERED, State.PUBLISHED, State.REFUSED)


def our_reply(session: Session, duty: Duty, ref: str | None, text: str) -> Reply | None:
    """The reply of Widerhall that an own answer under a post is, None if it was given elsewhere."""
    rows = session.exec(select(Reply).where(col(Reply.duty_id) == duty.id, col(Reply.state).in_(_SENT))).all()
    by_ref = [reply for reply in rows if ref is not None and reply.external_ref == ref]
    by_text = [reply for reply in rows if same_text(reply.text, text)]
    return next(iter(by_ref or by_text), None)


def may_be_ours(session: Session, duty: Duty, now: datetime) -> bool:
    """Whether a reply of this duty is on its way without an id: an own answer may be it, as the platform shows it.

    A platform may show other words than were sent (a handle without its host). The watch settles what it is.
    """
    rows = select(Reply).where(
        col(Reply.duty_id) == duty.id,
        col(Reply.state).in_((State.SENDING, State.UNCLEAR)),
        col(Reply.external_ref).is_(None),
    )
    moving = session.exec(rows).all()
    for reply in moving:
        if reply.state == State.UNCLEAR and not reply.needs_human:
            reply.next_look_at = now
            session.add(reply)
    return bool(moving)


def own_children(session: Session, source_id: int | None, ref: str) -> Sequence[PostRow]:
    """Own posts that anybody can read below the post `ref`."""
    children = select(PostRow).where(
        col(PostRow.source_id) == source_id,
        col(PostRow.parent) == ref,
        col(PostRow.own).is_(True),
        col(PostRow.visible).is_(True),
        col(PostRow.gone_at).is_(None),
    )
    return session.exec(children.order_by(col(PostRow.id))).all()


def with_own_children(session: Session, source_id: int | None, refs: Sequence[str]) -> frozenset[str]:
    """Those of these posts that have own posts below them."""
    found: set[str] = set()
    for start in range(0, len(refs), _CHUNK):
        parents = select(PostRow.parent).where(
            col(PostRow.source_id) == source_id,
            col(PostRow.parent).in_(refs[start : start + _CHUNK]),
            col(PostRow.own).is_(True),
        )
        found.update(parent for parent in session.exec(parents) if parent is not None)
    return frozenset(found)


def own_answers(session: Session, post: PostRow) -> list[tuple[str | None, str]]:
    """(ref, text) of each own answer that stands below a post or inside it."""
    found: list[tuple[str | None, str]] = [
        (row.ref, row.text) for row in own_children(session, post.source_id, post.ref)
    ]
    version = select(PostVersion.replies).where(col(PostVersion.post_id) == post.id, col(PostVersion.n) == post.version)
    inside = session.exec(version).first() or []
    return found + [(reply["ref"], reply["text"]) for reply in inside if reply["own"] and reply["text"].strip()]


def answer_left(session: Session, post_id: int, hours: Hours, timing: Timing, now: datetime) -> None:
    """An own answer is not there any more: if it was the proof and none of its kind is left, the duty opens again."""
    duty, post = duties.of_post(session, post_id), session.get(PostRow, post_id, populate_existing=True)
    if duty is None or post is None or post.own or duty.proof != Proof.ANSWERED_ELSEWHERE:
        return
    if all(our_reply(session, duty, ref, text) for ref, text in own_answers(session, post)):
        duties.reopen(session, duty, hours, timing, now, why="answer_elsewhere_vanished")
