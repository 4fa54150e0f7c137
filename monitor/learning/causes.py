"""What led to the complaints, as fact checks say (RULES 000-1, 000-4, 002-5), and own texts that misled (003-9)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from monitor.learning.weeks import Week
from replies.lifecycle import Cause
from replies.tables import Duty, FactCard, FactCheck

GAP = frozenset({Cause.EXPECTATION, Cause.MISUNDERSTANDING})
"""Causes that our own texts can take away."""
_AT_ONCE = 500


def found(session: Session, duties: Sequence[int]) -> tuple[Counter[str], int]:
    """Cause -> how many of these duties, by their newest fact check; and before how many a message lay unanswered.

    What nobody knows yet does not count.
    """
    newest = list(_newest(session, duties))
    causes = Counter(check.cause.value for check in newest if check.cause != Cause.UNKNOWN)
    return causes, sum(check.waited_before for check in newest)


def _newest(session: Session, duties: Sequence[int]) -> Iterator[FactCheck]:
    checks: dict[int, FactCheck] = {}
    for start in range(0, len(duties), _AT_ONCE):
        rows = select(FactCheck).where(col(FactCheck.duty_id).in_(duties[start : start + _AT_ONCE]))
        checks.update({check.duty_id: check for check in session.exec(rows.order_by(col(FactCheck.id))).all()})
    yield from checks.values()


@dataclass(frozen=True, slots=True)
class Unclear:
    """One of our own texts that let people expect something else.

    Attributes:
        source: as the fact check or the fact card names it.
        card_id: the fact card, 0 if none was used.
        posts: where it showed.
    """

    source: str
    card_id: int
    posts: tuple[int, ...]


def unclear_texts(session: Session, week: Week, weeks: int, limit: int = 8) -> list[Unclear]:
    """Our own texts to make clearer, from the checks of so many weeks, the most frequent first."""
    rows = (
        select(FactCheck, Duty.post_id, FactCard.source)
        .join(Duty, col(Duty.id) == col(FactCheck.duty_id))
        .outerjoin(FactCard, col(FactCard.id) == col(FactCheck.card_id))
        .where(col(FactCheck.checked_at) >= week.back(weeks - 1).start, col(FactCheck.checked_at) < week.end)
        .order_by(col(FactCheck.id))
    )
    newest = {check.duty_id: (check, post, source) for check, post, source in session.exec(rows).all()}
    places: dict[tuple[str, int], list[int]] = {}
    for check, post, source in newest.values():
        if check.cause in GAP:
            places.setdefault((source or check.source, check.card_id or 0), []).append(post)
    ordered = sorted(places.items(), key=lambda one: (-len(one[1]), one[0]))
    return [Unclear(source, card_id, tuple(posts)) for (source, card_id), posts in ordered[:limit]]
