"""Signs in place of letters: what hides an insult is found, and what hides nothing, or something else, is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.triage import lexicon
from monitor.triage.normal import uncovered, words
from monitor.triage.signals import signals
from monitor.triage.tokens import fold

HIDDEN = {
    "A....löcher": "arschloecher",
    "A...löcher": "arschloecher",
    "Ar___och": "arschloch",
    "Ar$%&och": "arschloch",
    "I...t": "idiot",
    "A.......h": "arschloch",
    "Id..ten": "idioten",
    "W_chser": "wichser",
    "Hu....sohn": "hurensohn",
    "M…geburt": "missgeburt",
    "Betr.ger": "betrueger",
    "A--r--s--c--h": "arsch",
    "Arsch.loch": "arschloch",
    "Hu-ren-sohn": "hurensohn",
    "*rschloch": "arschloch",
    "Sch....laden": "scheissladen",
}
HARMLESS = [
    "z.B.", "u.s.w.", "i.d.R.", "gut … teuer", "5*****", "A+++", "A+++++A", "E-Mail", "P+R", "a_b_c", "A...Z",
    "...", "….", "info@a....loch.example", "https://a....loch.example/ar___och", "www.ar___och.example",
    "DE89 3704 0044 0532 0130 00", "@ar___och", "foo_ar___och", "gut....danke", "ja....Ich", "er.....ich",
    "Frau Sch....er", "Herr M...", "Ba..e", "D.e", "Kund_innen", "12.30-14.00", "**wichtig**", "Schw...er",
    "Viel--leicht", "W......t",
]  # fmt: skip
ABUSE = ("insult", "contempt", "profanity")


@pytest.mark.parametrize("shape", HIDDEN)
def test_signs_in_place_of_letters_hide_no_insult(shape):
    """It is evidence at its place, the model reads the word, and so does the strong tier."""
    text = f"Ihr seid doch {shape}, wirklich"
    (found,) = [one for one in signals(text, lexicon.german()).of("insult", "contempt") if one.start == 14]
    assert text[found.start : found.end] == shape
    assert HIDDEN[shape] in words(text)
    assert HIDDEN[shape] in uncovered(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_signs_that_hide_nothing_are_let_pass(text):
    """The control: abbreviations, ratings, addresses, run-on sentences, names that were masked."""
    assert signals(f"Nun: {text} so", lexicon.german()).of(*ABUSE) == []


@pytest.mark.parametrize("text", ["f... dich", "F___ euch doch", "f-- you"])
def test_one_letter_is_enough_before_the_one_it_is_meant_for(text):
    """The control: "f..." alone ends a sentence."""
    assert [one.rule.id for one in signals(text, lexicon.german()).of("profanity")] == ["profanity.masked"]
    assert signals(f"{text.split()[0]} alle", lexicon.german()).of(*ABUSE) == []


_LISTED = sorted(word for word in lexicon.german().masked if len(word) >= 6)


@given(word=st.sampled_from(_LISTED), sign=st.sampled_from("._~+§"), shown=st.integers(1, 6), hidden=st.integers(2, 6))
def test_whatever_is_found_begins_and_ends_like_the_shape(word, sign, shown, hidden):
    """And at least half of it is shown, unless it is one of the usual ones."""
    shape = word[:shown] + sign * hidden + word[shown + hidden :]
    found = lexicon.german().fillers.word(shape)
    if shown + hidden < len(word) and 2 * (len(word) - hidden) >= len(word):
        assert found
        assert (found[:shown], found[-1]) == (word[:shown], word[-1])
    assert not found or len(found) == len(word) or abs(len(found) - len(word)) <= 2


@given(st.text(alphabet="aAsßöch.…_-*# @:/é1", max_size=60))
def test_no_text_breaks_it_and_places_stand_in_the_text(text):
    """Every place lies in the text and begins and ends like the word."""
    for found in lexicon.german().fillers.find(text):
        assert 0 <= found.start < found.end <= len(text)
        assert fold(text[found.end - 1])[-1] == found.word[-1] or found.word == "fuck"
