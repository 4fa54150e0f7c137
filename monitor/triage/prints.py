"""Fingerprints of texts: the folded key, its 5-grams, 64 minhashes and the bands under which a text is found again.

A signature is 64 numbers of 16 bits; one band is four of them, so a band is a 64-bit number, and the signature alone
gives all bands back (SENTIMENT 4: 64 hashes, 16 x 4). The 64 are put into bands twice, neighbours together and every
sixteenth together: sixteen bands alone miss a third of the posts in which 30 % of the words changed.

Everything but the signature itself is plain Python; that comes from minhash.py and its numpy, 17 MB that a daemon
leaves to the judge's process (aside.py).
"""

import hashlib
import re
import struct
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import eq

Signer = Callable[[Sequence[str]], list[bytes]]
"""Keys -> their signatures, 128 bytes each."""
Grams = frozenset[bytes]
GRAM = 5
HASHES, BANDS = 64, 16
ROWS = HASHES // BANDS
SHORT_KEY = 25
"""Shorter keys are stock phrases ("Alles super"): nobody's text is found again by them alone."""
_ODD = 0x9E3779B97F4A7C15
_WORD = (1 << 64) - 1
_HALF = 1 << 63
_BAND_MARKS = tuple((place * _ODD) & _WORD for place in range(1, 2 * BANDS + 1))
_NUMBERS = struct.Struct(f"<{HASHES}H")

_URL = re.compile(r"https?://\S{1,2000}|www\.\S{1,2000}")
_HANDLE = re.compile(r"[@#](?=\w)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WITH_LETTERS = re.compile(r"[0-9@$]{0,20}[a-z][a-z0-9@$]*")
_LEET = str.maketrans("431057@$", "aeiostas")  # "10kg" becomes "iokg", on both sides
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_OTHER = re.compile(r"[\W_]+")
_RUN = re.compile(r"(.)\1{2,}")
_SENTENCES = re.compile(r"(?<![.!?:\n])[.!?:\n]+\s+")  # from the first mark of a run only: else a long run is quadratic
_FEWEST, _MOST = 3, 200  # sentences of a text whose middle is worth a look
_SPACED = re.compile(r"\b[^\W\d](?: [^\W\d]\b){3,}")


@dataclass(frozen=True, slots=True)
class Folded:
    """What two texts are compared by to the letter.

    Attributes:
        key: the folded text; empty where there is nothing to compare.
        grams: its distinct 5-grams.
    """

    key: str
    grams: Grams = field(repr=False)


@dataclass(frozen=True, slots=True)
class Print:
    """Fingerprint of a text.

    Attributes:
        folded: the text itself, to be compared.
        signature: 64 minhashes of 16 bits, 128 bytes.
        exact: a number of the whole key, signed 64 bits.
        words: the same of its words in alphabetical order: a reordered text has it, too.
    """

    folded: Folded
    signature: bytes = field(repr=False)
    exact: int
    words: int

    @property
    def key(self) -> str:
        """The folded text."""
        return self.folded.key

    def numbers(self) -> list[int]:
        """Under what the text stands in the index: nothing for a stock phrase, else exact key, words and bands."""
        return [] if len(self.key) < SHORT_KEY else [self.exact, self.words, *bands(self.signature)]


def key(text: str) -> str:
    """The text folded for comparison: case, umlauts, punctuation, emojis, links, leet, spacing, long runs."""
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower().translate(_UMLAUTS)
    folded = _HANDLE.sub(" ", _URL.sub(" ", folded))
    folded = _WITH_LETTERS.sub(lambda match: match[0].translate(_LEET), folded)
    folded = _RUN.sub(r"\1\1", _OTHER.sub(" ", folded)).strip()
    return _SPACED.sub(lambda match: match[0].replace(" ", ""), folded)


def fold(text: str) -> Folded:
    """A text, folded."""
    return of_key(key(text))


def of_key(folded: str) -> Folded:
    """The same from a key that is known already."""
    return Folded(folded, grams_of(folded))


def signatures(keys: Sequence[str]) -> list[bytes]:
    """The signatures of keys, in this process; numpy is loaded by the first call."""
    from monitor.triage import minhash

    return [minhash.signature(folded) for folded in keys]


def of(text: str) -> Print:
    """The fingerprint of a text, about 0.1 ms for 300 characters."""
    return of_keys([key(text)], signatures)[0]


def of_keys(keys: Sequence[str], sign: Signer) -> list[Print]:
    """Fingerprints of keys; `sign` is asked once for all of them."""
    return [
        Print(of_key(folded), signature, number(folded), number("\0".join(sorted(folded.split()))))
        for folded, signature in zip(keys, sign(keys), strict=True)
    ]


def sought(text: str, mark: Print) -> list[int]:
    """Where to look for what a text repeats: its own numbers, and those of its middle.

    Whoever copies a text likes to put a sentence before it and one behind it.
    """
    inner = middle(text)
    return [*mark.numbers(), *(of_keys([inner], signatures)[0].numbers() if inner else ())]


def several(texts: Sequence[str], sign: Signer) -> list[tuple[Print, list[int]]]:
    """The fingerprint of each text and where to look for what it repeats; `sign` is asked once for all of them."""
    keys, middles = [key(text) for text in texts], [middle(text) for text in texts]
    marks = iter(of_keys([*keys, *filter(None, middles)], sign))
    whole = [next(marks) for _key in keys]
    return [
        (mark, [*mark.numbers(), *(next(marks).numbers() if inner else ())])
        for mark, inner in zip(whole, middles, strict=True)
    ]


def middle(text: str) -> str:
    """The key of a text without its first and last sentence; empty where it has too few or too many of them."""
    parts = [part for part in _SENTENCES.split(text) if part.strip()]
    return key(" ".join(parts[1:-1])) if _FEWEST <= len(parts) <= _MOST else ""


def number(told: str) -> int:
    """A string as a signed number of 64 bits, the same on every machine."""
    digest = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def grams_of(folded: str) -> Grams:
    """Distinct runs of five bytes of the key with a blank on either side."""
    raw = padded(folded)
    return frozenset(raw[place : place + GRAM] for place in range(len(raw) - GRAM + 1))


def padded(folded: str) -> bytes:
    """The bytes whose runs are compared, at least `GRAM` of them."""
    return f" {folded} ".encode("utf-8", "surrogatepass").ljust(GRAM)


def bands(signature: bytes) -> list[int]:
    """Twice sixteen bands of a signature, each with its place mixed in, signed 64 bits."""
    parts = _NUMBERS.unpack(signature)
    rows = chain((parts[at : at + ROWS] for at in range(0, HASHES, ROWS)), (parts[at::BANDS] for at in range(BANDS)))
    return [_band(row, mark) for row, mark in zip(rows, _BAND_MARKS, strict=True)]


def _band(row: Iterable[int], mark: int) -> int:
    packed = 0
    for part in row:
        packed = packed << 16 | part
    mixed = ((packed ^ mark) * _ODD) & _WORD
    mixed ^= mixed >> 29
    return mixed - (1 << 64) if mixed >= _HALF else mixed


def estimates(signature: bytes, others: Sequence[bytes]) -> list[float]:
    """The estimated Jaccard with each of the others: the share of equal minhashes, about ±0.06."""
    mine = _NUMBERS.unpack(signature)
    return [sum(map(eq, mine, _NUMBERS.unpack(other))) / HASHES for other in others]


def jaccard(one: Grams, other: Grams) -> float:
    """Share of the 5-grams that both have, 0..1."""
    shared = len(one & other)
    return shared / max(len(one) + len(other) - shared, 1)
