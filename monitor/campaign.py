"""Nearly the same text from several authors within two weeks: a sentence about texts, never about a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.tables import PostPrint, PostRow
from monitor.triage.repetition import CAMPAIGN_FROM, CAMPAIGN_WINDOW
from monitor.words import _

_AT_MOST = 500  # posts of one campaign that are counted
_WRITTEN = func.coalesce(col(PostRow.created_at), col(PostRow.first_seen_at))


@dataclass(frozen=True, slots=True)
class Campaign:
    """Posts with nearly the same text. `accounts` of them are known to be different; they may still be one person's."""

    accounts: int
    posts: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """What people are told: calm, and about the text."""
        return _(
            "Fast derselbe Text kam binnen zwei Wochen von {accounts} verschiedenen Konten. Jeder Beitrag zählt für "
            "sich: Antworten Sie auf den Inhalt. Ob sich jemand abgesprochen hat, sagt das nicht."
        ).format(accounts=self.accounts)


def of_post(session: Session, post: PostRow) -> Campaign | None:
    """The campaign that a post stands in, if there is one."""
    first = session.execute(select(col(PostPrint.first_id)).where(col(PostPrint.post_id) == post.id)).scalar()
    if first is None:
        return None
    written = post.created_at or post.first_seen_at
    near = (written - CAMPAIGN_WINDOW <= _WRITTEN, written + CAMPAIGN_WINDOW >= _WRITTEN)
    rows = _members(col(PostPrint.first_id) == first, *near)
    return _campaign(session.execute(rows.order_by(col(PostPrint.post_id)).limit(_AT_MOST)).all())


def recent(session: Session, now: datetime) -> list[Campaign]:
    """The campaigns of the last two weeks, the newest first, at most five."""
    since = now - CAMPAIGN_WINDOW
    fresh = (col(PostRow.first_seen_at) >= since, since <= _WRITTEN)
    groups = (
        select(col(PostPrint.first_id))
        .join(PostRow, col(PostRow.id) == col(PostPrint.post_id))
        .where(*fresh, col(PostPrint.first_id).is_not(None))
        .group_by(col(PostPrint.first_id))
        .having(func.count(func.distinct(col(PostPrint.who))) >= CAMPAIGN_FROM)
        .order_by(func.max(col(PostPrint.post_id)).desc())
        .limit(5)
    )
    found = []
    for first in session.execute(groups).scalars().all():
        rows = _members(col(PostPrint.first_id) == first, *fresh)
        found.append(_campaign(session.execute(rows.order_by(col(PostPrint.post_id)).limit(_AT_MOST)).all()))
    return [one for one in found if one is not None]


def _members(*which: Any) -> Any:
    columns = (col(PostPrint.post_id), col(PostPrint.who))
    return select(*columns).join(PostRow, col(PostRow.id) == col(PostPrint.post_id)).where(*which)


def _campaign(rows: Sequence[Any]) -> Campaign | None:
    accounts = len({row.who for row in rows} - {None})
    return Campaign(accounts, tuple(row.post_id for row in rows)) if accounts >= CAMPAIGN_FROM else None
