"""Looking: only a public sighting of our own text publishes, and only absence seen twice counts."""

import pytest

from connectors.core.contract import Capability, Sighting
from connectors.core.errors import Unavailable
from replies.attempts import settle_by_person
from replies.lifecycle import Action, ReplyKind
from tests.replies.shop import BERND


def test_a_lie_of_the_platform_is_noticed(shop):
    """It answers 200 and stores nothing: after a day a person looks, the duty stays open."""
    shop.platform.script.append("swallow")
    duty = shop.complaint()
    reply = shop.delivered(duty)
    shop.run_until_quiet(hours=60)
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("unclear", "not_seen")
    assert shop.reply(reply).needs_human
    assert shop.duty(duty).state == "open"


def test_a_text_in_moderation_is_waited_for(shop):
    """Pending for days is not unclear; once it is public it is published."""
    shop.platform.script.append("pending")
    reply = shop.delivered(shop.complaint())
    shop.run_until_quiet(hours=60)
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("delivered", "pending")
    shop.platform.copies[0].public = True
    shop.run_until_quiet(hours=30)
    assert shop.reply(reply).state == "published"


def test_a_text_that_the_platform_changed_goes_to_a_person(shop):
    """Another wording under our name is not our approved text."""
    reply = shop.delivered(shop.complaint())
    shop.platform.copies[0].text = "Das tut uns leid. [gekürzt]"
    shop.look(reply)
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("unclear", "diverged")


def test_typography_is_not_a_difference(shop):
    """Quotes, dashes and line breaks that a platform alters still make the same text."""
    reply = shop.delivered(shop.complaint(), text='Das "Brot" - schade...')
    shop.platform.copies[0].text = "Das „Brot“ – \nschade…"
    assert shop.look(reply) == "published"


def test_another_id_is_not_our_text(shop):
    """Equal means the same external id and the same text."""
    reply = shop.delivered(shop.complaint())
    shop.do(lambda session, now: shop.watch.seen_by_fetch(session, shop_reply(session, reply), other_copy(), now))
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("unclear", "several_found")


def shop_reply(session, reply_id):
    """The row in this session."""
    from replies.moves import get_reply

    return get_reply(session, reply_id)


def other_copy():
    """The same words under an id that is not ours."""
    return Sighting(ref="r99", text="Das tut uns leid.", public=True)


def test_two_copies_go_to_a_person(shop):
    """Two texts of ours fit: nobody decides by program which one stays."""
    reply = shop.delivered(shop.complaint())
    post = shop.platform.copies[0]
    shop.platform._store(post.post, post.text, "other key", shop.clock(), public=True)
    shop.look(reply)
    assert shop.reply(reply).trouble == "several_found"
    assert shop.sightings()[-1].note == "matches=2"


def test_one_empty_read_proves_nothing(shop):
    """A published answer that is missing once is still published; the second read counts."""
    duty = shop.complaint()
    reply = shop.published(duty)
    shop.platform.remove("r1")
    shop.look(reply)
    assert (shop.reply(reply).state, shop.reply(reply).absent_reads) == ("published", 1)
    shop.look(reply)
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("unclear", "vanished")
    assert (shop.duty(duty).state, shop.duty(duty).reopened_note) == ("open", "answer_vanished")


def test_a_hiccup_between_two_reads_does_not_count(shop):
    """Missing, there again, missing: never twice in a row, so it stays published."""
    reply = shop.published(shop.complaint())
    for gone in (True, False, True):
        shop.platform.removed = {"r1"} if gone else set()
        shop.look(reply)
    assert shop.reply(reply).state == "published"


def test_what_was_once_out_is_never_sent_again_by_the_program(shop):
    """It vanished; two days later there is still one call to the platform."""
    reply = shop.published(shop.complaint())
    shop.platform.remove("r1")
    shop.run_until_quiet(hours=48)
    assert shop.reply(reply).needs_human
    assert shop.platform.calls == 1


def test_a_person_may_have_it_sent_again(shop):
    """Bernd looked and wants it out again: it is sent once more, and its sighting answers the duty."""
    duty = shop.complaint()
    reply = shop.published(duty)
    shop.platform.remove("r1")
    shop.look(reply), shop.look(reply)
    with shop.database.transaction() as session:
        settle_by_person(session, reply, Action.POSTPONE, "weg", BERND, shop.world, shop.timing, shop.clock())
    shop.run_until_quiet(hours=2)
    assert shop.reply(reply).state == "published"
    assert (shop.platform.calls, shop.duty(duty).state) == (2, "answered")


def test_absence_counts_only_after_the_settle_window(shop):
    """Nothing arrived: the look at once and the look after ten minutes prove nothing."""
    shop.platform.script.append("nothing")
    reply = shop.delivered(shop.complaint())
    reads = []
    while shop.reply(reply).state == "unclear":
        shop.look(reply)
        reads.append((shop.clock() - shop.attempts()[0].ended_at).total_seconds() / 60)
    assert reads == [0, 5, 10, 15, 20]
    assert shop.reply(reply).state == "approved"


def test_a_platform_that_cannot_be_read_proves_nothing(shop):
    """Reads fail for hours: the reply stays unclear and no look is counted."""
    shop.platform.script.append("nothing")
    reply = shop.delivered(shop.complaint())
    shop.platform.reads_fail = Unavailable("502")
    shop.run_until_quiet(hours=5)
    assert (shop.reply(reply).state, shop.reply(reply).absent_reads) == ("unclear", 0)
    assert shop.sightings() == []


def test_a_defect_of_a_connector_is_a_failed_read(shop):
    """A broken parser neither stops the watch nor counts as absence."""
    reply = shop.delivered(shop.complaint())
    shop.platform.reads_fail = ZeroDivisionError("a defect")
    assert shop.look(reply) == "delivered"
    assert shop.reply(reply).next_look_at > shop.clock()


def test_a_rejection_is_the_platforms_word(shop):
    """It says that it took the answer down: refused, and the duty is open again at once."""
    duty = shop.complaint()
    reply = shop.published(duty)
    found = Sighting(ref="r1", text="Das tut uns leid.", public=False, rejected=True)
    shop.do(lambda session, now: shop.watch.seen_by_fetch(session, shop_reply(session, reply), found, now))
    assert (shop.reply(reply).state, shop.duty(duty).state) == ("refused", "open")


def test_the_looks_grow_rarer_and_end(shop):
    """Two minutes, ten, an hour, then daily for thirty days; after that nobody looks any more."""
    reply, waits = shop.published(shop.complaint()), []
    while shop.reply(reply).next_look_at:
        waits.append((shop.reply(reply).next_look_at - shop.clock()).total_seconds() / 60)
        shop.look(reply)
    assert waits[:4] == [10, 60, 1440, 1440]
    assert 30 <= len(waits) <= 34


def test_every_look_leaves_a_row(shop):
    """Also the one that found nothing."""
    reply = shop.published(shop.complaint())
    shop.platform.remove("r1")
    shop.look(reply)
    assert [(row.seen, row.public, row.equal) for row in shop.sightings()] == [
        (True, True, True),
        (False, False, False),
    ]


def test_an_answer_to_older_words_does_not_close_the_duty(shop):
    """The author edits while our answer is on its way: it is published, and the duty opens again."""
    duty = shop.complaint()
    reply = shop.delivered(duty)
    shop.edit_post(shop.duty(duty).post_id, "Und jetzt war auch der Kuchen hart.")
    shop.look(reply)
    assert shop.reply(reply).state == "published"
    assert (shop.duty(duty).state, shop.duty(duty).reopened_note) == ("open", "post_changed")


def test_a_holding_reply_that_vanishes_opens_the_duty(shop):
    """Held falls back to open; the promise to answer stays."""
    duty = shop.complaint()
    reply = shop.published(duty, ReplyKind.HOLDING, "Wir kümmern uns.")
    assert shop.duty(duty).state == "held"
    shop.platform.remove("r1")
    shop.look(reply), shop.look(reply)
    assert (shop.duty(duty).state, shop.duty(duty).contact_at) == ("open", None)


def test_without_an_api_nobody_counts_absence(shop):
    """The account lost its publisher while a reply was unclear: a person is asked, nothing is sent again."""
    shop.platform.script.append("nothing")
    reply = shop.delivered(shop.complaint())
    shop.world.mode = "manual"
    for _ in range(2):
        shop.clock.forward(hours=1)
        shop.watch.look(reply)
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("unclear", "cannot_look")


@pytest.mark.parametrize("lag", [0, 60, 400])
def test_a_platform_that_reads_late_still_gets_one_text(shop, lag):
    """Read lag below the settle window: dropped answers are found, not doubled."""
    from datetime import timedelta

    shop.platform.capability, shop.platform.read_lag = Capability.LIST, timedelta(seconds=lag)
    shop.platform.script.append("drop")
    shop.delivered(shop.complaint())
    shop.run_until_quiet(hours=3)
    assert len(shop.platform.texts()) == 1


def test_a_platform_that_cannot_be_read_for_a_day_is_told_to_a_person(shop):
    """Nothing is proven, yet nobody may wait for ever: an unclear reply needs eyes."""
    shop.platform.script.append("drop")
    reply = shop.delivered(shop.complaint())
    shop.platform.reads_fail = Unavailable("502")
    shop.run_until_quiet(hours=30)
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("unclear", "cannot_look")
    assert shop.reply(reply).needs_human


def test_a_look_that_comes_back_late_is_not_heard(shop):
    """Its worker was stopped for longer than the settle window, and somebody else has looked meanwhile."""
    shop.platform.script.append("swallow")
    reply = shop.delivered(shop.complaint())
    before, find = shop.sightings(), shop.platform.find

    def slow(post, receipt):
        found = find(post, receipt)
        shop.platform.find = find
        shop.clock.wait(hours=30)
        assert shop.do(lambda session, now: shop.watch.take(session, reply, now))
        return found

    shop.platform.find = slow
    assert shop.look(reply) == "delivered"
    assert shop.sightings() == before


def test_evidence_is_as_old_as_the_question(shop):
    """Nobody else looked, and yet a read from before the settle window proves no absence after it."""
    shop.platform.script.append("nothing")
    reply = shop.delivered(shop.complaint())
    find = shop.platform.find

    def slow(post, receipt):
        found = find(post, receipt)
        shop.clock.wait(hours=30)
        return found

    shop.platform.find = slow
    shop.look(reply)
    assert (shop.reply(reply).state, shop.reply(reply).absent_reads) == ("unclear", 0)
