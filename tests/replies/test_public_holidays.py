"""Public holidays come from a process of their own, and are those of the package."""

import subprocess
import sys
from datetime import date

import holidays
import pytest

from replies import public_holidays


@pytest.fixture(autouse=True)
def forgotten():
    """Nothing is known from another test."""
    public_holidays._block.cache_clear()
    yield
    public_holidays._block.cache_clear()


def asked(monkeypatch):
    """The commands that are run from now on; each fails like a machine without room for another process."""
    commands = []

    def run(words, **_options):
        commands.append(words)
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(subprocess, "run", run)
    return commands


STATES = [("SN", "DE", "SN"), ("", "DE", None), ("AT-9", "AT", "9"), ("CH-ZH", "CH", "ZH")]


@pytest.mark.parametrize(("state", "country", "subdivision"), STATES)
def test_they_are_those_of_the_package(state, country, subdivision):
    """Day by day of a leap year and the next; Austria and Switzerland too."""
    known = holidays.country_holidays(country, subdiv=subdivision, years=(2028, 2029))
    days = [date.fromordinal(n) for n in range(date(2028, 1, 1).toordinal(), date(2030, 1, 1).toordinal())]
    assert [day for day in days if public_holidays.is_holiday(day, state)] == sorted(known)


def test_ten_years_are_asked_for_once(monkeypatch):
    """The start of the process is what takes the time."""
    commands = asked(monkeypatch)
    assert [public_holidays.is_holiday(date(year, 12, 25), "SN") for year in range(2020, 2031)] == [True] * 11
    assert [words[-2:] for words in commands] == [["2020", "2029"], ["2030", "2039"]]


def test_without_room_for_a_process_they_are_found_all_the_same(monkeypatch):
    """A clock that cannot be computed would leave a complaint without its date."""
    asked(monkeypatch)
    assert public_holidays.is_holiday(date(2026, 11, 18), "SN")
    assert not public_holidays.is_holiday(date(2026, 11, 18), "BY")


def left_by(question):
    """How many modules of countries a process holds after a question."""
    code = f"import sys, datetime, replies.public_holidays as p; {question}"
    code += "; print(sum('holidays.c' in name for name in sys.modules))"
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def test_a_clock_leaves_no_country_of_the_world_behind():
    """12 MB for eleven dates a year; the control asks in its own process, and they stay."""
    aside = left_by("p.is_holiday(datetime.date(2026, 1, 1), 'SN')")
    assert (aside, left_by("p._days('SN', [2026])") > 100) == (0, True)
