"""A text with what guideline and law say about it: the words marked, each finding with its sentence and suggestion."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from monitor.web import filters
from monitor.web.access import Visit
from monitor.words import GERMAN, _, language, later
from replies.going_out import Text, address, mark
from replies.policy import Finding, Severity, take
from replies.tables import Duty

_GUIDELINE = later("Der Leitfaden sagt:")
_QUOTED = 80  # characters of a place that are quoted beside the finding


@dataclass(frozen=True, slots=True)
class Note:
    """One finding as it stands on the page; `key` names it in a form."""

    key: str
    rule: str
    severity: Severity
    words: str
    message: str
    quote: str  # the German rest of the message on an English page
    suggestion: str
    cuts: bool  # taking the suggestion means leaving the sentence out


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the text; `key` names the finding it belongs to, "" for none."""

    text: str
    key: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class ReadOver:
    """All findings on one text; `mark` is what an approval brings back to agree to the warnings."""

    runs: tuple[Run, ...] = ()
    notes: tuple[Note, ...] = ()
    mark: str = ""

    def has(self, severity: str) -> bool:
        """Is there a finding of this weight?"""
        return any(note.severity == severity for note in self.notes)


def read_over(session: Session, visit: Visit, duty: Duty | None, text: Text) -> ReadOver:
    """Ask the desk. A text that nobody has begun yet has no findings."""
    if duty is None or duty.id is None or not _is_begun(session, visit, duty, text):
        return ReadOver()
    found = visit.house.desk.read_over(session, duty.id, text, visit.now)
    return ReadOver(_runs(text.words, found), tuple(_note(text.words, one) for one in found), mark(found))


def taken(session: Session, visit: Visit, duty: Duty, text: Text, key: str) -> str:
    """The text with one suggestion in place; unchanged if the finding is not there any more."""
    for one in visit.house.desk.read_over(session, duty.id or 0, text, visit.now):
        if _key(one) == key:
            return take(text.words, one)
    return text.words


def _is_begun(session: Session, visit: Visit, duty: Duty, text: Text) -> bool:
    world = visit.house.world
    view = world.post(session, duty.post_id)
    return text.words.strip() not in ("", address(view, world.card(view.account)))


def _key(one: Finding) -> str:
    return f"{one.rule}:{one.start}:{one.end}"


def _note(text: str, one: Finding) -> Note:
    place = text[one.start : one.end]
    words = filters.shown(place if len(place) <= _QUOTED else f"{place[:_QUOTED]} …")
    hint = one.severity == Severity.HINT
    quoted = "" if hint and one.rule in ("001-11", "001-21") else words  # something is missing: no words are at fault
    cuts = not one.suggestion and not hint
    return Note(_key(one), one.rule, one.severity, quoted, *_said(one), one.suggestion, cuts)


def _said(one: Finding) -> tuple[str, str]:
    """The message in the language of the page; the guideline's own sentence stays German, and apart."""
    if language() == GERMAN:
        return one.message, ""
    said = _(one.says)
    if one.why.startswith(_GUIDELINE):
        return f"{said} {_(_GUIDELINE)}", one.why.removeprefix(_GUIDELINE).strip()
    return f"{said} {_(one.why)}", ""


def _runs(text: str, found: Sequence[Finding]) -> tuple[Run, ...]:
    """The text cut at the places of stops and warnings; where two overlap, the harder one wins."""
    runs: list[Run] = []
    at = 0
    hard = [one for one in found if one.severity != Severity.HINT]
    for one in sorted(hard, key=lambda one: (one.start, list(Severity).index(one.severity))):
        start, end = max(at, one.start), one.end
        if start >= end:
            continue
        if start > at:
            runs.append(Run(filters.shown(text[at:start])))
        runs.append(Run(filters.shown(text[start:end]), _key(one), one.severity.value))
        at = end
    return (*runs, Run(filters.shown(text[at:]))) if at < len(text) else tuple(runs)
