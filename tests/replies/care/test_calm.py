"""Cooling off, hearing out and enough for today: they protect people and never stop a clock."""

import pytest

from replies.care.calm import forget_yesterday, seen_today
from replies.care.tables import HostileLook
from replies.errors import Blocked, NotAllowed
from replies.lifecycle import ReplyKind, State
from tests.replies.shop import ANNA, BERND, CLARA, EMIL


@pytest.fixture
def hostile(calm_shop):
    """A duty whose post insults, written yesterday."""
    duty = calm_shop.complaint()
    calm_shop.tempers.say(calm_shop.duty(duty).post_id)
    calm_shop.facts(duty)
    return duty


def refused(shop, reply, actor=ANNA):
    """The code with which handing over is refused."""
    with pytest.raises(Blocked) as why:
        shop.hand_over(reply, actor)
    return why.value.code


def test_an_answer_to_a_hostile_post_waits_after_the_opening(calm_shop, hostile):
    """Twenty minutes by default, then it goes; the duty's clock has not moved."""
    reply, due = calm_shop.draft(hostile), calm_shop.duty(hostile).due_at
    calm_shop.open(hostile, ANNA)
    calm_shop.clock.forward(minutes=19)
    assert refused(calm_shop, reply) == "cool_off"
    calm_shop.clock.forward(minutes=1)
    assert calm_shop.hand_over(reply, ANNA).state == State.SUBMITTED
    assert calm_shop.duty(hostile).due_at == due


def test_who_has_not_opened_it_has_not_begun_to_cool_off(calm_shop, hostile):
    """However long the draft lies there; a colleague who opened it long ago may hand it over."""
    reply = calm_shop.draft(hostile, ReplyKind.QUESTION)
    calm_shop.open(hostile, EMIL)
    calm_shop.clock.forward(hours=3)
    assert refused(calm_shop, reply) == "cool_off"
    assert calm_shop.hand_over(reply, EMIL).state == State.SUBMITTED


def test_a_holding_reply_never_waits(calm_shop, hostile):
    """It covers the public side while the person breathes."""
    reply = calm_shop.draft(hostile, ReplyKind.HOLDING)
    assert calm_shop.hand_over(reply, ANNA).state == State.SUBMITTED


def test_a_calm_post_is_answered_at_once(calm_shop):
    """The control: care asks nothing where nobody shouts."""
    duty = calm_shop.complaint()
    calm_shop.facts(duty)
    assert calm_shop.hand_over(calm_shop.draft(duty), ANNA).state == State.SUBMITTED


def test_we_hear_people_out(calm_shop, hostile):
    """A word of a moment ago may have another one behind it, also for who has cooled off."""
    reply = calm_shop.draft(hostile)
    calm_shop.open(hostile, ANNA)
    calm_shop.clock.forward(minutes=30)
    calm_shop.tempers.said_at = calm_shop.clock()
    calm_shop.tempers.say(calm_shop.duty(hostile).post_id, ago=calm_shop.timing.span("hear_out") / 2)
    assert refused(calm_shop, reply) == "hear_out"


def test_enough_for_today_is_counted_for_today_only(calm_shop):
    """The third one is too many, the same one again is not, and the next day nobody knows how many there were."""
    duties = [calm_shop.complaint(ref=f"p{n}") for n in range(3)]
    for duty in (*duties[:2], duties[0]):
        calm_shop.open(duty, ANNA, most=2)
    with pytest.raises(Blocked, match="enough"):
        calm_shop.open(duties[2], ANNA, most=2)
    calm_shop.open(duties[2], EMIL, most=2)
    calm_shop.clock.forward(hours=14)
    assert calm_shop.do(forget_yesterday) == 3
    assert calm_shop.rows(HostileLook) == []
    calm_shop.open(duties[2], ANNA, most=2)


def test_midnight_ends_the_count_also_where_nobody_has_tidied_up(calm_shop):
    """The row of yesterday counts no more, before anything deletes it."""
    calm_shop.open(calm_shop.complaint(), ANNA)
    calm_shop.clock.forward(hours=14)
    with calm_shop.database.reading() as session:
        assert seen_today(session, ANNA.id, calm_shop.clock()) == 0


def test_an_owner_may_go_on_where_nobody_else_is_there(calm_shop):
    """Staff may not, and an auditor opens nothing."""
    duties = [calm_shop.complaint(ref=f"p{n}") for n in range(2)]
    calm_shop.open(duties[0], BERND, most=1)
    assert calm_shop.open(duties[1], BERND, most=1, nevertheless=True).user_id == BERND.id
    calm_shop.open(duties[0], ANNA, most=1)
    with pytest.raises(Blocked, match="enough"):
        calm_shop.open(duties[1], ANNA, most=1, nevertheless=True)
    with pytest.raises(NotAllowed):
        calm_shop.open(duties[0], CLARA)
