"""Foreign HTML to plain text, texts compared the way platforms alter them, lengths as platforms count them."""

import html
import re
import unicodedata

import nh3

from connectors.core.contract import Card, LengthUnit
from connectors.core.errors import Refused
from connectors.core.fields import clean

_BLOCKS = {"p", "div", "blockquote", "pre", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6"}
_LINES = {"br", "li", "tr", "hr"}
_PRE = re.compile(r"<pre>.*?</pre>", re.DOTALL)
_BREAK = re.compile(r"<(?:" + "|".join(sorted(_LINES)) + r")>")
_PARAGRAPH = re.compile(r"</?(?:" + "|".join(sorted(_BLOCKS)) + r")>")
_TAG = re.compile(r"<[^<>]*>")
_MANY_TAGS = 5000  # 200,000 nested <div> keep nh3 busy for 168 s (measured), 5,000 for 0.1 s

_SAME = str.maketrans(
    dict.fromkeys("“”„‟«»″＂", '"')
    | dict.fromkeys("‘’‚‛‹›′`´", "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff\ufe0e\ufe0f")
    | {"…": "...", "×": "x", "™": "(tm)"}
)
_DASHES = re.compile("-{2,}")
_ZWJ = "\u200d"


def plain(markup: str) -> str:
    """Text of a piece of HTML: tags off, scripts and styles gone, entities read, line breaks kept.

    Paragraphs are parted by one empty line. Nothing is executed or fetched.
    """
    markup = clean(markup)
    if markup.count("<") > _MANY_TAGS:
        markup = _TAG.sub(" ", markup)
    safe = nh3.clean(markup, tags=_BLOCKS | _LINES, attributes={}, link_rel=None)
    safe = _PRE.sub(lambda found: found[0].replace("\n", "<br>"), safe)
    safe = re.sub(r"[ \t\r\n\f]+", " ", safe)
    safe = _TAG.sub("", _PARAGRAPH.sub("\n\n", _BREAK.sub("\n", safe)))
    lines = (line.strip(" ") for line in html.unescape(safe).replace("\xa0", " ").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def fold(text: str) -> str:
    """What remains of a text when typography and white space are taken off; for comparing, never for showing."""
    folded = unicodedata.normalize("NFC", text).translate(_SAME)
    folded = _DASHES.sub("-", folded).replace("''", '"')
    return " ".join(folded.split())


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same utterance (DESIGN 4): equal after NFC, white space and typographic folding.

    Platforms alter quotes, dashes, ellipses and line breaks. Letters, digits and their case count.
    """
    return fold(one) == fold(other)


def length(text: str, unit: LengthUnit) -> int:
    """The length as the platform counts it."""
    if unit == "byte":
        return len(text.encode("utf-8", "surrogatepass"))
    if unit == "utf16":
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    if unit == "grapheme":
        import regex  # type: ignore[import-untyped]  # only two platforms count this way

        return len(regex.findall(r"\X", text))
    return len(text)


def check_sendable(text: str, card: Card, *, size: int | None = None) -> None:
    """Look at a text before it is sent; nothing is ever cut.

    Args:
        text: the approved words.
        card: the card of this account.
        size: the length where the platform counts in a way of its own.

    Raises:
        Refused: empty, too long, or with invisible control characters.
    """
    if not text.strip():
        raise Refused("the text is empty")
    bad = _unseen(text)
    if bad is not None:
        raise Refused(f"the text holds the invisible character U+{ord(text[bad]):04X} at position {bad + 1}")
    measured = length(text, card.length_unit) if size is None else size
    if card.max_length is not None and measured > card.max_length:
        raise Refused(f"the text has {measured} {card.length_unit}s, {card.name} takes {card.max_length}")


def _unseen(text: str) -> int | None:
    """Place of the first character nobody can see (Cc, Cf, Cs, line separators), line feeds and emoji joiners aside."""
    for place, char in enumerate(text):
        if char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            continue
        if char == _ZWJ and _joins(text, place):
            continue
        return place
    return None


def _joins(text: str, place: int) -> bool:
    """Whether the joiner at `place` stands between two emoji."""
    before = text[:place].rstrip("\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")[-1:]
    after = text[place + 1 : place + 2]
    return all(char and unicodedata.category(char) == "So" for char in (before, after))
