"""Stops a daemon by SIGTERM again and again, at moments of every kind, and looks at what is left.

The real daemon with its threads, in a fork, against the fault server. The moments hang on what happens and not on how
fast: some time after the signal is listened to, after a request went out, after its answer came. What has to be waited
for is skipped.
"""

import gc
import logging
import os
import random
import secrets
import signal
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

from connectors.core.contract import Capability
from monitor.bootstrap import House
from monitor.commands.serve import serve
from monitor.daemon import Daemon
from monitor.verify import verify
from replies.lifecycle import FactVerdict, Outcome, ReplyKind, State
from replies.tables import Attempt, Reply
from tests.crash.clock import SkippingClock
from tests.crash.connector import Connection, door
from tests.crash.history import History, judge
from tests.crash.server import Script, Server, die_with_parent
from tests.crash.shelf import Lags, Shelf
from tests.crash.stage import scratch
from tests.monitor.shop import ANNA, BERND, CONFIG, PlainJudge, Shop, open_shop, post
from tests.monitor.test_judging import people

# Production's windows are skipped (`Lane.skip`); what the daemon waits for in real time is short.
TIMING = """
tick = 0.03
fetch_every = 86400
per_hour = 0
first_look = 0.1
later_looks = [0.5, 86400]
backoff = 0.1
drain = 0.4
"""
HANGS = 1.0  # seconds until the daemon gives a request up: longer than it waits at its end
# Many answers come after the daemon's patience at its end, most of them from a request that was carried out.
WRITES = {"ok": 50, "keep-then-drop": 5, "late-then-hang": 8, "hang": 6, "drip": 12, "500-after": 4, "503-late": 4}
LAGS = Lags(late=(0.05, 400.0), read=(0.0, 0.3))
BATCH, FEW = 15, 6
LISTENED_TO = 1 << (signal.SIGTERM - 1)
SOON, PATIENCE = 3.0, 30.0  # seconds to wait for a moment, and at the end for the daemon's work
ENOUGH = 3  # publications that were on the wire for longer than the daemon waits


class Beside(PlainJudge):
    """In the place of the judge's process, which would load its models anew for every stop; nothing is judged here."""

    def close(self) -> None:
        """Nothing to end."""


class Lane:
    """One business and its platform."""

    def __init__(self, shop: Shop, server: Server, seed: int) -> None:
        """The platform is forked here."""
        self.shop, self.url, self.chance = shop, server.url, random.Random(seed)
        self.history = History(shop.folder / "history")
        self.platform = server.fork()
        self.posts = 0
        self.ended: Counter[str] = Counter()
        self.longest = 0.0
        self.unrecorded: list[str] = []
        with shop.house.transaction() as session:
            people(session)

    def approve(self) -> None:
        """Complaints, each with an answer that Anna wrote and Bernd agreed to."""
        refs = [f"p{self.posts + n}" for n in range(1, BATCH + 1)]
        self.posts += BATCH
        assert self.shop.round([post(ref) for ref in refs]).ok
        desk, now = self.shop.house.desk, self.shop.house.now()
        with self.shop.house.transaction() as session:
            for ref in refs:
                duty = self.shop.duty(ref).id
                desk.check_facts(
                    session, duty, FactVerdict.JUSTIFIED, "Kassenbuch", "Der Ofen war zu heiss.", ANNA, now
                )
                reply = desk.draft(session, duty, ReplyKind.FINAL, f"Das tut uns leid. Antwort auf {ref}", ANNA, now)
                desk.submit(session, reply.id, ANNA, now, seen_version=1)
                desk.approve(session, reply.id, desk.to_agree(session, reply), BERND, now)

    def warm_up(self) -> None:
        """One life in this process, so that what it loads and compiles is there for all of its children."""
        self.approve()
        posts = self._connect()
        daemon = Daemon(self._house())
        daemon.start()
        self.nothing_due()
        daemon.stop()
        _until(lambda: threading.active_count() == 1, PATIENCE)
        self.shop.house.ingest.stopping.clear()
        self.shop.platforms["blog"] = posts
        self.shop.house.world.forget("blog")
        gc.collect()
        gc.freeze()

    def skip(self) -> dict[str, Any]:
        """Nothing is on the wire any more, and the settle window goes by. Returns what the platform has."""
        http = door(self.url, patience=30)
        try:
            truth: dict[str, Any] = http.get("/control/quiet").json()
        finally:
            http.close()
        assert truth["undecided"] == 0, "the platform is stuck"
        self.shop.clock.skip(self.shop.house.timing.settle + 1)
        return truth

    def count(self, state: State) -> int:
        """Replies in a state."""
        with self.shop.house.reading() as session:
            return session.exec(select(func.count()).where(col(Reply.state) == state)).one()

    def surrendered(self) -> int:
        """Publications that were still on the wire when the daemon had to go."""
        with self.shop.house.reading() as session:
            return session.exec(select(func.count()).where(col(Attempt.message) == "shut down while sending")).one()

    def live(self, wait: Callable[[], None]) -> None:
        """The daemon runs until `wait` returns, then it is told to end; what it leaves has to be in order."""
        self.shop.house.database.engine.dispose()
        child = os.fork()
        if child == 0:
            die_with_parent()
            self._daemon()
        _until(lambda: _listens(child), PATIENCE)
        wait()
        os.kill(child, signal.SIGTERM)
        begun = time.monotonic()
        _, status = os.waitpid(child, 0)
        self.longest = max(self.longest, time.monotonic() - begun)
        self.ended["in order" if os.waitstatus_to_exitcode(status) == 0 else "broken"] += 1
        with self.shop.house.reading() as session:
            open_ = session.exec(select(Attempt.id).where(col(Attempt.outcome) == Outcome.STARTED)).all()
            sending = session.exec(select(Reply.id).where(col(Reply.state) == State.SENDING)).all()
        self.unrecorded += [f"attempt {n}" for n in open_] + [f"reply {n}" for n in sending]

    def some_moment(self) -> None:
        """Just begun; a request has gone out; an answer has come; and a little later."""
        seen = len(self.history.read())
        wanted = self.chance.choice(([], ["invoke"], ["invoke"], ["ok", "info"]))
        if wanted:
            _until(lambda: any(what in wanted for what, *_ in self.history.read()[seen:]), SOON)
        time.sleep(self.chance.choice((0.0, self.chance.uniform(0, 0.02), self.chance.uniform(0, 0.3))))

    def nothing_due(self) -> None:
        """Until everything that is due by now is done, or for very long."""
        _until(self._idle, PATIENCE, every=0.05)

    def _idle(self) -> bool:
        soon = self.shop.clock() + timedelta(seconds=2)
        due = (
            (col(Reply.state) == State.SENDING)
            | ((col(Reply.state) == State.APPROVED) & (col(Reply.not_before) <= soon))
            | (col(Reply.state).in_((State.UNCLEAR, State.DELIVERED)) & (col(Reply.next_look_at) <= soon))
        )
        with self.shop.house.reading() as session:
            return session.exec(select(Reply.id).where(due).limit(1)).first() is None

    def _connect(self) -> Any:
        """To the platform; returns who brings posts otherwise."""
        before = self.shop.platforms["blog"]
        self.shop.platforms["blog"] = Connection(door(self.url, patience=HANGS), Capability.LIST, self.history)
        self.shop.house.world.forget("blog")
        return before

    def _daemon(self) -> None:
        try:
            self._connect()
            house = self._house()
            house.ingest.judge_aside = Beside
            os._exit(serve(house, daemon=True, web=False))
        except BaseException:  # noqa: BLE001 - a child must not go on as a parent
            traceback.print_exc()
            os._exit(70)

    def _house(self) -> House:
        """The same house for another process: its worker has a name of its own."""
        house, worker = self.shop.house, secrets.token_hex(8)
        house.ingest.worker = worker
        return replace(house, worker=worker, outbox=replace(house.outbox, worker=worker, refresh=None))


def _listens(child: int) -> bool:
    """Has it begun to listen to SIGTERM, or has it ended before?"""
    words = Path(f"/proc/{child}/status").read_text(encoding="utf-8").split()
    return words[words.index("State:") + 1] == "Z" or bool(int(words[words.index("SigCgt:") + 1], 16) & LISTENED_TO)


def _until(there: Callable[[], bool], seconds: float, *, every: float = 0.005) -> None:
    end = time.monotonic() + seconds
    while not there() and time.monotonic() < end:
        time.sleep(every)


def run(folder: Path, times: int, seed: int) -> dict[str, Any]:
    """Stop it so often, then let it finish."""
    logging.getLogger("monitor").setLevel(logging.ERROR)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    folder.mkdir(parents=True)
    clock = SkippingClock()
    server = Server(Shelf(Capability.LIST, LAGS, random.Random(seed)), clock, Script(WRITES, seed=seed))
    with open_shop(folder, config=CONFIG.replace("tick = 0.1\n", "") + TIMING, clock=clock) as shop:
        scratch(shop.house.database)
        lane = Lane(shop, server, seed)
        lane.warm_up()
        while lane.ended.total() < times or (lane.surrendered() < ENOUGH and lane.ended.total() < 3 * times):
            if lane.count(State.APPROVED) < FEW:
                lane.skip()
                lane.approve()
            lane.live(lane.some_moment)
        told = _finish(lane)
    os.kill(lane.platform, signal.SIGKILL)
    return told


def _finish(lane: Lane) -> dict[str, Any]:
    for _ in range(12):
        lane.skip()
        lane.live(lane.nothing_due)
        if lane.count(State.PUBLISHED) == lane.posts:
            break
    truth = lane.skip()
    with lane.shop.house.reading() as session:
        replies = list(session.exec(select(Reply)).all())
        attempts = Counter(session.exec(select(Attempt.reply_id)).all())
        violations = verify(session, lane.shop.clock(), lane.shop.house.timing)
    verdict = judge(lane.history, truth, replies, attempts)
    return {
        "stopped": lane.ended, "longest": round(lane.longest, 1), "unrecorded": lane.unrecorded,
        "broken": [f"{found.rule} {found.subject}" for found in violations],
        "surrendered": lane.surrendered(), "replies": len(replies), "duplicates": verdict.duplicates,
        "lost": verdict.lost, "lies": verdict.lies, "to_a_person": verdict.to_a_person,
    }  # fmt: skip
