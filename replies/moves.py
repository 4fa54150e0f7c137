"""The one way a reply or a duty changes its state, all in the caller's transaction.

The table is asked, the row is changed by guarded update, the journal is written. A row count other than one means that
somebody else was faster.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import inspect, update
from sqlmodel import Session, SQLModel, col

from replies import journal
from replies.errors import Stale, Unknown
from replies.lifecycle import Action, DutyEvent, ReplyKind, State, duty_step, step
from replies.people import Actor
from replies.ports import PostView
from replies.seals import seal
from replies.tables import Duty, Reply

Row = TypeVar("Row", bound=SQLModel)
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


def get_row(session: Session, model: type[Row], row_id: int) -> Row:
    """One row of a table, freshly read.

    Raises:
        Unknown: there is none.
    """
    row = session.get(model, row_id, populate_existing=True)
    if row is None:
        raise Unknown(f"no {model.__tablename__} {row_id}")
    return row


def get_reply(session: Session, reply_id: int) -> Reply:
    """The reply; Unknown if there is none."""
    return get_row(session, Reply, reply_id)


def get_duty(session: Session, duty_id: int) -> Duty:
    """The duty; Unknown if there is none."""
    return get_row(session, Duty, duty_id)


@dataclass(frozen=True, slots=True)
class Line:
    """What the journal will say of a step that needs no table of states."""

    event: str
    subject: str
    actor: Actor
    now: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


def put_in(session: Session, row: Row, line: Line, *, known_as: str = "") -> Row:
    """Store a new row and write it down; the journal names its id as `known_as`, or as its subject if that is empty."""
    session.add(row)
    session.flush()
    number = row.id  # type: ignore[attr-defined]
    told = {**line.data, known_as: number} if known_as else dict(line.data)
    subject = line.subject if known_as or ":" in line.subject else f"{line.subject}:{number}"
    journal.write(session, line.now, line.actor, line.event, subject, **told)
    return row


def change_row(session: Session, row: Row, guard: Mapping[str, Any], values: Mapping[str, Any], line: Line) -> Row:
    """Set columns of a row that still is as `guard` says, and write it down.

    Raises:
        Stale: it is not; somebody else was faster.
    """
    session.flush()
    model = type(row)
    column = inspect(model).columns
    still = [column[name].is_(None) if value is None else column[name] == value for name, value in guard.items()]
    done = session.execute(
        update(model)
        .where(column["id"] == row.id, *still)  # type: ignore[attr-defined]
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(f"{model.__tablename__} {row.id} was changed by somebody else")  # type: ignore[attr-defined]
    session.refresh(row)
    journal.write(session, line.now, line.actor, line.event, line.subject, **line.data)
    return row


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
