"""The desk: who may write, who may agree, and to what exactly."""

import threading

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from replies import duty as duties
from replies.errors import Blocked, NotAllowed, Stale
from replies.lifecycle import FactVerdict, ReplyKind, State
from replies.moves import change_reply, get_reply
from replies.tables import Reply
from tests.replies.shop import ANNA, BERND, CLARA, DORA, EMIL

HOLDING, QUESTION, FINAL = ReplyKind


def test_anna_writes_and_bernd_approves(shop):
    """The usual way: staff writes, an owner agrees, two people and one digest stand in the row."""
    reply = shop.reply(shop.approved(shop.complaint()))
    assert (reply.state, reply.author_id, reply.approver_id) == ("approved", ANNA.id, BERND.id)
    assert reply.approved_digest == shop.shown(reply.id)
    assert reply.key
    assert not reply.alone


def test_nobody_agrees_to_their_own_words(shop):
    """Bernd wrote it, so Bernd cannot approve it."""
    reply = shop.submitted(shop.complaint(), actor=BERND)
    with pytest.raises(NotAllowed) as refused:
        shop.agree(reply, BERND)
    assert refused.value.code == "four_eyes"
    assert shop.reply(reply).state == "submitted"


@pytest.mark.parametrize("second", [ANNA, DORA], ids=lambda person: person.name)
def test_an_owners_words_are_countersigned(shop, second):
    """What Bernd wrote may go out once Anna or Dora has agreed."""
    reply = shop.submitted(shop.complaint(), actor=BERND)
    assert shop.agree(reply, second).state == "approved"
    assert shop.events(f"reply:{reply}")[-1] == "reply.countersign"


def test_two_colleagues_without_an_owner_are_not_enough(shop):
    """Emil cannot approve what Anna wrote: neither is an owner."""
    reply = shop.submitted(shop.complaint(), actor=ANNA)
    with pytest.raises(NotAllowed):
        shop.agree(reply, EMIL)


@pytest.mark.parametrize("step", ["draft", "edit", "submit", "approve", "undo", "withdraw", "facts", "send_back"])
def test_clara_changes_nothing(shop, step):
    """An auditor reads; each step at the desk refuses her."""
    duty = shop.complaint()
    reply = shop.submitted(duty) if step in ("approve", "send_back") else shop.draft(duty)
    shop.facts(duty)
    desk, steps = shop.desk, {
        "draft": lambda: shop.draft(duty, actor=CLARA),
        "edit": lambda: shop.do(desk.edit, reply, "Anders.", CLARA, seen_version=1),
        "submit": lambda: shop.do(desk.submit, reply, CLARA, seen_version=1),
        "approve": lambda: shop.agree(reply, CLARA),
        "undo": lambda: shop.do(desk.undo, reply, CLARA),
        "withdraw": lambda: shop.do(desk.withdraw, reply, "weil", CLARA),
        "facts": lambda: shop.facts(duty, actor=CLARA),
        "send_back": lambda: shop.do(desk.send_back, reply, "weil", CLARA),
    }  # fmt: skip
    before = shop.reply(reply).model_dump()
    with pytest.raises(NotAllowed):
        steps[step]()
    assert shop.reply(reply).model_dump() == before


def test_an_owner_who_edits_becomes_the_author(shop):
    """Bernd changes a word of Anna's text: now Anna or Dora has to agree, not Bernd."""
    reply = shop.submitted(shop.complaint())
    edited = shop.do(shop.desk.edit, reply, "Das tut uns sehr leid.", BERND, seen_version=1)
    assert (edited.state, edited.author_id, edited.author_is_owner, edited.version) == ("submitted", 2, True, 2)
    with pytest.raises(NotAllowed):
        shop.agree(reply, BERND)
    assert shop.agree(reply, ANNA).state == "approved"


def test_an_approval_is_for_the_words_that_were_shown(shop):
    """Bernd has the page open while Dora changes a word: his click is for words that are not there any more."""
    reply = shop.submitted(shop.complaint())
    shown = shop.shown(reply)
    shop.do(shop.desk.edit, reply, "Das tut uns gar nicht leid.", DORA, seen_version=1)
    with pytest.raises(Stale) as refused:
        shop.do(shop.desk.approve, reply, shown, BERND)
    assert refused.value.code == "text_changed"


def test_an_approval_is_for_the_post_that_was_shown(shop):
    """The author edits the post: what was submitted for its old version cannot be approved."""
    duty = shop.complaint()
    reply = shop.submitted(duty)
    shown = shop.shown(reply)
    shop.edit_post(shop.duty(duty).post_id, "Das Brot war hart und kalt.")
    with pytest.raises(Stale) as refused:
        shop.do(shop.desk.approve, reply, shown, BERND)
    assert refused.value.code == "post_changed"


def test_whoever_hands_over_old_words_for_an_edited_post_takes_them_as_theirs(shop):
    """Anna wrote for version 1, Bernd submits for version 2: Bernd cannot be the second person as well."""
    duty = shop.complaint()
    reply = shop.draft(duty, QUESTION)
    shop.edit_post(shop.duty(duty).post_id, "Das Brot war hart und kalt.")
    handed = shop.do(shop.desk.submit, reply, BERND, seen_version=1)
    assert (handed.author_id, handed.author_is_owner, handed.post_version) == (BERND.id, True, 2)
    with pytest.raises(NotAllowed):
        shop.agree(reply, BERND)


def test_two_people_editing_at_once_do_not_overwrite_each_other(shop):
    """Anna and Emil opened version 1; Emil saves second and is told to look again."""
    reply = shop.draft(shop.complaint())
    shop.do(shop.desk.edit, reply, "Annas Fassung", ANNA, seen_version=1)
    with pytest.raises(Stale):
        shop.do(shop.desk.edit, reply, "Emils Fassung", EMIL, seen_version=1)
    assert shop.reply(reply).text == "Annas Fassung"


def test_two_owners_clicking_at_once_approve_once(shop):
    """Bernd and Dora click in the same moment: one approval, the other one is told that somebody was faster."""
    reply = shop.submitted(shop.complaint())
    shown, together, results = shop.shown(reply), threading.Barrier(2), {}

    def click(person):
        together.wait()
        try:
            results[person.name] = shop.do(shop.desk.approve, reply, shown, person).approver_id
        except Stale as late:
            results[person.name] = late.code

    clicks = [threading.Thread(target=click, args=(person,)) for person in (BERND, DORA)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert sorted(map(str, results.values())) in (["2", "stale"], ["3", "stale"])
    assert shop.events(f"reply:{reply}").count("reply.approve") == 1


def test_a_row_that_moved_meanwhile_is_not_changed(shop):
    """The guarded update: a session that read the row before the other one's commit changes nothing."""
    reply = shop.submitted(shop.complaint())
    with shop.database.reading() as late:
        seen_before = get_reply(late, reply)
        late.expunge(seen_before)
    shop.agree(reply)
    with pytest.raises(Stale), shop.database.transaction() as session:
        change_reply(session, seen_before, State.SUBMITTED, approver_id=DORA.id)
    assert shop.reply(reply).approver_id == BERND.id


def test_undo_takes_the_approval_back(shop):
    """Inside the window Bernd can take it back; nothing of the approval stays."""
    reply = shop.submitted(shop.complaint())
    shop.agree(reply)
    shop.clock.forward(seconds=119)
    undone = shop.do(shop.desk.undo, reply, BERND)
    assert (undone.state, undone.approver_id, undone.approved_digest, undone.not_before) == (
        "submitted",
        None,
        None,
        None,
    )


def test_undo_ends_with_its_window(shop):
    """After two minutes it is too late."""
    reply = shop.submitted(shop.complaint())
    shop.agree(reply)
    shop.clock.forward(seconds=120)
    with pytest.raises(Blocked) as refused:
        shop.do(shop.desk.undo, reply, BERND)
    assert refused.value.code == "undo_over"


def test_a_backoff_does_not_open_the_undo_window_again(shop):
    """The platform asked us to wait for half an hour; that is not time for an undo."""
    shop.platform.script.append("429")
    reply = shop.delivered(shop.complaint())
    assert shop.reply(reply).state == "approved"
    with pytest.raises(Blocked):
        shop.do(shop.desk.undo, reply, BERND)


def test_undo_of_an_update_leaves_the_older_answer_standing(shop):
    """The update was to replace a published answer; undone, the older one is the live one again."""
    duty = shop.complaint()
    first = shop.published(duty)
    update = shop.submitted(duty, text="Das tut uns sehr leid.")
    shop.agree(update)
    assert shop.reply(first).successor_id == update
    shop.do(shop.desk.undo, update, BERND)
    assert shop.reply(first).successor_id is None


@pytest.mark.parametrize("way", ["withdraw", "post_gone", "refuse", "post_edited"])
def test_whatever_stops_an_update_frees_the_older_answer(shop, way):
    """Withdrawn, refused, the post gone or edited: the published answer is watched again."""
    duty = shop.complaint()
    first = shop.published(duty)
    update = shop.approved(duty, text="Das tut uns sehr leid.")
    if way == "withdraw":
        shop.do(shop.desk.withdraw, update, "doch nicht", ANNA)
    elif way == "post_gone":
        shop.on(duty, duties.post_gone)
    elif way == "refuse":
        shop.platform.script.append("refuse")
        shop.outbox.send(update)
    else:
        shop.edit_post(shop.duty(duty).post_id, "Das Brot war doch gut.")
    assert shop.reply(update).state in ("withdrawn", "refused", "draft")
    assert shop.reply(first).successor_id is None


def test_a_second_text_waits_until_the_first_is_seen(shop):
    """One answer is on its way; another of its kind cannot be approved beside it."""
    duty = shop.complaint()
    shop.delivered(duty)
    other = shop.submitted(duty, text="Noch eine Antwort.")
    with pytest.raises(Blocked) as refused:
        shop.agree(other)
    assert refused.value.code == "another_on_its_way"


def test_there_is_one_holding_reply(shop):
    """A post that was told to wait is not told so twice."""
    duty = shop.complaint()
    shop.published(duty, HOLDING)
    with pytest.raises(Blocked) as refused:
        shop.draft(duty, HOLDING, "Bitte noch etwas Geduld.")
    assert refused.value.code == "second_holding"


def test_a_question_never_replaces_the_answer(shop):
    """Where the platform holds one reply, a question after the final answer would overwrite it."""
    shop.platform.one_reply = True
    duty = shop.complaint()
    question = shop.submitted(duty, QUESTION, "Wann waren Sie da?")
    shop.published(duty)
    with pytest.raises(Blocked) as refused:
        shop.agree(question)
    assert refused.value.code == "final_is_out"


def test_a_final_answer_needs_facts(shop):
    """Without a fact check nothing final is handed over; a holding reply is."""
    duty = shop.complaint()
    with pytest.raises(Blocked) as refused:
        shop.do(shop.desk.submit, shop.draft(duty), ANNA, seen_version=1)
    assert refused.value.code == "facts_missing"
    assert shop.do(shop.desk.submit, shop.draft(duty, HOLDING), ANNA, seen_version=1).state == "submitted"


def test_unclear_facts_allow_no_final_answer(shop):
    """As long as nobody knows, only a holding reply or a question goes out."""
    duty = shop.complaint()
    shop.facts(duty, FactVerdict.UNCLEAR)
    with pytest.raises(Blocked) as refused:
        shop.do(shop.desk.submit, shop.draft(duty), ANNA, seen_version=1)
    assert refused.value.code == "facts_unclear"


@pytest.mark.parametrize(
    ("source", "share", "code"), [(" ", "keiner, weil", "source_missing"), ("Beleg", "", "share_missing")]
)
def test_a_fact_check_names_source_and_share(shop, source, share, code):
    """Neither may be empty."""
    duty = shop.complaint()
    with pytest.raises(Blocked) as refused:
        shop.do(shop.desk.check_facts, duty, FactVerdict.PARTLY, source, share, ANNA)
    assert refused.value.code == code


def test_a_text_that_is_too_long_is_refused_and_kept(shop):
    """It is never cut: Anna keeps every word and is told."""
    duty, words = shop.complaint(), "lang " * 200
    reply = shop.draft(duty, QUESTION, words)
    with pytest.raises(Blocked) as refused:
        shop.do(shop.desk.submit, reply, ANNA, seen_version=1)
    assert refused.value.code == "not_sendable"
    assert shop.reply(reply).text == words


def test_only_holding_replies_are_approved_together(shop):
    """A list may be approved at once only if it holds holding replies alone."""
    one = shop.submitted(shop.complaint(), HOLDING)
    two = shop.submitted(shop.complaint(ref="p2"))
    with pytest.raises(Blocked):
        shop.do(shop.desk.approve_all, {one: shop.shown(one), two: shop.shown(two)}, BERND)
    assert shop.reply(one).state == "submitted"


def test_four_holding_replies_are_approved_from_one_screen(shop):
    """Each with the digest under which it was shown."""
    replies = [shop.submitted(shop.complaint(ref=f"p{n}"), HOLDING) for n in range(4)]
    done = shop.do(shop.desk.approve_all, {reply: shop.shown(reply) for reply in replies}, BERND)
    assert [reply.state for reply in done] == ["approved"] * 4


def test_nothing_is_approved_for_a_released_duty(shop):
    """Bernd reported extortion: what Anna had submitted does not go out any more."""
    duty = shop.complaint()
    reply = shop.submitted(duty)
    shop.on(duty, duties.report_extortion, BERND, file_number="ST/7")
    with pytest.raises(Blocked) as refused:
        shop.agree(reply)
    assert refused.value.code == "already_closed"


def test_send_back_needs_a_reason(shop):
    """Anna learns why; an empty reason is refused."""
    reply = shop.submitted(shop.complaint())
    with pytest.raises(Blocked):
        shop.do(shop.desk.send_back, reply, "  ", BERND)
    back = shop.do(shop.desk.send_back, reply, "zu knapp", BERND)
    assert (back.state, back.returned_note) == ("draft", "zu knapp")


def alone(shop):
    """Bernd alone: his own words, submitted, four eyes off."""
    shop.four_eyes = False
    return shop.submitted(shop.complaint(), actor=BERND)


def test_one_person_looks_twice(shop):
    """Four eyes off: the first click is a look, the second one 20 minutes later approves."""
    reply = alone(shop)
    assert shop.agree(reply, BERND).state == "submitted"
    shop.clock.forward(minutes=20)
    approved = shop.agree(reply, BERND)
    assert (approved.state, approved.alone) == ("approved", True)
    assert "reply.first_look" in shop.events(f"reply:{reply}")


def test_the_second_look_can_come_too_soon(shop):
    """After 19 minutes it is still the same thought."""
    reply = alone(shop)
    shop.agree(reply, BERND)
    shop.clock.forward(minutes=19, seconds=59)
    with pytest.raises(Blocked) as refused:
        shop.agree(reply, BERND)
    assert refused.value.code == "too_soon"


def test_a_changed_word_voids_the_first_look(shop):
    """The look was at other words: the next click is a first look again."""
    reply = alone(shop)
    shop.agree(reply, BERND)
    shop.do(shop.desk.edit, reply, "Das tut mir leid.", BERND, seen_version=1)
    shop.clock.forward(minutes=30)
    assert shop.agree(reply, BERND).state == "submitted"
    shop.clock.forward(minutes=20)
    assert shop.agree(reply, BERND).state == "approved"


def test_staff_alone_approve_nothing(shop):
    """Four eyes off is for the owner; Anna's own look is not an approval."""
    shop.four_eyes = False
    reply = shop.submitted(shop.complaint(), actor=ANNA)
    with pytest.raises(NotAllowed):
        shop.agree(reply, ANNA)


REFUSED_BY_THE_DATABASE = {
    "self approval": "UPDATE reply SET approver_id=author_id, approver_is_owner=true, approved_digest='x'",
    "approved by nobody": "UPDATE reply SET state='approved'",
    "no owner": "UPDATE reply SET state='approved', approver_id=5, approved_digest='x'",
    "no digest": "UPDATE reply SET state='approved', approver_id=2, approver_is_owner=true",
    "an unknown state": "UPDATE reply SET state='sent'",
}


@pytest.mark.parametrize("name", REFUSED_BY_THE_DATABASE)
def test_the_database_refuses_it_too(shop, name):
    """Whoever writes past the desk is stopped by a constraint."""
    shop.submitted(shop.complaint())
    with pytest.raises(IntegrityError), shop.database.transaction() as session:
        session.execute(sql(REFUSED_BY_THE_DATABASE[name]))


def test_the_database_refuses_an_insert_that_is_already_out(shop):
    """A published row cannot be inserted without its approval."""
    shop.complaint()
    row = Reply(duty_id=1, post_id=1, account="laden", kind=FINAL, text="x", post_version=1, author_id=1)
    row.state, row.written_at = State.PUBLISHED, shop.clock()
    with pytest.raises(IntegrityError), shop.database.transaction() as session:
        session.add(row)


def test_the_database_refuses_a_second_live_row(shop):
    """One live row per post, account and kind, whatever the program believes."""
    shop.approved(shop.complaint())
    copy = Reply(**shop.reply(1).model_dump(exclude={"id"}))
    with pytest.raises(IntegrityError), shop.database.transaction() as session:
        session.add(copy)
