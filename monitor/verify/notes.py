"""What breaks no rule and still should be looked at by a person."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, or_, select

from monitor.people import OwnerMade, owner_made
from monitor.words import _
from replies.tables import Reply


def notes(session: Session, now: datetime) -> Iterator[tuple[str, str, str]]:
    """(note, subject, sentence): logins that an owner has just made, and what was approved between the two."""
    for made in owner_made(session, now):
        words = _("Den Zugang von {name} hat {by} angelegt oder geändert. Ist es ein eigener Mensch?")
        yield "owner_made_login", f"user:{made.user_id}", words.format(name=made.name, by=made.by)
        for reply_id in _between(session, made):
            words = _("Diese Freigabe besteht zwischen {by} und {name}, deren Zugang {by} kurz zuvor angelegt hat.")
            yield "owner_made_approval", f"reply:{reply_id}", words.format(name=made.name, by=made.by)


def _between(session: Session, made: OwnerMade) -> list[int]:
    rows = select(Reply.id).where(
        col(Reply.approved_at) >= made.at,
        or_(
            (col(Reply.approver_id) == made.user_id) & (col(Reply.author_id) == made.by_id),
            (col(Reply.approver_id) == made.by_id) & (col(Reply.author_id) == made.user_id),
        ),
    )
    return [number for number in session.exec(rows.order_by(col(Reply.id))).all() if number is not None]
