"""The database goes away between sending and writing down what came of it (a restart of PostgreSQL)."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from connectors.core.contract import Capability
from replies import outbox as rooms
from replies.lifecycle import State


def flaky(shop, moment, times=1):
    """An outbox whose database breaks `before` or `after` the commit that settles, so many times."""
    left = [times]

    @contextmanager
    def transaction():
        sent = shop.platform.calls > 0
        if sent and moment == "before" and left[0] > 0:
            left[0] -= 1
            raise OperationalError("COMMIT", {}, Exception("server closed the connection"))
        with shop.database.transaction() as session:
            yield session
        if sent and moment == "after" and left[0] > 0:
            left[0] -= 1
            raise OperationalError("COMMIT", {}, Exception("server closed the connection"))

    return replace(shop.outbox, transaction=transaction)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_platforms_word_outlives_a_database_that_is_away_for_a_second(shop, moment):
    """Also where nothing can be read back, and where the commit was made and nobody heard of it."""
    shop.platform.capability = Capability.BLIND
    reply = shop.approved(shop.complaint())
    assert flaky(shop, moment).send(reply) == State.DELIVERED
    assert [(one.outcome, one.external_ref) for one in shop.attempts()] == [("delivered", "r1")]
    assert shop.platform.calls == 1


def test_after_a_long_absence_the_reply_is_left_to_the_lease(shop, monkeypatch):
    """The control: it raises, sends nothing again, and becomes unclear."""
    monkeypatch.setattr(rooms, "_PATIENCE", 1)
    reply = shop.approved(shop.complaint())
    with pytest.raises(OperationalError):
        flaky(shop, "before", times=9).send(reply)
    assert shop.reply(reply).state == State.SENDING
    shop.clock.forward(minutes=3)
    shop.run_until_quiet(hours=2)
    assert (shop.reply(reply).state, shop.platform.calls) == (State.PUBLISHED, 1)
