"""The check as a whole: places, suggestions, hostile input, and the figures on both parts."""

import hashlib
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replies.policy import Severity, check, check_note, take
from replies.policy.measure import measure
from replies.policy.patterns import PolicyError, compile_pattern

HERE = Path(__file__).parent
RECORDS = [json.loads(line) for line in (HERE / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
OPTIONS = ("facts", "kind", "secrecy", "one_reply")


def findings(record, reply=None):
    """What the check says about a record, or about another reply to its post."""
    options = {key: record[key] for key in OPTIONS if key in record}
    return check(record["post"], reply or record["reply"], **options)


def stops(record, reply=None):
    """Only what cannot be submitted."""
    return [one for one in findings(record, reply) if one.severity == Severity.STOP]


def test_the_held_out_part_is_as_it_was_first_written():
    """Its hash was committed before the rules."""
    named = (HERE / "test.sha256").read_text().split()[0]
    assert hashlib.sha256((HERE / "test.jsonl").read_bytes()).hexdigest() == named


@pytest.mark.parametrize("part", ["dev.jsonl", "test.jsonl"])
def test_the_stops_keep_their_targets(part):
    """At least 0.95 precision and 0.90 recall; single failures of the held-out part are not shown."""
    precision, recall, expected = measure((HERE / part).read_text(encoding="utf-8").splitlines()).of(severity="stop")
    assert (precision >= 0.95, recall >= 0.90, expected > 100) == (True, True, True)


def test_a_check_that_stops_everything_misses_the_target():
    """The control: the measure can fail."""
    rows = [json.dumps({**record, "expected": []}) for record in RECORDS]
    assert measure(rows).of(severity="stop")[0] < 0.95


def test_both_parts_hold_enough_good_replies():
    """A third of all replies deserve no stop and no warning."""
    scores = [measure((HERE / part).read_text(encoding="utf-8").splitlines()) for part in ("dev.jsonl", "test.jsonl")]
    assert sum(score.replies for score in scores) >= 300
    assert all(score.good >= score.replies / 3 for score in scores)


def test_taking_the_suggestions_ends_every_stop():
    """One click each, and the reply may be submitted."""
    for record in RECORDS:
        reply = record["reply"]
        for _click in range(6):
            if not stops(record, reply):
                break
            reply = take(reply, stops(record, reply)[0])
        assert stops(record, reply) == [], (record["id"], reply)


def test_places_are_code_points_of_the_reply():
    """Emoji and invisible characters before the place move nothing."""
    reply = "Guten Tag 🙂🙂, Sie Quer\u00adulant."
    found = [one for one in check("Kalt.", reply) if one.rule == "K18"]
    assert [reply[one.start : one.end] for one in found] == ["Quer\u00adulant"]


@pytest.mark.parametrize("text", ["Sie I d i o t", "Sie 1d10t", "Sie ＩＤＩＯＴ", "Sie A***loch", "Sie Voll-Idiot"])
def test_masked_insults_are_seen(text):
    """Leet, stars, spaced, full-width."""
    assert "002-2" in {one.rule for one in check("Kalt.", f"Guten Tag, {text}.")}


def test_the_authors_words_may_be_quoted():
    """But not used."""
    post = "Ihr habt mich Querulant genannt."
    assert not [one for one in check(post, "Guten Tag, das Wort „Querulant“ war falsch.") if one.rule == "K18"]
    assert [one for one in check(post, "Guten Tag, Sie sind ein Querulant.") if one.rule == "K18"]


def test_our_own_contact_may_stand():
    """Named by a fact or offered in the sentence; the author's own number may not."""
    fact = ["Telefon 0341 555 0112"]
    assert not [one for one in check("Kalt.", "Guten Tag, 0341 555 0112 für Sie.", facts=fact) if one.rule == "E2"]
    assert not [one for one in check("Kalt.", "Guten Tag, Sie erreichen uns unter 0341 555 0112.") if one.rule == "E2"]
    assert [one for one in check("Kalt.", "Guten Tag, Ihre Nummer 0171 5550112 war besetzt.") if one.rule == "E2"]


OURS = ["Telefon +49 (0)341 555-0112", "Service@Laden.example", "Ansprechpartnerin: Frau Weber", "Lea Brandt"]


def stopped(reply: str, facts: list[str] = OURS) -> set[str]:
    """Rules about data and names that speak."""
    return {one.rule for one in check("Zu spät, Herr Kurz war dabei.", reply, facts=facts)} & {"E2", "E4"}


OUR_WORDS = [
    "0341 5550112", "0049 341 5550112", "+49 341 555\u00a00112", "0341/555-0112", "service@laden.example", "Frau Weber",
    "unsere Kollegin Lea Brandt",
]  # fmt: skip
OTHER_WORDS = [
    "0341 5550113", "0171 5550112", "+43 341 5550112", "lea@laden.example", "Frau Weberknecht",
    "unsere Kollegin Lea Brandtner", "unser Kollege Herr Kurz", "0171\u202f555\u202f0199",
]  # fmt: skip


@pytest.mark.parametrize("words", OUR_WORDS)
def test_what_the_business_itself_gives_in_public_may_stand(words):
    """However it is written. The control: without the list it stops, where nothing in the sentence offers it."""
    reply = f"Guten Tag, Ihr Anliegen hat heute {words} bearbeitet."
    assert stopped(reply) == set()
    assert stopped(reply, []) != set()


@pytest.mark.parametrize("words", OTHER_WORDS)
def test_the_authors_data_and_other_names_still_stop(words):
    """One digit, one country, one letter more: not ours; nor is a colleague whom only the author named."""
    assert stopped(f"Guten Tag, Ihr Anliegen hat heute {words} bearbeitet.") != set()


def test_notes_are_guarded_too():
    """A label in a note is found, a fact is not."""
    assert {one.rule for one in check_note("Querulant, ruft täglich an")} == {"K18"}
    assert check_note("Ruft täglich an, möchte den Stand wissen.") == []


def test_secrecy_is_stricter_than_the_rest():
    """The same sentence is fine for a bakery whose guest told of it, and a stop for a doctor."""
    record = {"post": "Mein Termin war eine Katastrophe.", "reply": "Guten Tag, zu Ihrem Termin rufen Sie uns gern an."}
    assert stops(record) == []
    assert {one.rule for one in stops({**record, "secrecy": True})} == {"E3"}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_checked(post, reply):
    """No text breaks it, and every place lies inside the reply."""
    for one in check(post, reply):
        assert 0 <= one.start < one.end <= len(reply)


@pytest.mark.parametrize("unit", ["Sie haben ", "Ihre ", "wir ", "a*", "0 1 ", "Frau A", "( ", "! ", "ä\u0301"])
def test_long_texts_take_linear_time(unit):
    """Twenty thousand characters of the worst words stay within seconds on a slow machine."""
    begin = time.perf_counter()
    check("Kalt.", "Guten Tag, " + unit * (20_000 // len(unit)))
    assert time.perf_counter() - begin < 10


def test_a_pattern_with_an_unknown_name_is_refused():
    """The word list cannot be wrong in silence."""
    with pytest.raises(PolicyError):
        compile_pattern("<gibtesnicht> wort", {})
