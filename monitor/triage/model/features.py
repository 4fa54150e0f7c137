"""Hashed n-grams of a normal text, in two regions of buckets.

Letters: runs of 2 to 6 inside words, words, pairs of words, pairs over one word. Sense: stems and pairs of stems; these
are few, so each counts `EMPHASIS` times as much as a run of letters.

Everything about a word alone is cached, so that a text costs little more than looking up its words. A feature counts as
often as it occurs; a text is divided by the length of its vector, occurrence by occurrence.
"""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

Ids = np.ndarray[Any, np.dtype[np.int64]]
Hashes = np.ndarray[Any, np.dtype[np.uint64]]

LETTER_BITS, SENSE_BITS = 17, 16
LETTERS = 1 << LETTER_BITS
"""Buckets below are letters, from here on sense."""
BUCKETS = LETTERS + (1 << SENSE_BITS)
EMPHASIS = 2.5
"""Weight of a sense feature beside one of letters; 2 to 4 are within 0.001 AUC on the folds of our own corpus."""
SHORTEST, LONGEST = 2, 6
LONGEST_WORD = 40
_PRIME = np.uint64(1099511628211)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(31)
_LETTER_DOWN, _SENSE_DOWN = np.uint64(64 - LETTER_BITS), np.uint64(64 - SENSE_BITS)
_WORD, _NEAR, _FAR = np.uint64(77), np.uint64(0x51ED27), np.uint64(0x2545F5)
_STEM, _STEMS = np.uint64(0x1F83D9), np.uint64(0x9B05688D)
_ENDINGS = (
    "ungen", "ung", "ens", "ern", "end", "est", "ete", "ten", "te", "en", "er", "es", "em", "et", "e", "n", "s", "t",
)  # fmt: skip
_STEM_LEFT = 4
_SIZES = np.arange(SHORTEST, LONGEST + 1)[:, None]
_ODD = (2 * _SIZES + 1).astype(np.uint64)
_AFTER = b"\0" * (LONGEST - 1)


def _letters(hashes: Hashes) -> Ids:
    return (((hashes ^ (hashes >> _SHIFT)) * _MIX) >> _LETTER_DOWN).astype(np.int64)


def _sense(hashes: Hashes) -> Ids:
    return (((hashes ^ (hashes >> _SHIFT)) * _MIX) >> _SENSE_DOWN).astype(np.int64) + LETTERS


def stem(word: str) -> str:
    """What is left of a word without `ge-` and one ending: "gelieferten" and "Lieferung" meet in "liefer"."""
    if word.startswith("ge") and len(word) > 6:
        word = word[2:]
    for ending in _ENDINGS:
        if len(word) - len(ending) >= _STEM_LEFT and word.endswith(ending):
            return word[: -len(ending)]
    return word


def number(word: str) -> int:
    """The number that stands for a word or a stem in pairs; the same on every machine."""
    return zlib.crc32(word.encode("utf-8", "replace"))


def words_ids(words: Sequence[str]) -> tuple[Ids, Ids]:
    """Buckets of many words at once, and to which word (its place in `words`) each bucket belongs.

    A word gives itself, its stem, and its runs of letters with a blank before and after.
    """
    raw = [b" " + word[:LONGEST_WORD].encode("utf-8", "replace") + b" " for word in words]
    lengths = np.array([len(part) for part in raw], np.int64)
    text = np.frombuffer(b"".join(raw) + _AFTER, np.uint8).astype(np.uint64)
    count = len(text) - len(_AFTER)
    each = np.arange(len(raw))
    owner = np.repeat(each, lengths)
    left = np.cumsum(lengths)[owner] - np.arange(count)  # bytes from here to the end of the word
    runs = np.empty((LONGEST, count), np.uint64)
    running = np.zeros(count, np.uint64)
    for size in range(LONGEST):  # runs of size + 1 bytes, from every byte on
        running = np.bitwise_xor(running * _PRIME, text[size : size + count], out=runs[size])
    whole = left >= _SIZES
    numbers = np.array([(number(word), number(stem(word))) for word in words], np.uint64) * _PRIME
    letters = np.concatenate([numbers[:, 0] + _WORD, (runs[SHORTEST - 1 :] * _ODD)[whole]])
    owners = np.concatenate([each, np.broadcast_to(owner, whole.shape)[whole], each])
    return np.concatenate([_letters(letters), _sense(numbers[:, 1] + _STEM)]), owners


def word_ids(word: str) -> Ids:
    """Buckets of one word: the same as `words_ids([word])`, in a third of its time."""
    raw = np.frombuffer(b" " + word[:LONGEST_WORD].encode("utf-8", "replace") + b" ", np.uint8).astype(np.uint64)
    numbers = np.array((number(word), number(stem(word))), np.uint64) * _PRIME
    running, found = raw, [numbers[:1] + _WORD]
    for size in range(2, min(LONGEST, len(raw)) + 1):
        running = (running[:-1] * _PRIME) ^ raw[size - 1 :]
        found.append(running * _ODD[size - SHORTEST])
    return np.concatenate([_letters(np.concatenate(found)), _sense(numbers[1:] + _STEM)])


def pair_ids(numbers: Hashes, stems: Hashes) -> Ids:
    """Buckets of pairs: words side by side, words over one word, stems side by side; word k begins pair k of its part.

    Args:
        numbers: the number of each word, in order.
        stems: the number of each word's stem.
    """
    near = (numbers[:-1] * _PRIME ^ numbers[1:]) * _NEAR
    far = (numbers[:-2] * _PRIME ^ numbers[2:]) * _FAR
    sense = (stems[:-1] * _PRIME ^ stems[1:]) * _STEMS
    return np.concatenate([_letters(np.concatenate([near, far])), _sense(sense)])
