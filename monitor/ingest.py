"""One round of one source: lease, pages in, rows and cursor out, health written down.

A page of posts, their raw records, what follows from them, and the cursor are one transaction (RELIABILITY G6). The
round that began is only written as succeeded when the walk has ended by itself.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.exc import InternalError, OperationalError
from sqlmodel import Session, col, select

from connectors.core import registry
from connectors.core.contract import Cursor, Malformed, Page, Post
from connectors.core.errors import Changed, ConfigProblem, ConnectorError, Gone, Unavailable
from monitor import health, rounds
from monitor.absence import Absence
from monitor.db import Database
from monitor.judging import Judging
from monitor.rounds import Round, Walk
from monitor.store import Counts, has_news, store_page
from monitor.tables import PostRow, Problem, Run, RunKind, Source
from monitor.triage import Judge, PostText, StrongJudge, default_judge
from monitor.triage.aside import Aside
from monitor.world import HouseWorld, card_data
from replies.crash import crashpoint
from replies.timing import Timing
from replies.watch import Watch

log = logging.getLogger(__name__)
MAX_PAGES = 10_000
MAX_CIRCLES = 2  # the same page of a list again and again: the platform turns in circles
PER_PAGE = 50  # items of an import in one transaction, so that nobody else waits long for the database
_ANY_WORDS = "Die Lieferung kam leider vier Tage zu spät, sonst war alles in Ordnung."
BAD_SHARE = 0.2  # of a page: above, the platform's answer has probably changed


def utc_now() -> datetime:
    """The clock of a running system."""
    return datetime.now(UTC)


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
        self._judged = False  # the judge has loaded what it needs
        self._watch = Watch(world, timing, database.transaction, utc_now)
        self.stopping = threading.Event()  # set: rounds end after the page that they are at

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
        rows = select(Source).where(*_free(now, self.timing.span("fetch_lease"))).order_by(col(Source.next_due_at))
        found = []
        for source in session.exec(rows).all():
            if health.is_due(source, now) and self.world.polls(source.name):
                sweep = health.sweep_is_due(source, self.timing.span("sweep_every"), now)
                found.append((source.name, RunKind.SWEEP if sweep else RunKind.POLL))
        return found

    def soonest(self, session: Session) -> datetime | None:
        """When the next source falls due; a time that has passed while one is being read or must wait."""
        rows = select(Source.name, Source.next_due_at).where(col(Source.enabled).is_(True))
        return min((at for name, at in session.exec(rows).all() if self.world.polls(name)), default=None)

    def read(
        self, name: str, kind: RunKind, clock: Callable[[], datetime], *, only_if_due: bool = False
    ) -> Round | None:
        """One round. None: another worker has it, or the platform asked us to wait.

        No platform error leaves; it becomes the source's health.

        Args:
            only_if_due: not if another daemon has read it since we looked what is due.
        """
        with self.database.claiming() as session:
            started = clock()  # now that it is our turn
            source = self._lease(session, name, started, only_if_due=only_if_due)
            if source is None:
                return None
            run = Run(source_id=source.id or 0, kind=kind, started_at=started)
            session.add(run)
            session.flush()
            walk = Walk(source.id or 0, run.id or 0, source.fencing, kind, first_run=source.backfilled_at is None)
            cursor = source.cursor
        problem = self._walk(name, walk, cursor, clock)
        with self.database.transaction() as session:
            problem = rounds.as_stranger(session, name, problem)
            source = rounds.finish(session, walk, problem, self.timing.span("sweep_every"), clock())
            if source is not None and source.publish_problem != Problem.NONE:
                self.world.forget(source.name)
        if problem is None and kind == RunKind.SWEEP and walk.complete and not walk.interrupted:
            self.absence.after_sweep(walk.source_id, started, clock())
        ok = problem is None and not walk.interrupted
        return Round(name, ok, walk.counts, str(problem or ""))

    def _walk(
        self, name: str, walk: Walk, cursor: Cursor | None, clock: Callable[[], datetime]
    ) -> ConnectorError | None:
        """Page after page into the database; what went wrong, if anything."""
        try:
            self._check(name)
            until = datetime(2000, 1, 1, tzinfo=UTC) if walk.kind == RunKind.SWEEP else None
            connection = self.world.reader(name)
            for page in _guarded(connection.pages(cursor, until=until)):
                self._page(walk, page, None if until else page.cursor, clock())
                walk.complete = page.complete
                walk.interrupted = self.stopping.is_set()
                if walk.interrupted:
                    break
        except ConnectorError as error:
            return error
        except (OperationalError, InternalError):
            log.exception("reading source %s: the database did not take it", name)
            return Unavailable("our own database was busy or full; the log has the place")
        except Exception as error:  # a defect of ours must not stop the other sources, nor vanish
            log.exception("reading source %s broke", name)
            return Changed(f"{type(error).__name__} while reading; the log has the place")
        return None

    def _check(self, name: str) -> None:
        """Once per connection, and again while an account is stopped: are address, login and rights right?"""
        with self.database.reading() as session:
            source = session.exec(select(Source).where(col(Source.name) == name)).one()
            stopped = source.publish_problem != Problem.NONE
        if not stopped and self.world.is_narrowed(name):
            return
        if stopped:
            self.world.forget(name)
        card = self.world.reader(name).check()
        self.world.narrow(name, card)
        with self.database.transaction() as session:
            source = session.exec(select(Source).where(col(Source.name) == name)).one()
            source.card = card_data(card)
            source.publish_problem = Problem.NONE
            session.add(source)

    def _lease(self, session: Session, name: str, now: datetime, *, only_if_due: bool = False) -> Source | None:
        """Take the source, or pass by: on PostgreSQL a row that somebody holds is skipped, not waited for."""
        lease = self.timing.span("fetch_lease")
        rows = select(Source).where(col(Source.name) == name, *_free(now, lease))
        source = session.exec(rows.with_for_update(skip_locked=True)).one_or_none()
        if source is None or (only_if_due and not health.is_due(source, now)):
            return None
        source.worker, source.lease_until, source.attempted_at = self.worker, now + lease, now
        source.fencing += 1
        session.add(source)
        session.flush()
        return source

    def load_judge(self) -> None:
        """Before the first judgement, which takes seconds, on a busy machine many: no transaction waits for it.

        Everybody else would wait as well, and PostgreSQL ends a transaction that is idle for 30 s. A judge in a process
        of its own is asked every time, for it may have ended.
        """
        if not self._judged:
            self.judging.judge.judge(PostText("", _ANY_WORDS))
            self._judged = not isinstance(self._judge, Aside)

    def _prepare(self, source_id: int | None, items: Sequence[Post | Malformed]) -> None:
        """Load the judge if there is something for it to do."""
        if self._judged:
            return
        news = any(isinstance(item, Post) for item in items)
        if news and source_id is not None:
            with self.database.reading() as session:
                news = has_news(session, source_id, items)
        if news:
            self.load_judge()

    def judge_aside(self) -> Aside:
        """Judge in a process of its own from now on, which ends while there is nothing to judge."""
        self._judge, self._judged = Aside(strong=isinstance(self._judge, StrongJudge)), False
        return self._judge

    def _page(self, walk: Walk, page: Page, cursor: Cursor | None, now: datetime) -> None:
        self._prepare(walk.source_id, page.items)
        with self.database.transaction() as session:
            source = session.get(Source, walk.source_id, with_for_update=True)  # nobody takes it over meanwhile
            if source is None or source.fencing != walk.fencing:
                raise Changed(rounds.TAKEN_OVER)
            since = source.since if walk.first_run else now if page.history else None
            counts = self._take(session, source, page.items, now, since=since)
            crashpoint("page-stored")
            if cursor is not None:
                source.cursor = dict(cursor)
            source.lease_until = now + self.timing.span("fetch_lease")
            session.add(source)
            rounds.count(session, walk.run_id, counts)
        crashpoint("page-committed")
        walk.counts.add(counts)
        if counts.quarantined > max(1, BAD_SHARE * counts.items):
            name = source.name
            log.warning("source %s: %s of %s records cannot be read", name, counts.quarantined, counts.items)

    def _take(
        self,
        session: Session,
        source: Source,
        items: Sequence[Post | Malformed],
        now: datetime,
        *,
        since: datetime | None,
    ) -> Counts:
        """Rows, and what follows from them. `since`: see `Judging.follow`."""
        most = self.world.config.retention.unreadable_records
        counts = store_page(session, source, items, now, unreadable=most)
        self.judging.follow(session, source, counts.changes, now, since=since)
        if counts.stored and counts.newest and (source.newest_post_at is None or counts.newest > source.newest_post_at):
            source.newest_post_at = counts.newest
        return counts

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
        asked = clock()
        found = self.world.reader(source.name).one(row.ref)
        if found is None:
            raise Gone(f"post {post_id} is not there")
        self._prepare(source.id, [found])
        now = clock()
        with self.database.transaction() as session:
            current, row = session.get(Source, source.id), session.get(PostRow, post_id, populate_existing=True)
            if current is not None and row is not None and row.last_seen_at <= asked:  # else a round knows better
                self._take(session, current, [found], now, since=None)

    def take_items(
        self,
        name: str,
        items: list[Post | Malformed],
        now: datetime,
        kind: RunKind = RunKind.IMPORT,
        *,
        whole: bool = True,
    ) -> Counts:
        """Store a list of items of one source, as `widerhall import` and the demo bring them: one run, many pages.

        Args:
            whole: all that a file holds, so that a list without a fault speaks for the source.

        Raises:
            ConfigProblem: there is no such source.
        """
        total = Counts()
        self._prepare(None, items)
        with self.database.transaction() as session:
            source = session.exec(select(Source).where(col(Source.name) == name)).one_or_none()
            if source is None:
                raise ConfigProblem(f"no source {name} is configured")
            source_id, polls = source.id or 0, self.world.polls(name)
            of_files = not registry.card(source.kind).polls  # a file brings history, the tenth one too
            first_run = of_files or source.backfilled_at is None
            run = Run(source_id=source_id, kind=kind, started_at=now)
            session.add(run)
            session.flush()
            run_id = run.id or 0
        for start in range(0, len(items), PER_PAGE):
            with self.database.transaction() as session:
                source = session.get_one(Source, source_id)
                since = source.since if first_run else None
                counts = self._take(session, source, items[start : start + PER_PAGE], now, since=since)
                session.add(source)
                rounds.count(session, run_id, counts)
            total.add(counts)
        with self.database.transaction() as session:
            run = session.get_one(Run, run_id)
            run.ended_at, run.ok = now, True
            session.add(run)
            rounds.brought(session, session.get_one(Source, source_id), total, now, polls=polls, whole=whole)
        return total


def _free(now: datetime, span: timedelta) -> tuple[ColumnElement[bool], ...]:
    """Sources that may be read now: nobody is at it (a lease lasts `span`), and no platform asked us to wait."""
    lease, waits = col(Source.lease_until), col(Source.waits_until)
    return (
        col(Source.enabled).is_(True),
        lease.is_(None) | (lease < now) | (lease > now + 2 * span),  # another daemon's clock may be ahead of ours
        waits.is_(None) | (waits <= now) | (waits > now + health.LONGEST_WAIT),
    )


def _guarded(pages: Iterator[Page]) -> Iterator[Page]:
    """A walk ends: too many pages, or the same page of a list again and again, mean that the platform turns in circles.

    Several lists may show the same posts: each has its own count.
    """
    seen: set[tuple[str, int]] = set()
    circles: Counter[str] = Counter()
    for number, page in enumerate(pages):
        mark = page.stream, hash(tuple(item.ref if isinstance(item, Post) else repr(item.raw) for item in page.items))
        circles[page.stream] += bool(page.items) and mark in seen
        seen.add(mark)
        if number >= MAX_PAGES or circles[page.stream] > MAX_CIRCLES:
            raise Changed(f"the platform turns in circles: stopped after {number} pages")
        yield page
