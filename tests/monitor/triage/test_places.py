"""Reasons quote the original: places are code points of the input, whatever folding did to the words."""

import threading
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.triage import PostText, default_judge
from monitor.triage.tokens import fold, tokens


def reasons(text):
    """Rule to quoted text."""
    found = default_judge().judge(PostText("1", text))
    return {reason.rule: text[reason.start : reason.end] for reason in found.reasons}


@pytest.mark.parametrize(
    "text",
    [
        "😡😡 Straße ß — die Lieferung kam ZU SPÄT!",
        "👨‍👩‍👧 Größe A\u0308rger, Lieferung kam zu spät",
        "\u00ad\u200bDie Liefe\u00adrung kam zu spa\u0308t",
        "ﬁx und fertig: zu spät",
    ],
)
def test_a_reason_quotes_its_words_in_the_original(text):
    """Emoji, ß, combining characters and soft hyphens before it move nothing."""
    quoted = reasons(text)["complaint.late"]
    assert "".join(fold(word) for word in quoted.split()) == "zuspaet"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab ß\u0308ä😡.\n*4@\u200dẞİ𝐀"), max_size=60), st.text(max_size=20))
def test_places_stay_true_after_any_beginning(before, after):
    """The planted words are found where they stand, or the place at least lies inside the text."""
    text = f"{before}. zu spät. {after}"
    found = default_judge().judge(PostText("1", text))
    assert all(0 <= reason.start <= reason.end <= len(text) for reason in found.reasons)
    late = [reason for reason in found.reasons if reason.rule == "complaint.late"]
    assert [text[reason.start : reason.end] for reason in late] == ["zu spät"]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_every_verdict_that_needs_a_person_names_a_reason(text):
    """No string raises, and nobody is sent to the queue without a why."""
    found = default_judge().judge(PostText("1", text))
    assert found.reasons or not (found.needs_answer or found.is_hostile)
    assert all(reason.words.endswith((".", ")")) for reason in found.reasons)


@given(st.text(max_size=100))
def test_tokens_lie_in_order_and_fold_to_what_they_cover(text):
    """Places never overlap and never leave the text."""
    found = tokens(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(
        token.word == "\n" or fold(text[token.start : token.end]) in {token.word, ""} or len(token.word) == 1
        for token in found
    )


def test_the_same_text_gets_the_same_verdict_from_every_thread():
    """Caches and the old library's globals change nothing."""
    text = "Super Essen, aber wir haben eine Stunde gewartet. Nie wieder!"
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(default_judge().judge(PostText("1", text)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert len(set(results)) == 1


@pytest.mark.parametrize(
    "text",
    ["a" * 20_000, "!" * 20_000, "ich sie nicht " * 1430, "a*" * 10_000, "a " * 10_000, "4r5ch" * 4000, "\n" * 20_000,
     "nicht gut " * 2000, "a\u0308" * 10_000, "1,1" * 6600, "warte ich ein " * 1430, "😡" * 20_000],
)  # fmt: skip
def test_hostile_shapes_cost_no_more_than_a_second(text):
    """Matching walks words; there is nothing in it that could explode."""
    judge = default_judge()
    judge.judge(PostText("0", "gut"))
    before = time.process_time()
    judge.judge(PostText("1", text))
    assert time.process_time() - before < 1.0


def test_reading_is_fast_enough_for_a_small_server():
    """At least 150 posts a second of processor time, the old library included."""
    judge = default_judge()
    texts = [
        f"Seit {n} Wochen warte ich auf meine Lieferung, der Service ist nicht erreichbar. Schade!"
        for n in range(2, 152)
    ]
    judge.judge(PostText("0", texts[0]))
    before = time.process_time()
    for text in texts:
        judge.judge(PostText("1", text))
    assert time.process_time() - before < 1.0
