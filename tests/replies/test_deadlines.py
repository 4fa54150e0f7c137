"""What moves the clocks of a duty, and what leaves them as they are."""

import pytest

from replies import duty as duties
from replies.attempts import settle_by_person
from replies.errors import NotAllowed, Stale
from replies.lifecycle import Action, ReplyKind
from replies.seals import seal
from replies.tables import Journal
from tests.replies.shop import ANNA, BERND
from tests.replies.test_clocks import wall
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


def vanish(shop, reply):
    """The text is absent in as many reads as it takes."""
    shop.platform.remove(shop.reply(reply).external_ref)
    while shop.reply(reply).state == "published":
        shop.look(reply)


def come_back(shop, reply):
    """Bernd finds it where it was, and so does the next look."""
    shop.platform.removed.clear()
    shop.do(lambda s, now: settle_by_person(s, reply, Action.DELIVER, "da", BERND, shop.world, shop.timing, now))
    shop.look(reply)
    assert shop.reply(reply).state == "published"


def test_a_holding_reply_after_a_question_keeps_its_own_promise(shop):
    """Overdue on Saturday, it promises Tuesday: that is the date that counts, not the one that has passed."""
    duty = shop.complaint()
    shop.published(duty, ReplyKind.QUESTION, "Wann war das?")
    shop.clock.forward(days=5)
    shop.published(duty, ReplyKind.HOLDING)
    held = shop.duty(duty)
    assert wall(held.due_at) == wall(held.final_due_at) == "2026-03-10 09:00"
    assert (held.state, held.next_step_at) == ("held", None)


def test_a_holding_reply_that_comes_back_buys_no_time(shop):
    """Its words still promise the same day, however often it vanishes."""
    duty = shop.complaint()
    reply = shop.published(duty, ReplyKind.HOLDING)
    for _ in range(2):
        vanish(shop, reply)
        assert shop.duty(duty).state == "open"
        come_back(shop, reply)
        assert (shop.duty(duty).state, wall(shop.duty(duty).due_at)) == ("held", "2026-03-04 10:00")


def test_a_holding_reply_that_comes_back_leaves_a_question_standing(shop):
    """Asked after it: we still wait for that answer."""
    duty = shop.complaint()
    reply = shop.published(duty, ReplyKind.HOLDING)
    shop.published(duty, ReplyKind.QUESTION, "Wann war das?")
    due = shop.duty(duty).next_step_at
    vanish(shop, reply)
    come_back(shop, reply)
    assert shop.duty(duty).due_at == shop.duty(duty).next_step_at == due


def test_what_is_closed_waits_for_no_next_step(shop):
    """Answered or released: the date that the question had set is gone."""
    answered, released = shop.complaint(), shop.complaint(ref="p2")
    for duty in (answered, released):
        shop.published(duty, ReplyKind.QUESTION, "Wann war das?")
    shop.published(answered)
    shop.on(released, duties.report_extortion, BERND, file_number="ST/7")
    assert [(shop.duty(duty).state, shop.duty(duty).next_step_at) for duty in (answered, released)] == [
        ("answered", None),
        ("released", None),
    ]


def test_a_question_that_vanishes_beside_a_holding_reply_waits_no_longer(shop):
    """Nobody can answer it: the date that the holding reply promises counts again, and the journal has the new seal."""
    duty = shop.complaint()
    shop.published(duty, ReplyKind.HOLDING)
    vanish(shop, shop.published(duty, ReplyKind.QUESTION, "Wann war das?"))
    held = shop.duty(duty)
    assert (held.state, held.next_step_at, wall(held.due_at)) == ("held", None, "2026-03-04 10:00")
    assert shop.rows(Journal)[-1].data["seals"] == seal("duty", held)
