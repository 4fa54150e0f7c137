"""The model's spelling of a text: what was hidden is found, and every word knows its place."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.triage import lexicon
from monitor.triage.normal import placed, uncovered, words
from monitor.triage.tokens import fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Was für ein A***loch", ["was", "fuer", "ein", "arschloch"]),
        ("Ihr 4r5chlöcher", ["ihr", "arschloecher"]),
        ("I d i o t am Telefon", ["idiot", "am", "telefon"]),
        ("Ihr Id1oten", ["ihr", "idioten"]),
        ("Drei Std. um 17:30", ["drei", "std", ".", "um", "0", ":", "0"]),
        ("Suuuuper!!!!!", ["suuper", "!!!"]),
        ("@frischmarkt_nord sh. https://x.example/a?b", ["handle", "sh", ".", "url"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("５ Sterne, ﬁx", ["0", "sterne", ",", "fix"]),
    ],
)
def test_spellings_become_one(text, expected):
    """Stars, leet, spaced letters, digits, repeats, addresses, umlauts, full-width forms."""
    assert words(text) == expected


@pytest.mark.parametrize("text", ["A*** Klasse", "5*** Hotel", "Note 1,3", "24h offen", "A4 Papier", "H2O", "3 x 4"])
def test_harmless_stars_and_digits_are_no_insult(text):
    """The control: what hides nothing is not turned into a bad word."""
    assert not {"arsch", "arschloch", "fotze"} & set(words(text))


@pytest.mark.parametrize("text", ["Ihr Idoten", "Ihr Idiotten", "Ihr Idioetn", "Ihr IDIOEN", "Ihr Id1oen"])
def test_an_insult_with_one_slip_is_read_as_what_it_is(text):
    """One letter left out, doubled, changed places with the next; also inside leet."""
    assert words(text) == ["ihr", "idioten"]


@pytest.mark.parametrize(
    "text", ["Spaten", "Scheine", "Versagen", "betrügen", "Leugner", "schießen", "Gier", "Lupen", "Trotten", "Fotos"]
)
def test_an_ordinary_word_close_to_an_insult_stays_itself(text):
    """The control: one letter away from a listed insult, and spelt rightly."""
    assert words(text)[0] not in lexicon.german().masked
    assert words(text)[0] == fold(text)


def test_the_strong_tier_reads_a_misspelt_insult_too():
    """Beside what is hidden; all else stays as it was written."""
    assert uncovered("Der Trottl, der Chef heißt.") == "Der trottel , der Chef heißt."


@given(st.text(max_size=120))
def test_places_cover_the_original_in_order(text):
    """The same words, each with a half-open place inside the text, places never going back."""
    found = list(placed(text))
    assert [word.word for word in found] == words(text)
    assert all(0 <= word.start < word.end <= len(text) for word in found)
    assert all(one.start <= other.start for one, other in pairwise(found))


def test_a_long_post_is_read_at_both_ends():
    """The beginning and the end of what is too long, with true places."""
    text = "anfang " + "x " * 10_000 + "ende"
    found = list(placed(text))
    assert (found[0].word, found[-1].word) == ("anfang", "ende")
    assert text[found[-1].start : found[-1].end] == "ende"
