"""Abwägung (RULES K11, 001-15): what an option costs beside what a dispute costs. An owner's sheet, never published."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from replies.care.tables import Sheet
from replies.errors import Blocked, NotAllowed
from replies.internal import noted
from replies.lifecycle import Role
from replies.moves import Line, put_in
from replies.people import Actor
from replies.tables import Duty

MOST = 100_000_000  # cents: a million euros
_HOURS, _READERS = 10_000, 1_000_000_000


@dataclass(frozen=True, slots=True)
class Costs:
    """What an owner fills in; amounts in cents.

    Attributes:
        dispute: lawyer, court, what is lost; `minutes` of our own time beside it, at `hour` for sixty.
        reach: people who may read the post.
    """

    option: int
    dispute: int
    minutes: int = 0
    hour: int = 0
    reach: int = 0

    @property
    def of_dispute(self) -> int:
        """Everything that a dispute costs, in cents."""
        return self.dispute + round(self.minutes * self.hour / 60)

    @property
    def saved(self) -> int:
        """What the option costs less than a dispute, in cents; negative: it costs more."""
        return self.of_dispute - self.option


def weigh_up(
    session: Session, duty: Duty, demand: str, option: str, costs: Costs, decision: str, actor: Actor, now: datetime
) -> Sheet:
    """Store a comparison with what was decided. An older sheet stays.

    Args:
        demand: what the author asks for, in the author's own words.

    Raises:
        NotAllowed: somebody who is no owner.
        Blocked: option or decision is missing, or an amount is out of bounds (`cost_wrong`).
    """
    if actor.role != Role.OWNER or actor.id is None:
        raise NotAllowed("a sheet is an owner's", code="owner_only")
    amounts = (costs.option, costs.dispute, costs.hour)
    if not all(0 <= one <= MOST for one in amounts) or not (
        0 <= costs.minutes <= _HOURS * 60 and 0 <= costs.reach <= _READERS
    ):
        raise Blocked("an amount is out of bounds", code="cost_wrong")
    row = Sheet(
        duty_id=duty.id or 0,
        demand=demand.strip(),
        option=noted(option, "option_missing"),
        option_cents=costs.option,
        dispute_cents=costs.dispute,
        minutes=costs.minutes,
        hour_cents=costs.hour,
        reach=costs.reach,
        decision=noted(decision, "decision_missing"),
        by=actor.id,
        at=now,
    )
    line = Line("duty.weighed", f"duty:{duty.id}", actor, now)  # no amounts, no words
    return put_in(session, row, line, known_as="sheet")


def costs_of(row: Sheet) -> Costs:
    """The amounts of a stored sheet."""
    return Costs(row.option_cents, row.dispute_cents, row.minutes, row.hour_cents, row.reach)


def of_duty(session: Session, duty_id: int) -> list[Sheet]:
    """Every sheet of a duty, the newest first."""
    return list(session.exec(select(Sheet).where(col(Sheet.duty_id) == duty_id).order_by(col(Sheet.id).desc())).all())
