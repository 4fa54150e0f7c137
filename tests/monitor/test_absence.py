"""Posts that are not found: nothing vanishes because of one look."""

from datetime import timedelta

import pytest

from connectors.core.errors import Gone, LoginExpired, RateLimited, Unavailable
from monitor import jobs
from monitor.tables import PostVersion
from replies.lifecycle import DutyState, Proof, State
from replies.tables import Reply, ReplyKind
from tests.monitor.shop import ANNA, BERND, COMPLAINT, FILES, MONDAY, PRAISE, own, post
from tests.monitor.test_judging import people

OTHER = post("0", PRAISE, author_id="p")


def lose(shop, ref="1"):
    """Somebody deletes a post on the platform."""
    del shop.platform.there[ref]


def look(shop, **later):
    """The daemon's look for absent posts, some time later."""
    return jobs.look_for_absent(shop.house, shop.clock.wait(**later))


@pytest.fixture
def lost(shop):
    """A complaint that is deleted upstream; a full walk has missed it once."""
    shop.round([post("1"), OTHER])
    lose(shop)
    shop.clock.wait(days=7)
    shop.sweep([OTHER])
    return shop


def test_an_empty_round_concludes_nothing(shop):
    """A platform that answers with an empty list has not deleted everything."""
    shop.round([post("1"), OTHER])
    for _ in range(5):
        shop.clock.wait(days=1)
        shop.round([])
        look(shop, days=1)
    assert (shop.row("1").absent_since, shop.row("1").gone_at) == (None, None)
    assert not any(call.startswith("one") for call in shop.platform.calls)


def test_an_empty_full_walk_only_looks_and_finds_the_post_there(shop):
    """The list was empty; asked directly, the post is there."""
    shop.round([post("1"), OTHER])
    shop.clock.wait(days=7)
    shop.sweep()
    assert "one 1" in shop.platform.calls
    assert (shop.row("1").absent_since, shop.row("1").last_seen_at) == (None, shop.clock())


def test_a_walk_that_has_not_seen_everything_looks_at_nothing(shop):
    """Only a complete one may conclude that something is missing."""
    shop.round([post("1"), OTHER])
    lose(shop)
    shop.platform.complete = False
    shop.clock.wait(days=7)
    shop.sweep([OTHER])
    assert shop.row("1").absent_since is None


def test_one_look_is_no_proof(lost):
    """And neither is a second one an hour later."""
    assert lost.row("1").absent_since == lost.clock()
    assert look(lost, hours=1) == 0
    assert (lost.duty("1").state, lost.row("1").gone_at) == (DutyState.OPEN, None)


def test_two_looks_a_day_apart_are_the_proof_and_the_snapshot_stays(lost):
    """DESIGN 5: gone, with what was said."""
    assert look(lost, hours=24) == 1
    duty = lost.duty("1")
    assert (duty.state, duty.proof) == (DutyState.RELEASED, Proof.GONE)
    assert lost.row("1").gone_at == lost.clock()
    assert lost.all(PostVersion)[0].text == COMPLAINT
    assert lost.events("post.") == ["post.gone"]


def test_what_waits_for_a_gone_post_is_withdrawn(lost):
    """Nobody has to remember the draft."""
    with lost.house.transaction() as session:
        people(session)
        lost.house.desk.draft(session, lost.duty("1").id, ReplyKind.HOLDING, "Wir melden uns.", ANNA, lost.clock())
    look(lost, hours=24)
    assert [(row.state, row.trouble) for row in lost.all(Reply)] == [(State.WITHDRAWN, "post_gone")]


def test_found_between_the_looks_the_count_begins_anew(lost):
    """It was a hiccup."""
    lost.round([post("1")])
    assert lost.row("1").absent_since is None
    assert look(lost, days=2) == 0
    assert lost.duty("1").state == DutyState.OPEN


def test_gone_and_back_again_opens_the_duty(lost):
    """With clocks from now."""
    look(lost, hours=24)
    lost.round([post("1")])
    duty = lost.duty("1")
    assert (duty.state, duty.reopened_note, duty.proof) == (DutyState.OPEN, "post_back", None)
    assert duty.due_at > lost.clock()


@pytest.mark.parametrize("error", [Unavailable("503"), LoginExpired("again"), ZeroDivisionError("ours")])
def test_a_platform_that_cannot_be_read_proves_nothing(lost, error):
    """However often it cannot."""
    lost.platform.there["1"] = error
    for _ in range(3):
        assert look(lost, days=2) == 0
    assert (lost.duty("1").state, lost.row("1").gone_at) == (DutyState.OPEN, None)


def test_a_platform_that_says_gone_is_believed_twice_as_well(lost):
    """404 or 410 is an answer."""
    lost.platform.there["1"] = Gone("410")
    assert look(lost, hours=24) == 1


def test_while_a_source_is_in_trouble_nobody_looks(lost):
    """It has asked for patience, or its login is over."""
    lost.round(LoginExpired("again"))
    lost.platform.calls.clear()
    assert look(lost, days=3) == 0
    assert lost.platform.calls == []


def test_a_post_that_is_hidden_is_looked_for_like_one_that_is_missing(shop):
    """Decision 0008: what the public cannot see is not there."""
    shop.round([post("1"), OTHER])
    shop.clock.wait(hours=1)
    shop.round([post("1", visible=False)])
    assert shop.row("1").absent_since == shop.clock()
    assert look(shop, hours=23) == 0
    assert look(shop, hours=2) == 1
    assert shop.duty("1").proof == Proof.GONE


def test_when_the_answer_below_vanishes_the_duty_opens_again(shop):
    """Two looks as well, then the release is void."""
    shop.round([post("1"), own("2", "1"), OTHER])
    assert shop.duty("1").proof == Proof.ANSWERED_ELSEWHERE
    lose(shop, "2")
    shop.clock.wait(days=7)
    shop.sweep([post("1"), OTHER])
    assert shop.duty("1").state == DutyState.RELEASED
    look(shop, hours=24)
    assert (shop.duty("1").state, shop.duty("1").reopened_note) == (DutyState.OPEN, "answer_elsewhere_vanished")


def test_a_source_that_shows_no_deletions_loses_no_post(tmp_path):
    """A file that somebody imported says nothing about what is not in it."""
    from tests.monitor.shop import open_shop

    with open_shop(tmp_path, FILES) as shop:
        shop.house.ingest.take_items("files", [post("1")], MONDAY)
        with shop.house.reading() as session:
            source = session.get(type(shop.source("files")), 1)
        assert shop.house.ingest.absence.after_sweep(source.id, MONDAY + timedelta(days=9), shop.clock()) == 0
        assert shop.row("1").absent_since is None


def test_a_look_for_a_missing_post_that_meets_a_429_holds_the_account(lost):
    """RELIABILITY G11: neither the next post nor the next tick asks again before the time that was named."""
    until = lost.clock.wait(days=2) + timedelta(hours=1)
    lost.platform.there["1"] = RateLimited("slow down", until=until)
    lost.platform.calls.clear()
    for _tick in range(3):
        look(lost, minutes=1)
    assert lost.platform.calls == ["one 1"]
    assert lost.source().waits_until == until
    look(lost, hours=1)
    assert lost.platform.calls == ["one 1", "one 1"]


@pytest.fixture
def refused(shop):
    """A publication found the complaint missing; an hour later it stands there again."""
    shop.round([post("1"), OTHER])
    with shop.house.transaction() as session:
        people(session)
        desk, now = shop.house.desk, shop.clock()
        reply = desk.draft(session, shop.duty("1").id, ReplyKind.HOLDING, "Wir melden uns.", ANNA, now)
        desk.submit(session, reply.id, ANNA, now, seen_version=reply.version)
        desk.approve(session, reply.id, desk.to_agree(session, reply), BERND, now)
        reply.trouble = "target_missing"
        session.add(reply)
    shop.clock.wait(hours=1)
    shop.platform.calls.clear()
    return shop


def test_a_post_that_a_publication_missed_is_looked_for_with_waits_between(refused):
    """It stands there: 2880 questions a day had told nothing more."""
    for _tick in range(9):
        look(refused, seconds=30)
    assert refused.platform.calls == ["one 1"]
    look(refused, minutes=5)
    assert refused.platform.calls == ["one 1", "one 1"]


def test_no_post_is_looked_for_because_of_an_answer_that_was_given_up(refused):
    """What it once met is its history."""
    with refused.house.transaction() as session:
        refused.house.desk.withdraw(session, 1, "wir schreiben neu", ANNA, refused.clock())
        session.get(Reply, 1).trouble = "target_missing"  # as it was left by an earlier release
    look(refused, hours=1)
    assert refused.platform.calls == []


@pytest.mark.parametrize("error", [Unavailable("HTTP 500"), ZeroDivisionError("ours")])
def test_one_post_that_cannot_be_looked_for_does_not_stand_before_the_others(shop, error):
    """The first of two breaks the platform each time: the second is found to be gone all the same."""
    shop.round([post("1"), post("2"), OTHER])
    lose(shop, "1")
    lose(shop, "2")
    shop.clock.wait(days=7)
    shop.sweep([OTHER])
    shop.platform.there["1"] = error
    look(shop, days=2)
    assert (shop.row("1").gone_at, shop.row("2").gone_at) == (None, shop.clock())
