# ruff: noqa: E501 - tables of cases
"""How times, names and foreign text are written. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.web import core_line, filters
from monitor.web.case import PART, mark_up, split_parts
from monitor.web.difference import difference

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "words"),
    [({"seconds": 40}, "40 s"), ({"minutes": 12}, "12 min"), ({"hours": 3, "minutes": 10}, "3 h 10 min"), ({"hours": 2}, "2 h"), ({"days": 1, "hours": 3}, "1 T 3 h"), ({"days": 2}, "2 T")],
)  # fmt: skip
def test_a_length_of_time(length, words):
    """Two units at most."""
    assert filters.span(timedelta(**length)) == words


@pytest.mark.parametrize(
    ("away", "words"),
    [({"seconds": -20}, "gerade eben"), ({"minutes": -5}, "vor 5 min"), ({"hours": 2}, "in 2 h"), ({"days": -3}, "Fr. 20.11., 09:30"), ({"days": 4}, "Fr. 27.11., 09:30")],
)  # fmt: skip
def test_times_are_relative_up_to_a_day(away, words):
    """Then with their weekday, in Berlin."""
    assert filters.when(NOW + timedelta(**away), NOW) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2024, 12, 23, 8, 30, tzinfo=UTC), "Mo., 23.12.2024, 09:30"),
        (datetime(2027, 1, 8, 17, tzinfo=UTC), "Fr., 08.01.2027, 18:00"),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), "Fr., 01.01.2027, 00:00"),
        (datetime(2025, 12, 31, 23, tzinfo=UTC), "Do. 01.01., 00:00"),
    ],
)
def test_another_year_is_named(at, words):
    """A post of two years ago does not look like one of this December; the year is that of the place."""
    assert filters.when(at, NOW) == filters.clock(at, NOW) == words


@pytest.mark.parametrize(
    ("away", "words"),
    [({"hours": -26}, "seit 1 T 2 h"), ({"hours": 4}, "bis 13:30"), ({"days": 4}, "bis Fr. 27.11., 09:30")],
)
def test_a_deadline(away, words):
    """Since when, or until when."""
    assert filters.due(NOW + timedelta(**away), NOW) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0.35, "+0,35"), (-0.4, "−0,4"), (1.0, "+1"), (0.0, "0"), (-0.001, "0"), (-1, "−1")]
)
def test_a_polarity_has_its_sign(value, words):
    """As it stands beside that of the prescribed library."""
    assert filters.balance(value) == words


@pytest.mark.parametrize(
    "name", ["Inhaber \u2714", "Inhaber \u202e\u2714\u202c", "In\u200bhaber\u2063 ✅", "Inhaber\u2066 ✓\u2069", "Inhaber\n✔\t", "\ufeffInhaber \U0001f5f8"], ids=ascii
)  # fmt: skip
def test_a_name_cannot_look_like_ours(name):
    """Control characters and ticks are gone, whatever stands between (RELIABILITY S14)."""
    assert filters.person(name) == "Inhaber"


def test_a_name_of_many_marks_stays_a_name():
    """At most two marks a letter, 60 characters."""
    shown = filters.person("Z" + "\u0301" * 400 + "oe" + "x" * 100)
    assert len(shown) <= 60
    assert shown.count("\u0301") <= 2


@pytest.mark.parametrize("name", ["محمد", "Zoë Müller", "김철수", "Ole 👨‍👩‍👧", "नमस्ते"])
def test_ordinary_names_stay_as_they_are(name):
    """Also those with joiners."""
    assert filters.person(name) == name


@pytest.mark.parametrize(
    "char", ["\u202e", "\u2066", "\u200b", "\x00", "\x1b", "\u2028", "\ufeff", "\ue000"], ids=ascii
)
def test_what_nobody_sees_is_marked(char):
    """One mark for one character, so that places stay right."""
    assert filters.shown(f"a{char}b") == "a\ufffdb"


def test_emoji_and_joined_scripts_are_left_alone():
    """Families, flags, Persian."""
    text = "👨‍👩‍👧 🏴\U000e0067\U000e0062\U000e007f می‌خواهم"
    assert filters.shown(text) == text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "\tjava\nscript:alert(1)", "data:text/html,x", "//evil.example", "https:evil", "http://", "https://a b", "HTTPS://x\\y", "", None, "https://[", "ftp://x.example", "https://x/" + "y" * 3000]
)  # fmt: skip
def test_what_is_no_link(url):
    """Only http and https with a host."""
    assert filters.link(url) == ""


def test_a_link():
    """As it came."""
    assert filters.link("https://xn--bcher-kva.example/a?b=c#d") == "https://xn--bcher-kva.example/a?b=c#d"


def test_stars_on_any_scale():
    """Drawn on five."""
    assert [filters.stars(2, 5), filters.stars(10, 10), filters.stars(None, 5), filters.stars(0, 5)] == [
        "★★☆☆☆",
        "★★★★★",
        "",
        "☆☆☆☆☆",
    ]


def reason(rule, text, words):
    """A stored reason at the first place of `words`."""
    return {"rule": rule, "start": text.find(words), "end": text.find(words) + len(words), "words": "weil"}


def test_an_insult_is_masked_wherever_it_stands():
    """Also where the reason named only its first place."""
    text = "Ihr Betrüger! Das Rad ist kaputt. BETRÜGER!"
    line = core_line.core(text, [reason("insult.fraud", text, "Betrüger")])
    assert line == "Ihr […]! Das Rad ist kaputt. […]!"


def test_the_line_begins_where_the_matter_begins():
    """The factual core, not the greeting."""
    text = "Guten Tag. Ich bin sauer! Das Rad kam zu spät und der Idiot am Telefon lachte."
    reasons = [reason("complaint.late", text, "zu spät"), reason("insult.idiot", text, "Idiot")]
    assert core_line.core(text, reasons, limit=60) == "… Das Rad kam zu spät und der […] am Telefon lachte."


def test_a_text_that_fits_is_shown_from_its_first_word():
    """The last sentence alone, a question perhaps, would lose the fact."""
    text = "Akku zur Prüfung abgegeben, geprüft wurde er nicht. Wofür habe ich dann bezahlt?"
    reasons = [reason("complaint.paid", text, "bezahlt"), reason("question.mark", text, "?")]
    assert core_line.core(text, reasons) == text


def test_a_long_text_ends_visibly():
    """Nothing is cut in silence."""
    assert core_line.core("Wort " * 100, []).endswith("Wort …")


def test_places_that_do_not_fit_are_ignored():
    """A verdict of another version must not break the list."""
    assert (
        core_line.core(
            "kurz", [{"rule": "insult.x", "start": 2, "end": 99, "words": ""}, {"rule": "topic", "start": None}]
        )
        == "kurz"
    )


def test_marked_text_is_the_text():
    """Pieces put together again are what was said; overlapping reasons do no harm."""
    text = "aXXbYYc"
    reasons = [{"rule": "a.b", "start": 1, "end": 3, "words": "w"}, {"rule": "c.d", "start": 2, "end": 6, "words": "v"}]
    pieces = mark_up(text, reasons, (0, len(text)))
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.why] == ["XX"]


@pytest.mark.parametrize("text", ["", "x", "<" * 20_000, "😡" * 20_000, "ا" * 20_000])
def test_long_posts_come_in_parts(text):
    """No part is larger than allowed, and nothing is missing."""
    parts = split_parts(text)
    assert "".join(text[a:b] for a, b in parts) == text
    assert all(len(text[a:b].replace("<", "&lt;").encode()) <= PART for a, b in parts)


def test_a_difference_puts_both_texts_together():
    """What stayed and came is the new text, what stayed and went the old one."""
    old, new = "Das tut uns sehr leid.\nWir melden uns.", "Das tut uns leid.\nWir rufen Sie an."
    pieces = difference(old, new)
    assert "".join(piece.text for piece in pieces if piece.what != "ins") == old
    assert "".join(piece.text for piece in pieces if piece.what != "del") == new
    assert any(piece.what == "del" and "sehr" in piece.text for piece in pieces)
