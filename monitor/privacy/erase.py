"""Erasure of one author (Art. 17 DSGVO): everything at one source, in one transaction, and a line in the journal."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from monitor.forgotten import make_key, mark
from monitor.privacy.forget import Obstacles, blank_records, forget, obstacles
from monitor.privacy.person import Person, names_of, posts_of
from monitor.privacy.unreadable import naming
from monitor.tables import Forgotten, Quarantine
from replies import duty as duties
from replies import journal
from replies.lifecycle import UNANSWERED
from replies.people import DAEMON

_AT_ONCE = 200


class NotNow(Exception):
    """Something has to be settled first; nothing was erased."""

    def __init__(self, found: Obstacles) -> None:
        super().__init__("an answer is on its way, or a legal hold")
        self.found = found


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done. `still_open`: ids of posts whose duty two people have to close."""

    posts: int
    records: int
    still_open: tuple[int, ...]


def erase(session: Session, person: Person, now: datetime) -> Erased:
    """Forget all posts of a person, for good.

    Raises:
        NotNow: an answer to them is on its way, or a legal hold keeps them.
    """
    posts = posts_of(session, person)
    ids, refs = [post.id or 0 for post in posts], [post.ref for post in posts]
    names = names_of(session, person)
    found = obstacles(session, ids)
    if found.on_the_way or found.legal_hold:
        raise NotNow(found)
    records = {row.id: row.ref for row in naming(session, person.source_id, names, refs)}
    still_open = tuple(post_id for post_id in ids if _owes(session, post_id))
    blank_records(session, col(Quarantine.id).in_(records), now)
    _remember(session, person, records, now)
    rows = sum(
        forget(session, ids[start : start + _AT_ONCE], Forgotten.REQUEST, now) for start in range(0, len(ids), _AT_ONCE)
    )
    subject = f"source:{person.source_id}"
    journal.write(session, now, DAEMON, "person.erased", subject, posts=ids, rows=rows, records=len(records))
    return Erased(len(ids), len(records), still_open)


def _remember(session: Session, person: Person, records: dict[int | None, str | None], now: datetime) -> None:
    """A record with an id is known again by its mark, also when the platform sends it with other words."""
    key = make_key(session, now)
    for record_id, ref in records.items():
        if ref is not None:
            marked = update(Quarantine).where(col(Quarantine.id) == record_id).values(ref=mark(key, person.source, ref))
            session.execute(marked.execution_options(synchronize_session=False))


def _owes(session: Session, post_id: int) -> bool:
    duty = duties.of_post(session, post_id)
    return duty is not None and duty.state in UNANSWERED
