"""When people may be told something, by the wall clock of the business; both clock changes included."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.notify.settings import Notify
from replies.clocks import WEEKDAYS

_LATEST = 6  # hours after its time a morning mail is none any more


def local(notify: Notify, now: datetime) -> datetime:
    """The wall clock of the business."""
    return now.astimezone(ZoneInfo(notify.timezone))


def after_quiet(notify: Notify, now: datetime) -> datetime:
    """`now`, or the end of the quiet hours that it lies in, aware UTC."""
    if notify.quiet is None:
        return now
    begin, end = notify.quiet
    here = local(notify, now)
    at = here.time().replace(tzinfo=None)
    over_midnight = begin > end
    inside = (at >= begin or at < end) if over_midnight else begin <= at < end
    if not inside:
        return now
    day = here.date() + timedelta(days=1) if over_midnight and at >= begin else here.date()
    return max(now, datetime.combine(day, end, ZoneInfo(notify.timezone)).astimezone(UTC))


def digest_day(notify: Notify, now: datetime) -> date | None:
    """The local date whose morning mail is due at `now`; None before its time, long after it, and on other days.

    A time that the clock shows twice, or never, belongs to one date all the same: who asks keys by the date.
    """
    here = local(notify, now)
    if WEEKDAYS[here.weekday()] not in notify.days:
        return None
    late = here.hour + here.minute / 60 - notify.at.hour - notify.at.minute / 60
    return here.date() if 0 <= late < _LATEST else None


def end_of_day(notify: Notify, now: datetime) -> datetime:
    """The next local midnight, aware UTC."""
    tomorrow = local(notify, now).date() + timedelta(days=1)
    return datetime.combine(tomorrow, datetime.min.time(), ZoneInfo(notify.timezone)).astimezone(UTC)
