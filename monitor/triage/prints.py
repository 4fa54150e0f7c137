"""Fingerprints of texts: the folded key, its 5-grams, 64 minhashes and the bands under which a text is found again.

numpy alone. A signature is 64 numbers of 16 bits; one band is four of them, so a band is a 64-bit number, and the
signature alone gives all bands back (SENTIMENT 4: 64 hashes, 16 x 4). The 64 are put into bands twice, neighbours
together and every sixteenth together: sixteen bands alone miss a third of the posts in which 30 % of the words changed.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.uint64]]
GRAM = 5
HASHES, BANDS = 64, 16
ROWS = HASHES // BANDS
SHORT_KEY = 25
"""Shorter keys are stock phrases ("Alles super"): nobody's text is found again by them alone."""
_AT_ONCE = 4096  # grams hashed in one go: 64 x 4096 x 8 bytes = 2 MB, however long the text is
_ODD = np.uint64(0x9E3779B97F4A7C15)
_FACTORS: Array = np.random.RandomState(3).randint(0, 2**63, HASHES, dtype=np.int64).astype(np.uint64) * np.uint64(
    2
) + np.uint64(1)
_BAND_MARKS: Array = np.arange(1, 2 * BANDS + 1, dtype=np.uint64) * _ODD

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
class Print:
    """Fingerprint of a text.

    Attributes:
        key: the folded text; empty where there is nothing to compare.
        grams: its distinct 5-grams as sorted numbers.
        signature: 64 minhashes of 16 bits, 128 bytes.
        exact: a number of the whole key, signed 64 bits.
        words: the same of its words in alphabetical order: a reordered text has it, too.
    """

    key: str
    grams: Array = field(repr=False)
    signature: bytes = field(repr=False)
    exact: int
    words: int

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


def of(text: str) -> Print:
    """The fingerprint of a text, about 0.1 ms for 300 characters."""
    return of_key(key(text))


def sought(text: str, mark: Print) -> list[int]:
    """Where to look for what a text repeats: its own numbers, and those of its middle.

    Whoever copies a text likes to put a sentence before it and one behind it.
    """
    parts = [part for part in _SENTENCES.split(text) if part.strip()]
    middle = of(" ".join(parts[1:-1])).numbers() if _FEWEST <= len(parts) <= _MOST else []
    return [*mark.numbers(), *middle]


def of_key(folded: str) -> Print:
    """The same from a key that is known already."""
    grams = grams_of(folded)
    return Print(folded, grams, _signature(grams), number(folded), number("\0".join(sorted(folded.split()))))


def number(told: str) -> int:
    """A string as a signed number of 64 bits, the same on every machine."""
    digest = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def grams_of(folded: str) -> Array:
    """Distinct runs of five bytes of the key with a blank on either side, packed into numbers, ascending."""
    raw = np.frombuffer(f" {folded} ".encode("utf-8", "surrogatepass"), np.uint8).astype(np.uint64)
    if len(raw) < GRAM:
        raw = np.pad(raw, (0, GRAM - len(raw)), constant_values=32)
    count = len(raw) - GRAM + 1
    packed = np.zeros(count, np.uint64)
    for place in range(GRAM):
        packed = (packed << np.uint64(8)) | raw[place : place + count]
    return np.unique(packed)


def _signature(grams: Array) -> bytes:
    mixed = (grams ^ (grams >> np.uint64(23))) * _ODD
    mixed ^= mixed >> np.uint64(32)
    least = np.full(HASHES, np.iinfo(np.uint64).max, np.uint64)
    for start in range(0, len(mixed), _AT_ONCE):
        hashed = (mixed[start : start + _AT_ONCE][None, :] * _FACTORS[:, None]) >> np.uint64(32)
        least = np.minimum(least, hashed.min(axis=1))
    return (least & np.uint64(0xFFFF)).astype("<u2").tobytes()


def bands(signature: bytes) -> list[int]:
    """Twice sixteen bands of a signature, each with its place mixed in, signed 64 bits."""
    parts = np.frombuffer(signature, "<u2").astype(np.uint64)
    rows = np.concatenate([parts.reshape(BANDS, ROWS), parts.reshape(ROWS, BANDS).T])
    packed = np.zeros(2 * BANDS, np.uint64)
    for row in range(ROWS):
        packed = (packed << np.uint64(16)) | rows[:, row]
    mixed = (packed ^ _BAND_MARKS) * _ODD
    found: list[int] = (mixed ^ (mixed >> np.uint64(29))).view(np.int64).tolist()
    return found


def estimates(signature: bytes, others: Sequence[bytes]) -> list[float]:
    """The estimated Jaccard with each of the others: the share of equal minhashes, about ±0.06."""
    if not others:
        return []
    known = np.frombuffer(b"".join(others), "<u2").reshape(len(others), HASHES)
    same: list[float] = (known == np.frombuffer(signature, "<u2")).mean(axis=1).tolist()
    return same


def jaccard(one: Array, other: Array) -> float:
    """Share of the 5-grams that both have, 0..1."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / max(len(one) + len(other) - shared, 1)
