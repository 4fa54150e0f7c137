"""The one way a reply or a duty changes its state, all in the caller's transaction.

The table is asked, the row is changed by guarded update, the journal is written. A row count other than one means that
somebody else was faster.
"""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from replies import journal
from replies.errors import Stale, Unknown
from replies.lifecycle import Action, DutyEvent, ReplyKind, State, duty_step, step
from replies.people import Actor
from replies.ports import PostView
from replies.seals import seal
from replies.tables import Duty, Reply

NO_APPROVAL: dict[str, Any] = {
    "approver_id": None,
    "approver_is_owner": False,
    "approved_at": None,
    "approved_digest": None,
    "alone": False,
    "looked_by": None,
    "looked_at": None,
    "looked_digest": None,
    "not_before": None,
}


def digest(kind: ReplyKind, view: PostView, text: str) -> str:
    """What an approval is for: one exact text, of one kind, on one account, for one version of one post."""
    return digest_of(kind, view.account, view.post.ref, view.version, text)


def digest_of(kind: ReplyKind, account: str, ref: str, version: int, text: str) -> str:
    """The same digest from its parts, for what is already out and whose post may have been edited since."""
    body = "\x1f".join((kind.value, account, ref, str(version), text))
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def get_reply(session: Session, reply_id: int) -> Reply:
    """The row, freshly read.

    Raises:
        Unknown: there is none.
    """
    reply = session.get(Reply, reply_id, populate_existing=True)
    if reply is None:
        raise Unknown(f"no reply {reply_id}")
    return reply


def get_duty(session: Session, duty_id: int) -> Duty:
    """The row, freshly read.

    Raises:
        Unknown: there is none.
    """
    duty = session.get(Duty, duty_id, populate_existing=True)
    if duty is None:
        raise Unknown(f"no duty {duty_id}")
    return duty


def change_reply(session: Session, reply: Reply, guard: State, **values: Any) -> None:
    """Set columns of a reply that still is in state `guard` and at the version and fencing that the caller has seen.

    Raises:
        Stale: it is not.
    """
    session.flush()
    done = session.execute(
        update(Reply)
        .where(
            col(Reply.id) == reply.id,
            col(Reply.state) == guard,
            col(Reply.version) == reply.version,
            col(Reply.fencing) == reply.fencing,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(f"reply {reply.id} is not {guard} any more")
    session.refresh(reply)


def move_reply(
    session: Session,
    reply: Reply,
    action: Action,
    actor: Actor,
    now: datetime,
    *,
    note: dict[str, Any] | None = None,
    **values: Any,
) -> Reply:
    """Take one step of the lifecycle and write it down.

    Args:
        note: what the journal keeps besides from, to, the text's digest and the seal; further `seals` are added.
        values: further columns to set in the same guarded update.

    Raises:
        NotAllowed: the table has no such step for this actor.
        Stale: somebody else was faster.
    """
    before = reply.state
    after = step(before, action, actor.role)
    change_reply(session, reply, before, state=after, **values)
    text_sha = hashlib.sha256(reply.text.encode("utf-8", "surrogatepass")).hexdigest()
    step_taken = {"from": before, "to": after, "text": text_sha, "version": reply.version}
    told = {**step_taken, **_noted(note, seal("reply", reply))}
    journal.write(session, now, actor, f"reply.{action}", f"reply:{reply.id}", **told)
    return reply


def move_duty(
    session: Session,
    duty: Duty,
    event: DutyEvent,
    actor: Actor,
    now: datetime,
    *,
    note: dict[str, Any] | None = None,
    **values: Any,
) -> Duty:
    """Take one step of a duty's life and write it down.

    Raises:
        NotAllowed: the table has no such step.
        Stale: somebody else was faster.
    """
    before = duty.state
    after = duty_step(before, event)
    session.flush()
    done = session.execute(
        update(Duty)
        .where(col(Duty.id) == duty.id, col(Duty.state) == before)
        .values(state=after, **values)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(f"duty {duty.id} is not {before} any more")
    session.refresh(duty)
    step_taken = {"from": before, "to": after, **_noted(note, seal("duty", duty))}
    journal.write(session, now, actor, f"duty.{event}", f"duty:{duty.id}", **step_taken)
    return duty


def _noted(note: dict[str, Any] | None, sealed: dict[str, str]) -> dict[str, Any]:
    """What a step notes, with the seals of all that it changed."""
    said = dict(note or {})
    return {**said, "seals": {**sealed, **said.get("seals", {})}}
