"""Forgetting posts: words, author, addresses and records go, the row stays as anonymous proof. In one transaction.

Replies to such a post, what was seen of them, and our own posts below it go with it: they are about the same person.
The journal never held any of it (replies/journal.py); it gets the seals of the emptied rows (monitor/seals.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, select, update
from sqlmodel import Session, col

from monitor import seals
from monitor.forgotten import keyed, make_key, mark, refers_to, rename
from monitor.salts import new_salt
from monitor.tables import Forgotten, PostRow, PostVersion, Quarantine, Source, Verdict
from replies import duty as duties
from replies import journal
from replies.care import forgetting
from replies.lifecycle import DutyState, Proof, State
from replies.people import DAEMON
from replies.seals import seal
from replies.tables import Attempt, Duty, EarlierText, FactCheck, Reply, SightingRow

ERASED = "–"  # where the database insists on a word
ON_THE_WAY = (State.SENDING, State.UNCLEAR, State.DELIVERED)


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What must be settled before these posts can be forgotten, as ids of posts."""

    on_the_way: tuple[int, ...]  # an answer of ours is neither out nor in
    legal_hold: tuple[int, ...]  # Art. 17 (3) e DSGVO


def obstacles(session: Session, post_ids: Sequence[int]) -> Obstacles:
    """Answers on the way must be looked at with the post's address; a legal hold keeps everything."""
    moving = select(col(Reply.post_id)).where(col(Reply.post_id).in_(post_ids), col(Reply.state).in_(ON_THE_WAY))
    held = select(col(Duty.post_id)).where(
        col(Duty.post_id).in_(post_ids), col(Duty.state) == DutyState.RELEASED, col(Duty.proof) == Proof.LEGAL_HOLD
    )
    return Obstacles(
        tuple(sorted(set(session.execute(moving).scalars()))), tuple(sorted(set(session.execute(held).scalars())))
    )


def forget(session: Session, post_ids: Sequence[int], why: Forgotten, now: datetime) -> int:
    """Forget these posts and our own ones below them. Returns how many rows lost their words.

    Call it with at most a few hundred posts; obstacles are the caller's business.
    """
    from monitor import corrections, repeats

    key = make_key(session, now)
    rows = select(PostRow, col(Source.name)).join(Source, col(Source.id) == col(PostRow.source_id))
    chosen = session.execute(rows.where(col(PostRow.id).in_(post_ids), col(PostRow.forgotten) == Forgotten.NONE)).all()
    below = [
        found
        for post, _name in chosen
        for found in session.execute(
            rows.where(
                refers_to(post.source_id, [post.ref]), col(PostRow.parent) == post.ref, col(PostRow.own).is_(True)
            )
        ).all()
        if found[0].forgotten == Forgotten.NONE
    ]
    every = {post.id: (post, name) for post, name in (*chosen, *below)}
    for post, name in every.values():
        _replies(session, post, now)
        _post(session, key, name, post, why, now)
    repeats.forget(session, sorted(every))
    corrections.forget_who(session, sorted(every))
    session.flush()
    if every:
        emptied = _seals(session, [post_id for post_id in every if post_id is not None])
        journal.write(session, now, DAEMON, "posts.forgotten", "posts", why=why, seals=emptied)
    return len(every)


def _seals(session: Session, ids: list[int]) -> dict[str, str]:
    """What these posts, our answers to them and what we found out say, now that the words are gone."""
    found = seals.of_posts(session, ids)
    replies = select(Reply).where(col(Reply.post_id).in_(ids))
    checks = select(FactCheck).join(Duty, col(Duty.id) == col(FactCheck.duty_id)).where(col(Duty.post_id).in_(ids))
    older = select(EarlierText).join(Reply, col(Reply.id) == col(EarlierText.reply_id))
    older = older.where(col(Reply.post_id).in_(ids))
    for kind, rows in (("reply", replies), ("facts", checks), ("earlier", older)):
        for row in session.execute(rows.execution_options(populate_existing=True)).scalars():
            found |= seal(kind, row)
    return found


def _post(session: Session, key: str, source: str, post: PostRow, why: Forgotten, now: datetime) -> None:
    old, new = post.ref, mark(key, source, post.ref)
    _records_below(session, post, old)
    rename(session, post.source_id, old, new)
    for version in session.execute(select(PostVersion).where(col(PostVersion.post_id) == post.id)).scalars():
        version.text, version.raw, version.replies = "", {}, []
        version.content_hash = keyed(key, version.content_hash)
    session.execute(update(Verdict).where(col(Verdict.post_id) == post.id).values(reasons=[]))
    blank_records(session, (col(Quarantine.source_id) == post.source_id) & (col(Quarantine.ref) == old), now)
    post.ref, post.content_hash = new, keyed(key, post.content_hash)
    post.text, post.author, post.author_id, post.permalink, post.lang = "", None, None, None, None
    if not post.own:
        post.parent = post.thread = None
    post.created_at = post.updated_at = None  # to the second, it would lead back to the public post
    post.gone_at, post.absent_since, post.forgotten = post.gone_at or now, None, why
    post.salt = new_salt()
    session.add(post)


def _records_below(session: Session, post: PostRow, ref: str) -> None:
    """Raw records of posts in the same thread name the one that is forgotten."""
    below = select(col(PostRow.id)).where(refers_to(post.source_id, [ref]))
    session.execute(
        update(PostVersion)
        .where(col(PostVersion.post_id).in_(below))
        .values(raw={})
        .execution_options(synchronize_session=False)
    )


def _replies(session: Session, post: PostRow, now: datetime) -> None:
    duty = duties.of_post(session, post.id or 0)
    if duty is not None:
        duties.withdraw_waiting(session, duty, now, why="erased")
        checks = update(FactCheck).where(col(FactCheck.duty_id) == duty.id)
        session.execute(checks.values(source=ERASED, our_share=ERASED))
        if duty.proof == Proof.ANSWERED_ELSEWHERE and duty.proof_note != duties.OWN_POST:
            duty.proof_note = ""  # the id of our answer there
            session.add(duty)
    forgetting.forget(session, post.id or 0, duty.id if duty else None, ERASED)
    ours = select(col(Reply.id)).where(col(Reply.post_id) == post.id)
    looks = update(SightingRow).where(col(SightingRow.reply_id).in_(ours))
    counted = case((col(SightingRow.note).like("matches=%"), col(SightingRow.note)), else_="")  # verify reads it
    for statement in (
        looks.values(text="", ref=None, note=counted),
        update(Attempt).where(col(Attempt.reply_id).in_(ours)).values(message="", external_ref=None),
        update(EarlierText).where(col(EarlierText.reply_id).in_(ours)).values(text=""),
        update(Reply)
        .where(col(Reply.post_id) == post.id)
        .values(text="", permalink=None, external_ref=None, platform_said="", returned_note="", next_look_at=None),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def blank_records(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    """Empty quarantined records; the digest stays, so that the same record is not kept again."""
    session.execute(
        update(Quarantine)
        .where(which)
        .values(raw="", ref=None, resolved_at=now)
        .execution_options(synchronize_session=False)
    )
