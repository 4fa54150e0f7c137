"""Who is meant: one author at one source, by id or by name. Two people are never taken for one."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.tables import Forgotten, PostRow, Source


@dataclass(frozen=True, slots=True)
class Person:
    """An author at one source. Without an id the name is all there is."""

    source_id: int
    source: str
    author_id: str | None
    name: str

    def is_theirs(self) -> Any:
        """The condition of this author's posts."""
        who = (
            col(PostRow.author_id) == self.author_id
            if self.author_id
            else col(PostRow.author_id).is_(None) & (col(PostRow.author) == self.name)
        )
        return (
            (col(PostRow.source_id) == self.source_id)
            & who
            & col(PostRow.own).is_(False)
            & (col(PostRow.forgotten) == Forgotten.NONE)
        )


def find(session: Session, who: str, source: str | None = None) -> list[Person]:
    """Every author whose id or name is `who`, case aside if it fits nobody else."""
    named = (col(PostRow.author_id) == who) | (col(PostRow.author) == who)
    return _people(session, named, source) or _people(
        session, col(PostRow.author).in_(_spellings(session, who)), source
    )


def _spellings(session: Session, who: str) -> list[str]:
    """The names as stored that are this one, case aside; SQLite itself knows the case of ASCII letters alone."""
    rows = select(col(PostRow.author)).where(col(PostRow.author).is_not(None)).distinct()
    names = session.execute(rows.execution_options(yield_per=1000)).scalars()
    return [name for name in names if name is not None and _same_case(name) == _same_case(who)]


def _same_case(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _people(session: Session, condition: Any, source: str | None) -> list[Person]:
    columns = (col(Source.id), col(Source.name), col(PostRow.author_id), func.max(col(PostRow.author)).label("name"))
    rows = (
        select(*columns)
        .join(Source, col(Source.id) == col(PostRow.source_id))
        .where(condition, col(PostRow.own).is_(False), col(PostRow.forgotten) == Forgotten.NONE)
        .group_by(
            col(Source.id),
            col(Source.name),
            col(PostRow.author_id),
            func.coalesce(col(PostRow.author_id), col(PostRow.author)),
        )
        .order_by(col(Source.name), col(PostRow.author_id))
    )
    found = session.execute(rows if source is None else rows.where(col(Source.name) == source))
    return [Person(row.id, row[1], row.author_id or None, row[3] or "") for row in found]


def posts_of(session: Session, person: Person) -> Sequence[PostRow]:
    """Their posts that are not forgotten, oldest first."""
    rows = select(PostRow).where(person.is_theirs()).order_by(col(PostRow.id))
    return session.execute(rows.execution_options(populate_existing=True)).scalars().all()


def names_of(session: Session, person: Person) -> set[str]:
    """Their id, and the names that nobody else at this source has: only these may be searched for."""
    mine = select(col(PostRow.author)).where(person.is_theirs()).distinct()
    names = {name for name in session.execute(mine).scalars() if name}
    others = select(col(PostRow.author)).where(
        col(PostRow.source_id) == person.source_id,
        ~func.coalesce(person.is_theirs(), False),
        col(PostRow.author).in_(names),
    )
    own = {person.author_id} if person.author_id else set()
    return own | names - set(session.execute(others).scalars())
