"""What was decided after a text was handed over counts when it is approved, and again before it is sent."""

from datetime import timedelta

import pytest

from connectors.core.contract import Capability, ReplyMode
from replies import duty as duties
from replies import hand
from replies.care.ladder import climb
from replies.care.words import Level
from replies.errors import Blocked
from replies.lifecycle import Action, ReplyKind
from replies.moves import get_duty
from replies.outbox import settle_by_person
from tests.replies.care.people import CalmShop
from tests.replies.care.test_asking import asked
from tests.replies.shop import ANNA, BERND


def hold(shop, duty):
    """Bernd: no public word for a month."""
    end = shop.clock() + timedelta(days=30)
    shop.on(duty, duties.hold_for_law, BERND, note="Az. 7", ends_at=end)


@pytest.mark.parametrize("kind", ReplyKind)
def test_nothing_is_approved_during_a_legal_hold(shop, kind):
    """Anna had handed it over before the hold; Bernd cannot approve it while the hold lasts."""
    duty = shop.complaint()
    reply = shop.submitted(duty, kind)
    hold(shop, duty)
    with pytest.raises(Blocked) as refused:
        shop.agree(reply)
    assert refused.value.code == "legal_hold"
    assert shop.reply(reply).state == "submitted"


def test_a_text_may_be_prepared_during_a_legal_hold(shop):
    """It is kept as a draft; handing it over is refused until the hold has ended."""
    duty = shop.complaint()
    shop.facts(duty)
    hold(shop, duty)
    reply = shop.draft(duty)
    with pytest.raises(Blocked) as refused:
        shop.do(shop.desk.submit, reply, ANNA, seen_version=1)
    assert refused.value.code == "legal_hold"
    assert shop.reply(reply).state == "draft"


def test_a_hold_that_comes_while_a_text_is_on_the_wire_keeps_it_from_a_second_try(shop):
    """The platform was away, so the text waits again; the last look before sending sees the hold and withdraws it."""
    duty = shop.complaint()
    reply = shop.approved(duty)
    publish = shop.platform.publish
    shop.platform.script.append("503")
    shop.platform.publish = lambda *args: hold(shop, duty) or publish(*args)
    shop.outbox.send(reply)
    shop.platform.publish = publish
    shop.run_until_quiet(hours=12)
    assert shop.platform.texts() == []
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("withdrawn", "released")


def test_nothing_is_taken_by_hand_during_a_legal_hold(shop):
    """A row that is approved and held nevertheless: nobody copies it to the platform."""
    shop.world.mode, shop.platform.capability = ReplyMode.MANUAL, Capability.BLIND
    duty = shop.complaint()
    reply = shop.approved(duty)
    taken = shop.do(lambda session, now: hand.take(session, reply, ANNA, shop.world, shop.timing, now))
    hold(shop, duty)
    shop.do(lambda session, now: hand.not_sure(session, taken.id, ANNA, now))
    shop.do(settled_as_not_posted, reply, shop)
    shop.clock.forward(minutes=5)
    with pytest.raises(Blocked) as refused:
        shop.do(lambda session, now: hand.take(session, reply, ANNA, shop.world, shop.timing, now))
    assert refused.value.code == "already_closed"


def settled_as_not_posted(session, reply, shop, now):
    """Bernd looked: it is not there."""
    settle_by_person(session, reply, Action.POSTPONE, "nicht da", BERND, shop.world, shop.timing, now)


@pytest.mark.parametrize("code", ["safety_stop", "ask_open"])
def test_a_stop_set_after_handing_over_stops_the_approval(shop, code):
    """An owner saw a threat, or a colleague was asked: the text that waits is not approved over it."""
    calm = CalmShop(shop)
    duty = calm.complaint()
    reply = calm.submitted(duty)
    if code == "ask_open":
        asked(calm, duty)
    else:
        temper = calm.tempers(None, calm.duty(duty).post_id)
        calm.do(lambda s, now: climb(s, get_duty(s, duty), Level.SAFETY, "Drohung.", BERND, now, temper=temper))
    with pytest.raises(Blocked) as refused:
        calm.do(calm.desk.approve, reply, calm.shown(reply), BERND)
    assert refused.value.code == code


def test_whoever_agrees_need_not_wait_as_the_author_did(shop):
    """The pause after a sharp post is for the one who writes; an owner approves at once."""
    calm = CalmShop(shop)
    duty = calm.complaint()
    reply = calm.submitted(duty)
    calm.tempers.say(calm.duty(duty).post_id, ago=timedelta())
    calm.open(duty, BERND)
    assert calm.do(calm.desk.approve, reply, calm.shown(reply), BERND).state == "approved"
