"""A clock that ran a year ahead for a while: what was written then must not wait for that year."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from monitor import jobs
from replies.moves import get_reply
from replies.timing import Timing
from tests.replies.test_waiting import tick

YEAR = timedelta(days=365)


def in_the_future(shop, step):
    """Do something while the clock is a year ahead; then somebody sets it right."""
    shop.clock.forward(days=365)
    done = step()
    shop.clock.forward(days=-365)
    return done


@pytest.fixture
def early(shop):
    """A text that was approved while the clock was a year ahead."""
    duty = shop.complaint()
    reply = in_the_future(shop, lambda: shop.agree(shop.submitted(duty)))
    return reply.id


def test_what_was_approved_then_leaves_after_an_undo_window_of_now(shop, early):
    """Not at once, the window may not have been over; and not in a year."""
    tick(shop)
    assert (shop.platform.calls, shop.reply(early).not_before) == (0, shop.clock() + shop.timing.span("undo"))
    shop.clock.forward(seconds=shop.timing.undo)
    tick(shop)
    assert shop.reply(early).state == "delivered"


def test_without_the_horizon_it_would_wait_for_a_year(shop, early, monkeypatch):
    """The control."""
    monkeypatch.setattr(Timing, "horizon", lambda _timing, now: now + 2 * YEAR)
    for _day in range(30):
        shop.clock.forward(days=1)
        tick(shop)
    assert shop.reply(early).state == "approved"


def test_an_ordinary_wait_is_not_taken_for_one_of_another_clock(shop):
    """Six hours of backoff, a day of Retry-After: kept."""
    reply = shop.approved(shop.complaint())
    shop.do(lambda session, now: postponed(session, reply, now + timedelta(days=1)))
    shop.clock.forward(hours=23)
    tick(shop)
    assert shop.platform.calls == 0


def postponed(session, reply_id, until):
    """The platform asked for it."""
    reply = get_reply(session, reply_id)
    reply.not_before = until
    session.add(reply)


def test_a_publication_that_was_lost_then_becomes_unclear_now(shop):
    """The claim's lease lies a year ahead; its account must not be busy for that long."""
    reply = shop.approved(shop.complaint())

    def claim():
        with shop.database.transaction() as session:
            return shop.outbox.claim(session, reply, shop.clock())

    assert in_the_future(shop, claim)
    other = shop.approved(shop.complaint(ref="p2"))
    assert shop.outbox.send(other) is None
    house = SimpleNamespace(
        reading=shop.database.reading, transaction=shop.database.transaction, outbox=shop.outbox, timing=shop.timing
    )
    assert jobs.expire_leases(house, shop.clock()) == 1
    assert (shop.reply(reply).state, shop.outbox.send(other)) == ("unclear", "delivered")


def test_the_lease_of_a_clock_a_minute_ahead_is_respected(shop):
    """Two machines are never quite together."""
    reply = shop.approved(shop.complaint())
    with shop.database.transaction() as session:
        shop.outbox.claim(session, reply, shop.clock() + timedelta(minutes=1))
    with shop.database.transaction() as session:
        assert shop.outbox.expire(session, shop.clock()) == 0


def test_what_became_unclear_then_is_settled_within_hours(shop):
    """It never arrived: absent twice after a settle window of now, and sent again, once."""
    reply = shop.approved(shop.complaint())
    shop.platform.script.append("nothing")
    in_the_future(shop, lambda: shop.outbox.send(reply))
    shop.run_until_quiet(hours=3)
    assert (shop.reply(reply).state, shop.platform.calls) == ("published", 2)
    assert shop.platform.texts() == ["Das tut uns leid."]


def test_a_look_that_was_put_off_then_is_made_now(shop):
    """A delivered answer whose first look lies a year ahead."""
    reply = shop.approved(shop.complaint())
    in_the_future(shop, lambda: shop.outbox.send(reply))
    shop.platform.copies[0].at = shop.clock()  # the platform's own clock was right all the time
    shop.run_until_quiet(hours=3)
    assert shop.reply(reply).state == "published"


def test_texts_that_left_then_do_not_use_up_every_hour_until_then(shop):
    """One an hour is allowed, and one left a year ahead."""
    shop.timing = shop.timing.model_copy(update={"per_hour": 1})
    first, second = (shop.approved(shop.complaint(ref=f"p{n}")) for n in range(2))
    in_the_future(shop, lambda: shop.outbox.send(first))
    assert shop.outbox.send(second) == "delivered"
