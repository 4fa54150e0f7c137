"""What changed between two texts, word by word, drawn by the template as <ins> and <del>. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")
_MOST = 4000  # words; above, difflib takes seconds, and whole paragraphs are compared instead


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed (""), came (`ins`) or went (`del`)."""

    what: str
    text: str


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces in reading order."""
    return tuple(_pieces(*_units(old, new)))


def _units(old: str, new: str) -> tuple[list[str], list[str]]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) + len(after) > _MOST:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return before, after


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("", "".join(before[a:b]))
            continue
        if b > a:
            yield Piece("del", "".join(before[a:b]))
        if d > c:
            yield Piece("ins", "".join(after[c:d]))
