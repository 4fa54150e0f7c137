"""What the word lists may overrule, and what not, with chances that are given: no model is asked."""

import time

import pytest

from monitor.triage import PostText, lexicon, signals
from monitor.triage.judgement import COMPLAINT_FROM
from monitor.triage.opinion import Opinion
from monitor.triage.weighing import NOT_A_WORD_AGAINST, by_model, by_words, weigh

NONE, THRESHOLD, SURE = 0.13, 0.4, 0.7
SPOILT = "Bisher nie Probleme gehabt, aber diesmal war der Fisch verdorben und mir war zwei Tage schlecht."
NOT_BAD = "Nicht schlecht, kann man empfehlen"


def decided(text, chance, question=0.0, strong=None):
    """The decision of a model that gives this chance of a complaint."""
    model = Opinion(
        {"complaint": chance, "question": question},
        {"complaint": THRESHOLD, "question": 0.5, "complaint.none": NONE, "complaint.sure": SURE},
        strong,
    )
    found = signals.signals(text, lexicon.german())
    return by_model(PostText("1", text), found, weigh(found), "de", model)


def test_criticism_that_the_lists_are_sure_of_leaves_the_band_to_a_person():
    """Praise beside it ("nie Probleme") once made it a sure nothing, without a duty."""
    found = signals.signals(SPOILT, lexicon.german())
    weighed = weigh(found)
    rules = by_words(PostText("1", SPOILT), found, weighed, "de")
    assert rules.sure
    assert rules.complaint >= COMPLAINT_FROM
    assert weighed.praise >= NOT_A_WORD_AGAINST
    for chance in (NONE, (NONE + THRESHOLD) / 2, THRESHOLD - 0.01):
        decision = decided(SPOILT, chance)
        assert (decision.owes, decision.sure) == (True, False), chance


def test_a_plain_question_in_the_band_stays_sure():
    """The control: nobody is asked about "Haben Sie am Samstag auch geöffnet?"."""
    decision = decided("Haben Sie am Samstag auch geöffnet?", (NONE + THRESHOLD) / 2, question=0.9)
    assert (decision.owes, decision.sure) == (True, True)


@pytest.mark.parametrize("text", ["Ihr habt keine einzige Frage beantwortet.", NOT_BAD])
def test_praise_by_a_negation_takes_no_sure_complaint_of_the_strong_tier_away(text):
    """The lists read "keine einzige Frage" as praise; a person looks where the strong tier is sure."""
    for chance in (SURE, 0.9):
        decision = decided(text, chance, strong=object())
        assert (decision.owes, decision.sure) == (True, False)


@pytest.mark.parametrize(("chance", "strong"), [(SURE - 0.01, object()), (0.9, None)])
def test_praise_by_a_negation_is_plain_praise_otherwise(chance, strong):
    """The control: n-grams see the bad word in "nicht schlecht", and the strong tier is not sure."""
    decision = decided(NOT_BAD, chance, strong=strong)
    assert (decision.owes, decision.sure, decision.complaint < COMPLAINT_FROM) == (False, True, True)


@pytest.mark.parametrize("words", ["Idi*t ", "A* klasse ", "f... dich "])
def test_many_hidden_words_take_their_number_in_time(words):
    """Four times the text, about four times the work: sixteen times were minutes for a long post."""

    def spent(number):
        text = words * number
        begin = time.process_time()
        signals.signals(text, lexicon.german())
        return time.process_time() - begin

    spent(10)
    assert min(spent(4000) for _ in range(2)) < 10 * min(spent(1000) for _ in range(3))
