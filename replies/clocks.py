"""Business hours: when is a promise due? Pure; wall clock of the source, holidays of its federal state.

A promise in hours counts open hours only. A promise in days ends at the same wall-clock time of the n-th following
business day. A start outside of the open hours counts from the next opening. Both survive clock changes, since
every step is made in local time and turned to UTC at the end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from replies.public_holidays import is_holiday

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULT_HOURS: Mapping[str, str] = dict.fromkeys(WEEKDAYS[:5], "09:00-17:00")
# days, for two years of a shop that opens once a week; longer without an open hour means a wrong configuration
_HORIZON = 800


def parse_span(text: str) -> tuple[time, time]:
    """`09:00-17:00` as two wall-clock times.

    Raises:
        ValueError: not of this form, or it ends before it begins.
    """
    begin, _, end = text.partition("-")
    span = time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())
    if span[0] >= span[1]:
        raise ValueError(f"{text!r} ends before it begins")
    return span


@dataclass(frozen=True, slots=True)
class Hours:
    """When a source's people work: one open span a weekday, in `timezone`, closed on the state's holidays.

    `state` is a German federal state ("BE", "BY"), or a country with subdivision ("AT-9", "CH-ZH"); empty: nationwide
    German holidays only.
    """

    timezone: str = "Europe/Berlin"
    state: str = ""
    spans: tuple[tuple[time, time] | None, ...] = tuple(
        parse_span(DEFAULT_HOURS[day]) if day in DEFAULT_HOURS else None for day in WEEKDAYS
    )

    @classmethod
    def of(cls, timezone: str, state: str, hours: Mapping[str, str]) -> "Hours":
        """Build from configuration words; an empty mapping means Mo-Fr 9-17."""
        table = hours or DEFAULT_HOURS
        return cls(timezone, state, tuple(parse_span(table[day]) if table.get(day) else None for day in WEEKDAYS))

    def _span_of(self, day: date) -> tuple[time, time] | None:
        return None if is_holiday(day, self.state) else self.spans[day.weekday()]

    def _open_spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans from `start` on, as aware UTC times, in order."""
        zone = ZoneInfo(self.timezone)
        first = start.astimezone(zone).date()
        for offset in range(_HORIZON):
            day = first + timedelta(days=offset)
            span = self._span_of(day)
            if span is None:
                continue
            begin = datetime.combine(day, span[0], zone).astimezone(UTC)
            end = datetime.combine(day, span[1], zone).astimezone(UTC)
            if end > start:
                yield max(begin, start), end
        raise ValueError(f"no open hour within {_HORIZON} days: check `hours` and `state`")

    def is_open(self, at: datetime) -> bool:
        """Are the people at work at `at`?"""
        return next(self._open_spans(at))[0] <= at

    def plus_hours(self, start: datetime, hours: float) -> datetime:
        """`start` plus open hours, aware UTC."""
        left = timedelta(hours=hours)
        for begin, end in self._open_spans(start):
            if begin + left <= end:
                return begin + left
            left -= end - begin
        raise AssertionError("unreachable: _open_spans ends with an error")

    def plus_days(self, start: datetime, days: float) -> datetime:
        """`start` plus business days; a fraction of a day counts as that share of the following open day."""
        spans = self._open_spans(start)
        begin, end = next(spans)
        zone = ZoneInfo(self.timezone)
        wall = begin.astimezone(zone).time()
        whole = int(days)
        for _ in range(whole):
            begin, end = next(spans)
        day = begin.astimezone(zone).date()
        at = datetime.combine(day, wall, zone).astimezone(UTC) if whole else begin
        at = min(max(at, begin), end)
        share = days - whole
        return at if not share else self.plus_hours(at, share * self._usual_length(day))

    def _usual_length(self, day: date) -> float:
        span = self._span_of(day) or next(span for span in self.spans if span)
        return (datetime.combine(day, span[1]) - datetime.combine(day, span[0])).total_seconds() / 3600
