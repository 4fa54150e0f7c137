"""A text as folded words, each with its place in the original.

Folding makes one word of its spellings: case, ä/ae, ß/ss, combining characters, full-width and styled letters,
invisible characters, "sooooo". Rules see folded words; reasons quote the original by the words' places, so no offset
is ever lost.
Masked insults (`A***loch`, `4r5ch`, `I d i o t`) become a word of their own beside what was written.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_JOINERS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff\ufe0e\ufe0f"
_WORD = rf"\w[\w{_JOINERS}]*"
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)*(?!\w)|{_WORD}|\n[ \t\r]*\n|[^\w\s]")
_MASKED = re.compile(r"(?<![\w*#@$!])[A-Za-zÄÖÜäöüß@$0-9][\w*#@$!]*[*#@$!][\w*#@$!]*")
_SPACED = re.compile(r"(?<![^\W\d_])[^\W\d_](?:[ .\-_*][^\W\d_]){3,40}(?![^\W\d_])")
_LEET = str.maketrans({"4": "a", "@": "a", "3": "e", "1": "i", "!": "i", "0": "o", "5": "s", "$": "s", "7": "t"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ẞ": "ss", "æ": "ae", "ø": "oe", "œ": "oe"})
_VOWEL_RUN = re.compile(r"([aeiouy])\1{2,}")
_CONSONANT_RUN = re.compile(r"([^aeiouy\d])\1{2,}")
_INVISIBLE = re.compile(rf"[{_JOINERS}]")
_HANDLE = re.compile(r"[@#][^\W\d_]")
SENTENCE_ENDS = frozenset({".", "!", "?", "…", "\n", ";"})
_KEPT = SENTENCE_ENDS | {",", ":", "(", ")", "-", "–", "—", "€", "$", "%"}
_QUOTES = frozenset("\"'`´„“”‚‘’»«›‹*_~")
LONGEST_WORD = 60


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark: folded `word`, half-open place in the original, and whether it unmasks a hidden word."""

    word: str
    start: int
    end: int
    unmasked: bool = False


@lru_cache(maxsize=50_000)
def _fold_short(word: str) -> str:
    composed = unicodedata.normalize("NFKC", word).lower().translate(_UMLAUTS)
    plain = "".join(char for char in unicodedata.normalize("NFKD", composed) if not unicodedata.combining(char))
    plain = _INVISIBLE.sub("", plain)
    return _CONSONANT_RUN.sub(r"\1\1", _VOWEL_RUN.sub(r"\1", plain))


def fold(word: str) -> str:
    """One word in the spelling that rules are written in. Words beyond `LONGEST_WORD` keep their beginning only."""
    return _fold_short(word[:LONGEST_WORD])


def tokens(text: str) -> list[Token]:
    """Words and marks of the text in order; quotation marks and decoration are left out, linear in its length."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        raw = match[0]
        if raw in _QUOTES:
            continue
        if raw[0] == "\n":
            found.append(Token("\n", match.start(), match.end()))
        elif raw.isalnum() or raw in _KEPT or len(raw) > 1:
            found.append(Token(fold(raw), match.start(), match.end()))
        elif not raw.isascii() and unicodedata.category(raw) in {"So", "Sm"}:
            found.append(Token(raw, match.start(), match.end()))
    return found


def hidden_words(text: str) -> Iterator[Token]:
    """Words that somebody hid: leet (`4r5ch`), stars (`A***loch`, kept as `a*loch`) and spaced letters."""
    if any(char in text for char in "*#@$") or any(char.isdigit() for char in text):
        yield from _masked(text)
    for match in _SPACED.finditer(text):
        letters = "".join(char for char in match[0] if char.isalpha())
        yield Token(fold(letters), match.start(), match.end(), unmasked=True)


def _masked(text: str) -> Iterator[Token]:
    for match in _MASKED.finditer(text):
        raw = match[0][:LONGEST_WORD].rstrip("!")
        if _HANDLE.match(raw) and not raw.lower().startswith("@rs"):
            continue
        if "**" in raw or "##" in raw or re.search(r"[^\W\d_][*#][^\W\d_]", raw):
            yield Token(re.sub(r"[*#]+", "*", fold(raw)), match.start(), match.start() + len(raw), unmasked=True)
        elif any(char.isalpha() for char in raw):
            yield Token(fold(raw.translate(_LEET)), match.start(), match.start() + len(raw), unmasked=True)
    for match in re.finditer(r"(?<!\w)(?=\w{0,40}\d)(?=\w{0,40}[^\W\d_])\w{4,40}(?!\w)", text):
        if not match[0][0].isdigit() or match[0][1].isalpha():
            yield Token(fold(match[0].translate(_LEET)), match.start(), match.end(), unmasked=True)
