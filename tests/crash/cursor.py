"""Kills a worker that reads a long feed until everything is there, and says what was lost."""

import os
import random
import sys
import traceback
from pathlib import Path
from typing import Any

from sqlmodel import func, select

from connectors.core.contract import Capability
from monitor.ingest import Ingest
from monitor.tables import PostRow, RunKind, Source
from monitor.verify import verify
from replies.crash import crashpoint
from tests.crash.clock import SharedClock
from tests.crash.connector import Connection, door
from tests.crash.server import Script, Server, die_with_parent
from tests.crash.shelf import Lags, Shelf
from tests.crash.stage import scratch
from tests.monitor.shop import open_shop, post

POINTS = ("page-stored", "page-committed")
CURSOR_FIRST = "cursor-stored"
MANY = 3  # pages that a life may read before it dies


class CursorFirst(Ingest):
    """Wrong: the cursor is committed before the posts that it stands for."""

    def _page(self, walk, page, cursor, now):
        with self.database.transaction() as session:
            source = session.get(Source, walk.source_id)
            source.cursor = dict(cursor)
            session.add(source)
        crashpoint(CURSOR_FIRST)
        super()._page(walk, page, cursor, now)


def run(folder: Path, posts: int, kills: int, how: str = "") -> dict[str, Any]:
    """Kill and start again, then let it read to the end."""
    clock = SharedClock()
    server = Server(Shelf(Capability.LIST, Lags(), random.Random(1)), clock, Script(feed=posts))
    url, number = server.url, server.fork()
    folder.mkdir(parents=True)
    with open_shop(folder, clock=clock) as shop:
        scratch(shop.house.database)
        if how == "cursor_first":
            before = shop.house.ingest
            ingest = CursorFirst(before.database, before.world, before.timing, before.worker, before._judge)
        else:
            ingest = shop.house.ingest
        shop.round([post("warm-up")])  # what a first round loads and compiles is there for all children
        shop.house.world.forget("blog")
        shop.clock.set(shop.clock.seconds + 3600)
        killed = _killed(shop, ingest, url, kills, (CURSOR_FIRST,) if how else POINTS)
        with shop.house.reading() as session:
            refs = set(session.exec(select(PostRow.ref)).all())
            rows = session.exec(select(func.count()).select_from(PostRow)).one()
            broken = [f"{found.rule} {found.subject}" for found in verify(session, clock(), shop.house.timing)]
    os.kill(number, 9)
    lost = len({str(n) for n in range(1, posts + 1)} - refs)
    return {"killed": killed, "posts": posts, "doubled": rows - len(refs), "lost": lost, "broken": broken}


def _killed(shop: Any, ingest: Ingest, url: str, kills: int, points: tuple[str, ...]) -> dict[str, int]:
    """Lives that end by a kill, then lives that end by themselves until a round has come to its end."""
    chance, killed, done = random.Random(2), dict.fromkeys(points, 0), False
    while not done:
        die = points[sum(killed.values()) % len(points)] if sum(killed.values()) < kills else ""
        ended = _live(shop, ingest, url, f"{die}:{chance.randint(1, MANY)}" if die else "")
        if ended is None:
            killed[die] += 1
        done = ended == "whole" and not die
        if not done:
            shop.clock.set(shop.clock.seconds + 3600)  # the lease of the dead and the pause after a fault are over
    return killed


def _live(shop: Any, ingest: Ingest, url: str, die: str) -> str | None:
    """One round in a process of its own: `whole`, `part`, or None if it was killed."""
    shop.house.database.engine.dispose()
    child = os.fork()
    if child == 0:
        die_with_parent()
        try:
            os.environ["WIDERHALL_CRASH"] = die
            shop.platforms["blog"] = Connection(door(url), Capability.LIST)
            read = ingest.read("blog", RunKind.POLL, shop.clock)
            code = 0 if read is not None and read.ok else 3
        except BaseException:  # noqa: BLE001 - a child must not go on as a parent
            traceback.print_exc()
            code = 70
        sys.stderr.flush()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return None
    assert os.waitstatus_to_exitcode(status) in {0, 3}, "a worker broke"
    return "whole" if os.waitstatus_to_exitcode(status) == 0 else "part"
