"""A colleague's word: its own clock, a draft that rests, public clocks that run (RULES K14)."""

from datetime import timedelta

import pytest

from replies.care import asking
from replies.care.tables import Ask
from replies.errors import Blocked, NotAllowed
from replies.lifecycle import ReplyKind, State
from replies.moves import get_duty
from replies.tables import Journal
from tests.replies.shop import ANNA, BERND, CLARA, EMIL
from tests.replies.world import ACCOUNT


def asked(shop, duty, question="War der Ofen am Samstag an?", to=None, by=ANNA):
    """Anna asks; returns the question's id."""
    hours = shop.world.hours(ACCOUNT)
    with shop.database.transaction() as session:
        return asking.ask(session, get_duty(session, duty), question, to, by, hours, shop.timing, shop.clock()).id


def test_the_draft_rests_until_somebody_answers(calm_shop):
    """The duty's clock has not moved; a holding reply goes."""
    duty = calm_shop.complaint()
    due = calm_shop.duty(duty).due_at
    calm_shop.facts(duty)
    final, question = calm_shop.draft(duty), asked(calm_shop, duty)
    with pytest.raises(Blocked) as why:
        calm_shop.hand_over(final, ANNA)
    assert why.value.code == "ask_open"
    assert calm_shop.hand_over(calm_shop.draft(duty, ReplyKind.HOLDING), ANNA).state == State.SUBMITTED
    assert calm_shop.duty(duty).due_at == due
    calm_shop.do(asking.answer, question, "Ja, ab sechs.", EMIL)
    assert calm_shop.hand_over(final, ANNA).state == State.SUBMITTED


def test_the_question_has_a_clock_in_business_hours(calm_shop):
    """Two hours by default: asked on Monday at ten, due at twelve."""
    asked(calm_shop, calm_shop.complaint(), to=BERND.id)
    (row,) = calm_shop.rows(Ask)
    assert row.due_at - row.at == timedelta(hours=calm_shop.timing.ask_hours)
    assert row.to_id == BERND.id


def test_a_question_that_is_taken_back_frees_the_draft(calm_shop):
    """And cannot be answered any more."""
    duty = calm_shop.complaint()
    question = asked(calm_shop, duty)
    calm_shop.do(asking.take_back, question, ANNA)
    calm_shop.facts(duty)
    assert calm_shop.hand_over(calm_shop.draft(duty), ANNA).state == State.SUBMITTED
    with pytest.raises(NotAllowed):
        calm_shop.do(asking.answer, question, "Zu spät.", EMIL)


@pytest.mark.parametrize(("words", "code"), [(" ", "question_missing"), ("Ist der Psychopath bekannt?", "note_words")])
def test_a_question_is_a_question_about_the_matter(calm_shop, words, code):
    """Not empty, and no stamp on a person."""
    with pytest.raises(Blocked) as why:
        asked(calm_shop, calm_shop.complaint(), words)
    assert why.value.code == code


def test_auditors_ask_and_answer_nothing(calm_shop):
    """Clara reads."""
    duty = calm_shop.complaint()
    with pytest.raises(NotAllowed):
        asked(calm_shop, duty, by=CLARA)
    question = asked(calm_shop, duty)
    with pytest.raises(NotAllowed):
        calm_shop.do(asking.answer, question, "Ja.", CLARA)


def test_the_journal_names_no_colleague(calm_shop):
    """No counts about staff: that it was asked, not whom."""
    asked(calm_shop, calm_shop.complaint(), to=BERND.id)
    (row,) = [row for row in calm_shop.rows(Journal) if row.event == "duty.ask"]
    assert set(row.data) == {"ask"}
