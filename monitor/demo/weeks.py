"""When things happened before the demo starts: fixed days for the past weeks, business hours for the last ones.

The last days are measured in business hours back from now, so that Heute shows something overdue, something due soon
and something fresh whether the demo is started on a Tuesday noon or on a Saturday night.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.demo.business import ZONE
from replies.clocks import Hours

DAYS_AGO = {"first": 41, "w33": 33, "w26": 26, "w19": 19, "w12": 12, "w8": 8, "w5": 5}
HOURS_AGO = {"overdue": 13.0, "yesterday": 7.5, "morning": 3.7, "soon": 3.3, "fresh": 0.5}
_STEP = timedelta(minutes=10)
_EARLY, _MORNING = 7, timedelta(hours=8)


def rounds(now: datetime, hours: Hours) -> Mapping[str, datetime]:
    """The imports by name, oldest first, aware UTC, all before `now` and strictly growing."""
    found = {name: hours.plus_hours(_morning(now, days), 0.25) for name, days in DAYS_AGO.items()}
    found |= {name: hours_before(now, back, hours) for name, back in HOURS_AGO.items()}
    latest = now
    for name in reversed(found):
        found[name] = latest = min(found[name], latest - timedelta(minutes=5))
    return found


def _morning(now: datetime, days: int) -> datetime:
    local = (now - timedelta(days=days)).astimezone(ZONE)
    return local.replace(hour=8, minute=20, second=0, microsecond=0)


def hours_before(now: datetime, hours: float, calendar: Hours) -> datetime:
    """The latest moment from which `hours` business hours have passed by `now`, to ten minutes."""
    start = now - timedelta(hours=hours)
    while calendar.plus_hours(start, hours) > now:
        start -= _STEP
    return start


def written(seen: datetime, hours: float) -> datetime:
    """When a post was written that was seen `hours` later; nobody writes between midnight and seven."""
    at = seen - timedelta(hours=hours)
    return at - _MORNING if at.astimezone(ZONE).hour < _EARLY else at
