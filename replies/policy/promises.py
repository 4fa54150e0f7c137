"""Money, promises, fault and excuses: the owner looks at them before they are public (E34, 001-32, 002-6, 001-17)."""

from collections.abc import Iterator

from replies.policy.case import Case, any_in, finding, paragraph, said
from replies.policy.findings import Finding

_CAUSES = ("capacity", "technology", "staff", "supply")


def goodwill(case: Case) -> Iterator[Finding]:
    """Money or a service promised in public."""
    yield from said("goodwill", case)


def promise(case: Case) -> Iterator[Finding]:
    """A date or a guarantee. A holding reply or a question is there to name the next step, but guarantees nothing."""
    rule = paragraph("promise")
    yield from said("promise", case, rule.lists["absolute"])
    if case.kind == "final":
        yield from said("promise", case)


def fault(case: Case) -> Iterator[Finding]:
    """Our own fault admitted."""
    yield from said("fault", case)


def excuse(case: Case) -> Iterator[Finding]:
    """A reason from outside that no fact card carries."""
    lists = paragraph("excuse").lists
    for cause in _CAUSES:
        if any_in(lists[cause], case.facts.line):
            continue
        for found in said("excuse", case, lists[cause]):
            begin, end = case.reply.sentence(case.reply.at(found.start))
            if any_in(lists["reason"], case.reply.part(begin, end)):
                yield finding("excuse", found.start, found.end)
