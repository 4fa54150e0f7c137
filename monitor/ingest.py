"""One round of one source: lease, pages in, rows and cursor out, health written down.

A page of posts, their raw records, what follows from them, and the cursor are one transaction (RELIABILITY G6). The
round that began is only written as succeeded when the walk has ended by itself.
"""

import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from connectors.core import registry
from connectors.core.contract import Malformed, Page, Post, Reader
from connectors.core.errors import Changed, ConfigProblem, ConnectorError, Gone, LoginExpired, RateLimited
from monitor.absence import Absence
from monitor.db import Database
from monitor.judging import Judging
from monitor.store import Counts, store_page
from monitor.tables import PostRow, Problem, Run, RunKind, Source
from monitor.triage import Judge, default_judge
from monitor.world import HouseWorld, card_data
from replies import journal
from replies.crash import crashpoint
from replies.people import DAEMON
from replies.timing import Timing
from replies.watch import Watch

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=15)
MAX_PAGES = 10_000
BAD_SHARE = 0.2  # of a page: above, the platform's answer has probably changed


def utc_now() -> datetime:
    """The clock of a running system."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round brought."""

    source: str
    ok: bool
    counts: Counts
    note: str = ""


class Ingest:
    """Reads sources. Thread-safe; a lease in the source's row keeps two workers from reading the same one."""

    def __init__(
        self, database: Database, world: HouseWorld, timing: Timing, worker: str, judge: Judge | None = None
    ) -> None:
        """`judge` defaults to the built-in one, which is loaded on first use."""
        self.database = database
        self.world = world
        self.timing = timing
        self.worker = worker
        self._judge = judge
        self._watch = Watch(world, timing, database.transaction, utc_now)

    @property
    def judging(self) -> Judging:
        """What turns posts into verdicts and duties."""
        if self._judge is None:
            self._judge = default_judge()
        return Judging(self.world, self.timing, self._judge, self._watch)

    @property
    def absence(self) -> Absence:
        """What is done about posts that are not found any more."""
        return Absence(self.database, self.world, self.timing)

    def due(self, session: Session, now: datetime) -> list[tuple[str, RunKind]]:
        """Sources whose time has come, and what kind of round they need."""
        rows = select(Source).where(
            col(Source.enabled).is_(True),
            col(Source.next_due_at) <= now,
            (col(Source.lease_until).is_(None)) | (col(Source.lease_until) < now),
            (col(Source.waits_until).is_(None)) | (col(Source.waits_until) <= now),
        )
        found = []
        for source in session.exec(rows.order_by(col(Source.next_due_at))).all():
            if registry.card(source.kind).polls:
                sweep = source.next_sweep_at is not None and source.next_sweep_at <= now
                found.append((source.name, RunKind.SWEEP if sweep else RunKind.POLL))
        return found

    def read(self, name: str, kind: RunKind, clock: Callable[[], datetime]) -> Round | None:
        """One round. None: another worker has it. No platform error leaves; it becomes the source's health."""
        started = clock()
        with self.database.transaction() as session:
            source = self._lease(session, name, started)
            if source is None:
                return None
            fencing, source_id = source.fencing, source.id or 0
            cursor, first_run = source.cursor, source.backfilled_at is None
            run = Run(source_id=source_id, kind=kind, started_at=started)
            session.add(run)
            session.flush()
            run_id = run.id or 0
        counts, problem = Counts(), None
        try:
            connection = self.world.reader(name)
            self._check(name, connection)
            until = datetime(2000, 1, 1, tzinfo=UTC) if kind == RunKind.SWEEP else None
            pages = _guarded(connection.pages(None if until else cursor, until=until))
            for page in pages:
                keep = None if until else page.cursor
                self._page(source_id, run_id, fencing, page, keep, counts, clock(), first_run=first_run)
        except ConnectorError as error:
            problem = error
        except Exception as error:  # a defect of ours must not stop the other sources, nor vanish
            log.exception("reading source %s broke", name)
            problem = Changed(f"{type(error).__name__} while reading; the log has the place")
        with self.database.transaction() as session:
            self._finish(session, source_id, run_id, fencing, kind, problem, clock())
        if problem is None and kind == RunKind.SWEEP:
            self.absence.after_sweep(source_id, started, clock())
        return Round(name, problem is None, counts, str(problem or ""))

    def _check(self, name: str, connection: Reader) -> None:
        """Once per connection, and again while an account is stopped: are address, login and rights right?"""
        with self.database.reading() as session:
            source = session.exec(select(Source).where(col(Source.name) == name)).one()
            checked, stopped = bool(source.card), source.publish_problem != Problem.NONE
        if checked and not stopped and self.world.is_narrowed(name):
            return
        if stopped:
            self.world.forget(name)
            connection = self.world.reader(name)
        card = connection.check()
        self.world.narrow(name, card)
        with self.database.transaction() as session:
            source = session.exec(select(Source).where(col(Source.name) == name)).one()
            source.card = card_data(card)
            source.publish_problem = Problem.NONE
            session.add(source)

    def _lease(self, session: Session, name: str, now: datetime) -> Source | None:
        taken = session.execute(
            update(Source)
            .where(
                col(Source.name) == name,
                col(Source.enabled).is_(True),
                (col(Source.lease_until).is_(None)) | (col(Source.lease_until) < now),
            )
            .values(worker=self.worker, lease_until=now + LEASE, fencing=Source.fencing + 1, attempted_at=now)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            return None
        return session.exec(select(Source).where(col(Source.name) == name)).one()

    def _page(
        self,
        source_id: int,
        run_id: int,
        fencing: int,
        page: Page,
        cursor: object,
        total: Counts,
        now: datetime,
        *,
        first_run: bool,
    ) -> None:
        with self.database.transaction() as session:
            source = session.get(Source, source_id)
            if source is None or source.fencing != fencing:
                raise Changed("another worker has taken over this source")
            counts = store_page(session, source, page.items, now)
            self.judging.follow(session, source, counts.changes, now, first_run=first_run)
            crashpoint("page-stored")
            if cursor is not None:
                source.cursor = dict(cursor)  # type: ignore[call-overload]
            source.lease_until = now + LEASE
            newest = [item.created for item in page.items if isinstance(item, Post) and item.created]
            if counts.stored and newest:
                source.newest_post_at = max([*newest, *([source.newest_post_at] if source.newest_post_at else [])])
            session.add(source)
            run = session.get(Run, run_id)
            if run is not None:
                _count(run, counts)
                session.add(run)
        crashpoint("page-committed")
        total.add(counts)
        if counts.quarantined > max(1, BAD_SHARE * counts.items):
            log.warning("source %s: %s of %s records cannot be read", source_id, counts.quarantined, counts.items)

    def _finish(
        self,
        session: Session,
        source_id: int,
        run_id: int,
        fencing: int,
        kind: RunKind,
        problem: ConnectorError | None,
        now: datetime,
    ) -> None:
        run = session.get(Run, run_id)
        if run is not None:
            run.ended_at, run.ok, run.note = now, problem is None, str(problem or "")
            session.add(run)
        source = session.get(Source, source_id)
        if source is None or source.fencing != fencing:
            return
        source.worker, source.lease_until = None, None
        source.next_due_at = self._next(source, now)
        if problem is None:
            self._healthy(session, source, kind, now)
        else:
            self._ill(session, source, problem, now)
        session.add(source)

    def _next(self, source: Source, now: datetime) -> datetime:
        """Anchored at the last due time, with a little jitter that does not add up (RELIABILITY 4.2)."""
        every = timedelta(seconds=source.every_seconds)
        due = max(source.next_due_at + every, now + every / 2)
        wait = min(2 ** min(source.fails, 5), 32) if source.fails else 1
        return due + every * (wait - 1) * 0.25 + every * random.uniform(0, 0.05)  # noqa: S311 - spreads load only

    def _healthy(self, session: Session, source: Source, kind: RunKind, now: datetime) -> None:
        if source.problem != Problem.NONE:
            journal.write(session, now, DAEMON, "source.recovered", f"source:{source.id}", was=source.problem)
            log.info("source %s answers again", source.name)
        source.succeeded_at, source.fails, source.stale = now, 0, False
        source.problem, source.problem_note, source.problem_since, source.waits_until = Problem.NONE, "", None, None
        source.backfilled_at = source.backfilled_at or now
        if kind == RunKind.SWEEP or source.next_sweep_at is None:
            source.next_sweep_at = now + self.timing.span("sweep_every")

    def _ill(self, session: Session, source: Source, problem: ConnectorError, now: datetime) -> None:
        kind = problem_of(problem)
        if source.problem != kind:
            source.problem_since = now
            journal.write(session, now, DAEMON, f"source.{kind.value}", f"source:{source.id}", why=str(problem))
            log.warning("source %s: %s", source.name, problem)
        source.problem, source.problem_note = kind, str(problem)
        source.fails += 0 if kind == Problem.QUOTA else 1
        if isinstance(problem, RateLimited):
            source.waits_until = problem.until
        if kind in (Problem.LOGIN, Problem.CONFIG):
            source.publish_problem = kind
            self.world.forget(source.name)

    def refresh(self, post_id: int, clock: Callable[[], datetime]) -> None:
        """Read one post again, right before we answer it: an edit must be noticed before we send (RELIABILITY G9).

        Raises:
            Gone: it is not there.
            ConnectorError: it could not be read.
        """
        with self.database.reading() as session:
            row = session.get(PostRow, post_id)
            source = session.get(Source, row.source_id) if row else None
        if row is None or source is None:
            raise Gone(f"no post {post_id}")
        found = self.world.reader(source.name).one(row.ref)
        if found is None:
            raise Gone(f"post {post_id} is not there")
        now = clock()
        with self.database.transaction() as session:
            current = session.get(Source, source.id)
            if current is not None:
                counts = store_page(session, current, [found], now)
                self.judging.follow(session, current, counts.changes, now, first_run=False)

    def take_items(
        self, name: str, items: list[Post | Malformed], now: datetime, kind: RunKind = RunKind.IMPORT
    ) -> Counts:
        """Store a list of items of one source, as `widerhall import` and the demo bring them: one page, one run."""
        with self.database.transaction() as session:
            source = session.exec(select(Source).where(col(Source.name) == name)).one_or_none()
            if source is None:
                raise ConfigProblem(f"no source {name} is configured")
            first_run = source.backfilled_at is None
            run = Run(source_id=source.id or 0, kind=kind, started_at=now, ended_at=now, ok=True)
            counts = store_page(session, source, items, now)
            self.judging.follow(session, source, counts.changes, now, first_run=first_run)
            _count(run, counts)
            source.attempted_at = source.succeeded_at = now
            source.backfilled_at = source.backfilled_at or now
            newest = [item.created for item in items if isinstance(item, Post) and item.created]
            source.newest_post_at = max(newest, default=source.newest_post_at)
            session.add(run)
            session.add(source)
        return counts


def problem_of(error: ConnectorError) -> Problem:
    """Which trouble of a source an error is, by who must act."""
    if isinstance(error, LoginExpired):
        return Problem.LOGIN
    if isinstance(error, RateLimited):
        return Problem.QUOTA
    if isinstance(error, ConfigProblem):
        return Problem.CONFIG
    return Problem.CHANGED if isinstance(error, Changed) else Problem.UNAVAILABLE


def _count(run: Run, counts: Counts) -> None:
    run.pages += 1
    run.items += counts.items
    run.stored += counts.stored
    run.changed += counts.changed
    run.same += counts.same
    run.quarantined += counts.quarantined


def _guarded(pages: Iterator[Page]) -> Iterator[Page]:
    """A walk ends: too many pages mean that the platform turns in circles."""
    for number, page in enumerate(pages):
        if number >= MAX_PAGES:
            raise Changed(f"more than {MAX_PAGES} pages in one walk")
        yield page
