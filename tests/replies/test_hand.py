"""Publishing by hand: a person takes the outbox's place, and a second one looks."""

import pytest

from connectors.core.contract import Capability, ReplyMode, Sighting
from replies import hand
from replies.attempts import settle_by_person
from replies.errors import Blocked, NotAllowed, ReplyError, Stale
from replies.lifecycle import Action, ReplyKind
from replies.moves import get_reply
from tests.replies.shop import ANNA, BERND, CLARA, EMIL


@pytest.fixture
def by_hand(shop):
    """A platform without a reply API, and an approved text for it."""
    shop.world.mode, shop.platform.capability = ReplyMode.MANUAL, Capability.BLIND
    shop.approved(shop.complaint())
    return shop


def take(shop, actor=ANNA, reply=1):
    """Copy the text, open the page."""
    with shop.database.transaction() as session:
        return hand.take(session, reply, actor, shop.world, shop.timing, shop.clock(), guards=shop.desk.guards)


def posted(shop, actor=ANNA, link="https://platform.example/1"):
    """It stands there now."""
    return shop.do(lambda session, now: hand.posted(session, 1, actor, link, shop.timing, now))


def seen(shop, actor):
    """Somebody looked at the page."""
    with shop.database.transaction() as session:
        return shop.watch.seen_by_person(session, 1, actor, "gesehen", shop.clock(), four_eyes=shop.four_eyes)


def test_anna_posts_and_bernd_sees_it(by_hand):
    """Taken, posted, seen by a second person: published, and the duty is answered."""
    assert take(by_hand).state == "sending"
    assert posted(by_hand).state == "delivered"
    assert seen(by_hand, BERND).state == "published"
    assert by_hand.duty(1).state == "answered"
    assert (by_hand.sightings()[0].by_user, by_hand.reply(1).permalink) == (BERND.id, "https://platform.example/1")


def test_anna_cannot_see_her_own_posting(by_hand):
    """The look is a second person's."""
    take(by_hand), posted(by_hand)
    with pytest.raises(ReplyError) as refused:
        seen(by_hand, ANNA)
    assert refused.value.code == "four_eyes"
    assert by_hand.sightings() == []


def test_one_person_looks_again_later(by_hand):
    """Four eyes off: the same person, twenty minutes later."""
    by_hand.four_eyes = False
    take(by_hand), posted(by_hand)
    with pytest.raises(ReplyError):
        seen(by_hand, ANNA)
    by_hand.clock.forward(minutes=20)
    assert seen(by_hand, ANNA).state == "published"


def test_a_fetch_that_brings_our_answer_is_the_sighting(by_hand):
    """No second person needed: the platform itself showed it."""
    take(by_hand), posted(by_hand)
    shown = Sighting(ref="c1", text="Das tut uns leid.", public=True)
    by_hand.do(lambda session, now: by_hand.watch.seen_by_fetch(session, get_reply(session, 1), shown, now))
    assert by_hand.reply(1).state == "published"


@pytest.mark.parametrize("step", [take, posted, seen])
def test_clara_publishes_nothing(by_hand, step):
    """An auditor neither takes, nor posts, nor confirms."""
    if step is not take:
        take(by_hand)
    if step is seen:
        posted(by_hand)
    before = by_hand.reply(1).state
    with pytest.raises(NotAllowed):
        step(by_hand, CLARA)
    assert by_hand.reply(1).state == before


def test_the_outbox_leaves_it_to_people(by_hand):
    """Nothing is due for the program, and nothing is claimed."""
    with by_hand.database.reading() as session:
        assert by_hand.outbox.due(session, by_hand.clock()) == []
    assert by_hand.outbox.send(1) is None
    assert by_hand.reply(1).state == "approved"


def test_a_text_is_taken_once(by_hand):
    """Emil opens the page while Anna is at it: he is told so, and cannot say that he posted it."""
    take(by_hand)
    with pytest.raises(NotAllowed):
        take(by_hand, EMIL)
    with pytest.raises(NotAllowed) as refused:
        posted(by_hand, EMIL)
    assert refused.value.code == "taken_by_other"


def test_an_owner_may_finish_what_anna_began(by_hand):
    """Anna went home; Bernd says that it stands there."""
    take(by_hand)
    assert posted(by_hand, BERND).state == "delivered"


@pytest.mark.parametrize("looking", [ANNA, BERND], ids=["who took it", "who said posted"])
def test_neither_of_the_two_is_the_second_pair_of_eyes(by_hand, looking):
    """Anna took it, Bernd says that it stands there: a third person looks."""
    take(by_hand), posted(by_hand, BERND)
    with pytest.raises(ReplyError) as refused:
        seen(by_hand, looking)
    assert refused.value.code == "four_eyes"
    assert seen(by_hand, EMIL).state == "published"


def test_a_hands_lease_does_not_run_out(by_hand):
    """Anna may take her time: nobody else knows what she did."""
    take(by_hand)
    by_hand.clock.forward(hours=3)
    with by_hand.database.transaction() as session:
        assert by_hand.outbox.expire(session, by_hand.clock()) == 0


def test_not_sure_is_unclear_and_an_owner_settles_it(by_hand):
    """The page froze while Anna clicked: unclear, a person is asked, Bernd decides."""
    take(by_hand)
    by_hand.do(lambda session, now: hand.not_sure(session, 1, ANNA, now))
    assert by_hand.look(1) == "unclear"
    assert (by_hand.reply(1).needs_human, by_hand.reply(1).trouble) == (True, "cannot_look")
    with by_hand.database.transaction() as session:
        args = (Action.POSTPONE, "stand nicht da", BERND, by_hand.world, by_hand.timing, by_hand.clock())
        assert settle_by_person(session, 1, *args).state == "approved"


def test_nothing_is_taken_inside_the_undo_window(shop):
    """The owner may still take the approval back."""
    shop.world.mode = ReplyMode.MANUAL
    shop.agree(shop.submitted(shop.complaint()))
    with pytest.raises(Blocked) as refused:
        take(shop)
    assert refused.value.code == "too_soon"


def test_a_platform_with_an_api_is_not_published_by_hand(shop):
    """Two ways for one text would be two texts."""
    shop.approved(shop.complaint())
    with pytest.raises(Blocked) as refused:
        take(shop)
    assert refused.value.code == "not_by_hand"


def test_no_hand_ends_what_the_outbox_began(shop):
    """An owner's "posted" for a text that the program has on the wire is refused."""
    reply = shop.approved(shop.complaint())
    with shop.database.transaction() as session:
        shop.outbox.claim(session, reply, shop.clock())
    with pytest.raises(NotAllowed):
        posted(shop, BERND)
    assert shop.reply(reply).state == "sending"


def test_an_edited_post_is_not_answered_by_hand(by_hand):
    """What was approved was for other words."""
    with by_hand.database.transaction() as session:
        row = by_hand.world.post(session, 1)
        assert row.version == 1
    by_hand.edit_post(1, "Alles gut!")
    with pytest.raises((Stale, NotAllowed)):
        take(by_hand)
    assert by_hand.attempts() == []


def test_a_draft_cannot_be_taken(shop):
    """Only what was approved may be copied out."""
    shop.world.mode = ReplyMode.MANUAL
    shop.draft(shop.complaint(), ReplyKind.QUESTION)
    with pytest.raises(NotAllowed):
        take(shop)


def test_a_link_that_is_none_is_not_kept(by_hand):
    """Only web addresses are stored as the place where the answer stands."""
    take(by_hand)
    assert posted(by_hand, link="javascript:alert(1)").permalink is None


def test_a_final_answer_by_hand_replaces_the_holding_reply(by_hand):
    """One reply per post: once it is seen, the holding row is superseded."""
    by_hand.platform.one_reply = True
    duty = by_hand.complaint(ref="p2")
    holding = by_hand.approved(duty, ReplyKind.HOLDING, "Wir kümmern uns.")
    final = by_hand.approved(duty)
    for reply in (holding, final):
        take(by_hand, reply=reply)
        with by_hand.database.transaction() as session:
            hand.posted(session, reply, ANNA, "", by_hand.timing, by_hand.clock())
            by_hand.watch.seen_by_person(session, reply, BERND, "gesehen", by_hand.clock(), four_eyes=True)
    assert by_hand.reply(holding).successor_id == final
