"""One fault holds back what it belongs to: a post its answer, an account its own, no connection only for a while."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from connectors.core.contract import Capability
from connectors.core.errors import LoginExpired, RateLimited, Unavailable
from monitor import jobs
from tests.replies.world import ACCOUNT


def tick(shop, outbox=None):
    """One round of the daemon's outbox; returns how many were tried."""
    house = SimpleNamespace(reading=shop.database.reading, outbox=outbox or shop.outbox)
    return jobs.send_due(house, shop.clock())


def five(shop):
    """Five approved answers of one account."""
    return [shop.approved(shop.complaint(f"Das Brot war hart {n}.", ref=f"p{n}")) for n in range(5)]


def test_retry_after_holds_all_answers_of_the_account(shop):
    """The first of five meets a 429 with thirty minutes: nothing else is sent before they are over."""
    replies = five(shop)
    shop.platform.script.append("429")
    tick(shop)
    assert shop.platform.calls == 1
    shop.clock.forward(minutes=29)
    tick(shop)
    assert shop.platform.calls == 1
    shop.clock.forward(minutes=2)
    tick(shop)
    assert [shop.reply(reply).state for reply in replies] == ["delivered"] * 5


def test_a_limit_of_writing_alone_holds_the_texts_and_not_the_reading(shop):
    """Reads and writes share five minutes, so half an hour is a limit of writing: no fetch, no look has to wait."""
    shop.platform.shared_limit = timedelta(minutes=5)
    replies = five(shop)
    shop.platform.script.append("429")
    tick(shop)
    shop.clock.forward(minutes=29)
    tick(shop)
    assert (shop.platform.calls, shop.world.waiting) == (1, {})
    assert shop.reply(replies[0]).trouble == "writing_waits"
    shop.clock.forward(minutes=2)
    tick(shop)
    assert [shop.reply(reply).state for reply in replies] == ["delivered"] * 5


def test_a_short_wait_is_taken_for_the_limit_that_reading_shares(shop):
    """Half an hour where the shared window is an hour: the fetch would meet the same limit, so it waits as well."""
    shop.platform.shared_limit = timedelta(hours=1)
    five(shop)
    shop.platform.script.append("429")
    tick(shop)
    assert shop.world.waiting == {ACCOUNT: shop.clock() + timedelta(minutes=30)}


def test_a_platform_that_names_a_second_each_time_is_asked_ever_more_rarely(shop):
    """Retry-After 1, again and again: the text backs off as after any other failure."""
    reply, waits = shop.approved(shop.complaint()), []
    shop.platform.script.extend(["429 in a second"] * 3)
    for _ in range(3):
        tick(shop)
        waits.append((shop.reply(reply).not_before - shop.clock()).total_seconds())
        shop.clock.now = shop.reply(reply).not_before
    assert waits == [60, 120, 240]


def test_retry_after_of_a_second_read_holds_the_account_as_well(shop):
    """The platform asks us to wait when the post is read again: no other post is read, no answer sent."""
    reads = []

    def refresh(post_id):
        reads.append(post_id)
        raise RateLimited("slow down", until=shop.clock() + timedelta(minutes=30))

    five(shop)
    tick(shop, replace(shop.outbox, refresh=refresh))
    assert (len(reads), shop.platform.calls) == (1, 0)


def test_nobody_looks_while_the_platform_wants_to_be_left_alone(shop):
    """A look of a waiting account is put off until then, without a call."""
    reply = shop.delivered(shop.complaint())
    until = shop.clock() + timedelta(minutes=30)
    shop.world.waiting[ACCOUNT] = until
    shop.look(reply)
    assert (shop.reply(reply).next_look_at, shop.sightings()) == (until, [])
    shop.look(reply)
    assert shop.reply(reply).state == "published"


def test_a_look_that_meets_a_429_holds_the_account(shop):
    """What is approved waits as long as the look does."""
    reply = shop.delivered(shop.complaint())
    shop.platform.reads_fail = RateLimited("slow down", until=shop.clock() + timedelta(minutes=30))
    shop.look(reply)
    other = shop.approved(shop.complaint(ref="p2"))
    assert shop.outbox.send(other) is None
    assert shop.world.waiting == {ACCOUNT: shop.platform.reads_fail.until}


def test_a_text_behind_an_unclear_one_is_not_read_for_with_every_tick(shop):
    """Where the platform holds one reply it waits, perhaps for days, and does not stand before the others."""
    shop.platform.one_reply, shop.platform.capability = True, Capability.BLIND
    duty, reads = shop.complaint(), []
    first = shop.approved(duty, "holding", "Wir kümmern uns darum und melden uns bis Mittwoch.")
    second = shop.approved(duty)
    shop.platform.script.append("drop")
    shop.outbox.send(first)
    shop.watch.look(first)
    outbox = replace(shop.outbox, refresh=reads.append)
    for _tick in range(60):
        tick(shop, outbox)
        shop.clock.forward(seconds=5)
    assert (shop.reply(first).state, shop.reply(second).state, reads) == ("unclear", "approved", [])
    with shop.database.reading() as session:
        assert shop.outbox.due(session, shop.reply(second).not_before - timedelta(seconds=1)) == []


def test_a_post_that_cannot_be_read_again_stops_only_its_own_answer(shop):
    """A defect of ours with one of two posts: the other answer goes out, this one waits and says why."""
    bad, good = (shop.approved(shop.complaint(f"Das Brot war hart {n}.", ref=f"p{n}")) for n in range(2))
    post = shop.reply(bad).post_id

    def refresh(post_id):
        if post_id == post:
            raise KeyError("a defect")

    tick(shop, replace(shop.outbox, refresh=refresh))
    assert [shop.reply(reply).state for reply in (bad, good)] == ["approved", "delivered"]
    assert shop.reply(bad).trouble == "post_unread"
    assert shop.reply(bad).not_before == shop.clock() + shop.timing.span("backoff")
    shop.clock.forward(minutes=2)
    tick(shop)
    assert shop.reply(bad).state == "delivered"


def test_a_post_that_cannot_be_read_for_a_day_is_asked_for_ever_more_rarely(shop):
    """Every minute at first, four times an hour in the end: a hundred reads, not fourteen hundred."""
    reply, reads = shop.approved(shop.complaint()), []

    def refresh(post_id):
        reads.append(post_id)
        raise Unavailable("503")

    for _minute in range(24 * 60):
        tick(shop, replace(shop.outbox, refresh=refresh))
        shop.clock.forward(minutes=1)
    assert 90 < len(reads) < 130
    assert shop.reply(reply).state == "approved"


def test_a_login_that_a_second_read_finds_expired_stops_the_account(shop):
    """As one that publishing meets: no further try with it, a platform may lock who guesses."""
    reads = []

    def refresh(post_id):
        reads.append(post_id)
        raise LoginExpired("sign in again")

    replies = five(shop)
    for _minute in range(30):
        tick(shop, replace(shop.outbox, refresh=refresh))
        shop.clock.forward(minutes=1)
    assert (len(reads), shop.platform.calls, shop.world.stopped) == (1, 0, [ACCOUNT])
    assert shop.reply(replies[0]).trouble == "account_stopped"


def test_an_answer_that_cannot_be_settled_stops_no_other(shop, caplog):
    """Whatever breaks with one of two answers is logged, and the other one is sent."""
    bad, good = (shop.approved(shop.complaint(f"Das Brot war hart {n}.", ref=f"p{n}")) for n in range(2))

    class Broken(type(shop.outbox)):
        def claim(self, session, reply_id, now):
            if reply_id == bad:
                raise KeyError("a defect")
            return super().claim(session, reply_id, now)

    outbox = Broken(shop.world, shop.timing, "w1", shop.database.transaction, shop.clock)
    assert tick(shop, outbox) == 1
    assert (shop.reply(bad).state, shop.reply(good).state) == ("approved", "delivered")
    assert f"sending reply {bad} broke" in caplog.text


@pytest.mark.parametrize("seen", ["delivered", "published"])
def test_a_connection_that_was_away_for_days_is_used_again(shop, seen):
    """The account had none for three days: an answer that was taken down meanwhile is noticed afterwards."""
    duty = shop.complaint()
    reply = shop.published(duty) if seen == "published" else shop.delivered(duty)
    shop.world.connected = False
    shop.run_until_quiet(hours=72)
    shop.platform.remove("r1")
    shop.world.connected = True
    shop.run_until_quiet(hours=72)
    assert (shop.reply(reply).state, shop.duty(duty).state) == ("unclear", "open")


def test_an_unclear_reply_without_a_connection_is_a_persons_after_a_day(shop):
    """For an hour it waits for the connection; after a day somebody is asked."""
    shop.platform.script.append("drop")
    reply = shop.delivered(shop.complaint())
    shop.world.connected = False
    shop.run_until_quiet(hours=1)
    assert not shop.reply(reply).needs_human
    shop.run_until_quiet(hours=30)
    assert (shop.reply(reply).needs_human, shop.reply(reply).trouble) == (True, "cannot_look")


@pytest.mark.parametrize("why", ["by hand", "blind"])
def test_where_nothing_is_ever_read_back_the_looks_end(shop, why):
    """The control: people post there, or the platform never shows what it took."""
    reply = shop.delivered(shop.complaint())
    shop.world.connected = False
    if why == "by hand":
        shop.world.mode = "manual"
    else:
        shop.platform.capability = Capability.BLIND
    shop.look(reply)
    assert (shop.reply(reply).next_look_at, shop.reply(reply).trouble) == (None, "look_needed")
