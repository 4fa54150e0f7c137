"""Ways in which people hide or misspell words: to train against, and to measure with. Deterministic by the text."""

import re
import zlib
from collections.abc import Callable, Sequence

from monitor.triage import signals
from monitor.triage.lexicon import Lexicon

_LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "A": "4", "E": "3", "I": "1", "O": "0"})
_SPELT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"},
)
_WORD = re.compile(r"[^\W\d_]{4,}")
Place = tuple[int, int]


def masked(word: str) -> str:
    """First and last letter stay: `Arschloch` -> `A*******h`."""
    return word[0] + "*" * (len(word) - 2) + word[-1]


def leet(word: str) -> str:
    """Vowels and s inside the word become digits: `Arsch` -> `Ar5ch`."""
    return word[0] + word[1:-1].translate(_LEET) + word[-1]


def spaced(word: str) -> str:
    """`Idiot` -> `I d i o t`."""
    return " ".join(word)


def shortened(word: str) -> str:
    """One letter inside is missing, which one depends on the word."""
    place = 1 + zlib.crc32(word.encode()) % (len(word) - 2)
    return word[:place] + word[place + 1 :]


def shortened_elsewhere(word: str) -> str:
    """Another letter inside is missing than in `shortened`; words of four letters lose the same two in turn."""
    inside = len(word) - 2
    place = 1 + (zlib.crc32(word.encode()) + inside // 2) % inside
    return word[:place] + word[place + 1 :]


def swapped(word: str) -> str:
    """Two neighbours inside changed places, which ones depends on the word."""
    place = 1 + zlib.crc32(word.encode()) % max(len(word) - 3, 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def transliterated(word: str) -> str:
    """`Betrüger` -> `Betrueger`."""
    return word.translate(_SPELT)


EDITS: dict[str, Callable[[str], str]] = {
    "masked": masked,
    "leet": leet,
    "spaced": spaced,
    "one letter dropped": shortened,
    "transliterated": transliterated,
    "capitals": str.upper,
}
WHOLE = frozenset({"transliterated", "capitals"})
"""Edits that go over the whole text; the others change single words."""


SLIPS: dict[str, Callable[[str], str]] = {"another letter dropped": shortened_elsewhere, "letters swapped": swapped}
"""More slips of the pen, to train against alone."""


def strewn(text: str, turn: int) -> str:
    """About every fourth word of four and more letters misses one; which ones depends on `turn`, word and place."""

    def slip(match: re.Match[str]) -> str:
        cast = zlib.crc32(f"{turn} {match.start()} {match[0]}".encode())
        return match[0] if cast % 4 else shortened(match[0])

    return _WORD.sub(slip, text)


def words_to_hide(text: str, marked: Sequence[Place]) -> list[Place]:
    """Words of four and more letters inside the marked places; the longest word of the text where none is marked."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    inside = [word for word in words if any(start < word[1] and word[0] < end for start, end in marked)]
    return inside or sorted(words, key=lambda word: (word[0] - word[1], word[0]))[:1]


def changed(text: str, edit: str, places: Sequence[Place]) -> str:
    """The text with one edit of `EDITS` or `SLIPS` at the places, or everywhere for those of `WHOLE`."""
    change = EDITS.get(edit) or SLIPS[edit]
    if edit in WHOLE:
        return change(text)
    for start, end in sorted(places, reverse=True):
        text = text[:start] + change(text[start:end]) + text[end:]
    return text


def hostile_places(text: str, words: Lexicon) -> list[Place]:
    """Where the word lists see insults, contempt or bad words."""
    found = signals.signals(text, words).of("insult", "contempt", "profanity", "threat")
    return [(evidence.start, evidence.end) for evidence in found]
