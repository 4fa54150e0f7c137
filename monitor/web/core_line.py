"""A post in one line for the list: its factual core, with insults masked. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

HOSTILE = frozenset({"insult", "contempt", "threat", "profanity", "hostile"})
_FACTUAL = frozenset({"complaint", "demand", "topic"})  # a question at the end asks about what stands before it
_LONGEST = 150
_SHORTEST_WORD = 4
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+[\s\"“”»«)]+|\n+")
_MASK = "[…]"

Reasons = Sequence[Mapping[str, Any]]


def group(reason: Mapping[str, Any]) -> str:
    """The kind of rule that a stored reason names: `insult` of `insult.idiot`."""
    return str(reason.get("rule", "")).partition(".")[0]


def places(reasons: Reasons, groups: frozenset[str], length: int) -> list[tuple[int, int]]:
    """Half-open places of reasons of these groups inside a text of `length` code points, sorted."""
    found = []
    for reason in reasons:
        start, end = int(reason.get("start") or 0), int(reason.get("end") or 0)
        if group(reason) in groups and 0 <= start < end <= length:
            found.append((start, end))
    return sorted(found)


def hostile_words(text: str, reasons: Reasons) -> frozenset[str]:
    """What is to be masked wherever it stands again, in small letters."""
    spans = places(reasons, HOSTILE, len(text))
    return frozenset(text[start:end].casefold() for start, end in spans if end - start >= _SHORTEST_WORD)


def masked(text: str, reasons: Reasons, also: frozenset[str] = frozenset()) -> str:
    """The text with hostile words replaced by "[…]"; a word masked once, or in `also`, is masked everywhere."""
    again = hostile_words(text, reasons) | also
    for start, end in reversed(places(reasons, HOSTILE, len(text))):
        text = text[:start] + _MASK + text[end:]
    for words in sorted(again, key=len, reverse=True):
        text = re.sub(re.escape(words), _MASK, text, flags=re.IGNORECASE)
    return text


def core(text: str, reasons: Reasons, limit: int = _LONGEST) -> str:
    """One line: from the sentence on in which the matter itself begins, masked, ended with "…" where more follows."""
    factual = places(reasons, _FACTUAL, len(text))
    begin = 0
    if factual and len(text) > limit:  # a text that fits is shown from its first word
        ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, factual[0][0])]
        begin = ends[-1] if ends else 0
    moved = [
        {**reason, "start": int(reason.get("start") or 0) - begin, "end": int(reason.get("end") or 0) - begin}
        for reason in reasons
    ]
    line = " ".join(masked(text[begin:], moved).split())
    if len(line) > limit:
        line = line[:limit].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
    return ("… " if begin and line else "") + line
