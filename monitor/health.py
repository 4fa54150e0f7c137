"""A source's health as data: what is wrong, since when, who must act, and when it is read next."""

import logging
import random
from datetime import datetime, timedelta

from sqlmodel import Session

from connectors.core.errors import (
    Changed,
    ConfigProblem,
    ConnectorError,
    LoginExpired,
    RateLimited,
    without_paths,
)
from monitor.tables import Problem, Source
from replies import journal
from replies.people import DAEMON

log = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(hours=25)  # a platform may ask for 24 h; more was written by a clock that was set back
_AWAY = timedelta(minutes=10)  # a daemon keeps the house every few minutes, also when nothing happens
_SLOWER = 0.18  # of the interval, per failure in a row: five of them stay below twice the interval (RELIABILITY G12)


def problem_of(error: ConnectorError) -> Problem:
    """Which trouble of a source an error is, by who must act."""
    if isinstance(error, LoginExpired):
        return Problem.LOGIN
    if isinstance(error, RateLimited):
        return Problem.QUOTA
    if isinstance(error, ConfigProblem):
        return Problem.CONFIG
    return Problem.CHANGED if isinstance(error, Changed) else Problem.UNAVAILABLE


def is_away(at: datetime | None, now: datetime) -> bool:
    """Has no daemon kept the house for long? `at`: when one did last (the switch MARKED); None: never, or not yet."""
    return at is not None and now - at > _AWAY


def is_stale(source: Source, now: datetime) -> bool:
    """Not read successfully within twice its interval (RELIABILITY G12)."""
    return now - (source.succeeded_at or source.since) > 2 * timedelta(seconds=source.every_seconds)


def waits(source: Source, now: datetime) -> datetime | None:
    """Until when the platform asked us to wait; None if it may be called."""
    until = source.waits_until
    return until if until is not None and now < until <= now + LONGEST_WAIT else None


def is_silent(source: Source, silence: timedelta, now: datetime) -> bool:
    """It used to bring posts and has brought none for long (FEATURES (c) 21)."""
    return source.newest_post_at is not None and now - source.newest_post_at > silence


def is_due(source: Source, now: datetime) -> bool:
    """Has its time come? A due time further ahead than the interval allows was made by another clock or interval."""
    return source.next_due_at <= now or source.next_due_at > now + 2 * timedelta(seconds=source.every_seconds)


def sweep_is_due(source: Source, every: timedelta, now: datetime) -> bool:
    """Is it time for a full walk? A time further ahead than the interval allows was made by another clock."""
    at = source.next_sweep_at
    return at is not None and not now < at <= now + 2 * every


def next_due(source: Source, now: datetime) -> datetime:
    """Anchored at the last due time, with a little jitter that does not add up (RELIABILITY 4.2).

    After failures it comes later, yet always within twice the interval.
    """
    every = timedelta(seconds=source.every_seconds)
    anchored = min(max(source.next_due_at + every, now + every / 2), now + every)
    slower = min(source.fails, 5) * _SLOWER
    return anchored + every * (slower + random.uniform(0, 0.05))  # noqa: S311 - spreads load only


def went_well(session: Session, source: Source, now: datetime) -> None:
    """A round has ended by itself. Silence is no failure of reading: only `mark` says when it is over."""
    if source.problem not in (Problem.NONE, Problem.SILENT):
        journal.write(session, now, DAEMON, "source.recovered", f"source:{source.id}", was=source.problem)
        log.info("source %s answers again", source.name)
        source.problem, source.problem_since = Problem.NONE, None
    if source.stale:
        journal.write(session, now, DAEMON, "source.fresh", f"source:{source.id}")
    source.succeeded_at, source.fails, source.stale = now, 0, False
    source.problem_note, source.waits_until = "", None


def went_wrong(session: Session, source: Source, error: ConnectorError, now: datetime) -> None:
    """A round has failed: the journal gets a line when the trouble begins, not each time it is met."""
    kind = problem_of(error)
    if source.problem != kind:
        source.problem_since = now
        journal.write(
            session, now, DAEMON, f"source.{kind.value}", f"source:{source.id}", why=without_paths(str(error))
        )
        log.warning("source %s: %s", source.name, error)
    source.problem, source.problem_note = kind, str(error)
    source.fails += 0 if kind == Problem.QUOTA else 1
    if isinstance(error, RateLimited):
        source.waits_until = error.until
    if kind in (Problem.LOGIN, Problem.CONFIG):
        source.publish_problem = kind


def mark(session: Session, source: Source, silence: timedelta, now: datetime) -> None:
    """Mark a source that was not read within twice its interval, and one that fell silent; take the marks back."""
    stale = is_stale(source, now)
    if stale != source.stale:
        journal.write(session, now, DAEMON, "source.stale" if stale else "source.fresh", f"source:{source.id}")
    source.stale = stale
    silent = is_silent(source, silence, now)
    if silent and source.problem == Problem.NONE:
        source.problem, source.problem_since = Problem.SILENT, now
        journal.write(session, now, DAEMON, "source.silent", f"source:{source.id}")
    elif source.problem == Problem.SILENT and not silent:
        source.problem, source.problem_since = Problem.NONE, None
        journal.write(session, now, DAEMON, "source.recovered", f"source:{source.id}", was=Problem.SILENT)
    session.add(source)
