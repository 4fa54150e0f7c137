"""Intervals are configuration; production floors warn."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from replies.timing import Timing


def test_the_defaults_are_above_every_floor():
    """A fresh installation gets no warning."""
    assert list(Timing().below_floor()) == []


def test_a_short_settle_window_is_named():
    """Tests and the demo may be fast; check-config says so."""
    assert list(Timing(settle=2).below_floor()) == [("settle", 2, 900)]


def test_the_looks_grow_rarer_and_the_last_wait_repeats():
    """Two, ten, sixty minutes, then daily."""
    timing = Timing()
    assert [timing.look_after(n) for n in (1, 2, 3, 99)] == [
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(days=1),
        timedelta(days=1),
    ]


def test_no_later_looks_means_daily():
    """An empty list is not a crash."""
    assert Timing(later_looks=()).look_after(1) == timedelta(days=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"settle": -1},
        {"setle": 5},
        {"first_contact_hours": 0},
        {"later_looks": [-5]},
        {"later_looks": [float("inf")]},
        {"later_looks": [float("nan")]},
    ],
)
def test_a_wrong_interval_is_refused(wrong):
    """Negative, misspelt or zero where a promise needs time."""
    with pytest.raises(ValidationError):
        Timing(**wrong)


def test_the_promise_is_four_hours_and_one_day():
    """The figures of DESIGN 4 and 5."""
    timing = Timing()
    assert (timing.first_contact_hours, timing.final_days, timing.question_days) == (4, 1, 7)
    assert timing.span("undo") == timedelta(minutes=2)
    assert timing.span("second_look") == timedelta(minutes=20)
