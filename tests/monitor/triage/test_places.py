"""Reasons quote the original: places are code points of the input, whatever folding did to the words."""

import re
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


SHAPES = ["a", "!", "ich sie nicht ", "a*", "a ", "4r5ch", "\n", "nicht gut ", "a\u0308", "1,1", "warte ich ein ", "😡"]


def costs(read, shape, length):
    """Seconds of this thread for a text of so many letters in this shape; the least of three."""
    spans = []
    for _again in range(3):
        before = time.thread_time()
        read(shape * (length // len(shape)))
        spans.append(time.thread_time() - before)
    return min(spans)


@pytest.mark.parametrize("shape", SHAPES)
def test_ten_times_the_letters_cost_no_more_than_thirty_times_as_much(shape):
    """Matching walks words; there is nothing in it that could explode. Steps that go square cost a hundred times."""
    judge = default_judge()

    def read(text):
        return judge.judge(PostText("1", text))

    read(shape)
    assert costs(read, shape, 20_000) < 30 * costs(read, shape, 2_000)


def test_a_pattern_that_goes_back_is_noticed():
    """The control: an expression that tries every beginning."""
    slow = re.compile("a*b").search
    assert costs(slow, "a", 20_000) > 30 * costs(slow, "a", 2_000)
