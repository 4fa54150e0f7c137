"""The daemon's life on one screen: start, ring, work, drain.

APScheduler only rings the bell; what is due is a question to the database (RELIABILITY 4.2). Three workers, so that a
hanging source delays neither a publication nor a look: a pool that reads sources, one thread that publishes, one that
looks. SIGTERM stops claiming, waits for what is on the wire, and records the rest as unclear.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor as Bell
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import InterfaceError, OperationalError

from monitor import jobs, memory
from monitor.bootstrap import House
from monitor.resting import Rest

log = logging.getLogger(__name__)
READERS = 100  # threads, made when they are needed; 500 sources at 200 ms want that many (RELIABILITY 6.4, P9)
_MINUTE = 60.0
_UTC = "UTC"

_QUIET = timedelta(minutes=2)  # how long the house may go unkept when nobody has written
_JUDGED_FOR = timedelta(hours=1)  # looking for posts without a verdict reads every post
_PAGE = 2.0  # seconds that a round gets to end its page at shutdown

Job = Callable[[House, datetime], object]
_QUICK: tuple[Job, ...] = (jobs.end_holds, jobs.mark_sources, jobs.tidy)
_LONG: tuple[tuple[str, Job], ...] = (
    ("absence", jobs.look_for_absent),
    ("notices", jobs.tell),
    ("terms", jobs.retain),
)


class Daemon:
    """Fetches, publishes and looks until it is stopped."""

    def __init__(self, house: House) -> None:
        """Nothing runs yet."""
        self.house = house
        self._stop = threading.Event()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._reading: set[str] = set()
        self._busy = threading.Lock()
        self._fetching = Rest(house.database, house.ingest.soonest)
        self._sending = Rest(house.database, house.outbox.soonest)
        self._watching = Rest(house.database, house.watch.soonest)
        self._kept: tuple[datetime, int | None] | None = None  # when the house was kept; the mark then
        self._judged_until: datetime | None = None
        self._away = False  # the database did not answer the last time
        self._bell = BackgroundScheduler(
            timezone=_UTC,
            executors={"default": Bell(2)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._workers = [
            threading.Thread(target=self._work, args=(self._publish,), name="outbox", daemon=True),
            threading.Thread(target=self._work, args=(self._look,), name="watch", daemon=True),
        ]

    def start(self) -> None:
        """Begin: the bell, the outbox and the watch."""
        tick = self.house.timing.tick
        at_once = datetime.now(UTC)  # the bell hangs on the wall, whatever the house's clock
        self.house.ingest.stopping.clear()
        self.house.outbox.stopping.clear()
        self._guard(partial(jobs.read_mended, self.house, self.house.now()))
        self._bell.add_job(self._fetch, "interval", seconds=max(tick, 0.05), next_run_time=at_once)
        slowly = min(max(tick, 1) * 6, _MINUTE)
        self._bell.add_job(self._keep_house, "interval", seconds=slowly, next_run_time=at_once)
        self._bell.start()
        for worker in self._workers:
            worker.start()
        log.info("daemon %s started", self.house.worker)

    def stop(self) -> None:
        """Stop claiming, wait for what is on the wire, record the rest. Rounds end after the page they are at."""
        self._stop.set()
        self.house.ingest.stopping.set()
        self.house.outbox.stopping.set()
        if self._bell.running:
            self._bell.shutdown(wait=False)
        self._readers.shutdown(wait=False, cancel_futures=True)
        until = time.monotonic() + self.house.timing.drain
        page = time.monotonic() + min(_PAGE, self.house.timing.drain)
        while self._reading and time.monotonic() < page:
            time.sleep(0.02)
        for worker in filter(threading.Thread.is_alive, self._workers):
            worker.join(max(0.0, until - time.monotonic()))
        lost = self.house.outbox.surrender(self.house.now())
        jobs.free_own_leases(self.house)
        log.info("daemon %s stopped; %s publications recorded as unclear", self.house.worker, lost)

    @property
    def hanging(self) -> tuple[str, ...]:
        """What was still waiting for a platform when the daemon had stopped; its leases are free already."""
        workers = (worker.name for worker in self._workers if worker.is_alive())
        return (*sorted(self._reading), *workers)

    def _work(self, step: Callable[[], None]) -> None:
        while not self._stop.is_set():
            self._guard(step)
            self._stop.wait(self.house.timing.tick)

    def _guard(self, step: Callable[[], object]) -> None:
        """One broken step is logged and the next one comes; the daemon lives on."""
        try:
            step()
        except (OperationalError, InterfaceError) as error:
            if not self._away:
                log.error("the database does not answer, the daemon tries again: %s", error.orig)  # noqa: TRY400 - no trace
            self._away = True
        except Exception:  # whatever broke in one job must not end the fetching and publishing of all others
            log.exception("a job of the daemon broke")
        else:
            if self._away:
                log.info("the database answers again")
            self._away = False

    def _publish(self) -> None:
        if self._sending.over(self.house.now()):
            jobs.expire_leases(self.house, self.house.now())
            jobs.send_due(self.house, self.house.now())
            self._sending.begin(self.house.now())

    def _look(self) -> None:
        if self._watching.over(self.house.now()):
            jobs.look_due(self.house, self.house.now())
            self._watching.begin(self.house.now())

    def _fetch(self) -> None:
        """Hand each due source to the pool; at most one round per source at a time."""
        self._guard(self._hand_out)

    def _hand_out(self) -> None:
        now = self.house.now()
        if not self._fetching.over(now):
            return
        with self.house.reading() as session:
            due = self.house.ingest.due(session, now)
        for name, kind in due:
            self._in_pool(name, partial(self.house.ingest.read, name, kind, self.house.now, only_if_due=True))
        self._fetching.begin(now)

    def _keep_house(self) -> None:
        self._guard(self._housekeeping)

    def _housekeeping(self) -> None:
        """Work that may take long, or waits for a platform, goes to the pool as well: the bell is never late for it.

        Of several daemons one does it.
        """
        now, span = self.house.now(), timedelta(seconds=3 * min(max(self.house.timing.tick, 1) * 6, _MINUTE))
        if self._in_order(now) or not jobs.keeps_house(self.house, now, span):
            self._rest()
            return
        for job in _QUICK:
            self._guard(partial(job, self.house, self.house.now()))
        self._kept = (now, self.house.database.mark())
        for name, job in _LONG:
            self._in_pool(f"job {name}", partial(job, self.house, self.house.now()))
        self._in_pool("job judging", self._judge)

    def _in_order(self, now: datetime) -> bool:
        """Was the house kept a moment ago, and has nobody written since?"""
        mark = self.house.database.mark()
        if self._kept is None or mark is None or not self._kept[0] <= now < self._kept[0] + _QUIET:
            return False
        return self._kept[1] == mark

    def _judge(self) -> None:
        """Once all posts have a verdict they keep it: who stores a post judges it as well."""
        now = self.house.now()
        if self._judged_until is None or not now < self._judged_until <= now + _JUDGED_FOR:
            done = jobs.judge_stored(self.house, now)
            self._judged_until = None if done else now + _JUDGED_FOR

    def _in_pool(self, what: str, step: Callable[[], object]) -> None:
        with self._busy:
            if what in self._reading or self._stop.is_set():
                return
            self._reading.add(what)
            self._readers.submit(self._pooled, what, step)

    def _pooled(self, what: str, step: Callable[[], object]) -> None:
        try:
            self._guard(step)
        finally:
            with self._busy:
                self._reading.discard(what)
            self._rest()

    def _rest(self) -> None:
        """While nothing is being read, keep no more memory than rest needs: idle connections cache what they read."""
        if not self._reading:
            self.house.database.let_go()
            memory.give_back()
