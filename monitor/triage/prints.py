"""Fingerprints of texts: the folded key, its 5-grams, 64 minhashes and the bands under which a text is found again.

numpy alone. A signature is 64 numbers of 16 bits; one band is four of them, so a band is a 64-bit number, and the
signature alone gives all bands back (SENTIMENT 4: 64 hashes, 16 x 4).
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
BANDED_FROM = 40
"""From this many characters on a text is found by its bands; between the two only an equal text is."""
_AT_ONCE = 4096  # grams hashed in one go: 64 x 4096 x 8 bytes = 2 MB, however long the text is
_ODD = np.uint64(0x9E3779B97F4A7C15)
_FACTORS: Array = np.random.RandomState(3).randint(0, 2**63, HASHES, dtype=np.int64).astype(np.uint64) * np.uint64(
    2
) + np.uint64(1)
_BAND_MARKS: Array = (np.arange(1, BANDS + 1, dtype=np.uint64) * _ODD)[:, None]

_URL = re.compile(r"https?://\S{1,2000}|www\.\S{1,2000}")
_HANDLE = re.compile(r"[@#](?=\w)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WITH_LETTERS = re.compile(r"[0-9@$]{0,20}[a-z][a-z0-9@$]*")
_LEET = str.maketrans("431057@$", "aeiostas")  # "10kg" becomes "iokg", on both sides
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_OTHER = re.compile(r"[\W_]+")
_RUN = re.compile(r"(.)\1{2,}")
_SPACED = re.compile(r"\b[^\W\d](?: [^\W\d]\b){3,}")


@dataclass(frozen=True, slots=True)
class Print:
    """Fingerprint of a text.

    Attributes:
        key: the folded text; empty where there is nothing to compare.
        grams: its distinct 5-grams as sorted numbers.
        signature: 64 minhashes of 16 bits, 128 bytes.
        exact: a number of the whole key, signed 64 bits.
    """

    key: str
    grams: Array = field(repr=False)
    signature: bytes = field(repr=False)
    exact: int

    def hashes(self) -> list[int]:
        """The numbers under which the text stands in the index: none for a stock phrase, else exact key and bands."""
        return numbers(self.key, self.exact, self.signature)


def numbers(folded: str, exact: int, signature: bytes) -> list[int]:
    """The same from the parts of a print."""
    if len(folded) < SHORT_KEY:
        return []
    return [exact, *bands(signature)] if len(folded) >= BANDED_FROM else [exact]


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


def of_key(folded: str) -> Print:
    """The same from a key that is known already."""
    grams = grams_of(folded)
    digest = hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return Print(folded, grams, _signature(grams), int.from_bytes(digest, "little", signed=True))


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
    """The sixteen bands of a signature, each with its place mixed in, signed 64 bits."""
    parts = np.frombuffer(signature, "<u2").astype(np.uint64).reshape(BANDS, ROWS)
    packed = np.zeros(BANDS, np.uint64)
    for row in range(ROWS):
        packed = (packed << np.uint64(16)) | parts[:, row]
    mixed = (packed ^ _BAND_MARKS[:, 0]) * _ODD
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
