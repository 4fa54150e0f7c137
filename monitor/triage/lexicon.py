"""The word lists as data, compiled for matching over folded words.

A pattern of `lexicon.de.toml` is a row of elements, one space apart:

    wort  wort*  *wort*  a|b*     a word, its beginning, a part of it, one of several
    <name>                        a named list of `[names]`; also inside `a|<name>`
    [a|b]                         the same, but it may be missing
    ..4   ~4                      up to four words in between; `~` stops at a comma, both at the end of a sentence
    #                             a number
    , ! ? :                       the mark itself
    ^                             the beginning of a sentence

There are no regular expressions in it, so no text can make matching explode: the work is bounded by the number of words
times the rules that start with them.
"""

import tomllib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from monitor.triage.fillers import Fillers
from monitor.triage.slips import Slips
from monitor.triage.tokens import LONGEST_WORD, SENTENCE_ENDS, Token, fold

PATH = Path(__file__).with_name("lexicon.de.toml")
GROUPS = (
    "complaint", "praise", "doubt", "profanity", "insult", "contempt", "threat", "legal", "demand", "question", "irony",
    "extortion", "resolved", "news", "advert", "topic", "plain",
)  # fmt: skip
HITS_PER_RULE = 40
SHORTEST_TYPO = 7
"""Words from this length on are also found with one letter missing, doubled, swapped or wrong."""
_MISSPELT = frozenset({"complaint", "praise", "insult", "topic"})

_COMMA = ","
_SHORT = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words between two elements."""

    most: int
    over_comma: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """One word: any of the atoms."""

    atoms: frozenset[int]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the lexicon; `weight` 0..1 is how much a hit says."""

    id: str
    group: str
    weight: float
    words: str
    topics: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """One compiled pattern of a rule. `fixed`: no gap in it; `negates`: it contains its own "nicht"."""

    rule: Rule
    elements: tuple[Slot | Gap, ...]
    at_start: bool
    fixed: bool
    negates: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule found at tokens `first..last` (inclusive)."""

    rule: Rule
    first: int
    last: int
    fixed: bool
    negates: bool


class LexiconError(ValueError):
    """The word list cannot be read; the message names the rule and the pattern."""


@dataclass(slots=True)
class Atoms:
    """All word shapes of the lexicon, and which of them a word has."""

    exact: dict[str, int] = field(default_factory=dict)
    prefix: dict[str, int] = field(default_factory=dict)
    suffix: dict[str, int] = field(default_factory=dict)
    inside: dict[str, int] = field(default_factory=dict)
    typos: dict[str, tuple[int, ...]] = field(default_factory=dict)  # 13,000 of them: as sets they took 3 MB
    beginnings: set[int] = field(default_factory=set)
    count: int = 0
    correct: tuple[str, ...] = ()
    slips: Slips = field(default_factory=lambda: Slips(()))
    _seen: dict[str, frozenset[int]] = field(default_factory=dict)

    def number(self, shape: str, *, typos: bool) -> int:
        """The number of a word shape, new or known."""
        if "*" in shape[1:-1]:
            msg = f"lexicon: {shape!r}: a star stands at the beginning or the end of a word"
            raise LexiconError(msg)
        text = fold(shape.strip("*")) if shape != "#" else "#"
        tables = {(False, False): self.exact, (False, True): self.prefix, (True, False): self.suffix}
        table = tables.get((shape.startswith("*"), shape.endswith("*")), self.inside)
        if text not in table:
            table[text] = self.count
            self.count += 1
        if table is self.prefix:
            self.beginnings.add(table[text])
        if typos and len(text) >= SHORTEST_TYPO and table is not self.inside and table is not self.suffix:
            alone = (table[text],)
            for variant in _without_one(text):
                known = self.typos.get(variant, ())
                if table[text] not in known:
                    self.typos[variant] = (*known, *alone) if known else alone
        return table[text]

    def of(self, word: str) -> frozenset[int]:
        """Numbers of every shape that the word has. Remembered for the words of a language, not for noise."""
        known = self._seen.get(word)
        if known is None:
            known = frozenset(self._find(word))
            if len(word) < 30:
                if len(self._seen) > 50_000:
                    self._seen.clear()
                self._seen[word] = known
        return known

    def _find(self, written: str) -> set[int]:
        word = self.slips.mended(written)
        if word[0].isdigit() and word[-1].isdigit():
            return {self.exact[shape] for shape in ("#", word) if shape in self.exact}
        found = {self.exact[word]} if word in self.exact else set()
        found.update(self.prefix[word[:n]] for n in range(2, len(word) + 1) if word[:n] in self.prefix)
        found.update(self.suffix[word[n:]] for n in range(len(word)) if word[n:] in self.suffix)
        found.update(number for part, number in self.inside.items() if part in word)
        if not found and SHORTEST_TYPO <= len(word) < LONGEST_WORD and not word.startswith(self.correct):
            found.update(self._misspelt(word))
        return found

    def _misspelt(self, word: str) -> set[int]:
        """One letter off: the word, or its beginning, shares a one-letter-shorter form with a listed one."""
        heads = {word[:n] for n in range(SHORTEST_TYPO - 1, len(word) + 1)}
        found: set[int] = set()
        for head in heads:
            for variant in _without_one(head):
                found |= {n for n in self.typos.get(variant, ()) if head == word or n in self.beginnings}
        return found


def _without_one(word: str) -> set[str]:
    """The word, and the word without one of its letters; the first letter stays."""
    return {word, *(word[:n] + word[n + 1 :] for n in range(1, len(word)))}


class Lexicon:
    """Compiled word lists. Immutable after construction but for a cache; one instance serves all threads."""

    def __init__(self, content: dict[str, Any], groups: frozenset[str] = frozenset(GROUPS)) -> None:
        """Compile the parsed TOML, the rules of `groups` alone; words of the others are known as no slips.

        Raises:
            LexiconError: a rule cannot be read; it names the place.
        """
        self.version = str(content["meta"]["version"])
        self._names: dict[str, str] = content.get("names", {})
        self._atoms = Atoms(correct=tuple(content["meta"].get("correct", "").split()))
        self._groups = groups
        self.rules: dict[str, Rule] = {}
        self._by_first: dict[int, list[Pattern]] = {}
        self._alike: dict[frozenset[int], frozenset[int]] = {}  # slots with the same atoms share them
        self._negators = frozenset(self._numbers("<verneint>"))
        for entry in content["rule"]:
            self._add(entry)
        self.negators = self._negators
        self._alike.clear()
        masked = [fold(word) for entry in content["rule"] for word in entry.get("masked", ())]
        shapes = self._single(content["rule"], "insult")
        bare = [shape.rstrip("*") for shape in shapes if not shape.startswith("*")]
        self.masked = tuple(dict.fromkeys([*masked, *bare]))
        right = {*self.masked, *self._atoms.exact}
        abused = [shape.strip("*") for shape in self._single(content["rule"], "contempt")]
        self.fillers = Fillers(word for word in (*self.masked, *abused) if word.isalpha())
        self.slips = self._atoms.slips = Slips([*masked, *shapes], right, self._atoms.correct)

    def _single(self, entries: Iterable[dict[str, Any]], group: str) -> list[str]:
        """Single words of a group's rules, with their stars: what somebody may have hidden or misspelt."""
        written = [word for entry in entries if entry["group"] == group for word in entry["patterns"]]
        shapes = [shape for pattern in written if " " not in pattern for shape in pattern.split("|")]
        return [fold(shape) for shape in shapes if shape.strip("*").isalpha() and len(shape) > _SHORT]

    def _add(self, entry: dict[str, Any]) -> None:
        rule = _rule(entry)
        if rule.id in self.rules:
            msg = f"lexicon: rule {rule.id} stands there twice"
            raise LexiconError(msg)
        self.rules[rule.id] = rule
        for written in entry["patterns"]:
            pattern = self._pattern(rule, written)
            if rule.group not in self._groups:
                continue
            first = next(element for element in pattern.elements if isinstance(element, Slot))
            for atom in first.atoms:
                self._by_first.setdefault(atom, []).append(pattern)

    def _pattern(self, rule: Rule, written: str) -> Pattern:
        words = written.split()
        at_start = words[:1] == ["^"]
        elements = tuple(self._element(word, rule) for word in (words[1:] if at_start else words))
        if not elements or not isinstance(elements[0], Slot) or elements[0].optional or isinstance(elements[-1], Gap):
            msg = f"lexicon: rule {rule.id}: pattern {written!r} must begin and end with a word"
            raise LexiconError(msg)
        slots = [element for element in elements if isinstance(element, Slot)]
        negates = any(slot.atoms & self._negators for slot in slots)
        return Pattern(rule, elements, at_start, len(slots) == len(elements), negates)

    def _element(self, word: str, rule: Rule) -> Slot | Gap:
        for mark, over_comma in (("..", True), ("~", False)):
            if word.startswith(mark):
                return Gap(int(word.removeprefix(mark)), over_comma)
        optional = word.startswith("[") and word.endswith("]")
        atoms = self._numbers(word.strip("[]"), typos=rule.group in _MISSPELT & self._groups)
        found = frozenset(atoms)
        return Slot(self._alike.setdefault(found, found), optional)

    def _numbers(self, word: str, *, typos: bool = False) -> set[int]:
        found: set[int] = set()
        for part in word.split("|"):
            if part.startswith("<"):
                name = part.strip("<>")
                if name not in self._names:
                    msg = f"lexicon: the list <{name}> does not exist"
                    raise LexiconError(msg)
                found |= self._numbers(self._names[name].replace(" ", ""), typos=False)
            else:
                found.add(self._atoms.number(part, typos=typos))
        return found

    def atoms(self, words: Iterable[Token]) -> list[frozenset[int]]:
        """The shapes of each word, in order."""
        return [self._atoms.of(token.word) for token in words]

    def find(self, words: Sequence[Token]) -> list[Hit]:
        """All hits in the order of the text, the longest one of each pattern and place."""
        shapes = self.atoms(words)
        present = frozenset().union(*shapes) if shapes else frozenset()
        impossible: set[int] = set()
        counts: dict[str, int] = {}
        hits: list[Hit] = []
        for place, shape in enumerate(shapes):
            for atom in shape:
                for pattern in self._by_first.get(atom, ()):
                    if id(pattern) in impossible or counts.get(pattern.rule.id, 0) >= HITS_PER_RULE:
                        continue
                    if not _possible(pattern, present):
                        impossible.add(id(pattern))
                    elif (hit := _match(pattern, place, words, shapes)) is not None:
                        counts[pattern.rule.id] = counts.get(pattern.rule.id, 0) + 1
                        hits.append(hit)
        return hits


def _rule(entry: dict[str, Any]) -> Rule:
    group = entry["group"]
    if group not in GROUPS:
        msg = f"lexicon: rule {entry['id']}: unknown group {group!r}"
        raise LexiconError(msg)
    return Rule(
        id=f"{group}.{entry['id']}",
        group=group,
        weight=float(entry.get("weight", 1.0)),
        words=entry["words"],
        topics=tuple(entry.get("topics", ())),
        demands=tuple(entry.get("demands", ())),
    )


def _possible(pattern: Pattern, present: frozenset[int]) -> bool:
    return all(
        isinstance(element, Gap) or element.optional or not element.atoms.isdisjoint(present)
        for element in pattern.elements
    )


def _match(pattern: Pattern, place: int, words: Sequence[Token], shapes: Sequence[frozenset[int]]) -> Hit | None:
    if pattern.at_start and place > 0 and words[place - 1].word not in SENTENCE_ENDS:
        return None
    last = _walk(pattern.elements, 0, place, words, shapes)
    return None if last < 0 else Hit(pattern.rule, place, last, pattern.fixed, pattern.negates)


def _walk(
    elements: tuple[Slot | Gap, ...], k: int, place: int, words: Sequence[Token], shapes: Sequence[frozenset[int]]
) -> int:
    """Index of the last word when `elements[k:]` fit from `place` on, else -1."""
    if k == len(elements):
        return place - 1
    element = elements[k]
    if isinstance(element, Gap):
        return _jump(element, elements, k, place, words, shapes)
    if place < len(words) and not element.atoms.isdisjoint(shapes[place]):
        last = _walk(elements, k + 1, place + 1, words, shapes)
        if last >= 0:
            return last
    return _walk(elements, k + 1, place, words, shapes) if element.optional else -1


def _jump(
    gap: Gap,
    elements: tuple[Slot | Gap, ...],
    k: int,
    place: int,
    words: Sequence[Token],
    shapes: Sequence[frozenset[int]],
) -> int:
    skipped = 0
    while place < len(words):
        last = _walk(elements, k + 1, place, words, shapes)
        if last >= 0:
            return last
        word = words[place].word
        if word in SENTENCE_ENDS or (word == _COMMA and not gap.over_comma):
            return -1
        skipped += word[0].isalnum()
        if skipped > gap.most:
            return -1
        place += 1
    return -1


@cache
def german(groups: frozenset[str] = frozenset(GROUPS)) -> Lexicon:
    """The word lists that are shipped, compiled once (about 30 ms, 5 MB); of some groups alone they are smaller."""
    written = PATH.read_text(encoding="utf-8")
    lexicon = Lexicon(tomllib.loads(written), groups)
    lexicon.version += f".{zlib.crc32(written.encode()):08x}"  # a changed word list is another judge
    return lexicon
