"""Insults in which signs stand for letters or between them ("A....löcher", "Ar___och", "A--r--s--c--h", "Arsch.loch").

A shape is letters, signs, letters, without a blank. It is a listed word that begins and ends like it and is as long:

1. signs and missing letters are as many (ä and ß count as one or as two); where five letters are shown, three of them
   at the end, two more or less;
2. half of the word is shown, or its first and last letter where it is one of the usual ones: names are masked, too;
3. no part begins a sentence ("ja....Ich");
4. letters that make the whole word are it, from six letters on, or where each stands alone.

Stars and hashes alone inside a word are older knowledge (signals.py, normal.py) and of any length; here are those at
its beginning ("*rschloch"). Nothing is looked up unless a letter touches a sign and the sign another letter.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from monitor.triage.tokens import fold

_SIGNS = r"._…~•·+%$&§^=\-–—*#"
_SHAPE = re.compile(
    rf"(?<![\w@/:.*#])[^\W\d_]{{1,12}}(?:[{_SIGNS}]{{1,9}}[^\W\d_]{{1,12}}){{1,20}}(?![\w@/*#])"
    r"|(?<![\w*#])[*#]{1,5}[^\W\d_]{5,20}(?![\w@*#])"
)
_SEEMS = re.compile(rf"[^\W\d_][{_SIGNS}]{{1,9}}[^\W\d_]|[*#][^\W\d_]{{5}}")
_RUN = re.compile(rf"[{_SIGNS}]+")
_FUCK = re.compile(r"(?<!\w)[Ff][._…\-–—*#]{2,4} +(?:dich|euch|dir|you|off)(?!\w)")
_PIECES = 4  # more of them are letters that stand alone
_LOOSE_SHOWN, _LOOSE_END, _LOOSE = 5, 3, 2
_WHOLE = 6
_USUAL = frozenset(
    {"arsch", "arschloch", "arschloecher", "fotze", "hurensohn", "idiot", "idioten", "schlampe", "wichser"}
)
_DIGRAPH = re.compile("ss|ae|oe|ue")
_FEW = 2
_STARS = frozenset("*#")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Filled:
    """The word that a shape hides, and its half-open place."""

    word: str
    start: int
    end: int


class Fillers:
    """The listed words by their first and last letter."""

    def __init__(self, words: Iterable[str]) -> None:
        """`words`: folded, letters alone; of words below six letters only the usual ones are looked for."""
        self._ends: dict[str, list[str]] = {}
        self._tails: dict[str, list[str]] = {}
        for word in dict.fromkeys(word for word in words if len(word) >= _WHOLE or word in _USUAL):
            self._ends.setdefault(word[0] + word[-1], []).append(word)
            self._tails.setdefault(word[-1], []).append(word)

    def find(self, text: str) -> Iterator[Filled]:
        """Every shape of a text that hides a listed word, in order but for the last kind."""
        if _SEEMS.search(text):
            for match in _SHAPE.finditer(text):
                word = self.word(match[0])
                if word:
                    yield Filled(word, match.start(), match.end())
        for match in _FUCK.finditer(text):
            yield Filled("fuck", match.start(), match.start() + len(match[0].split()[0]))

    def filled(self, text: str) -> str:
        """The text with the words in place of the shapes that hide them."""
        if not _SEEMS.search(text):
            return text
        return _SHAPE.sub(lambda match: self.word(match[0]) or match[0], text)

    def word(self, shape: str) -> str:
        """The listed word that a shape hides, or nothing."""
        written, signs = _LETTERS.findall(shape), _RUN.findall(shape)
        parts, runs = [fold(part) for part in written], [len(run.replace("…", "...")) for run in signs]
        if len(runs) == len(parts):
            return self._with_tail(runs[0], parts[0])
        whole, alike = "".join(parts), self._ends.get(parts[0][0] + parts[-1][-1], [])
        if whole in alike and (len(whole) >= _WHOLE or len(whole) == len(parts)):
            return whole
        stars = all(set(run) <= _STARS for run in signs)
        if stars or len(parts) > _PIECES or signs == ["-"] or _new_sentence(written):
            return ""
        return next((word for word in alike if _fits(word, parts, runs)), "")

    def _with_tail(self, missing: int, tail: str) -> str:
        fitting = (w for w in self._tails.get(tail[-1], ()) if len(w) == missing + len(tail) and w.endswith(tail))
        return next(fitting, "")


def _new_sentence(parts: list[str]) -> bool:
    return any(after[0].isupper() and before[-1].islower() for before, after in pairwise(parts))


def _fits(word: str, parts: list[str], runs: list[int]) -> bool:
    shown, hidden = sum(map(len, parts)), sum(runs)
    enough = 2 * shown >= len(word) if word not in _USUAL else hidden > 1 or shown > _FEW
    if not enough or shown >= len(word):
        return False
    loose = shown >= _LOOSE_SHOWN and len(parts[-1]) >= _LOOSE_END and min(runs) > 1
    spare = _LOOSE if loose else 0
    folded = 1 if _DIGRAPH.search(word) else 0
    if not -spare <= len(word) - shown - hidden <= max(spare, folded):
        return False
    gaps = (f"[a-z]{{{max(run - spare, 1)},{run + max(spare, folded)}}}" for run in runs)
    pieces = [parts[0], *(gap + after for gap, (_before, after) in zip(gaps, pairwise(parts), strict=True))]
    return re.fullmatch("".join(pieces), word) is not None
