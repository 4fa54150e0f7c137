"""A business with approved answers, a platform in a process of its own, and workers that are forked and killed."""

import gc
import os
import random
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import case, event
from sqlmodel import Session, SQLModel, col, func, select

from connectors.core.contract import Capability, PostKind
from monitor import seals
from monitor.db import Database
from monitor.tables import MARKED, PostRow, PostVersion, Switch
from monitor.tables import Verdict as Judged
from monitor.verify import verify
from replies import duty as duties
from replies.lifecycle import FactVerdict, ReplyKind, State
from replies.outbox import Outbox
from replies.tables import Attempt, Reply
from replies.timing import Timing
from replies.watch import Watch
from tests.crash.clock import SharedClock
from tests.crash.connector import Connection, card, door
from tests.crash.history import History, Verdict, judge
from tests.crash.server import Script, Server, die_with_parent
from tests.crash.shelf import Lags, Shelf
from tests.peers.postgres import database_for
from tests.replies.shop import ANNA, BERND, Shop
from tests.replies.world import ACCOUNT, FakeWorld

# Production's own figures, but for the undo window, the hourly limit and the looks long after: time costs nothing here.
TIMING = Timing(undo=0, per_hour=0, later_looks=(300 * 86400.0,))
_COMPLAINT = {
    "judge": "by-hand", "lang": "de", "sentiment": "negative", "polarity": -0.5, "hostile": 0.0, "is_hostile": False,
    "complaint": 1.0, "needs_answer": True, "sure": True,
}  # fmt: skip
TIRED = 3  # the exit code of a worker that ended before it was done


def scratch(database: Database) -> Database:
    """The same without waiting for the disk: what a kill leaves is the kernel's to keep, only a power cut is not."""
    if database.is_sqlite:
        event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        database.engine.dispose()
    return database


class Few(Outbox):
    """A few at a time: then more of the kills hit something."""

    def due(self, session: Session, now: datetime, limit: int = 3) -> list[int]:
        """As ever, but few."""
        return super().due(session, now, limit)


@dataclass
class CrashWorld(FakeWorld):
    """Posts from the database, one account at the fault server."""

    capability: Capability = Capability.LIST
    connection: Connection | None = None

    def card(self, account):  # noqa: ARG002
        """What this platform can do."""
        return card(self.capability)

    def publisher(self, account):  # noqa: ARG002
        """The connection of this process."""
        return self.connection


@dataclass
class Stage:
    """One run. The parent never speaks HTTP to the platform but through `truth`."""

    folder: Path
    capability: Capability
    timing: Timing = TIMING
    lags: Lags = field(default_factory=Lags)
    script: Script = field(default_factory=Script)

    def __post_init__(self):
        """The platform first: it is forked while nothing else is open."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.clock = SharedClock()
        self.history = History(self.folder / "history")
        self.chance = random.Random(self.script.seed)
        server = Server(Shelf(self.capability, self.lags, self.chance), self.clock, self.script)
        self.url, self.server = server.url, server.fork()
        self.database = scratch(Database(database_for(self.folder)))
        if self.database.is_sqlite:
            SQLModel.metadata.create_all(self.database.engine)
        self.world = CrashWorld(None, capability=self.capability)
        self.shop = Shop(self.database, self.world, self.clock, self.timing).open()
        with self.transaction() as session:
            session.add(Switch(name=MARKED, value="", at=self.clock()))  # nobody reads sources in this business
        self.replies = 0
        self.killed: Counter[str] = Counter()

    # --- what a worker is made of; `jobs` takes it for a house ---

    def transaction(self):
        """One write transaction."""
        return self.database.transaction()

    def reading(self):
        """One consistent view."""
        return self.database.reading()

    @property
    def outbox(self):
        """This process's hands."""
        return Few(self.world, self.timing, f"w{os.getpid()}", self.database.transaction, self.clock)

    @property
    def watch(self):
        """This process's eyes."""
        return Watch(self.world, self.timing, self.database.transaction, self.clock)

    # --- what happens ---

    def approve(self, count: int) -> None:
        """So many more complaints with an answer that Anna wrote and Bernd agreed to."""
        with self.transaction() as session:
            for n in range(self.replies + 1, self.replies + count + 1):
                self._approve(session, f"p{n}", self.clock())
        self.replies += count
        self.database.engine.dispose()

    def _approve(self, session: Session, ref: str, now: datetime) -> None:
        row = PostRow(source_id=1, ref=ref, kind=PostKind.REVIEW, text="Das Brot war hart.", content_hash="1")
        row.first_seen_at = row.last_seen_at = now
        session.add(row)
        session.flush()
        session.add(PostVersion(post_id=row.id, n=1, text=row.text, seen_at=now, content_hash="1"))
        seals.keep(session, 1, [row.id or 0], now)
        session.add(Judged(post_id=row.id, version=1, at=now, **_COMPLAINT))
        desk, duty = self.shop.desk, duties.owe(session, row.id, self.world.hours(ACCOUNT), self.timing, now)
        desk.check_facts(session, duty.id, FactVerdict.JUSTIFIED, "Kassenbuch", "Der Ofen war zu heiss.", ANNA, now)
        reply = desk.draft(session, duty.id, ReplyKind.FINAL, f"Das tut uns leid. Antwort auf {ref}", ANNA, now)
        desk.submit(session, reply.id, ANNA, now, seen_version=1)
        desk.approve(session, reply.id, desk.to_agree(session, reply), BERND, now)

    def warm_up(self, strategy: Callable[["Stage"], str | None]) -> None:
        """One life in this process, so that what it loads and compiles is there for all of its children."""
        self.approve(2)
        self.world.connection = Connection(door(self.url), self.capability, self.history)
        os.environ["WIDERHALL_CRASH"] = ""
        strategy(self)
        self.world.connection.http.close()
        self.world.connection = None
        self.database.engine.dispose()
        gc.collect()
        gc.freeze()

    def live(self, strategy: Callable[["Stage"], str | None], die: str = "") -> bool:
        """One life of a worker; True if nothing was left to do. It dies at the first arrival at `die`.

        Raises:
            AssertionError: it broke instead.
        """
        child = os.fork()
        if child == 0:
            die_with_parent()
            self._work(strategy, die)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            self.killed[die] += 1
            return False
        code = os.waitstatus_to_exitcode(status)
        assert code in {0, TIRED}, f"a worker broke on its way to {die or 'the end'}"
        return code == 0

    def _work(self, strategy: Callable[["Stage"], str | None], die: str) -> None:
        try:
            os.environ["WIDERHALL_CRASH"] = f"{die}:1" if die else ""
            self.world.connection = Connection(door(self.url, die), self.capability, self.history)
            code = TIRED if strategy(self) == "tired" else 0
        except BaseException:  # noqa: BLE001 - the parent must see it, and the child must not go on as a parent
            traceback.print_exc()
            code = 70
        sys.stderr.flush()
        os._exit(code)

    def left(self) -> int:
        """Replies that the program can still do something about."""
        out = (State.PUBLISHED, State.DELIVERED) if self.capability == Capability.BLIND else (State.PUBLISHED,)
        waits = select(func.count()).where(col(Reply.state).not_in(out), col(Reply.needs_human).is_(False))
        with self.reading() as session:
            return session.exec(waits).one()

    def waiting(self) -> int:
        """Replies that have not been sent, or not successfully."""
        with self.reading() as session:
            found = session.exec(select(func.count()).where(col(Reply.state) == State.APPROVED)).one()
        self.database.engine.dispose()
        return found

    def until_due(self) -> None:
        """Nothing to do: when nothing is on the wire any more, time goes on to the next thing."""
        self.truth()
        now = self.clock()
        times = (Reply.not_before, Reply.next_look_at, Reply.lease_until)
        soonest = [func.min(case((col(column) > now, col(column)))) for column in times]
        with self.reading() as session:
            found = [time for time in session.execute(select(*soonest)).one() if time]
        self.clock.jump(min([_aware(time) for time in found] or [now + timedelta(minutes=1)]))

    def sleep(self, seconds: float) -> None:
        """Nothing is on the wire any more, and then so much time goes by."""
        self.truth()
        self.clock.jump(self.clock() + timedelta(seconds=seconds))

    def truth(self) -> dict[str, Any]:
        """What the platform has, once every request that was sent has had its effect."""
        http = door(self.url, patience=30)
        try:
            found: dict[str, Any] = http.get("/control/quiet").json()
        finally:
            http.close()
        assert found["undecided"] == 0, "the platform is stuck"
        return found

    def judged(self) -> tuple[Verdict, list[str]]:
        """The verdict once everything late has arrived, and the rules that `verify` finds broken."""
        self.clock.jump(self.clock() + timedelta(seconds=sum(self.lags.late + self.lags.read)))
        truth = self.truth()
        with self.reading() as session:
            replies = list(session.exec(select(Reply)).all())
            attempts = Counter(session.exec(select(Attempt.reply_id)).all())
            broken = [f"{found.rule} {found.subject}" for found in verify(session, self.clock(), self.timing)]
        self.database.engine.dispose()
        return judge(self.history, truth, replies, attempts), broken

    def close(self) -> None:
        """The platform ends."""
        os.kill(self.server, signal.SIGKILL)
        os.waitpid(self.server, 0)
        self.database.close()


def _aware(time: datetime | str) -> datetime:
    """SQLite's `min` over a `case` may come back as text."""
    found = datetime.fromisoformat(time) if isinstance(time, str) else time
    return found if found.tzinfo else found.replace(tzinfo=UTC)
