"""One reply under check, and the way a rule's words are found in it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from replies.policy.findings import Finding
from replies.policy.patterns import NEGATIONS, Paragraph, Pattern, paragraphs
from replies.policy.reading import Reading

_BEFORE = 3  # a "nicht" acquits over so many words
_NEGATIONS = frozenset(NEGATIONS.split("|"))
_REPORTED = re.compile(
    r" (?:sie (?:schreiben|schrieben|sagen|sagten|finden|fanden|nennen|nannten|empfinden|empfanden|sprechen|erwaehnen"
    r"|haben [^.!?]{0,40}(?:geschrieben|genannt|gesagt))"
    r"|schreiben sie|finden sie|nennen sie|das wort|der satz|(?:wir|ich) (?:haetten|seien|sei)) "
)


@dataclass(frozen=True, slots=True)
class Case:
    """A reply, the post it answers, and what is known about both.

    Attributes:
        facts: fact cards, our own contact data, the author's public name, open removal grounds; one sentence each.
        kind: `holding`, `question`, `final`, or `note` for an internal text.
        secrecy: the business is bound to professional secrecy.
        one_reply: the platform holds one reply, a new one replaces the old.
    """

    post: Reading
    reply: Reading
    facts: Reading
    kind: str = "final"
    secrecy: bool = False
    one_reply: bool = False

    @property
    def known(self) -> str:
        """What was said in public by the author or is ours: post and facts, unfolded."""
        return f"{self.post.text}\n{self.facts.text}"


def paragraph(name: str) -> Paragraph:
    """The words of one rule."""
    return paragraphs()[name]


def finding(name: str, start: int, end: int) -> Finding:
    """A finding of the rule at code points of the reply."""
    rule = paragraph(name)
    return Finding(rule.rule, rule.severity, start, end, rule.message, rule.why, rule.suggestion)


def said(name: str, case: Case, patterns: Iterable[Pattern] | None = None) -> Iterator[Finding]:
    """The rule's words in the reply, without what is denied, acquitted or only the author's own."""
    for first, last in hits(name, case, paragraph(name).patterns if patterns is None else patterns):
        yield finding(name, *case.reply.span(first, last))


def hits(name: str, case: Case, patterns: Iterable[Pattern]) -> Iterator[tuple[int, int]]:
    """First and last word of each hit that counts."""
    rule, reply = paragraph(name), case.reply
    for pattern in patterns:
        for first, last in reply.places(pattern.regex):
            begin, end = reply.sentence(first)
            if not pattern.negates and _denied(rule.negation, reply, first, last, (begin, end)):
                continue
            if any(unless.regex.search(reply.part(begin, end)) for unless in rule.unless):
                continue
            if rule.echo and _echoed(case, first, last, (begin, end)):
                continue
            yield first, last


def any_in(patterns: Sequence[Pattern], text: str) -> bool:
    """Does one of the patterns stand in a folded line?"""
    return any(pattern.regex.search(text) for pattern in patterns)


def _denied(mode: str, reply: Reading, first: int, last: int, sentence: tuple[int, int]) -> bool:
    if mode == "none":
        return False
    if mode == "sentence":
        words = reply.words[sentence[0] : sentence[1] + 1]
    else:
        words = [*reply.words[max(sentence[0], first - _BEFORE) : last + 1], *reply.words[last + 1 : last + 2]]
    return any(word.word in _NEGATIONS for word in words)


def _echoed(case: Case, first: int, last: int, sentence: tuple[int, int]) -> bool:
    words = {word.word for word in case.reply.words[first : last + 1] if len(word.word) > 3}
    if not _stems(words) <= _stems(case.post.vocabulary):
        return False
    return case.reply.quoted(first, last) is not None or _REPORTED.search(case.reply.part(*sentence)) is not None


def _stems(words: Iterable[str]) -> set[str]:
    return {word[:6] for word in words}
