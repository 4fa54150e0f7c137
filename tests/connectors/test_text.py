"""Foreign HTML to text, texts compared, lengths counted, and what may be sent."""

import time

import pytest

from connectors.core.contract import Capability, Card, ReplyMode
from connectors.core.errors import Refused
from connectors.core.text import check_sendable, fold, length, plain, same_text

CARD = Card("x", "X", "", ReplyMode.API, Capability.LIST, one_reply=False, public_read=True, max_length=5)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Eins<br />\nzwei</p>\n<p>drei</p>", "Eins\nzwei\n\ndrei"),
        ("<ul><li>a</li><li>b</li></ul>&nbsp;c", "a\nb\n\nc"),
        ("<pre>a\n b</pre>", "a\nb"),
        ("5 &lt; 6 &amp;&#8222;x&#8220; <3", "5 < 6 &„x“ <3"),
        ("<script>alert(1)</script><style>p{}</style>ja<!-- nein -->", "ja"),
        ("<img src=x onerror=alert(1)><b onclick='x'>fett", "fett"),
        ("&lt;script&gt;", "<script>"),
        ("\ud83d kaputt\0", "\ufffd kaputt\ufffd"),
        ("", ""),
    ],
)
def test_html_becomes_what_a_reader_sees(markup, text):
    """Line breaks stay, tags and scripts go, entities are read once."""
    assert plain(markup) == text


@pytest.mark.parametrize("piece", ["<div>", "<", "<a ", "<!--", "&#x", "<p>", "<table><tr>", "<pre>"])
def test_hostile_html_does_not_hold_us_up(piece):
    """200,000 nested <div> kept the library busy for three minutes."""
    begun = time.perf_counter()
    plain(piece * 200_000)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ('Das "beste" Haus', "Das „beste“ Haus"),
        ("so -- und so...", "so – und so…"),
        ("a\r\n\r\n b", "a b"),
        ("Ka\u0308se", "Käse"),
        ("it's 2x4", "it’s 2×4"),
        ("100\u00a0%", "100 %"),
    ],
)
def test_what_platforms_alter_is_still_the_same_text(sent, shown):
    """Quotes, dashes, dots, line breaks, composed letters."""
    assert same_text(sent, shown)


@pytest.mark.parametrize(("one", "other"), [("nicht gut", "gut"), ("5 Euro", "6 Euro"), ("Sie", "sie"), ("a", "")])
def test_other_words_are_other_texts(one, other):
    """The control: folding takes no letter, digit or case."""
    assert not same_text(one, other)
    assert fold(one)


@pytest.mark.parametrize(("unit", "size"), [("char", 7), ("byte", 17), ("grapheme", 5), ("utf16", 9)])
def test_length_is_counted_as_the_platform_counts(unit, size):
    """A fire-fighter is one grapheme, three code points, five units of UTF-16 and eleven bytes; an umlaut two bytes."""
    assert length("ää👩\u200d🚒x\n", unit) == size


@pytest.mark.parametrize(
    "text", ["", "  \n", "123456", "a\u200bb", "a\u202eb", "a\x07b", "a\tb", "a\u200db", "a\u2028b"]
)
def test_what_nobody_can_see_is_not_sent(text):
    """Too long, empty, or with characters that hide or turn words; nothing is cut."""
    with pytest.raises(Refused):
        check_sendable(text, CARD)


@pytest.mark.parametrize("text", ["a\nb", "👩\u200d🚒", "👩🏽\u200d🚒", "❤\ufe0f", "Grüße"])
def test_line_breaks_and_emoji_are_sent(text):
    """The joiner inside an emoji is no hidden character."""
    check_sendable(text, CARD)
