"""What a notice to a platform (Art. 16 DSA) waits for: to be sent, the platform's decision, the last day in court."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from monitor.tables import PostRow, Source
from replies.care import removal
from replies.care.tables import RemovalNotice
from replies.care.words import NoticeStand
from replies.timing import Timing

_AHEAD = timedelta(days=7)  # so long before the last day for an interim injunction it is shown
_SEND = timedelta(days=1)  # a prepared notice is to be sent, or withdrawn, within this
_IN_COURT = frozenset({*removal.OPEN, NoticeStand.KEPT})


@dataclass(frozen=True, slots=True)
class Awaited:
    """One date of one notice.

    Attributes:
        kind: `notice_send`, `notice_look` (the platform should have decided) or `notice_urgent` (the court's clock).
    """

    notice_id: int
    kind: str
    ground: str
    due_at: datetime
    where: str
    zone: str


def urgent_until(post: PostRow, timing: Timing) -> datetime:
    """Until when a court would still call it urgent; many count a month from when one knew."""
    return post.first_seen_at + timedelta(days=timing.urgency_days)


def awaited(session: Session, timing: Timing, now: datetime, until: datetime) -> list[Awaited]:
    """The dates of every notice that lie before `until`, the next one first; the court's clock a week ahead."""
    rows = (
        select(RemovalNotice, PostRow, Source)
        .join(PostRow, col(PostRow.id) == col(RemovalNotice.post_id))
        .join(Source, col(Source.id) == col(PostRow.source_id))
        .where(col(RemovalNotice.stand).in_(_IN_COURT), col(PostRow.gone_at).is_(None))
    )
    found = [
        Awaited(notice.id or 0, kind, notice.ground.value, due, source.title, source.timezone)
        for notice, post, source in session.exec(rows).all()
        for kind, due in _dates(notice, urgent_until(post, timing), now, until)
    ]
    return sorted(found, key=lambda one: (one.due_at, one.notice_id))


def _dates(notice: RemovalNotice, last_day: datetime, now: datetime, until: datetime) -> list[tuple[str, datetime]]:
    dates = []
    if notice.stand == NoticeStand.PREPARED:
        dates.append(("notice_send", notice.made_at + _SEND))
    elif notice.remind_at is not None and notice.remind_at <= until:
        dates.append(("notice_look", notice.remind_at))
    if now <= last_day <= until + _AHEAD:
        dates.append(("notice_urgent", last_day))
    return dates
