"""What was decided after a text was handed over counts when it is approved, and again before it is sent."""

from datetime import timedelta

import pytest

from connectors.core.contract import Capability, ReplyMode
from monitor.web import sentences
from replies import duty as duties
from replies import hand
from replies.attempts import settle_by_person
from replies.care.ladder import climb
from replies.care.words import Level
from replies.errors import Blocked
from replies.lifecycle import Action, ReplyKind
from replies.moves import get_duty
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
    taken = shop.do(lambda session, now: by_hand(session, reply, shop, now))
    hold(shop, duty)
    shop.do(lambda session, now: hand.not_sure(session, taken.id, ANNA, now))
    shop.do(settled_as_not_posted, reply, shop)
    shop.clock.forward(minutes=5)
    with pytest.raises(Blocked) as refused:
        shop.do(lambda session, now: by_hand(session, reply, shop, now))
    assert refused.value.code == "already_closed"


def by_hand(session, reply, shop, now):
    """Anna takes it to publish it herself."""
    return hand.take(session, reply, ANNA, shop.world, shop.timing, now, guards=shop.desk.guards)


def settled_as_not_posted(session, reply, shop, now):
    """Bernd looked: it is not there."""
    settle_by_person(session, reply, Action.POSTPONE, "nicht da", BERND, shop.world, shop.timing, now)


STOPS = {"safety_stop": Level.SAFETY, "legal_stop": Level.LAWYER, "ask_open": None}


def stop(calm, duty, code):
    """An owner sees a threat or asks the lawyer first, or a colleague is asked."""
    level = STOPS[code]
    if level is None:
        asked(calm, duty)
    else:
        temper = calm.tempers(None, calm.duty(duty).post_id)
        calm.do(lambda s, now: climb(s, get_duty(s, duty), level, "Erst klären.", BERND, now, temper=temper))


@pytest.mark.parametrize("code", ["safety_stop", "ask_open"])
def test_a_stop_set_after_handing_over_stops_the_approval(shop, code):
    """The text that waits is not approved over it."""
    calm = CalmShop(shop)
    duty = calm.complaint()
    reply = calm.submitted(duty)
    stop(calm, duty, code)
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


@pytest.mark.parametrize("code", STOPS)
def test_a_stop_set_inside_the_undo_window_keeps_the_text_at_home(shop, code):
    """Approved, then stopped, then due: nothing leaves; the text is a draft again and says why."""
    calm = CalmShop(shop)
    duty = calm.complaint()
    reply = calm.approved(duty)
    stop(calm, duty, code)
    assert calm.outbox.send(reply) is None
    calm.run_until_quiet(hours=12)
    assert (calm.platform.texts(), calm.attempts()) == ([], [])
    assert (calm.reply(reply).state, calm.reply(reply).trouble, calm.reply(reply).approver_id) == ("draft", code, None)
    assert sentences.TROUBLE[code]


def test_without_its_guard_the_outbox_would_send_over_a_stop(shop):
    """The control: the same steps, and nobody asks again."""
    duty = shop.complaint()
    reply = shop.approved(duty)
    stop(CalmShop(shop), duty, "legal_stop")
    shop.outbox.send(reply)
    assert shop.platform.texts() == ["Das tut uns leid."]


def test_a_holding_reply_leaves_over_a_stop(shop):
    """It says that we look into it, and nothing else; the ladder stops answers and questions."""
    calm = CalmShop(shop)
    duty = calm.complaint()
    reply = calm.approved(duty, ReplyKind.HOLDING, "Wir kümmern uns darum und melden uns bis Mittwoch.")
    stop(calm, duty, "legal_stop")
    assert calm.outbox.send(reply) == "delivered"


def test_a_stopped_text_is_not_taken_by_hand(shop):
    """Where a person is the outbox, the same is asked; the approval stands until somebody takes it back."""
    shop.world.mode, shop.platform.capability = ReplyMode.MANUAL, Capability.BLIND
    calm = CalmShop(shop)
    duty = calm.complaint()
    reply = calm.approved(duty)
    stop(calm, duty, "legal_stop")
    with pytest.raises(Blocked) as refused:
        calm.do(lambda session, now: by_hand(session, reply, calm, now))
    assert (refused.value.code, calm.reply(reply).state) == ("legal_stop", "approved")
