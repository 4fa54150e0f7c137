"""When a promise is due: open hours, holidays of the state, weekends, clock changes."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replies.clocks import Hours, parse_span

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(state="BE")
BAVARIA = Hours(state="BY")


def at(text):
    """A wall-clock time in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def wall(moment):
    """Back to the wall clock, as people read it."""
    assert moment.tzinfo is UTC
    return moment.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")


HOURS = {
    "within one day": ("2026-03-02 10:00", 4, "2026-03-02 14:00"),
    "over closing time": ("2026-03-02 15:00", 4, "2026-03-03 11:00"),
    "minutes before closing": ("2026-03-02 16:55", 4, "2026-03-03 12:55"),
    "exactly until closing": ("2026-03-02 13:00", 4, "2026-03-02 17:00"),
    "at closing": ("2026-03-02 17:00", 4, "2026-03-03 13:00"),
    "before opening": ("2026-03-02 03:00", 4, "2026-03-02 13:00"),
    "over a weekend": ("2026-03-06 15:00", 4, "2026-03-09 11:00"),
    "on a Sunday": ("2026-03-08 12:00", 4, "2026-03-09 13:00"),
    "half of it": ("2026-03-02 10:00", 2, "2026-03-02 12:00"),
    "over Easter": ("2026-04-02 16:00", 4, "2026-04-07 12:00"),
    "over Christmas": ("2026-12-24 16:00", 4, "2026-12-28 12:00"),
    "over the clock change in spring": ("2026-03-27 15:00", 4, "2026-03-30 11:00"),
    "over the clock change in autumn": ("2026-10-23 15:00", 4, "2026-10-26 11:00"),
    "three days of it": ("2026-03-02 09:00", 24, "2026-03-04 17:00"),
}
DAYS = {
    "one day": ("2026-03-02 10:00", 1, "2026-03-03 10:00"),
    "over a weekend": ("2026-03-06 16:50", 1, "2026-03-09 16:50"),
    "from a Saturday": ("2026-03-07 11:00", 1, "2026-03-10 09:00"),
    "from an evening": ("2026-03-02 20:00", 1, "2026-03-04 09:00"),
    "half a day": ("2026-03-02 10:00", 0.5, "2026-03-02 14:00"),
    "half a day before closing": ("2026-03-02 16:00", 0.5, "2026-03-03 12:00"),
    "a day and a half": ("2026-03-02 10:00", 1.5, "2026-03-03 14:00"),
    "over the clock change in spring": ("2026-03-27 10:00", 1, "2026-03-30 10:00"),
    "over the clock change in autumn": ("2026-10-23 10:00", 1, "2026-10-26 10:00"),
    "over New Year": ("2026-12-31 10:00", 1, "2027-01-04 10:00"),
    "two days over a holiday": ("2026-04-30 10:00", 2, "2026-05-05 10:00"),
    "no day at all": ("2026-03-02 10:00", 0, "2026-03-02 10:00"),
}


@pytest.mark.parametrize("name", HOURS)
def test_a_promise_in_hours_counts_open_hours(name):
    """Mo-Fr 9-17 in Berlin, without holidays."""
    start, hours, due = HOURS[name]
    assert wall(OFFICE.plus_hours(at(start), hours)) == due


@pytest.mark.parametrize("name", DAYS)
def test_a_promise_in_days_ends_at_the_same_time_of_day(name):
    """The n-th following business day, at the same wall-clock time."""
    start, days, due = DAYS[name]
    assert wall(OFFICE.plus_days(at(start), days)) == due


def test_epiphany_is_a_holiday_in_bavaria_only():
    """6 January: Munich is closed, Berlin works."""
    start = at("2026-01-05 16:00")
    assert wall(OFFICE.plus_hours(start, 4)) == "2026-01-06 12:00"
    assert wall(BAVARIA.plus_hours(start, 4)) == "2026-01-07 12:00"


def test_womens_day_is_a_holiday_in_berlin_only():
    """8 March 2027 is a Monday."""
    start = at("2027-03-05 10:00")
    assert wall(OFFICE.plus_days(start, 1)) == "2027-03-09 10:00"
    assert wall(BAVARIA.plus_days(start, 1)) == "2027-03-08 10:00"


def test_without_a_state_only_nationwide_holidays_count():
    """German Unity Day everywhere, Epiphany nowhere."""
    assert not Hours().is_open(at("2025-10-03 10:00"))
    assert Hours().is_open(at("2026-01-06 10:00"))


def test_another_country_has_other_holidays():
    """26 October is Austria's; its state is written with the country."""
    vienna = Hours(timezone="Europe/Vienna", state="AT-9")
    assert not vienna.is_open(at("2026-10-26 10:00"))
    assert OFFICE.is_open(at("2026-10-26 10:00"))


def test_the_zone_of_the_source_counts():
    """Nine o'clock in Lisbon is ten in Berlin."""
    lisbon = Hours(timezone="Europe/Lisbon")
    assert wall(lisbon.plus_hours(at("2026-03-02 08:00"), 1)) == "2026-03-02 11:00"


@pytest.mark.parametrize(("moment", "is_open"), [("09:00", True), ("08:59", False), ("16:59", True), ("17:00", False)])
def test_open_begins_at_nine_and_ends_before_five(moment, is_open):
    """The edges of the day."""
    assert OFFICE.is_open(at(f"2026-03-02 {moment}")) is is_open


def test_hours_of_its_own():
    """A shop that is open on Saturday mornings and closed on Mondays."""
    shop = Hours.of("Europe/Berlin", "BE", {"tue": "10:00-18:00", "sat": "09:00-13:00"})
    assert wall(shop.plus_hours(at("2026-03-07 12:00"), 2)) == "2026-03-10 11:00"
    assert wall(shop.plus_days(at("2026-03-03 17:00"), 1)) == "2026-03-07 13:00"


@pytest.mark.parametrize("text", ["17:00-09:00", "09:00", "neun-fünf", "09:00-09:00"])
def test_a_span_that_makes_no_sense_is_refused(text):
    """Wrong configuration is an error, not a promise that never ends."""
    with pytest.raises(ValueError, match=r".+"):
        parse_span(text)


def test_a_shop_that_opens_once_a_week_has_its_sixtieth_business_day():
    """More than a year of closed days lies between."""
    mondays = Hours(spans=(parse_span("09:00-17:00"), *(None,) * 6))
    end = mondays.plus_days(at("2026-03-02 10:00"), 60)
    assert (end.weekday(), (end - at("2026-03-02 10:00")).days > 400) == (0, True)


def test_never_open_is_an_error():
    """Seven closed days would never come to an end."""
    closed = Hours(spans=(None,) * 7)
    with pytest.raises(ValueError, match="no open hour"):
        closed.plus_hours(at("2026-03-02 10:00"), 1)


@settings(deadline=None)  # the first call loads the holidays
@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    hours=st.floats(0.1, 40),
    more=st.floats(0, 20),
)
def test_a_promise_ends_in_open_hours_and_more_never_ends_earlier(start, hours, more):
    """For any start: due later than the start, within the office day, and monotonous."""
    due = OFFICE.plus_hours(start, hours)
    local = due.astimezone(BERLIN)
    assert due > start
    assert local.weekday() < 5
    assert time(9) <= local.time() <= time(17)
    assert OFFICE.plus_hours(start, hours + more) >= due


@settings(deadline=None)  # the first call loads the holidays
@given(start=st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)), days=st.integers(1, 9))  # noqa: DTZ001
def test_days_are_counted_one_by_one(start, days):
    """Two promises of a day in a row are a promise of two days."""
    once = OFFICE.plus_days(start, days)
    assert OFFICE.plus_days(once, 1) == OFFICE.plus_days(start, days + 1)
