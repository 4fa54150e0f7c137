"""All rules over one reply."""

from collections.abc import Callable, Iterator, Sequence

from replies.policy import form, law, people, personal, promises, tone
from replies.policy.case import Case
from replies.policy.findings import Finding, Severity
from replies.policy.reading import Reading

Rule = Callable[[Case], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    tone.insult, tone.contempt, tone.irony, tone.generalising, tone.mind_reading, tone.blame, tone.mood,
    tone.problem_question, people.threat, people.label, people.diagnosis, people.family, people.review_pressure,
    people.accusation, personal.personal_data, law.health, personal.staff_names, law.secrecy, law.asking, law.removal,
    promises.goodwill, promises.promise, promises.fault, promises.excuse, tone.condescension, tone.hollow_thanks,
    law.denial, law.contact, form.length, form.capitals, form.exclamations, form.greeting, form.next_step,
    form.lost_reference,
)  # fmt: skip
NOTE_RULES: tuple[Rule, ...] = (tone.insult, people.label, people.diagnosis, people.family)
_CONTACT, _STRONGER = "E11", frozenset({"E1", "E2", "E3", "E10", "W11"})
_ORDER = {Severity.STOP: 0, Severity.WARN: 1, Severity.HINT: 2}


def check(
    post: str,
    reply: str,
    *,
    facts: Sequence[str] = (),
    kind: str = "final",
    secrecy: bool = False,
    one_reply: bool = False,
) -> list[Finding]:
    """What the rules say about a reply, hardest first, each rule once per place.

    Args:
        post: the author's public text. His public display name belongs to it or to `facts`.
        facts: fact cards, our own contact data, names that may stand, open removal grounds; one sentence each.
        kind: `holding`, `question` or `final`.
        secrecy: strict mode for professions under secrecy: nothing that confirms or denies a contact.
        one_reply: the platform holds one reply; a new one replaces the old.
    """
    case = Case(Reading(post), Reading(reply), Reading("\n\n".join(facts)), kind, secrecy, one_reply)
    return _sorted(case, [found for rule in RULES for found in rule(case)])


def check_note(text: str) -> list[Finding]:
    """The same guard for internal notes and tags: no insult, stamp, diagnosis or remark about gender (K18, 002-18)."""
    case = Case(Reading(""), Reading(text), Reading(""), "note")
    return _sorted(case, [found for rule in NOTE_RULES for found in rule(case)])


def take(reply: str, finding: Finding) -> str:
    """The reply with the suggestion in place of the sentence around the finding; the sentence goes if there is none."""
    reading = Reading(reply)
    if not reading.words:
        return reply
    if finding.severity == Severity.HINT:
        return _take_hint(reply, finding)
    first, _ = reading.sentence(reading.at(finding.start))
    _, last = reading.sentence(reading.at(max(finding.start, finding.end - 1)))
    start, end = reading.words[first].start, reading.words[last].end
    return " ".join(f"{reply[:start]}{finding.suggestion}{reply[end:]}".split(" "))


def _take_hint(reply: str, finding: Finding) -> str:
    if not finding.suggestion:
        return reply
    before = finding.start == 0
    return f"{finding.suggestion} {reply}" if before else f"{reply} {finding.suggestion}"


def _sorted(case: Case, found: list[Finding]) -> list[Finding]:
    """One finding per rule and sentence, the widest; the contact warning gives way to what is stronger there."""
    kept: dict[tuple[str, Severity, int], Finding] = {}
    stronger = {_sentence(case, one) for one in found if one.rule in _STRONGER}
    for one in found:
        if one.rule == _CONTACT and _sentence(case, one) in stronger:
            continue
        key = (one.rule, one.severity, _sentence(case, one))
        other = kept.get(key)
        if other is None or one.end - one.start > other.end - other.start:
            kept[key] = one
    return sorted(kept.values(), key=lambda one: (_ORDER[one.severity], one.start, one.rule))


def _sentence(case: Case, one: Finding) -> int:
    return case.reply.sentence(case.reply.at(one.start))[0]
