"""Hashed n-grams of a normal text: letters inside words (2 to 6), words, pairs of words, pairs over one word.

Everything about a word alone is cached, so that a text costs little more than looking up its words. A feature counts as
often as it occurs; a text is divided by the length of its vector, occurrence by occurrence (`Features.weigh`).
"""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

Ids = np.ndarray[Any, np.dtype[np.int64]]

BITS = 17
BUCKETS = 1 << BITS
SHORTEST, LONGEST = 2, 6
_PRIME = np.uint64(1099511628211)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(31)
_DOWN = np.uint64(64 - BITS)
_MASK = 0xFFFFFFFFFFFFFFFF
LONGEST_WORD = 40


def _buckets(hashes: np.ndarray[Any, np.dtype[np.uint64]]) -> Ids:
    mixed = (hashes ^ (hashes >> _SHIFT)) * _MIX
    return (mixed >> _DOWN).astype(np.int64)


def words_ids(words: Sequence[str]) -> tuple[Ids, Ids]:
    """Buckets of many words at once, and where in them each word begins; a word's own bucket comes first.

    A word gives itself and its runs of letters, with a blank before and after.
    """
    raw = [b" " + word[:LONGEST_WORD].encode("utf-8", "replace") + b" " for word in words]
    lengths = np.array([len(part) for part in raw], np.int64)
    padded = np.frombuffer(b"".join(raw), np.uint8).astype(np.uint64)
    owner = np.repeat(np.arange(len(raw)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(padded))  # bytes from here to the end of the word
    found = [np.array([_number(word) for word in words], np.uint64) * _PRIME + np.uint64(77)]
    owners = [np.arange(len(raw))]
    running = np.zeros(len(padded), np.uint64)
    for size in range(1, LONGEST + 1):
        count = len(padded) - size + 1
        if count <= 0:
            break
        running = (running[:count] * _PRIME) ^ padded[size - 1 :]
        if size >= SHORTEST:
            whole = left[:count] >= size
            found.append(running[whole] * np.uint64(2 * size + 1))
            owners.append(owner[:count][whole])
    order = np.argsort(np.concatenate(owners), kind="stable")
    sizes = np.bincount(np.concatenate(owners), minlength=len(raw))
    return _buckets(np.concatenate(found))[order], np.cumsum(sizes) - sizes


def word_ids(word: str) -> Ids:
    """Buckets of one word."""
    return words_ids([word])[0]


def _number(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace"))


def pair_ids(words: Sequence[str]) -> Ids:
    """Buckets of pairs of neighbours, then of pairs over one word; word k begins pair k of its part."""
    numbers = np.array([_number(word) for word in words], np.uint64)
    near = (numbers[:-1] * _PRIME ^ numbers[1:]) * np.uint64(0x51ED27) + np.uint64(99)
    far = (numbers[:-2] * _PRIME ^ numbers[2:]) * np.uint64(0x2545F5) + np.uint64(111)
    return _buckets(np.concatenate([near, far]))
