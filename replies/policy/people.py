"""Texts are judged, people never: labels, guesses about health, family, threats, suspicion, pressure (K18, 000-6 …)."""

from collections.abc import Iterator

from replies.policy.case import Case, any_in, finding, hits, paragraph, said
from replies.policy.findings import Finding


def label(case: Case) -> Iterator[Finding]:
    """A stamp on a person."""
    yield from said("label", case)


def diagnosis(case: Case) -> Iterator[Finding]:
    """A guess about somebody's health; what the author says about himself may be met."""
    for first, last in hits("diagnosis", case, paragraph("diagnosis").patterns):
        words = {word.word[:6] for word in case.reply.words[first : last + 1] if len(word.word) >= 6}
        if not words or not words <= {word[:6] for word in case.post.vocabulary}:
            yield finding("diagnosis", *case.reply.span(first, last))
    lists = paragraph("diagnosis").lists
    if not any_in(lists["ill"], case.post.line):  # nobody spoke of an illness: sending somebody to a doctor is a slight
        yield from said("diagnosis", case, lists["doctor"])


def family(case: Case) -> Iterator[Finding]:
    """Remarks about gender, age or family, unless the author spoke of this relative."""
    said_by_author = case.post.vocabulary
    kin = paragraph("family").lists["said"]
    for first, last in hits("family", case, paragraph("family").patterns):
        words = [word.word for word in case.reply.words[first : last + 1]]
        relatives = [word for word in words if any_in(kin, f" {word} ")]
        if not relatives or not all(word in said_by_author for word in relatives):
            yield finding("family", *case.reply.span(first, last))


def threat(case: Case) -> Iterator[Finding]:
    """Lawyers, police, house bans, or worse. A locked account or a house ban that the author names may be spoken of."""
    vocabulary = case.post.vocabulary
    spoken = {word for word in vocabulary if word.startswith(_BANS)}
    if any(word.startswith(_LOCKS) for word in vocabulary):
        spoken |= _ACCOUNTS
    for first, last in hits("threat", case, paragraph("threat").patterns):
        words = {word.word for word in case.reply.words[first : last + 1]}
        if not words & spoken:
            yield finding("threat", *case.reply.span(first, last))


_BANS = ("hausverbot", "lokalverbot")
_LOCKS = ("gesperrt", "sperr", "kuendig", "gekuendig", "geloescht")
_ACCOUNTS = frozenset({"konto", "kundenkonto", "account", "zugang", "mitgliedschaft"})


def review_pressure(case: Case) -> Iterator[Finding]:
    """Asking in public to change a review, or tying anything to it."""
    yield from said("review_pressure", case)


def accusation(case: Case) -> Iterator[Finding]:
    """Lying, fraud, forgery, competition: suspicion is no public text."""
    yield from said("accusation", case)
