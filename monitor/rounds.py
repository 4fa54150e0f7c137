"""What a round leaves in the rows of its source and of the run: figures, health, when it is read next."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from connectors.core import registry
from connectors.core.errors import ConfigProblem, ConnectorError, LoginExpired
from monitor import health, quarantine
from monitor.store import Counts
from monitor.tables import Problem, Run, RunKind, Secret, Source

TAKEN_OVER = "another worker has taken over this source"


@dataclass(frozen=True, slots=True)
class Round:
    """What one round brought."""

    source: str
    ok: bool
    counts: Counts
    note: str = ""


@dataclass(slots=True)
class Walk:
    """One round on its way."""

    source_id: int
    run_id: int
    fencing: int
    kind: RunKind
    first_run: bool
    counts: Counts = field(default_factory=Counts)
    complete: bool = False
    interrupted: bool = False


def as_stranger(session: Session, name: str, problem: ConnectorError | None) -> ConnectorError | None:
    """What stopped a walk; where no login is stored none can have expired: strangers may not read there."""
    if not isinstance(problem, LoginExpired):
        return problem
    if session.exec(select(Secret.id).where(col(Secret.source) == name)).first() is not None:
        return problem
    return ConfigProblem(f"no login is stored, strangers may not read: {problem}", status=problem.status)


def finish(
    session: Session, walk: Walk, problem: ConnectorError | None, sweep_every: timedelta, now: datetime
) -> Source | None:
    """The end of a round that was fetched.

    Args:
        problem: what stopped the walk, if anything.
        sweep_every: how long from one full walk of the source to the next.

    Returns:
        The source with its health, None where the round was interrupted or another worker has taken the source over.
    """
    source = session.get(Source, walk.source_id, with_for_update=True)
    late = source is None or source.fencing != walk.fencing
    run = session.get(Run, walk.run_id)
    if run is not None:
        why = problem or (TAKEN_OVER if late else "interrupted" if walk.interrupted else "")
        run.ended_at, run.ok, run.note = now, not why, str(why)
        session.add(run)
    if source is None or late:
        return None
    source.worker, source.lease_until = None, None
    session.add(source)
    if walk.interrupted:
        return None  # the next start goes on at once
    _write_health(session, source, walk, problem, sweep_every, now)
    source.next_due_at = health.next_due(source, now)
    return source


def _write_health(
    session: Session, source: Source, walk: Walk, problem: ConnectorError | None, sweep_every: timedelta, now: datetime
) -> None:
    sweep = walk.kind == RunKind.SWEEP
    if problem is None:
        health.went_well(session, source, now)
        source.backfilled_at = source.backfilled_at or now
        _all_readable(session, source, walk.counts, now)
        if sweep or source.next_sweep_at is None:
            source.next_sweep_at = now + sweep_every
    else:
        health.went_wrong(session, source, problem, now)
        if sweep:  # a full walk that cannot end must not stop the ordinary rounds
            source.next_sweep_at = now + sweep_every / 20


def brought(session: Session, source: Source, counts: Counts, now: datetime, *, polls: bool, whole: bool) -> None:
    """A file was taken in, or (not `whole`) single records of one.

    A source that is fetched (`polls`) is not healthy because somebody brought a file.
    """
    if not polls:
        health.went_well(session, source, now)
        source.attempted_at, source.publish_problem = now, Problem.NONE
        source.backfilled_at = source.backfilled_at or now
        session.add(source)
    if whole:
        _all_readable(session, source, counts, now)


def _all_readable(session: Session, source: Source, counts: Counts, now: datetime) -> None:
    """A whole file without a fault ends what older ones of its source left: somebody has mended it."""
    if counts.items and not counts.quarantined and not registry.card(source.kind).polls:
        quarantine.close(session, source, now, why="clean_file")


def count(session: Session, run_id: int, counts: Counts) -> None:
    """Add the figures of one page to those of its run."""
    run = session.get(Run, run_id)
    if run is None:
        return
    run.pages += 1
    run.items += counts.items
    run.stored += counts.stored
    run.changed += counts.changed
    run.same += counts.same
    run.quarantined += counts.quarantined
    session.add(run)
