"""Factual tone: what a reply says about, or to, the person (RULES K06, 001-12, 001-20, 002-2, 003-4, 001-10)."""

import re
from collections.abc import Iterator

from replies.policy.case import Case, any_in, finding, paragraph, said
from replies.policy.findings import Finding
from replies.policy.reading import unmasked


def insult(case: Case) -> Iterator[Finding]:
    """Abuse, also masked (`A***loch`, `1d10t`), and a noun as a form of address (`Sie Witzbold!`)."""
    yield from said("insult", case)
    for match in _ADDRESSED.finditer(case.reply.text):
        line = case.reply.part(case.reply.at(match.start(1)), case.reply.at(match.end(1) - 1))
        if not any_in(paragraph("label").patterns, line):  # a stamp has its own rule
            yield finding("insult", match.start(1), match.end(1))
    singles = paragraph("insult").patterns[0].regex
    for word in case.reply.words:
        if "*" in word.word.strip("*"):
            shape = re.escape(word.word).replace(r"\*", "[a-z]{0,6}")
            masked = any(re.fullmatch(shape, abuse) for abuse in _MASKED)
        else:
            plain = unmasked(word.word)
            masked = plain != word.word and word.word[0].isalnum() and singles.search(f" {plain} ") is not None
        if masked:
            yield finding("insult", word.start, word.end)


_ADDRESSED = re.compile(r"(?:^|[.!?,] )(Sie (?:[a-zäöüß]+(?:er|e|es) )?(?!Ärmst)[A-ZÄÖÜ][a-zäöüß]{2,30})(?=[.!])")
_MASKED = (
    "arschloch", "arschloecher", "idiot", "idioten", "idiotin", "wichser", "hurensohn", "schlampe", "trottel", "depp",
    "deppen", "penner", "fotze", "scheisse", "scheiss", "arsch", "vollidiot", "dummkopf", "spast",
)  # fmt: skip


def contempt(case: Case) -> Iterator[Finding]:
    """Words that make the complaint ridiculous."""
    yield from said("contempt", case)


def irony(case: Case) -> Iterator[Finding]:
    """Mock praise and mock pity; congratulations to somebody glad are meant."""
    rule = paragraph("irony")
    if any_in(rule.lists["joy"], case.post.line):
        return
    yield from said("irony", case)


def generalising(case: Case) -> Iterator[Finding]:
    """One person made a kind of people."""
    yield from said("generalising", case)


def mind_reading(case: Case) -> Iterator[Finding]:
    """Intentions nobody can know."""
    yield from said("mind_reading", case)


def blame(case: Case) -> Iterator[Finding]:
    """The fault put on the person, politely or not."""
    yield from said("blame", case)


def mood(case: Case) -> Iterator[Finding]:
    """Criticism explained by a bad day."""
    yield from said("mood", case)


def problem_question(case: Case) -> Iterator[Finding]:
    """„Was ist Ihr Problem?“ instead of „Wie kann ich Ihnen helfen?“."""
    yield from said("problem_question", case)


def condescension(case: Case) -> Iterator[Finding]:
    """From above."""
    yield from said("condescension", case)


def hollow_thanks(case: Case) -> Iterator[Finding]:
    """Thanks that name nothing."""
    yield from said("hollow_thanks", case)
