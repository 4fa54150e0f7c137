"""The outbox: at most once until proven absent; nothing is ever retried blindly."""

from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from connectors.core.contract import Capability, Receipt
from replies.attempts import settle_by_person
from replies.errors import NotAllowed, ReplyError
from replies.lifecycle import Action, ReplyKind
from tests.replies.shop import ANNA, BERND

TEXT = "Das tut uns leid."


def settle(shop, reply, outcome, note="nachgesehen", actor=BERND):
    """A person decides what became of an unclear reply."""
    with shop.database.transaction() as session:
        settle_by_person(session, reply, outcome, note, actor, shop.world, shop.timing, shop.clock())


def test_an_approved_text_is_sent_once_and_seen(shop):
    """Approve, send, see: published, and the duty is answered by it."""
    duty = shop.complaint()
    reply = shop.published(duty)
    assert shop.platform.texts() == [TEXT]
    assert shop.reply(reply).state == "published"
    assert (shop.duty(duty).state, shop.duty(duty).answered_by) == ("answered", reply)


def test_nothing_is_sent_inside_the_undo_window(shop):
    """One second before its end nothing is due, and nothing can be claimed."""
    reply = shop.submitted(shop.complaint())
    shop.agree(reply)
    shop.clock.forward(seconds=119)
    with shop.database.reading() as session:
        assert shop.outbox.due(session, shop.clock()) == []
    assert shop.outbox.send(reply) is None
    assert shop.platform.calls == 0


def test_the_attempt_is_written_before_the_first_byte(shop):
    """While the platform is called, the row says so to everybody."""
    reply, seen = shop.approved(shop.complaint()), []
    publish = shop.platform.publish
    shop.platform.publish = lambda *args: seen.append([a.outcome for a in shop.attempts()]) or publish(*args)
    shop.outbox.send(reply)
    assert seen == [["started"]]
    assert [attempt.outcome for attempt in shop.attempts()] == ["delivered"]


@pytest.mark.parametrize("word", ["drop", "late", "nothing", "crash"])
def test_what_may_have_arrived_is_unclear(shop, word):
    """A reset, a time-out, a defect of ours: nobody knows, and nothing is sent again at once."""
    shop.platform.script.append(word)
    reply = shop.delivered(shop.complaint())
    assert shop.reply(reply).state == "unclear"
    assert shop.attempts()[0].outcome == "unclear"
    assert shop.outbox.send(reply) is None


@pytest.mark.parametrize("word", ["drop", "late", "nothing", "crash"])
@pytest.mark.parametrize("capability", [Capability.LIST, Capability.KEY, Capability.PUT, Capability.RKEY])
def test_an_unclear_attempt_ends_with_one_public_text(shop, word, capability):
    """Whatever happened to the request: in the end the text stands there once."""
    shop.platform.capability = capability
    shop.platform.script.append(word)
    reply = shop.delivered(shop.complaint())
    shop.run_until_quiet(hours=3)
    assert shop.platform.texts() == [TEXT]
    assert shop.reply(reply).state == "published"


def test_the_control_a_blind_retry_doubles_the_text(shop):
    """The same platform, the wrong strategy: retry on time-out. It must show, or the test above tests nothing."""
    shop.platform.script.append("drop")
    post_id = shop.post()
    view = shop.do(lambda session, _now: shop.world.post(session, post_id))
    for _ in range(2):
        try:
            shop.platform.publish(view.post, TEXT, "key")
            break
        except Exception:  # noqa: BLE001, S112 - this is the mistake
            continue
    assert shop.platform.texts() == [TEXT, TEXT]


def test_a_blind_platform_asks_a_person(shop):
    """Nothing can be read back: Bernd looks, and what he says counts."""
    shop.platform.capability = Capability.BLIND
    shop.platform.script.append("drop")
    reply = shop.delivered(shop.complaint())
    shop.run_until_quiet(hours=3)
    assert (shop.reply(reply).state, shop.reply(reply).needs_human) == ("unclear", True)
    assert shop.platform.calls == 1
    settle(shop, reply, Action.DELIVER)
    assert shop.reply(reply).state == "delivered"


@pytest.mark.parametrize(
    ("word", "trouble"),
    [
        ("429", "waiting_for_platform"),
        ("503", "waiting_for_platform"),
        ("missing", "target_missing"),
        ("login", "account_stopped"),
    ],
)
def test_what_provably_did_not_leave_goes_back_to_the_queue(shop, word, trouble):
    """The approval stands, the reply waits, and the page can say why."""
    shop.platform.script.append(word)
    reply = shop.reply(shop.delivered(shop.complaint()))
    assert (reply.state, reply.trouble, reply.worker, reply.lease_until) == ("approved", trouble, None, None)
    assert reply.not_before > shop.clock()
    assert shop.attempts()[0].outcome == "not_sent"


def test_what_is_withdrawn_waits_for_nothing_any_more(shop):
    """Its page had gone on saying that Widerhall tries again, and its post was looked for without end."""
    shop.platform.script.append("missing")
    reply = shop.delivered(shop.complaint())
    assert shop.reply(reply).trouble == "target_missing"
    shop.do(shop.desk.withdraw, reply, "wir schreiben neu", ANNA)
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("withdrawn", "")


def test_the_platforms_wish_to_wait_is_kept(shop):
    """Retry-After half an hour: not a second earlier."""
    shop.platform.script.append("429")
    reply = shop.reply(shop.delivered(shop.complaint()))
    assert reply.not_before == shop.clock() + timedelta(minutes=30)


def test_every_failure_waits_longer(shop):
    """One minute, two, four: the wait doubles."""
    shop.platform.script.extend(["503"] * 3)
    reply, waits = shop.approved(shop.complaint()), []
    for _ in range(3):
        shop.outbox.send(reply)
        waits.append((shop.reply(reply).not_before - shop.clock()).total_seconds())
        shop.clock.now = shop.reply(reply).not_before
    assert waits == [60, 120, 240]


def test_an_expired_login_stops_the_account(shop):
    """No second answer is tried with a login that does not work."""
    first, second = (shop.approved(shop.complaint(ref=f"p{n}")) for n in range(2))
    shop.platform.script.append("login")
    shop.outbox.send(first)
    assert shop.outbox.send(second) is None
    assert shop.platform.calls == 1


def test_accounts_that_may_not_send_do_not_hold_up_the_others(shop):
    """Twenty answers wait for a stopped account: what is due elsewhere is still found."""
    for number in range(3):
        shop.approved(shop.complaint(ref=f"p{number}"))
    with shop.database.transaction() as session:
        session.execute(sql("UPDATE reply SET account = 'anderswo' WHERE id < 3"))
        shop.world.stopped.append("anderswo")
        assert shop.outbox.due(session, shop.clock(), limit=2) == [3]


def test_a_refusal_keeps_the_platforms_words(shop):
    """Staff read why, and rework it; a reworked text needs a new approval and a new key."""
    shop.platform.script.append("refuse")
    reply = shop.delivered(shop.complaint())
    assert (shop.reply(reply).state, shop.reply(reply).platform_said) == ("refused", "too long")
    reworked = shop.do(shop.desk.rework, reply, ANNA)
    assert (reworked.state, reworked.approver_id, reworked.key) == ("draft", None, None)


def test_a_word_changed_behind_the_desk_is_not_sent(shop):
    """Somebody edits the row by SQL after the approval: the sender compares, refuses and revokes."""
    reply = shop.approved(shop.complaint())
    with shop.database.transaction() as session:
        session.execute(sql("UPDATE reply SET text = 'Selber schuld.'"))
    assert shop.outbox.send(reply) is None
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("draft", "text_changed")
    assert shop.platform.calls == 0


def test_a_post_edited_after_the_approval_stops_the_send(shop):
    """Even if nobody has revoked it yet, the claim looks at the post once more."""
    reply = shop.approved(shop.complaint())
    with shop.database.transaction() as session:
        session.execute(sql("UPDATE post SET version = 2, text = 'Alles gut!'"))
    assert shop.outbox.send(reply) is None
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("draft", "post_changed")


def test_a_post_that_is_gone_stops_the_send(shop):
    """There is nothing to answer any more."""
    reply = shop.approved(shop.complaint())
    with shop.database.transaction() as session:
        session.execute(sql("UPDATE post SET gone_at = '2026-03-02 09:00:00.000000'"))
    assert shop.outbox.send(reply) is None
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("withdrawn", "post_gone")


def test_a_paused_outbox_claims_nothing(shop):
    """After a restore the owner looks first."""
    reply = shop.approved(shop.complaint())
    shop.world.running = False
    assert shop.outbox.send(reply) is None
    assert shop.reply(reply).state == "approved"


def test_two_workers_send_one_text(shop):
    """Both find it due, one gets the claim."""
    reply = shop.approved(shop.complaint())
    with shop.database.transaction() as session:
        first = shop.outbox.claim(session, reply, shop.clock())
    with shop.database.transaction() as session:
        assert shop.outbox.claim(session, reply, shop.clock()) is None
    assert first.fencing == 1


def test_one_account_publishes_one_text_at_a_time(shop):
    """While one answer is on the wire, the next of this account waits."""
    first, second = (shop.approved(shop.complaint(ref=f"p{n}")) for n in range(2))
    with shop.database.transaction() as session:
        assert shop.outbox.claim(session, first, shop.clock())
    assert shop.outbox.send(second) is None
    shop.clock.forward(minutes=3)
    assert shop.outbox.send(second) == "delivered"


def test_a_flood_of_approvals_leaves_in_portions(shop):
    """Two in an hour: the third waits until the first is an hour old, and says so."""
    shop.timing = shop.timing.model_copy(update={"per_hour": 2})
    replies = [shop.approved(shop.complaint(ref=f"p{n}")) for n in range(3)]
    assert [shop.outbox.send(reply) for reply in replies] == ["delivered", "delivered", None]
    assert shop.reply(replies[2]).trouble == "enough_for_now"
    shop.clock.forward(minutes=59)
    assert shop.outbox.send(replies[2]) is None
    shop.clock.forward(minutes=1)
    assert shop.outbox.send(replies[2]) == "delivered"
    assert shop.platform.calls == 3


def test_what_people_post_by_hand_does_not_use_up_the_hour(shop):
    """The limit is of one account's own publications."""
    shop.timing = shop.timing.model_copy(update={"per_hour": 1})
    shop.delivered(shop.complaint())
    with shop.database.transaction() as session:
        session.execute(sql("UPDATE attempt SET by_hand = true"))
    assert shop.outbox.send(shop.approved(shop.complaint(ref="p2"))) == "delivered"


def claimed(shop):
    """A worker has claimed and then sleeps past its lease; somebody else cleans up."""
    reply = shop.approved(shop.complaint())
    with shop.database.transaction() as session:
        claim = shop.outbox.claim(session, reply, shop.clock())
    shop.clock.forward(seconds=shop.timing.send_lease + 1)
    with shop.database.transaction() as session:
        assert shop.outbox.expire(session, shop.clock()) == 1
    return reply, claim


def test_an_expired_lease_is_unclear_never_approved(shop):
    """Nobody knows whether it left: it is looked for, not sent."""
    reply, _ = claimed(shop)
    assert shop.reply(reply).state == "unclear"
    assert shop.attempts()[0].outcome == "unclear"


def test_a_late_worker_changes_only_its_attempt(shop):
    """Its result is kept as evidence; the reply's state belongs to somebody else now."""
    reply, claim = claimed(shop)
    with shop.database.transaction() as session:
        shop.outbox.settle(session, claim, Receipt(ref="r1"), shop.clock())
    assert shop.reply(reply).state == "unclear"
    assert (shop.attempts()[0].outcome, shop.attempts()[0].external_ref) == ("late", "r1")


def test_a_worker_that_slept_past_its_lease_does_not_send(shop):
    """SIGSTOP between claim and request: when it wakes up, nothing leaves any more."""
    _, claim = claimed(shop)
    error = shop.outbox._publish(claim)
    assert "lease ran out" in str(error)
    assert shop.platform.calls == 0


def test_shutdown_leaves_nothing_sending(shop):
    """What is on the wire at SIGTERM is recorded as unclear, its attempt too."""
    reply = shop.approved(shop.complaint())
    with shop.database.transaction() as session:
        shop.outbox.claim(session, reply, shop.clock())
    assert shop.outbox.surrender(shop.clock()) == 1
    assert shop.reply(reply).state == "unclear"
    assert shop.attempts()[0].outcome == "unclear"


def test_a_superseded_text_is_never_sent(shop):
    """One reply per post: the final answer is out, the approved holding reply would overwrite it."""
    shop.platform.one_reply, shop.platform.capability = True, Capability.PUT
    duty = shop.complaint()
    holding = shop.submitted(duty, ReplyKind.HOLDING, "Wir kümmern uns.")
    shop.agree(holding)
    shop.delivered(duty)
    assert shop.outbox.send(holding) is None
    assert (shop.reply(holding).state, shop.reply(holding).trouble) == ("withdrawn", "superseded")
    assert shop.platform.texts() == [TEXT]


def test_a_final_answer_waits_for_an_unclear_holding_reply(shop):
    """One reply per post: a holding reply that may still arrive would overwrite the final one."""
    shop.platform.one_reply, shop.platform.capability = True, Capability.PUT
    duty = shop.complaint()
    shop.platform.script.append("late")
    shop.delivered(duty, ReplyKind.HOLDING, "Wir kümmern uns.")
    final = shop.approved(duty)
    assert shop.outbox.send(final) is None
    shop.run_until_quiet(hours=3)
    assert shop.reply(final).state == "published"
    assert shop.platform.texts() == [TEXT]


def test_the_final_answer_supersedes_the_holding_reply(shop):
    """One reply per post: the holding row is not watched for vanishing any more."""
    shop.platform.one_reply, shop.platform.capability = True, Capability.PUT
    duty = shop.complaint()
    holding = shop.published(duty, ReplyKind.HOLDING, "Wir kümmern uns.")
    final = shop.published(duty)
    shop.run_until_quiet(hours=72)
    assert shop.reply(holding).successor_id == final
    assert (shop.reply(holding).needs_human, shop.duty(duty).state) == (False, "answered")


def unclear(shop):
    """An unclear reply on a platform that cannot be read."""
    shop.platform.capability = Capability.BLIND
    shop.platform.script.append("nothing")
    reply = shop.delivered(shop.complaint())
    shop.look(reply)
    return reply


@pytest.mark.parametrize(
    ("outcome", "state"), [(Action.DELIVER, "delivered"), (Action.POSTPONE, "approved"), (Action.REFUSE, "refused")]
)
def test_an_owner_settles_what_is_unclear(shop, outcome, state):
    """Posted, not posted, not to be posted: each with a note in the journal."""
    reply = unclear(shop)
    settle(shop, reply, outcome)
    assert (shop.reply(reply).state, shop.reply(reply).needs_human) == (state, False)
    assert shop.events(f"reply:{reply}")[-1] == f"reply.{outcome}"


def test_staff_do_not_settle_what_is_unclear(shop):
    """Anna looks and tells Bernd; the word is his."""
    with pytest.raises(NotAllowed):
        settle(shop, unclear(shop), Action.DELIVER, actor=ANNA)


def test_settling_needs_a_note_and_an_unclear_reply(shop):
    """An empty note, another action, or another state is refused."""
    reply = unclear(shop)
    for outcome, note in ((Action.DELIVER, " "), (Action.WITHDRAW, "weg"), (Action.CONFIRM, "gesehen")):
        with pytest.raises(ReplyError):
            settle(shop, reply, outcome, note)
    settle(shop, reply, Action.REFUSE)
    with pytest.raises(NotAllowed):
        settle(shop, reply, Action.DELIVER)
