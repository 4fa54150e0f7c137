"""Textual body language and the frame: length, capitals, exclamation marks, salutation, next step (001-19, 001-21)."""

import re
from collections.abc import Iterator

from replies.policy.case import Case, any_in, finding, paragraph, said
from replies.policy.findings import Finding

LONGEST = 900
"""Code points; about a minute of reading. Our own choice, no source names a figure."""
_LOUD_WORDS = 2
_LOUD_MARKS = 3
_GREETING_WORDS = 5
_CAPITALS = re.compile(r"(?<![\w-])[A-ZÄÖÜ]{3,}(?![\w-])")


def length(case: Case) -> Iterator[Finding]:
    """What stands behind the first `LONGEST` code points."""
    if len(case.reply.text) > LONGEST:
        yield finding("length", LONGEST, len(case.reply.text))


def capitals(case: Case) -> Iterator[Finding]:
    """Two words or more in capitals that are no abbreviation and not the author's."""
    known = paragraph("capitals").lists["known"]
    loud = [
        match
        for match in _CAPITALS.finditer(case.reply.text)
        if match[0] not in case.post.text and not any_in(known, f" {match[0].lower()} ")
    ]
    if len(loud) >= _LOUD_WORDS and any(len(match[0]) > 3 for match in loud):
        yield finding("capitals", loud[0].start(), loud[0].end())


def exclamations(case: Case) -> Iterator[Finding]:
    """Two in a row, or three in all."""
    row = re.search(r"!\s?!", case.reply.text)
    marks = [match.start() for match in re.finditer("!", case.reply.text)]
    if row:
        yield finding("exclamations", row.start(), row.end())
    elif len(marks) >= _LOUD_MARKS:
        yield finding("exclamations", marks[-1], marks[-1] + 1)


def greeting(case: Case) -> Iterator[Finding]:
    """A salutation at the beginning; a holding reply is short on purpose and needs none."""
    if case.kind in ("holding", "note") or not case.reply.words:
        return
    begin = case.reply.part(0, min(_GREETING_WORDS, len(case.reply.words)) - 1)
    if not any_in(paragraph("greeting").patterns, begin):
        yield finding("greeting", *case.reply.span(0, 0))


def next_step(case: Case) -> Iterator[Finding]:
    """A final answer says what comes next, or offers a way to talk."""
    if case.kind == "final" and case.reply.words and not any_in(paragraph("next_step").patterns, case.reply.line):
        last = len(case.reply.words) - 1
        yield finding("next_step", *case.reply.span(last, last))


def lost_reference(case: Case) -> Iterator[Finding]:
    """A reference to an earlier answer that this one replaces."""
    if case.one_reply:
        yield from said("lost_reference", case)
