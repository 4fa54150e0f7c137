"""How often the guard of words about people spoke, in the whole house and week by week (RULES 003-3, K18).

Whose words they were, and the words themselves, are kept nowhere: it is a mirror for the team, no file about anybody.
"""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from replies.care.tables import GuardCount
from replies.policy import Finding, Severity
from replies.policy.patterns import paragraphs

NAMES = ("label", "diagnosis", "family", "insult")


def rules() -> tuple[str, ...]:
    """The ids of the rules that are counted."""
    return tuple(paragraphs()[name].rule for name in NAMES)


def count(session: Session, found: Iterable[Finding], week: str) -> None:
    """One refused step: each of its rules once.

    Args:
        week: as `2026-W47`.
    """
    for rule in sorted({one.rule for one in found if one.severity == Severity.STOP} & set(rules())):
        row = session.get(GuardCount, (week, rule)) or GuardCount(week=week, rule=rule)
        row.n += 1
        session.add(row)


def in_week(session: Session, week: str) -> dict[str, int]:
    """Rule -> how often it spoke."""
    rows = select(GuardCount.rule, GuardCount.n).where(col(GuardCount.week) == week)
    return dict(session.exec(rows.order_by(col(GuardCount.rule))).all())
