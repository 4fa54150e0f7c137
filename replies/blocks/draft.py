"""A draft from building blocks, fitting the fact check and the round of the conversation (RULES K05-K12, W2, W7).

The same situation always gives the same sequence of drafts; a place never gets a text that stands there already.
"""

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from connectors.core.contract import LengthUnit
from connectors.core.text import length
from replies.blocks.wordings import about, blocks, dative
from replies.lifecycle import Cause, FactVerdict, ReplyKind

_OPTIONAL = ("feeling", "thanks", "receipts", "sorry", "ask")  # left out in this order where the platform is short
_OPTIONS_FROM = 2  # after so many rounds a list of options helps more than another question (004-6)
_CLOSING_FROM = 4
# Where a justified complaint is about one of these the law gives a claim, and a due claim is no goodwill (LAW E35).
_OWED = frozenset({"quality", "returns", "billing", "price", "safety"})
_CAPITAL = frozenset({"Sie", "Ihr", "Ihre", "Ihren", "Belege"})
_WINDOW = 48  # drafts compared for what they share with the neighbours


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that a draft has to fit; nothing of it is a note, a source or a suspicion.

    Attributes:
        number: of the duty; turns the sequence, so that neighbours begin with different wordings.
        round: how often the author has spoken on this subject, from 1.
        statements: of the fact cards that the answer may rest on.
        until: the day until which a holding reply promises the answer.
        standing: the day of our public answer to an earlier post of this matter, "" if there is none.
        options: somebody asks for the list of options before its round has come.
        keeps_one: the platform holds one reply, so an earlier answer is not there to be referred to.
        contact: our own way to talk, "" if the configuration names none.
        used: texts that stand, or wait, in the same place.
    """

    kind: ReplyKind
    number: int
    verdict: FactVerdict | None = None
    topics: tuple[str, ...] = ()
    round: int = 1
    statements: tuple[str, ...] = ()
    until: str = ""
    standing: str = ""
    keeps_one: bool = False
    contact: str = ""
    address: str = ""
    used: frozenset[str] = frozenset()
    max_length: int | None = None
    length_unit: LengthUnit = "char"
    options: bool = False
    cause: Cause = Cause.UNKNOWN

    @property
    def code(self) -> str:
        """The keyword by which we know what somebody is calling about; says nothing about a person."""
        return f"W{self.number}"


def purposes(situation: Situation) -> tuple[str, ...]:
    """Which blocks, in which order."""
    channel = "channel" if situation.contact else "channel_open"
    if situation.kind == ReplyKind.HOLDING:
        return ("holding",)
    if situation.kind == ReplyKind.QUESTION or situation.verdict in (None, FactVerdict.UNCLEAR):
        return ("greeting", "thanks", "feeling", "understood", "ask")
    if situation.round > 1 and (situation.standing or situation.keeps_one):
        end = ("closing",) if situation.round >= _CLOSING_FROM else ()
        return ("greeting", "standing_again" if situation.keeps_one else "standing", *end, channel)
    return ("greeting", "thanks", "feeling", *_answer(situation), *_next(situation), channel)


def _answer(situation: Situation) -> tuple[str, ...]:
    if situation.verdict == FactVerdict.JUSTIFIED:
        return ("fault",)
    if situation.cause == Cause.DECLINED:
        return ("limit", *(("fact",) if situation.statements else ()))
    if situation.verdict == FactVerdict.PARTLY:
        return ("share", *(("fact",) if situation.statements else ()))
    return ("fact",) if situation.statements else ("checked",)


def _next(situation: Situation) -> tuple[str, ...]:
    """What the law gives is owed, not goodwill (LAW E35); goodwill may come on top of it, with its clause."""
    if situation.options or situation.round >= _OPTIONS_FROM:
        if situation.verdict != FactVerdict.JUSTIFIED:
            return ("options_goodwill",)
        return ("options",) if _OWED & set(situation.topics) else ("options_beyond",)
    return ("receipts",) if situation.verdict == FactVerdict.UNJUSTIFIED else ("solution",)


def drafts(situation: Situation) -> Iterator[str]:
    """Drafts for a situation until the wordings are used up; none that is used already or too long for the platform."""
    rows = [_filled(name, situation) for name in _fitting(situation)]
    turn = 0 if situation.kind == ReplyKind.HOLDING else situation.number
    whole = itertools.product(*(_turned(row, turn + place if turn else 0) for place, row in enumerate(rows)))
    texts = (_joined(situation.address, parts) for parts in whole)
    fresh = (text for text in texts if text not in situation.used and _fits(text, situation))
    near = list(itertools.islice(fresh, _WINDOW))
    yield from sorted(near, key=lambda text: _shared(text, situation.used))
    yield from fresh


def _fitting(situation: Situation) -> tuple[str, ...]:
    """The purposes whose longest wordings fit the platform; what is only kind goes first, never what is said."""
    wanted = list(purposes(situation))
    for name in _OPTIONAL:
        longest = _joined(situation.address, [max(_filled(one, situation), key=len) for one in wanted])
        if _fits(longest, situation):
            break
        wanted = [one for one in wanted if one != name]
    return tuple(wanted)


def _fits(text: str, situation: Situation) -> bool:
    return situation.max_length is None or length(text, situation.length_unit) <= situation.max_length


def _filled(name: str, situation: Situation) -> tuple[str, ...]:
    subject = next((about()[topic] for topic in situation.topics if topic in about()), about()["other"])
    values = {
        "about": subject,
        "about_dative": dative(subject),
        "statement": " ".join(situation.statements),
        "contact": situation.contact.rstrip("."),
        "code": situation.code,
        "date": situation.standing,
        "until": situation.until,
    }
    return tuple(wording.format(**values) for wording in blocks()[name].wordings)


def _turned(row: tuple[str, ...], by: int) -> tuple[str, ...]:
    start = by % len(row)
    return row[start:] + row[:start]


def _joined(address: str, parts: Sequence[str]) -> str:
    """One text; after the salutation's comma German goes on in lower case, unless with a noun or "Sie"."""
    words = [part for part in (address, *parts) if part]
    for place, part in enumerate(words[1:], start=1):
        if words[place - 1].endswith(",") and part.split(" ", 1)[0] not in _CAPITAL:
            words[place] = part[0].lower() + part[1:]
    return " ".join(words)


def _shared(text: str, used: Collection[str]) -> int:
    """How many sentences of a text stand in the neighbourhood already."""
    return sum(sentence in other for sentence in text.split(". ")[1:] for other in used)
