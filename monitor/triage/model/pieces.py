"""A text as pieces of words, the way multilingual-e5 reads it: the likeliest split of each word (unigram, Viterbi).

The pieces and their scores come from the model's own file, less what no German text needs. Hidden words are undone
first (`normal.py`), everything else is read as it was written: capitals, umlauts and emoji carry meaning here.
"""

import re
import unicodedata
from collections.abc import Sequence

from monitor.triage import normal

BEGIN, END, UNKNOWN = 0, 2, 3
"""Places of the marks in every list of pieces; 1 is the filling of a batch."""
SPACE = "\u2581"
_FRONT = "query: "
"""What e5 was taught to read before every text."""
_LONGEST_WORD = 60
_UNKNOWN_COSTS = 10.0
_KEPT = 30_000
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_HANDLE = re.compile(r"(?<!\w)@\w{2,}")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufe0e\ufe0f\ufeff\U0001f3fb-\U0001f3ff]")


def readable(text: str) -> str:
    """The text for the model: addresses and handles replaced, hidden words undone, white space joined."""
    plain = _HANDLE.sub("@USER", _ADDRESS.sub("http", text))
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", normal.uncovered(plain)))
    return " ".join(plain.split())


class Pieces:
    """Splits words by a list of pieces. Immutable but for a memory of words; safe from several threads."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        """`pieces` in the order of the model's rows, the first four being marks; `scores` log probabilities."""
        self._known = {piece: (place, scores[place]) for place, piece in enumerate(pieces) if place > UNKNOWN}
        self._longest = max(map(len, self._known), default=1)
        self._unknown = min(scores, default=0.0) - _UNKNOWN_COSTS
        self._memory: dict[str, list[int]] = {}

    def __len__(self) -> int:
        """Rows that a model of these pieces has."""
        return len(self._known) + UNKNOWN + 1

    def ids(self, text: str) -> list[int]:
        """Pieces of the text, without the marks of begin and end."""
        return [place for word in (_FRONT + readable(text)).split() for place in self.word(word)]

    def word(self, word: str) -> list[int]:
        """Pieces of one word; unknown characters side by side are one unknown piece."""
        known = self._memory.get(word)
        if known is None:
            known = self._split(SPACE + word[:_LONGEST_WORD])
            if len(self._memory) >= _KEPT:
                self._memory = {}
            self._memory[word] = known
        return known

    def _split(self, word: str) -> list[int]:
        best: list[tuple[float, int, int]] = [(0.0, 0, BEGIN)]  # score, where the last piece begins, which it is
        for end in range(1, len(word) + 1):
            found = (best[end - 1][0] + self._unknown, end - 1, UNKNOWN)
            for start in range(max(0, end - self._longest), end):
                piece = self._known.get(word[start:end])
                if piece is not None and best[start][0] + piece[1] > found[0]:
                    found = (best[start][0] + piece[1], start, piece[0])
            best.append(found)
        places: list[int] = []
        end = len(word)
        while end:
            _, start, place = best[end]
            if place != UNKNOWN or not places or places[-1] != UNKNOWN:
                places.append(place)
            end = start
        return places[::-1]
