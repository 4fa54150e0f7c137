"""What a look at the platform proves. Pure: the outbox and the watch ask, tests search it exhaustively.

"Sent" is not "published", and "not seen" is not "absent": only a look after the settle window counts as absent, and two
such looks, far enough apart, are needed before anything is sent again (RELIABILITY 3.5). What was once delivered is
never sent again without a person.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connectors.core.contract import Capability, Receipt, Sighting
from connectors.core.errors import ConfigProblem, ConnectorError, Gone, LoginExpired, RateLimited, Refused, Unavailable
from connectors.core.text import same_text
from replies.lifecycle import Action, Outcome
from replies.timing import Timing


class Next(StrEnum):
    """What follows from a look."""

    FOUND = "found"  # it stands there: delivered
    PUBLIC = "public"  # it stands there for everybody: published
    PENDING = "pending"  # taken, not public yet
    REPEAT = "repeat"  # proven absent: back to approved
    REJECTED = "rejected"  # the platform says so
    COUNT = "count"  # one look that found nothing; not enough
    WAIT = "wait"  # too early to conclude anything
    ASK = "ask"  # a person decides


@dataclass(frozen=True, slots=True)
class Case:
    """What is known about a reply when we look.

    Attributes:
        since: when the attempt ended unclear, or when the reply was delivered.
        absent_reads: looks after the settle window that found nothing, so far.
        absent_at: the last of them.
        once_delivered: it was out at some time.
        ref: the platform's id of our reply, if it is known.
    """

    capability: Capability
    text: str
    since: datetime
    absent_reads: int = 0
    absent_at: datetime | None = None
    once_delivered: bool = False
    ref: str | None = None


_NOT_SENT = (LoginExpired, ConfigProblem, RateLimited, Gone, Unavailable)


def after_attempt(result: Receipt | ConnectorError) -> tuple[Action, Outcome]:
    """What follows from the platform's word about a publication. Only what provably did not leave is sent again."""
    if isinstance(result, Receipt):
        return Action.DELIVER, Outcome.DELIVERED
    if isinstance(result, Refused):
        return Action.REFUSE, Outcome.REFUSED
    if isinstance(result, _NOT_SENT):
        return Action.POSTPONE, Outcome.NOT_SENT
    return Action.LOSE, Outcome.UNCLEAR


def equal(case_text: str, sighting: Sighting) -> bool:
    """Is what stands there our text?"""
    return same_text(case_text, sighting.text)


def _several(case: Case, seen: Sighting) -> bool:
    """More than one text of ours fits, or the one that was seen is not the one that we know."""
    return seen.matches > 1 or (case.ref is not None and seen.ref is not None and case.ref != seen.ref)


def _counts(case: Case, timing: Timing, now: datetime) -> bool:
    return case.absent_at is None or now >= case.absent_at + timing.span("absent_gap")


def after_unclear(case: Case, seen: Sighting | None, timing: Timing, now: datetime) -> tuple[Next, str]:
    """What follows for an unclear reply, and why a person is asked (a code, else empty).

    A positive find counts at once; only absence needs the settle window.
    """
    if seen is not None:
        if seen.rejected:
            return Next.REJECTED, "rejected"
        if _several(case, seen):
            return Next.ASK, "several_found"
        return (Next.FOUND, "") if equal(case.text, seen) else (Next.ASK, "diverged")
    if case.capability == Capability.BLIND:
        return Next.ASK, "cannot_look"
    if case.once_delivered:
        return Next.ASK, "vanished"
    if now < case.since + timing.span("settle"):
        return Next.WAIT, ""
    if not _counts(case, timing, now):
        return Next.WAIT, ""
    return (Next.REPEAT, "") if case.absent_reads + 1 >= 2 else (Next.COUNT, "")


def after_delivery(case: Case, seen: Sighting | None, timing: Timing, now: datetime) -> tuple[Next, str]:
    """What follows for a delivered reply that has not been seen in public yet."""
    if seen is None:
        late = now >= case.since + timing.span("unseen_alarm")
        return (Next.ASK, "not_seen") if late else (Next.WAIT, "")
    if seen.rejected:
        return Next.REJECTED, "rejected"
    if _several(case, seen):
        return Next.ASK, "several_found"
    if not equal(case.text, seen):
        return Next.ASK, "diverged"
    return (Next.PUBLIC, "") if seen.public else (Next.PENDING, "")


def after_publication(case: Case, seen: Sighting | None, timing: Timing, now: datetime) -> tuple[Next, str]:
    """What follows for a published reply: does it still stand there?"""
    if seen is not None and seen.rejected:
        return Next.REJECTED, "rejected"
    if seen is not None and _several(case, seen):
        return Next.ASK, "several_found"
    if seen is not None and seen.public and equal(case.text, seen):
        return Next.PUBLIC, ""
    if not _counts(case, timing, now):
        return Next.WAIT, ""
    reason = "vanished" if seen is None or not seen.public else "diverged"
    return (Next.ASK, reason) if case.absent_reads + 1 >= 2 else (Next.COUNT, "")
