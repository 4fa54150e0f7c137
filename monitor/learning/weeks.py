"""ISO weeks of the people's wall clock. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = "Europe/Berlin"
_FORM = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True, slots=True)
class Week:
    """One week, Monday to Sunday. `start` and `end` are aware UTC, `end` belongs to the next week."""

    year: int
    number: int
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """As the address and the command write it: 2026-W47."""
        return f"{self.year}-W{self.number:02}"

    def back(self, weeks: int) -> "Week":
        """The week so many weeks before."""
        return week_of(self.start.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=7 * weeks))


def week_of(day: date) -> Week:
    """The week of a day."""
    year, number, weekday = day.isocalendar()
    monday = day - timedelta(days=weekday - 1)
    midnights = (monday, monday + timedelta(days=7))
    start, end = (datetime.combine(at, time(), ZoneInfo(ZONE)).astimezone(UTC) for at in midnights)
    return Week(year, number, start, end)


def week_at(now: datetime) -> Week:
    """The week of a moment."""
    return week_of(now.astimezone(ZoneInfo(ZONE)).date())


def parse(text: str) -> Week | None:
    """`2026-W47`; None if there is no such week."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    except ValueError:
        return None
