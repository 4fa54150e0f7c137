"""What the law asks of a public text (LAW E1-E4, E10, E11): nobody's data, nobody's names, no contradiction."""

import re
from collections.abc import Iterator

from replies.policy.case import Case, any_in, finding, hits, paragraph, said
from replies.policy.findings import Finding

_OWNED = re.compile(r"\b[Ii]hr(?:e|er|em|en|es)? (?:[a-zäöüß]+(?:e|er|en|em|es) ){0,2}(?P<noun>[A-ZÄÖÜ][\wäöüß-]+)")


def health(case: Case) -> Iterator[Finding]:
    """An illness or treatment of the author that he did not name himself."""
    known = {word[:5] for word in case.post.vocabulary}
    singles = paragraph("health").patterns
    for first, last in hits("health", case, singles):
        words = {word.word[:5] for word in case.reply.words[first : last + 1] if len(word.word) > 3}
        if not any(word in known for word in words - {"ihrem", "ihren", "ihrer", "ihnen", "leide"}):
            yield finding("health", *case.reply.span(first, last))


def secrecy(case: Case) -> Iterator[Finding]:
    """Strict mode: not even the fact that somebody was there."""
    if case.secrecy:
        yield from said("secrecy", case)
        yield from said("secrecy", case, paragraph("denial").patterns)
        yield from _owned(case)


def _owned(case: Case) -> Iterator[Finding]:
    """Anything called the author's own („Ihr MRT“), but for what everybody may be told („Ihre Kritik“)."""
    neutral = paragraph("secrecy").lists["neutral"]
    for match in _OWNED.finditer(case.reply.text):
        first, last = case.reply.at(match.start("noun")), case.reply.at(match.end() - 1)
        signed = match.end() >= len(case.reply.text.rstrip(" .!")) or "\n" in case.reply.text[match.end() :]
        if not signed and not any_in(neutral, case.reply.part(first, last)):
            yield finding("secrecy", *match.span())


def asking(case: Case) -> Iterator[Finding]:
    """Asking for personal data where everybody reads it; pointing to a private way is fine."""
    private = paragraph("asking").lists["private"]
    for first, last in hits("asking", case, paragraph("asking").patterns):
        begin, end = case.reply.sentence(first)
        sentence = case.reply.part(begin, end)
        if " @ " not in sentence and not any_in(private, sentence):
            yield finding("asking", *case.reply.span(first, last))


def removal(case: Case) -> Iterator[Finding]:
    """An answer that takes back the ground on which the post was reported."""
    rule = paragraph("removal")
    for ground, words in (("no_contact", "contact"), ("untrue", "agreed")):
        if _open_ground(case, ground):
            yield from said("removal", case, rule.lists[words])


def _open_ground(case: Case, ground: str) -> bool:
    lists = paragraph("removal").lists
    for fact in case.facts.text.split("\n\n"):
        line = _line(fact)
        if any_in(lists["open"], line) and any_in(lists[ground], line) and not any_in(lists["closed"], line):
            return True
    return False


def _line(text: str) -> str:
    from replies.policy.reading import Reading

    return Reading(text).line


def denial(case: Case) -> Iterator[Finding]:
    """„Sie waren nie Kunde“."""
    if not case.secrecy:
        yield from said("denial", case)


def contact(case: Case) -> Iterator[Finding]:
    """Confirming a contact of which the author said nothing."""
    if case.secrecy or _open_ground(case, "no_contact") or any_in(paragraph("contact").lists["said"], case.post.line):
        return
    yield from said("contact", case)
