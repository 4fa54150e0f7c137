"""The heads: one linear question each over the same hashed n-grams, int8, all scored in one go.

A word's share of every head is the same in every text, so it is computed once and remembered.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from monitor.triage import normal
from monitor.triage.model import features

PATH = Path(__file__).with_name("heads.npz")
Vector = np.ndarray[Any, np.dtype[np.float32]]
_WORDS_KEPT = 24_000  # 250 bytes each; our corpus has far more, most of them once: a full memory begins anew


@dataclass(frozen=True, slots=True)
class Share:
    """What the word or pair of words at `start..end` (half-open, original text) adds to one head."""

    start: int
    end: int
    value: float


class _Known:
    """What is remembered of words: row, shares of every head, share of the length, numbers. Rows are never changed."""

    def __init__(self, heads: int, room: int) -> None:
        self.room = room
        self.rows: dict[str, int] = {}
        self.shares = np.zeros((room, heads), np.int16)
        self.squares = np.zeros(room, np.float32)
        self.numbers = np.zeros((room, 2), np.uint64)


class Heads:
    """All heads of one file. Immutable but for a memory of words; one instance serves all threads."""

    def __init__(self, arrays: dict[str, Any]) -> None:
        """`arrays`: names, weights (buckets x heads, int8), scale, bias, rarity (uint8), rarity_scale, digest."""
        self.names: tuple[str, ...] = tuple(str(name) for name in arrays["names"])
        self.digest = str(arrays["digest"])
        self._weights = arrays["weights"]
        self._scale: Vector = arrays["scale"].astype(np.float32)
        self._bias: Vector = arrays["bias"].astype(np.float32)
        self._squared = (arrays["rarity"].astype(np.float32) * np.float32(arrays["rarity_scale"])) ** 2
        self._squared[features.LETTERS :] *= np.float32(features.EMPHASIS**2)
        self.index = {name: place for place, name in enumerate(self.names)}
        self._known = _Known(len(self.names), _WORDS_KEPT)
        self._lock = threading.Lock()

    def _looked_up(self, words: Sequence[str]) -> tuple[_Known, Any]:
        """The memory and the row of each word in it; new words are computed at once."""
        known = self._known
        try:
            return known, np.array([known.rows[word] for word in words], np.int64)
        except KeyError:
            with self._lock:
                known = self._learnt(list(dict.fromkeys(words)))
            return known, np.array([known.rows[word] for word in words], np.int64)

    def _learnt(self, words: Sequence[str]) -> _Known:
        """The memory with all these words; a full one is replaced, never emptied: other threads may be reading it."""
        known = self._known
        new = [word for word in words if word not in known.rows]
        if len(known.rows) + len(new) > known.room:
            known, new = _Known(len(self.names), max(_WORDS_KEPT, len(words))), list(words)
            self._known = known
        for word in new:
            row = len(known.rows)
            ids = features.word_ids(word)
            known.shares[row] = self._weights.take(ids, axis=0).sum(0, dtype=np.int16)  # at most 200 runs of 127
            known.squares[row] = self._squared.take(ids).sum()
            known.numbers[row] = features.number(word), features.number(features.stem(word))
            known.rows[word] = row
        return known

    def logits(self, text: str) -> Vector:
        """The value of every head, in the order of `names`; the bias alone for a text without words."""
        return self.of_words(normal.words(text))

    def of_words(self, words: Sequence[str]) -> Vector:
        """The same for the words of a normal form."""
        if not words:
            return self._bias.copy()
        known, rows = self._looked_up(words)
        others = features.pair_ids(*known.numbers.take(rows, axis=0).T)
        total = known.shares.take(rows, axis=0).sum(0, dtype=np.float32)
        total += self._weights.take(others, axis=0).sum(0, dtype=np.float32)
        length = float(known.squares.take(rows).sum()) + float(self._squared.take(others).sum())
        return np.asarray(total * (self._scale / np.float32(np.sqrt(max(length, 1e-9)))) + self._bias, np.float32)

    def shares(self, text: str, head: str) -> list[Share]:
        """What each word and each pair of neighbours adds to one head, in the order of the text."""
        placed = list(normal.placed(text))
        words = [word.word for word in placed]
        if not words:
            return []
        column = self.index[head]
        known, rows = self._looked_up(words)
        others = features.pair_ids(*known.numbers[rows].T)
        length = float(known.squares[rows].sum()) + float(self._squared[others].sum())
        unit = float(self._scale[column]) / float(np.sqrt(max(length, 1e-9)))
        weights = self._weights[others, column].astype(np.float64)
        single = [float(value) for value in known.shares[rows, column]]
        found = [Share(place.start, place.end, value * unit) for place, value in zip(placed, single, strict=True)]
        stems = max(2 * len(words) - 3, 0)  # where the pairs of stems begin
        for place in range(len(words) - 1):
            value = single[place] + single[place + 1] + float(weights[place]) + float(weights[stems + place])
            found.append(Share(placed[place].start, placed[place + 1].end, value * unit))
        return found


def load(path: Path = PATH) -> Heads:
    """Read the heads of a file. Nothing in it can run: numpy is told to refuse pickles."""
    with np.load(path, allow_pickle=False) as stored:
        return Heads({name: stored[name] for name in stored.files})


@cache
def shipped() -> Heads:
    """The heads that come with the package, read once (about 0.1 s)."""
    return load()
