"""Insults with one slip of the pen in them, read as what they are."""

from collections.abc import Container, Iterable

from monitor.triage.tokens import fold

SHORTEST_SLIP = 6
"""Insults from this length on are read as what they are with one letter inside missing, doubled or swapped."""
_SHORTER_SLIPS = frozenset({"idiot", "nazis", "spast", "fotze", "fickt", "tussi", "proll"})
"""Shorter insults whose slips are no other words."""
_ENDINGS = ("en", "er", "n", "e", "s")
_GLANCE = 4
"""Letters at the beginning or end by which most words are let pass at once."""


class Slips:
    """Insults with one slip of the pen in them: one letter left out, written twice, or changed places with the next."""

    def __init__(self, shapes: Iterable[str], right: Container[str] = (), correct: tuple[str, ...] = ()) -> None:
        """`shapes`: words, `wort*` and `*wort`; `right`: words that are none; `correct`: beginnings of such."""
        self._right = right
        self._whole: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        self._tails: dict[str, str] = {}
        for shape in shapes:
            word = shape.strip("*")
            if len(word) >= SHORTEST_SLIP or word in _SHORTER_SLIPS:
                for table in self._tables(shape):
                    for slip in _slips_of(word):
                        if not slip.startswith(correct):
                            table.setdefault(slip, word)
        self._openings = frozenset(slip[:_GLANCE] for slip in self._stems)
        self._closings = frozenset(slip[-_GLANCE:] for slip in self._tails)

    def _tables(self, shape: str) -> list[dict[str, str]]:
        if shape.startswith("*"):
            return [self._whole, self._tails]
        return [self._whole, self._stems] if shape.endswith("*") else [self._whole]

    def mended(self, word: str) -> str:
        """The insult that a folded word is, with its ending or what stands before it; else the word."""
        if word in self._whole:
            return word if word in self._right else self._whole[word]
        if word[:_GLANCE] in self._openings and word not in self._right:
            for ending in _ENDINGS:
                if word.endswith(ending) and word[: -len(ending)] in self._stems:
                    return self._stems[word[: -len(ending)]] + ending
        if word[-_GLANCE:] in self._closings and word not in self._right:
            for place in range(2, len(word) - SHORTEST_SLIP + 2):
                if word[place:] in self._tails:
                    return word[:place] + self._tails[word[place:]]
        return word


def _slips_of(word: str) -> list[str]:
    """First and last letter stay."""
    inside = range(1, len(word) - 1)
    missing = [word[:n] + word[n + 1 :] for n in inside]
    doubled = [word[:n] + word[n] + word[n:] for n in inside]
    swapped = [word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in inside[:-1]]
    return [slip for slip in map(fold, (*missing, *doubled, *swapped)) if slip != word]
