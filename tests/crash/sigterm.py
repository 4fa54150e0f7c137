"""Stops a daemon by SIGTERM at random moments, again and again, and prints what was left as one JSON object.

    python -m tests.crash.sigterm FOLDER TIMES SEED

The real daemon with its threads, in a fork, against the fault server, in real time.
"""

import json
import logging
import os
import random
import secrets
import signal
import sys
import time
import traceback
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

from connectors.core.contract import Capability
from monitor.bootstrap import House
from monitor.commands.serve import serve
from monitor.verify import verify
from replies.lifecycle import FactVerdict, Outcome, ReplyKind, State
from replies.tables import Attempt, Reply
from tests.crash.connector import Connection, door
from tests.crash.history import History, judge
from tests.crash.server import Script, Server, die_with_parent
from tests.crash.shelf import Lags, Shelf
from tests.monitor.shop import ANNA, BERND, CONFIG, Shop, open_shop, post
from tests.monitor.test_judging import people

QUICK = """
tick = 0.02
fetch_every = 3600
first_look = 0.1
later_looks = [0.7]
absent_gap = 0.2
settle = 3
backoff = 0.1
send_lease = 4
send_deadline = 2
drain = 0.4
"""
# Many answers come after the daemon's patience at its end, most of them from a request that was carried out.
WRITES = {"ok": 60, "keep-then-drop": 5, "late-then-hang": 8, "hang": 4, "drip": 8, "500-after": 4, "503-late": 4}
LAGS = Lags(late=(0.05, 0.4), read=(0.0, 0.3))
BATCH, FEW = 15, 6


class RealClock:
    """The platform's clock in real time."""

    @property
    def seconds(self) -> float:
        """Since 1970."""
        return time.time()


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
        self.shop.clock.now = self.shop.house.clock()
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

    def count(self, state: State) -> int:
        """Replies in a state."""
        with self.shop.house.reading() as session:
            return session.exec(select(func.count()).where(col(Reply.state) == state)).one()

    def live(self, seconds: float) -> None:
        """The daemon runs so long, then it is told to end; what it leaves has to be in order."""
        self.shop.house.database.engine.dispose()
        child = os.fork()
        if child == 0:
            die_with_parent()
            self._daemon()
        time.sleep(seconds)
        os.kill(child, signal.SIGTERM)
        begun = time.monotonic()
        _, status = os.waitpid(child, 0)
        self.longest = max(self.longest, time.monotonic() - begun)
        code = os.waitstatus_to_exitcode(status)
        self.ended["in order" if code == 0 else "before it had begun" if code == -signal.SIGTERM else "broken"] += 1
        with self.shop.house.reading() as session:
            open_ = session.exec(select(Attempt.id).where(col(Attempt.outcome) == Outcome.STARTED)).all()
            sending = session.exec(select(Reply.id).where(col(Reply.state) == State.SENDING)).all()
        self.unrecorded += [f"attempt {n}" for n in open_] + [f"reply {n}" for n in sending]

    def _daemon(self) -> None:
        try:
            connection = Connection(door(self.url, patience=0.7), Capability.LIST, self.history)
            self.shop.platforms["blog"] = connection
            self.shop.house.world.forget("blog")
            os._exit(serve(self._house(), daemon=True, web=False))
        except BaseException:  # noqa: BLE001 - a child must not go on as a parent
            traceback.print_exc()
            os._exit(70)

    def _house(self) -> House:
        """The same house for another process: its worker has a name of its own."""
        house, worker = self.shop.house, secrets.token_hex(8)
        house.ingest.worker = worker
        return replace(house, worker=worker, outbox=replace(house.outbox, worker=worker, refresh=None))


def run(folder: Path, times: int, seed: int) -> dict[str, Any]:
    """Stop it so often, then let it finish."""
    begun = time.monotonic()
    folder.mkdir(parents=True)
    chance = random.Random(seed)
    server = Server(Shelf(Capability.LIST, LAGS, chance), RealClock(), Script(WRITES, seed=seed))
    with open_shop(folder, config=CONFIG.replace("tick = 0.1\n", "") + QUICK) as shop:
        object.__setattr__(shop.house, "clock", _now)
        object.__setattr__(shop.house.outbox, "clock", _now)
        object.__setattr__(shop.house.watch, "clock", _now)
        lane = Lane(shop, server, seed)
        while lane.ended.total() < times:
            if lane.count(State.APPROVED) < FEW:
                lane.approve()
            lane.live(chance.uniform(0.05, 0.6))
        told = _finish(lane)
    os.kill(lane.platform, signal.SIGKILL)
    return {**told, "seconds": round(time.monotonic() - begun, 1)}


def _now():
    from monitor.ingest import utc_now

    return utc_now()


def _finish(lane: Lane) -> dict[str, Any]:
    for _ in range(20):
        lane.live(2.0)
        if lane.count(State.PUBLISHED) == lane.posts:
            break
    http = door(lane.url, patience=20)
    truth = http.get("/control/quiet").json()
    http.close()
    with lane.shop.house.reading() as session:
        replies = list(session.exec(select(Reply)).all())
        attempts = Counter(session.exec(select(Attempt.reply_id)).all())
        surrendered = session.exec(select(func.count()).where(col(Attempt.message) == "shut down while sending")).one()
        broken = [f"{found.rule} {found.subject}" for found in verify(session, _now(), lane.shop.house.timing)]
    verdict = judge(lane.history, truth, replies, attempts)
    return {
        "stopped": lane.ended, "longest": round(lane.longest, 1), "unrecorded": lane.unrecorded, "broken": broken,
        "surrendered": surrendered, "replies": len(replies), "duplicates": verdict.duplicates, "lost": verdict.lost,
        "lies": verdict.lies, "to_a_person": verdict.to_a_person,
    }  # fmt: skip


if __name__ == "__main__":
    die_with_parent()
    logging.getLogger("monitor").setLevel(logging.ERROR)
    print(json.dumps(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
