"""What moves the clocks of a duty, and what leaves them as they are."""

import pytest

from replies import duty as duties
from replies.errors import NotAllowed, Stale
from tests.replies.shop import ANNA, BERND
from tests.replies.world import ACCOUNT


def take(shop, duty):
    """Anna clicks on "Aus dem Altbestand übernehmen"."""
    return shop.on(duty, duties.take_from_backlog, shop.world.hours(ACCOUNT), shop.timing, ANNA)


def test_a_second_click_on_the_backlog_moves_no_clock(shop):
    """Nor does a click on what never stood there: an overdue duty stays overdue."""
    old, new = shop.complaint(backlog=True), shop.complaint(ref="p2")
    take(shop, old)
    due = [shop.duty(duty).due_at for duty in (old, new)]
    shop.clock.forward(days=3)
    for duty in (old, new):
        with pytest.raises(Stale):
            take(shop, duty)
    assert [shop.duty(duty).due_at for duty in (old, new)] == due


def test_what_is_done_is_not_taken_from_the_backlog(shop):
    """Released while it stood there: it gets no clocks, it is closed."""
    duty = shop.complaint(backlog=True)
    shop.on(duty, duties.report_extortion, BERND, file_number="ST/7")
    with pytest.raises(NotAllowed) as refused:
        take(shop, duty)
    assert refused.value.code == "already_closed"
    assert shop.duty(duty).due_at is None
