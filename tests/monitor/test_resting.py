"""What idling costs: a question rests while nobody writes and nothing falls due, and never longer."""

from datetime import timedelta

import pytest

from monitor.resting import LONGEST, Rest
from monitor.tables import Switch
from tests.monitor.shop import MONDAY, open_shop


@pytest.fixture
def house(tmp_path):
    """A house on SQLite: PostgreSQL has no such mark, and asks at every tick."""
    with open_shop(tmp_path) as shop:
        yield shop.house


@pytest.fixture
def rested(house):
    """A question that was asked on Monday and found nothing for the next ten seconds."""
    rest = Rest(house.database, lambda _session: MONDAY + timedelta(seconds=10))
    assert rest.over(MONDAY)
    rest.begin(MONDAY)
    return rest


def write(house):
    """Anything, by anybody."""
    with house.transaction() as session:
        session.merge(Switch(name="x", value="y", at=MONDAY))


def test_it_rests_until_something_falls_due(rested):
    """Not a tick longer."""
    assert not rested.over(MONDAY + timedelta(seconds=9))
    assert rested.over(MONDAY + timedelta(seconds=10))


def test_whatever_is_written_wakes_it(house, rested):
    """An approval must go out when its time has come, not a minute later."""
    write(house)
    assert rested.over(MONDAY + timedelta(seconds=1))


def test_a_question_that_broke_is_asked_again(house, rested):
    """Only `begin` says that it was answered."""
    write(house)
    assert rested.over(MONDAY + timedelta(seconds=1))
    assert rested.over(MONDAY + timedelta(seconds=2))


@pytest.mark.parametrize("later", [LONGEST, -timedelta(hours=1)])
def test_a_clock_that_was_set_cannot_keep_it_asleep(house, later):
    """Nothing due for ever, and yet it asks after a minute, and when the clock goes back."""
    rest = Rest(house.database, lambda _session: None)
    assert rest.over(MONDAY)
    rest.begin(MONDAY)
    assert not rest.over(MONDAY + timedelta(seconds=1))
    assert rest.over(MONDAY + later)
