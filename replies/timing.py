"""Every interval of the promise, as the configuration's `[timing]` section. Tests set seconds here and patch nothing.

Defaults: DESIGN 4 and 5, RELIABILITY 3.5 (settle window), FEATURES (f). `floors()` names what a production system
should not go below; check-config warns, it does not refuse.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0


def _seconds(default: float, why: str, floor: float = 0.0) -> float:
    return Field(default=default, ge=0, le=400 * _DAY, description=why, json_schema_extra={"floor": floor})  # type: ignore[no-any-return,unused-ignore]


class Timing(BaseModel):
    """Intervals in seconds unless the name says otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tick: float = _seconds(5, "how often the daemon asks the database what is due", 1)
    fetch_every: float = _seconds(10 * _MINUTE, "between two rounds of a source that sets no `every` itself", _MINUTE)
    fetch_lease: float = _seconds(
        15 * _MINUTE, "a round that has stored nothing for this long is lost; another daemon reads the source", _MINUTE
    )
    sweep_every: float = _seconds(7 * _DAY, "between two full walks that find edits and deletions", _HOUR)
    gone_gap: float = _seconds(_DAY, "a post is gone after two looks at least this far apart did not find it", _DAY)
    undo: float = _seconds(2 * _MINUTE, "an approval can be taken back this long; nothing is sent before", 30)
    second_look: float = _seconds(
        20 * _MINUTE, "one-person business: the second look comes this much later", 20 * _MINUTE
    )
    send_lease: float = _seconds(2 * _MINUTE, "a publication that has not reported back by then is unclear", _MINUTE)
    send_deadline: float = _seconds(25, "total time of one publication on the wire", 5)
    settle: float = _seconds(15 * _MINUTE, "absence counts only this long after an unclear attempt", 15 * _MINUTE)
    absent_gap: float = _seconds(5 * _MINUTE, "two looks that find nothing must be this far apart", 5 * _MINUTE)
    per_hour: int = Field(
        default=30, ge=0, description="texts that one account publishes within an hour, the rest waits; 0: no limit"
    )
    backoff: float = _seconds(_MINUTE, "first wait after a publication that provably did not leave", 10)
    first_look: float = _seconds(2 * _MINUTE, "first look at a delivered reply", 5)
    later_looks: tuple[Annotated[float, Field(ge=0, le=400 * _DAY)], ...] = Field(
        default=(10 * _MINUTE, _HOUR, _DAY), description="waits between the further looks; the last one repeats"
    )
    watch_for: float = _seconds(30 * _DAY, "a published reply is looked at this long", 7 * _DAY)
    unseen_alarm: float = _seconds(_DAY, "delivered and not seen in public after this: unclear, a person looks", _HOUR)
    drain: float = _seconds(25, "after SIGTERM running publications may take this long", 5)
    silence: float = _seconds(14 * _DAY, "a source that used to deliver and is silent this long is marked", _DAY)

    cool_off: float = _seconds(20 * _MINUTE, "an answer to a hostile post is handed over this long after opening it")
    hear_out: float = _seconds(15 * _MINUTE, "and this long after its author's last word; a holding reply at once")

    ask_hours: float = Field(default=2, gt=0, le=200, description="business hours until a colleague has answered")
    soon_days: float = Field(
        default=2, gt=0, le=60, description='business days that "in Kürze" in a text of ours means'
    )
    follow_up_days: float = Field(default=7, ge=0, le=365, description="days until we ask: was it solved? 0: never")
    receipts_days: float = Field(
        default=14, ge=0, le=365, description="days after asking for receipts until somebody looks again; 0: never"
    )
    notice_days: float = Field(
        default=3, gt=0, le=365, description="days until we look what became of a removal notice"
    )

    urgency_days: float = Field(
        default=30, gt=0, le=365, description="days after which an interim injunction is late; ask a lawyer"
    )

    first_contact_hours: float = Field(default=4, gt=0, le=200, description="business hours until the first contact")
    final_days: float = Field(default=1, gt=0, le=60, description="business days until the final answer")
    hold_days: float = Field(default=1, ge=0, le=60, description="business days more after a holding reply")
    question_days: float = Field(
        default=7, gt=0, le=60, description="days until the next step after a question of ours"
    )
    backfill_days: float = Field(
        default=30, ge=0, le=4000, description="older unanswered posts of the first run are Altbestand"
    )

    def span(self, name: str) -> timedelta:
        """One of the second-valued intervals as a timedelta."""
        return timedelta(seconds=getattr(self, name))

    def look_after(self, looks: int) -> timedelta:
        """How long to wait after the `looks`-th look at a reply."""
        waits = self.later_looks or (_DAY,)
        return timedelta(seconds=waits[min(max(looks - 1, 0), len(waits) - 1)])

    def horizon(self, now: datetime) -> datetime:
        """Further ahead nothing of the outbox is ever put off: a later time is of a clock that was set back since."""
        spans = (self.undo, self.backoff, self.send_lease, self.settle, self.absent_gap, self.first_look)
        return now + timedelta(seconds=2 * max(_DAY, *spans, *self.later_looks))

    def below_floor(self) -> Iterator[tuple[str, float, float]]:
        """(key, value, floor) for each interval shorter than production should use."""
        for name, info in type(self).model_fields.items():
            extra = info.json_schema_extra
            floor = float(extra.get("floor", 0)) if isinstance(extra, dict) else 0.0  # type: ignore[arg-type]
            if floor and getattr(self, name) < floor:
                yield name, getattr(self, name), floor
