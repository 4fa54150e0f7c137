"""The form in which the model reads a text: what somebody hid, stretched or spelt otherwise becomes one spelling.

NFKC, addresses and handles replaced, letters that stand apart joined, leet inside words undone, stars between letters
filled from the word list, umlauts folded, digits made 0, repeats cut. The original is kept: every word of the normal
form knows its half-open place there.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.triage.fillers import Fillers
    from monitor.triage.slips import Slips

READS_AT_MOST = 6000
"""Characters that the model reads: longer posts are judged by their beginning and their end, half each."""

_PIECE = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![^\W\d_])[^\W\d_](?:[ .\-_*][^\W\d_]){2,40}(?![^\W\d_])"
    r"|\S{1,120}",
)
_FACE = r"[:;=][-'^]?(?:[()\[\]|/\\*<>]+|[dpo](?![^\W_]))|<3"
_WORD = re.compile(rf"{_FACE}|[^\W_]+|[.,!?]+|[^\w\s]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufe0e\ufe0f\ufeff\U0001f3fb-\U0001f3ff]")
_SPACED = re.compile(r"[^\W\d_](?:[ .\-_*][^\W\d_]){2,40}")
_HANDLE = re.compile(r"(?<!\w)@\w{2,}")
_LEET = str.maketrans({"4": "a", "@": "a", "3": "e", "1": "i", "!": "i", "0": "o", "5": "s", "$": "s", "7": "t"})
_LEET_WORD = re.compile(r"(?<!\w)[@$]?\w[\w@$!]*[\w@$]")
_INSIDE = re.compile(r"(?<=[a-z])[431057@$!]{1,2}(?=[a-z])")
_MASK = re.compile(r"(?<![\w*#])([a-z]{1,9})([*#]{1,9})([a-z]{0,12}(?:[*#]{1,9}[a-z]{1,12})?)(?![\w*#])")
_CLASS = re.compile(r"(?<!\w)[A-Za-z][*#]+(?=\s+(?:klasse|note|hotel|sterne|kategorie|level|rating)\b)", re.IGNORECASE)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe"})
_RUN = re.compile(r"([^\W\d_])\1{2,}")
_COVERED = re.compile(r"[^\W\d_](?:[*#]+|[431057$]{1,2})[^\W\d_]|(?<!\w)[@$][^\W\d_]*[431057][^\W\d_]")
_DIGITS = re.compile(r"\d+")
_MARKS = re.compile(r"([.,!?])\1{2,}")
_SHORT_WORDS = 3
_AROUND = "\"'.,;:!?()„“”»«…"


@dataclass(frozen=True, slots=True)
class Word:
    """One word or mark of the normal form, with its half-open place in the original."""

    word: str
    start: int
    end: int


def words(text: str) -> list[str]:
    """The words and marks of the normal form, in order."""
    found: list[str] = []
    for part in _read(text):
        for match in _PIECE.finditer(part):
            found.extend(_piece(match[0]))
    return found


def placed(text: str) -> Iterator[Word]:
    """The same words as `words`, each with the place of the piece that it came from; slower."""
    shift = 0
    for part in _read(text):
        for match in _PIECE.finditer(part):
            start, end = match.start() + shift, match.end() + shift
            inner = [(found.start(), found.end()) for found in _WORD.finditer(match[0])]
            spelt = _piece(match[0])
            same = len(inner) == len(spelt)
            for place, word in enumerate(spelt):
                yield Word(word, *((start + inner[place][0], start + inner[place][1]) if same else (start, end)))
        shift = max(len(text) - len(part), 0)


def forget() -> None:
    """Empty the memory of spellings, so that a measurement begins with nothing."""
    _piece.cache_clear()


def _read(text: str) -> tuple[str, ...]:
    half = READS_AT_MOST // 2
    if "*" in text or "#" in text:  # "A*** Klasse" hides nothing; the stars become blanks, so that places stay
        text = _CLASS.sub(lambda found: found[0][0] + " " * (len(found[0]) - 1), text)
    return (text,) if len(text) <= READS_AT_MOST else (text[:half], text[-half:])


@lru_cache(maxsize=16_000)
def _piece(raw: str) -> tuple[str, ...]:
    """Words of one piece between blanks (or of letters that stand apart)."""
    if raw.isalpha():  # most pieces: nothing hidden, nothing to split
        plain = raw.lower().translate(_UMLAUTS)
        if plain.isascii():
            return (_mended(_RUN.sub(r"\1\1", plain)),)
    if raw.startswith(("http://", "https://", "www.")):
        return ("url",)
    plain = raw if raw.isascii() else unicodedata.normalize("NFKC", _INVISIBLE.sub("", raw))
    if _SPACED.fullmatch(plain):
        letters = "".join(char for char in plain if char.isalpha())
        plain = letters if len(letters) > _SHORT_WORDS else plain
    plain = plain.lower().translate(_UMLAUTS)
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    plain = _unmasked(_HANDLE.sub(" handle ", _filled(plain)))
    plain = _MARKS.sub(r"\1\1\1", _RUN.sub(r"\1\1", _DIGITS.sub("0", plain)))
    return tuple(_mended(word) for word in _WORD.findall(plain))


def _mended(word: str) -> str:
    """The listed insult that a word is with one slip of the pen, else the word."""
    return _slips().mended(word)


def _filled(plain: str) -> str:
    """With the listed words in place of shapes like "A....loecher"."""
    return _fillers().filled(plain)


def _unmasked(plain: str) -> str:
    if "*" in plain or "#" in plain:
        plain = _MASK.sub(_fill, plain)
    if any(char in plain for char in "431057@$!"):
        plain = _LEET_WORD.sub(_unleet, plain)
    return plain


def _unleet(match: re.Match[str]) -> str:
    """Digits between letters are letters; a digit in front only if another one, or the word list, says so."""
    raw = match[0]
    inside = _INSIDE.sub(lambda found: found[0].translate(_LEET), raw)
    whole = raw.translate(_LEET)
    if raw[0] in "431057@$" and whole.isalpha() and (inside != raw or whole.startswith(_insults())):
        return whole
    return inside


def _fill(match: re.Match[str]) -> str:
    """The listed word that fits between the stars; else what stands there without them."""
    head, stars, tail = match[1], match[2], match[3]
    rest = re.split(r"[*#]+", tail)
    known = _listed(head, len(stars), "*".join(rest))
    if known:
        return known
    return f"{head} {' '.join(rest)}" if len(stars) > 1 else f"{head}{''.join(rest)}"


@lru_cache(maxsize=2000)
def _listed(head: str, stars: int, tail: str) -> str:
    """First by the right length, then any; a single letter in front is enough only for the usual ones."""
    if len(head) + len(tail) == 1 and (head not in "afsw" or stars < 2):
        return ""
    shape = re.compile(re.escape(head) + "[a-z]+" + "[a-z]+".join(re.escape(part) for part in tail.split("*")))
    fitting = [word for word in _masked_words() if shape.fullmatch(word)]
    exact = [word for word in fitting if len(word) == len(head) + stars + len(tail)]
    return (exact or fitting or [""])[0]


@cache
def _masked_words() -> tuple[str, ...]:
    from monitor.triage.lexicon import german

    return german().masked


@cache
def _slips() -> "Slips":
    from monitor.triage.lexicon import german

    return german().slips


@cache
def _fillers() -> "Fillers":
    from monitor.triage.lexicon import german

    return german().fillers


@cache
def _insults() -> tuple[str, ...]:
    return tuple(word for word in _masked_words() if len(word) >= 4)


def uncovered(text: str) -> str:
    """The text as it was written, but for pieces with hidden letters and misspelt insults: these in normal form."""
    return _PIECE.sub(lambda found: " ".join(_piece(found[0])) if _hides(found[0]) else found[0], text)


def _hides(piece: str) -> bool:
    """Whether letters stand apart, or touch stars, digits or signs that stand for letters, or an insult is misspelt."""
    if piece.startswith(("http", "www.")):
        return False
    word = piece.strip(_AROUND).lower().translate(_UMLAUTS)
    if _mended(word) != word or _filled(word) != word:
        return True
    return bool(_SPACED.fullmatch(piece) or _COVERED.search(piece))
