"""The texts that a reply had before: kept, so that everybody sees what was handed over and what became of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from replies import journal
from replies.people import Actor
from replies.seals import seal
from replies.tables import EarlierText, FactCheck, Reply


def begin(session: Session, reply: Reply, actor: Actor, now: datetime) -> Reply:
    """Store the first text of a reply and write it down."""
    session.add(reply)
    session.flush()
    begun = {"duty": reply.duty_id, "kind": reply.kind, "to": reply.state, "seals": seal("reply", reply)}
    journal.write(session, now, actor, "reply.draft", f"reply:{reply.id}", **begun)
    return reply


def keep(session: Session, reply: Reply) -> dict[str, str]:
    """Keep the text that is about to be changed; returns its seal for the journal."""
    handed_over = reply.submitted_at if reply.submitted_at and reply.submitted_at >= reply.written_at else None
    older = EarlierText(
        reply_id=reply.id or 0,
        version=reply.version,
        text=reply.text,
        author_id=reply.author_id,
        written_at=reply.written_at,
        submitted_at=handed_over,
    )
    session.add(older)
    session.flush()
    return seal("earlier", older)


def earlier(session: Session, reply_id: int) -> Sequence[EarlierText]:
    """The older texts of a reply, newest first."""
    rows = select(EarlierText).where(col(EarlierText.reply_id) == reply_id)
    return session.exec(rows.order_by(col(EarlierText.version).desc())).all()


def found_out(session: Session, check: FactCheck, actor: Actor, now: datetime) -> FactCheck:
    """Store a fact check and write it down."""
    session.add(check)
    session.flush()
    told = {"verdict": check.verdict, "check": check.id, "seals": seal("facts", check)}
    journal.write(session, now, actor, "duty.facts", f"duty:{check.duty_id}", **told)
    return check
