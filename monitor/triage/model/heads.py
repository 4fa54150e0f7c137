"""The heads: one linear question each over the same hashed n-grams, int8, all scored in one go.

A word's share of every head is the same in every text, so it is computed once and remembered.
"""

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
_WORDS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Share:
    """What the word or pair of words at `start..end` (half-open, original text) adds to one head."""

    start: int
    end: int
    value: float


class Heads:
    """All heads of one file. Immutable but for a cache; one instance serves all threads."""

    def __init__(self, arrays: dict[str, Any]) -> None:
        """`arrays`: names, weights (buckets x heads, int8), scale, bias, rarity (uint8), rarity_scale, digest."""
        self.names: tuple[str, ...] = tuple(str(name) for name in arrays["names"])
        self.digest = str(arrays["digest"])
        self._weights = arrays["weights"]
        self._scale: Vector = arrays["scale"].astype(np.float32)
        self._bias: Vector = arrays["bias"].astype(np.float32)
        self._squared = (arrays["rarity"].astype(np.float32) * np.float32(arrays["rarity_scale"])) ** 2
        self.index = {name: place for place, name in enumerate(self.names)}
        self._known: dict[str, tuple[Vector, float]] = {}

    def _shares(self, words: Sequence[str]) -> list[tuple[Vector, float]]:
        """What each word adds to every head before scaling, and to the length; new words are computed at once."""
        known = self._known
        new = list(dict.fromkeys(word for word in words if word not in known))
        if new:
            ids, starts = features.words_ids(new)
            shares = np.add.reduceat(self._weights.take(ids, axis=0).astype(np.float32), starts, axis=0)
            squares = np.add.reduceat(self._squared[ids], starts)
            fresh = {word: (shares[k], float(squares[k])) for k, word in enumerate(new)}
            if len(known) + len(fresh) > _WORDS_KEPT:  # a new one, never emptied: other threads may be reading it
                known = {word: known[word] for word in words if word in known}
                self._known = known
            known.update(fresh)
        return [known[word] for word in words]

    def logits(self, text: str) -> Vector:
        """The value of every head, in the order of `names`; the bias alone for a text without words."""
        return self.of_words(normal.words(text))

    def of_words(self, words: Sequence[str]) -> Vector:
        """The same for the words of a normal form."""
        if not words:
            return self._bias.copy()
        parts = self._shares(words)
        total = np.add.reduce([share for share, _ in parts])
        length = sum(squared for _, squared in parts)
        if len(words) > 1:
            pairs = features.pair_ids(words)
            total += self._weights.take(pairs, axis=0).sum(0, dtype=np.float32)
            length += float(self._squared[pairs].sum())
        return np.asarray(total * self._scale / np.sqrt(max(length, 1e-9)) + self._bias, np.float32)

    def shares(self, text: str, head: str) -> list[Share]:
        """What each word and each pair of neighbours adds to one head, in the order of the text."""
        placed = list(normal.placed(text))
        words = [word.word for word in placed]
        if not words:
            return []
        column = self.index[head]
        pairs = features.pair_ids(words) if len(words) > 1 else np.zeros(0, np.int64)
        parts = self._shares(words)
        length = sum(squared for _, squared in parts) + float(self._squared[pairs].sum())
        unit = float(self._scale[column]) / float(np.sqrt(max(length, 1e-9)))
        single = [float(share[column]) for share, _ in parts]
        found = [Share(place.start, place.end, value * unit) for place, value in zip(placed, single, strict=True)]
        for place in range(len(words) - 1):
            value = single[place] + single[place + 1] + float(self._weights[pairs[place], column])
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
