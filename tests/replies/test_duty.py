"""What closes an obligation, what opens it again, and when it is due."""

from datetime import timedelta

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from replies import duty as duties
from replies.errors import Blocked, NotAllowed
from replies.lifecycle import DutyState, Proof, ReplyKind
from tests.replies.shop import ANNA, BERND, CLARA, DORA
from tests.replies.test_clocks import wall
from tests.replies.world import ACCOUNT

HOLDING, QUESTION, FINAL = ReplyKind


def reopen(shop, duty_id, why="post_changed"):
    """The post changed, or what closed the duty is gone."""
    return shop.on(duty_id, duties.reopen, shop.world.hours(ACCOUNT), shop.timing, why=why)


def test_the_clocks_start_when_we_first_see_the_post(shop):
    """Monday ten o'clock: first contact by two, a final answer by Tuesday ten."""
    duty = shop.duty(shop.complaint())
    assert wall(duty.first_due_at) == "2026-03-02 14:00"
    assert wall(duty.final_due_at) == "2026-03-03 10:00"
    assert duty.due_at == duty.first_due_at


def test_a_repetition_has_half_the_time(shop):
    """The third complaint on one subject: two hours and half a day."""
    duty = shop.duty(shop.complaint(occasion=3))
    assert wall(duty.first_due_at) == "2026-03-02 12:00"
    assert wall(duty.final_due_at) == "2026-03-02 14:00"


def test_the_backlog_has_no_clocks_until_somebody_takes_it(shop):
    """Altbestand is shown, not overdue; Anna takes one, and it counts from now."""
    duty = shop.complaint(backlog=True)
    assert shop.duty(duty).due_at is None
    shop.on(duty, duties.take_from_backlog, shop.world.hours(ACCOUNT), shop.timing, ANNA)
    assert wall(shop.duty(duty).due_at) == "2026-03-02 14:00"


def test_a_holding_reply_gives_one_day_more(shop):
    """Seen in public: held, and the final answer is due a business day later than before."""
    duty = shop.complaint()
    shop.published(duty, HOLDING)
    held = shop.duty(duty)
    assert held.state == "held"
    assert wall(held.due_at) == wall(held.final_due_at) == "2026-03-04 10:00"


def test_a_question_waits_seven_days(shop):
    """Then a final answer is due, answered or not."""
    duty = shop.complaint()
    shop.published(duty, QUESTION)
    asked = shop.duty(duty)
    assert asked.state == "held"
    assert asked.next_step_at == asked.due_at == asked.contact_at + timedelta(days=7)


def test_a_missed_promise_stays_held_and_is_overdue(shop):
    """Time alone changes no state."""
    duty = shop.complaint()
    shop.published(duty, HOLDING)
    shop.run_until_quiet(hours=24 * 4)
    assert shop.duty(duty).state == "held"
    assert shop.duty(duty).due_at < shop.clock()


def test_an_answer_that_was_only_delivered_closes_nothing(shop):
    """Handed over is not seen."""
    duty = shop.complaint()
    shop.delivered(duty)
    assert shop.duty(duty).state == "open"


def test_a_sighted_answer_closes_the_duty(shop):
    """It names its answer and has no clock any more."""
    duty = shop.complaint()
    reply = shop.published(duty)
    closed = shop.duty(duty)
    assert (closed.state, closed.answered_by, closed.due_at) == ("answered", reply, None)


def test_an_answered_duty_opens_when_the_post_changes(shop):
    """New clocks from now, and the page can say why."""
    duty = shop.complaint()
    shop.published(duty)
    shop.clock.forward(days=3)
    opened = reopen(shop, duty)
    assert (opened.state, opened.answered_by, opened.reopened_note) == ("open", None, "post_changed")
    assert opened.due_at > shop.clock()


def test_reopening_an_open_duty_changes_no_clock(shop):
    """A second edit does not buy time."""
    duty = shop.complaint()
    before = shop.duty(duty).due_at
    shop.clock.forward(hours=2)
    assert reopen(shop, duty).due_at == before


def test_no_complaint_needs_two_people(shop):
    """Anna proposes, Anna cannot confirm, Bernd can; both reasons are kept."""
    duty = shop.complaint()
    shop.on(duty, duties.propose_no_complaint, ANNA, note="ein Lob")
    with pytest.raises(NotAllowed) as refused:
        shop.on(duty, duties.confirm_no_complaint, ANNA, note="wirklich", four_eyes=True, timing=shop.timing)
    assert refused.value.code == "four_eyes"
    done = shop.on(duty, duties.confirm_no_complaint, BERND, note="ja", four_eyes=True, timing=shop.timing)
    assert (done.state, done.proof, done.proof_by, done.proof_second) == ("released", "no_complaint", 1, 2)
    assert done.proof_note == "ein Lob / ja"


def test_one_person_needs_two_looks_with_time_between(shop):
    """Four eyes off: Bernd again, 20 minutes later, not earlier."""
    duty, named = shop.complaint(), {"note": "ein Lob", "four_eyes": False, "timing": shop.timing}
    shop.on(duty, duties.propose_no_complaint, BERND, note="ein Lob")
    shop.clock.forward(minutes=19)
    with pytest.raises(Blocked):
        shop.on(duty, duties.confirm_no_complaint, BERND, **named)
    shop.clock.forward(minutes=1)
    assert shop.on(duty, duties.confirm_no_complaint, BERND, **named).state == "released"


def test_a_confirmation_needs_a_proposal_and_a_reason(shop):
    """Neither may be missing."""
    duty, named = shop.complaint(), {"four_eyes": True, "timing": shop.timing}
    with pytest.raises(Blocked):
        shop.on(duty, duties.confirm_no_complaint, BERND, note="ja", **named)
    with pytest.raises(Blocked):
        shop.on(duty, duties.propose_no_complaint, ANNA, note="  ")
    shop.on(duty, duties.propose_no_complaint, ANNA, note="ein Lob")
    with pytest.raises(Blocked):
        shop.on(duty, duties.confirm_no_complaint, BERND, note="", **named)
    assert shop.duty(duty).state == "open"


@pytest.mark.parametrize("person", [ANNA, CLARA], ids=lambda person: person.name)
def test_only_an_owner_stops_a_duty_for_police_or_law(shop, person):
    """Extortion and legal hold are the owner's word."""
    duty, later = shop.complaint(), shop.clock() + timedelta(days=9)
    with pytest.raises(NotAllowed):
        shop.on(duty, duties.report_extortion, person, file_number="ST/7")
    with pytest.raises(NotAllowed):
        shop.on(duty, duties.hold_for_law, person, note="Az. 7", ends_at=later)
    assert shop.duty(duty).state == "open"


def test_extortion_needs_a_file_number(shop):
    """A report that nobody can look up is none."""
    duty = shop.complaint()
    with pytest.raises(Blocked):
        shop.on(duty, duties.report_extortion, BERND, file_number=" ")
    assert shop.on(duty, duties.report_extortion, BERND, file_number="ST/7").proof == "extortion_reported"


def test_a_legal_hold_ends_by_itself(shop):
    """After its end date the duty is found and opened with new clocks."""
    duty, later = shop.complaint(), shop.clock() + timedelta(days=9)
    shop.on(duty, duties.hold_for_law, BERND, note="Az. 7", ends_at=later)
    shop.clock.now = later
    with shop.database.reading() as session:
        assert [found.id for found in duties.holds_that_ended(session, shop.clock())] == [duty]
    opened = reopen(shop, duty, "hold_ended")
    assert (opened.state, opened.proof, opened.ends_at) == ("open", None, None)


def test_a_legal_hold_ends_in_the_future(shop):
    """Yesterday is no end."""
    with pytest.raises(Blocked) as refused:
        shop.on(shop.complaint(), duties.hold_for_law, BERND, note="Az. 7", ends_at=shop.clock())
    assert refused.value.code == "end_in_past"


def test_a_gone_post_takes_its_waiting_texts_along(shop):
    """Draft and approved texts are withdrawn, the duty is released with the proof."""
    duty = shop.complaint()
    draft, approved = shop.draft(duty, QUESTION), shop.approved(duty)
    shop.on(duty, duties.post_gone)
    assert [shop.reply(reply).state for reply in (draft, approved)] == ["withdrawn", "withdrawn"]
    assert (shop.duty(duty).state, shop.duty(duty).proof) == ("released", "gone")


def test_a_post_that_comes_back_owes_again(shop):
    """Released because it was gone; there it is again."""
    duty = shop.complaint()
    shop.on(duty, duties.post_gone)
    assert reopen(shop, duty, "post_back").state == "open"


def test_an_answer_given_elsewhere_takes_back_what_was_approved(shop):
    """Bernd answered on the platform by hand: the approved text must not go out as a second one."""
    duty = shop.complaint()
    reply = shop.approved(duty)
    shop.on(duty, duties.answered_elsewhere, ref="c7")
    assert shop.duty(duty).proof == "answered_elsewhere"
    assert (shop.reply(reply).state, shop.reply(reply).trouble) == ("withdrawn", "released")
    assert shop.outbox.send(reply) is None


@pytest.mark.parametrize("proof", Proof)
def test_a_closed_duty_is_not_released_again(shop, proof):
    """What is answered needs no proof; none of the five can be added."""
    duty, later = shop.complaint(), shop.clock() + timedelta(days=9)
    shop.published(duty)
    steps = {
        Proof.ANSWERED_ELSEWHERE: lambda: shop.on(duty, duties.answered_elsewhere, ref="c7"),
        Proof.NO_COMPLAINT: lambda: shop.on(duty, duties.propose_no_complaint, ANNA, note="ein Lob"),
        Proof.EXTORTION_REPORTED: lambda: shop.on(duty, duties.report_extortion, BERND, file_number="ST/7"),
        Proof.LEGAL_HOLD: lambda: shop.on(duty, duties.hold_for_law, BERND, note="Az. 7", ends_at=later),
    }
    if proof == Proof.GONE:
        assert shop.on(duty, duties.post_gone).state == "answered"
    else:
        with pytest.raises(NotAllowed):
            steps[proof]()
    assert shop.duty(duty).proof is None


def test_an_answer_on_its_way_answers_a_duty_on_hold(shop):
    """It was handed over before the hold began, and was then seen: an answer is more than a hold."""
    duty, later = shop.complaint(), shop.clock() + timedelta(days=9)
    reply = shop.delivered(duty)
    shop.on(duty, duties.hold_for_law, BERND, note="Az. 7", ends_at=later)
    shop.look(reply)
    assert (shop.duty(duty).state, shop.duty(duty).proof) == ("answered", None)


def test_an_edit_of_the_post_revokes_what_was_approved(shop):
    """Bernd approved for other words; the text is a draft again and nothing of the approval stays."""
    duty = shop.complaint()
    reply = shop.approved(duty)
    assert shop.edit_post(shop.duty(duty).post_id, "Ganz anders.") == 1
    revoked = shop.reply(reply)
    assert (revoked.state, revoked.approver_id, revoked.approved_digest) == ("draft", None, None)
    assert revoked.trouble == "post_changed"


def test_nobody_is_named_when_a_duty_is_handed_over(shop):
    """The journal counts nothing about staff: it says that, not to whom."""
    duty = shop.complaint()
    shop.on(duty, duties.assign, DORA.id, ANNA)
    assert shop.duty(duty).assignee_id == DORA.id
    assert shop.events(f"duty:{duty}") == ["duty.open", "duty.assign"]


@pytest.mark.parametrize("step", [duties.assign, duties.sort_in, duties.propose_no_complaint, duties.take_from_backlog])
def test_clara_changes_no_duty(shop, step):
    """An auditor's click is refused, whatever the page showed."""
    duty = shop.complaint()
    arguments = {
        duties.assign: ((1, CLARA), {}),
        duties.sort_in: ((CLARA,), {}),
        duties.propose_no_complaint: ((CLARA,), {"note": "ein Lob"}),
        duties.take_from_backlog: ((shop.world.hours(ACCOUNT), shop.timing, CLARA), {}),
    }
    positional, named = arguments[step]
    with pytest.raises(NotAllowed):
        shop.on(duty, step, *positional, **named)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'answered'",
        "state = 'released'",
        "proof = 'gone'",
        "answered_by = 1",
        "state = 'released', proof = 'no_complaint', proof_by = 1",
        "state = 'released', proof = 'forgotten'",
        "state = 'done'",
    ],
)
def test_the_database_refuses_to_close_a_duty_without_proof(shop, change):
    """Whoever writes, the constraint stands."""
    shop.complaint()
    with pytest.raises(IntegrityError), shop.database.transaction() as session:
        session.execute(sql(f"UPDATE duty SET {change}"))  # noqa: S608


def test_a_post_owes_one_answer(shop):
    """A second duty for the same post is refused by the database."""
    duty = shop.duty(shop.complaint())
    with pytest.raises(IntegrityError), shop.database.transaction() as session:
        duties.owe(session, duty.post_id, shop.world.hours(ACCOUNT), shop.timing, shop.clock())


def test_every_step_of_a_duty_is_in_the_journal(shop):
    """Opened, answered, opened again, released: each step, and the fact check."""
    duty = shop.complaint()
    shop.published(duty)
    reopen(shop, duty)
    shop.on(duty, duties.report_extortion, BERND, file_number="ST/7")
    assert shop.events(f"duty:{duty}") == [
        "duty.open",
        "duty.facts",
        "duty.follow_up",  # was it solved? stands as a task from now on
        "duty.answer_seen",
        "duty.reopen",
        "duty.release",
    ]
    assert shop.duty(duty).state == DutyState.RELEASED
