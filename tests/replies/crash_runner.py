"""Kills a worker at a named point, starts it again until it is done, and says what the platform then shows.

    python -m tests.replies.crash_runner FOLDER STRATEGY CAPABILITY POINT

Run as a process of its own: it imports once and forks a worker for each start, and that worker is killed by SIGKILL.
Prints one JSON object: how often the worker was killed, the public texts by post, and where the replies stand.
"""

import json
import os
import signal
import sqlite3
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import SQLModel

from connectors.core.contract import Capability, Receipt, Sighting
from monitor.db import Database
from monitor.verify import verify
from replies import duty as duties
from replies.crash import crashpoint
from replies.lifecycle import State
from replies.tables import Reply
from replies.timing import Timing
from tests.replies.shop import Shop
from tests.replies.world import ACCOUNT, Clock, FakeWorld, Platform

TIMING = Timing(
    undo=0, send_lease=0.25, settle=0.25, absent_gap=0.05, first_look=0, later_looks=(3600,), backoff=0.05
)  # fmt: skip
POSTS = ("p1", "p2", "p3")
KILLS = 2


class FilePlatform:
    """A platform whose texts outlive the worker: they stand in a file of their own."""

    one_reply = False

    def __init__(self, path, capability):
        """`path` is made when it is missing."""
        self.path, self.capability = path, capability
        self._do("CREATE TABLE IF NOT EXISTS copy (id INTEGER PRIMARY KEY, post TEXT, text TEXT, key TEXT)")

    def _do(self, statement, *values):
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=10)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def publish(self, post, text, key):
        """Take the text; a key that was seen before brings the text that it made."""
        crashpoint("platform-before-commit")
        known = self._do("SELECT id FROM copy WHERE key = ?", key) if self.capability == Capability.KEY else []
        if not known:
            self._do("INSERT INTO copy (post, text, key) VALUES (?, ?, ?)", post.ref, text, key)
            known = self._do("SELECT max(id) FROM copy")
        crashpoint("platform-after-commit")
        return Receipt(ref=f"r{known[0][0]}")

    def find(self, post, receipt):
        """What stands under the post."""
        if self.capability == Capability.BLIND:
            return None
        rows = self._do("SELECT id, text FROM copy WHERE post = ? ORDER BY id", post.ref)
        if not rows or receipt is None:
            return None
        return Sighting(ref=f"r{rows[0][0]}", text=rows[0][1], public=True, matches=len(rows))

    def texts(self):
        """Every post's public texts."""
        return {post: [row[0] for row in self._do("SELECT text FROM copy WHERE post = ?", post)] for post in POSTS}


def prepare(folder):
    """Three approved answers."""
    database = Database(f"sqlite:///{folder}/widerhall.db")
    SQLModel.metadata.create_all(database.engine)
    clock = Clock(datetime.now(UTC) - timedelta(minutes=1))
    shop = Shop(database, FakeWorld(Platform(clock)), clock, TIMING).open()
    for ref in POSTS:
        post_id = shop.post(ref=ref)
        with database.transaction() as session:
            duty = duties.owe(session, post_id, shop.world.hours(ACCOUNT), TIMING, clock()).id
        shop.approved(duty, text=f"Antwort auf {ref}")
    database.close()


def real_shop(folder, platform):
    """The same business, now with the wall clock and the platform in the file."""
    database = Database(f"sqlite:///{folder}/widerhall.db")
    return Shop(database, FakeWorld(platform), lambda: datetime.now(UTC), TIMING, worker=f"w{os.getpid()}")


def finished(shop):
    """Nothing is left that the program could do."""
    for reply in shop.rows(Reply):
        waits = reply.state == State.UNCLEAR and reply.needs_human
        unseen = reply.state == State.DELIVERED and shop.platform.capability == Capability.BLIND
        if not (reply.state == State.PUBLISHED or waits or unseen):
            return False
    return True


def ours(folder, platform):
    """The product: outbox and watch."""
    shop = real_shop(folder, platform)
    while not finished(shop):
        with shop.database.transaction() as session:
            shop.outbox.expire(session, shop.clock())
            sends, looks = shop.outbox.due(session, shop.clock()), shop.watch.due(session, shop.clock())
        for reply_id in sends:
            shop.outbox.send(reply_id)
        for reply_id in looks:
            shop.watch.look(reply_id)
        time.sleep(0.01)
    shop.database.close()


def naive(folder, platform):
    """Wrong: send, then remember; after a crash whatever is not remembered is sent again."""
    _each(folder, platform, remember_first=False)


def mark_first(folder, platform):
    """Wrong: remember, then send; a crash in between loses the answer."""
    _each(folder, platform, remember_first=True)


def _each(folder, platform, *, remember_first):
    shop, done = real_shop(folder, platform), Path(folder, "done")
    for reply in shop.rows(Reply):
        with shop.database.reading() as session:
            post = shop.world.post(session, reply.post_id).post
        if done.exists() and f"{reply.id}\n" in done.read_text():
            continue
        steps = [lambda r=reply: _remember(done, r), lambda r=reply, p=post: platform.publish(p, r.text, r.key)]
        for step in steps if remember_first else reversed(steps):
            step()
    shop.database.close()


def _remember(done, reply):
    with done.open("a") as file:
        file.write(f"{reply.id}\n")


STRATEGIES = {"ours": ours, "naive": naive, "mark_first": mark_first}


def run(folder, strategy, capability, point):
    """Kill, start again, kill, start again, let it finish."""
    prepare(folder)
    platform, killed = FilePlatform(f"{folder}/platform.db", Capability(capability)), 0
    for start in range(KILLS + 1):
        child = os.fork()
        if child == 0:
            if start < KILLS:
                os.environ["WIDERHALL_CRASH"] = f"{point}:{start + 1}"
            STRATEGIES[strategy](folder, platform)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    shop = real_shop(folder, platform)
    with shop.database.reading() as session:
        broken = [violation.rule for violation in verify(session, shop.clock(), TIMING)]
    states = {str(reply.id): [reply.state, reply.needs_human] for reply in shop.rows(Reply)}
    shop.database.close()
    return {"killed": killed, "texts": platform.texts(), "states": states, "broken": broken}


if __name__ == "__main__":
    for named in sys.argv[4].split(","):
        place = Path(sys.argv[1], f"{sys.argv[2]}-{sys.argv[3]}-{named}")
        place.mkdir(parents=True)
        print(json.dumps({"point": named, **run(place, sys.argv[2], sys.argv[3], named)}), flush=True)  # noqa: T201
