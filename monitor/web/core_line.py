"""A post in one line for the list: its factual core, with insults masked. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from monitor.words import _

HOSTILE = frozenset({"insult", "contempt", "threat", "profanity", "hostile"})
_LISTED = HOSTILE - {"hostile"} | {"plain"}  # "plain" names what only looks so; "hostile" is the model's
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


@lru_cache(maxsize=256)
def by_words(text: str) -> tuple[Mapping[str, Any], ...]:
    """The hostile places that the word lists know, as reasons: every place, where a verdict names the first of a rule.

    The lists of these groups take 3.5 MB of memory (all of them 5) and 1 ms for 100 words, so they are asked where
    something is hostile or not judged.
    """
    from monitor.triage.lexicon import german
    from monitor.triage.signals import signals

    found = [hit for hit in signals(text, german(_LISTED)).evidence if hit.rule.group in HOSTILE]
    return tuple({"rule": hit.rule.id, "start": hit.start, "end": hit.end, "words": hit.rule.words} for hit in found)


def reasons_of(verdict: Any, version: int, text: str, before: str | None = None) -> Reasons:
    """The reasons for this version; of a text that nobody has judged yet, what the word lists find hostile.

    And what was hostile in the judged version, wherever it still stands: the model knows words that no list has.

    Args:
        verdict: has `version` and `reasons`; None: the post was never judged.
        version: of the post as it stands there now.
        before: the text of the verdict's version, if that is another one; None: the verdict has it as `before`.
    """
    if verdict is not None and verdict.version == version:
        reasons: Reasons = verdict.reasons
        return reasons
    older = (getattr(verdict, "before", None) if before is None else before) or ""
    return (*by_words(text), *_carried(text, hostile_words(older, verdict.reasons) if older else ()))


def _carried(text: str, known: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    why = _("Das stand schon in der früheren Fassung und war dort scharf.")
    for words in known:
        for place in re.finditer(re.escape(words), text, re.IGNORECASE):
            yield {"rule": "hostile.before", "start": place.start(), "end": place.end(), "words": why}


def hostile_words(text: str, reasons: Reasons) -> frozenset[str]:
    """What is to be masked wherever it stands again, in small letters."""
    return frozenset(text[start:end].casefold() for start, end in _told(text, reasons) if end - start >= _SHORTEST_WORD)


def _told(text: str, reasons: Reasons) -> list[tuple[int, int]]:
    """Hostile places by the reasons; where there is one, the word lists name its companions."""
    named = places(reasons, HOSTILE, len(text))
    return named + places(by_words(text), HOSTILE, len(text)) if named else []


def hidden(text: str, reasons: Reasons, also: frozenset[str] = frozenset()) -> list[tuple[int, int]]:
    """Half-open places of all that is masked, apart from one another and in order; `also`: more words, in small."""
    found = _told(text, reasons)
    for words in hostile_words(text, reasons) | also:
        found += [place.span() for place in re.finditer(re.escape(words), text, re.IGNORECASE)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if apart and start < apart[-1][1]:
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        else:
            apart.append((start, end))
    return apart


def masked(text: str, reasons: Reasons, also: frozenset[str] = frozenset()) -> str:
    """The text with hostile words replaced by "[…]"; a word masked once, or in `also`, is masked everywhere."""
    return _without(text, hidden(text, reasons, also))


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + _MASK + text[end:]
    return text


def core(text: str, reasons: Reasons, limit: int = _LONGEST) -> str:
    """One line: from the sentence on in which the matter itself begins, masked, ended with "…" where more follows."""
    factual = places(reasons, _FACTUAL, len(text))
    begin = 0
    if factual and len(text) > limit:  # a text that fits is shown from its first word
        ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, factual[0][0])]
        begin = ends[-1] if ends else 0
    spans = [(max(start, begin) - begin, end - begin) for start, end in hidden(text, reasons) if end > begin]
    line = " ".join(_without(text[begin:], spans).split())
    if len(line) > limit:
        line = line[:limit].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
    return ("… " if begin and line else "") + line
