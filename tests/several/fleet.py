"""Several real daemons on one PostgreSQL, restarted by a supervisor as systemd would, and the people who work there."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import col, select

from monitor.bootstrap import open_house
from monitor.tables import PostRow, Run, Source
from replies.lifecycle import FactVerdict, ReplyKind, State
from replies.tables import Attempt, Duty, Reply
from tests.monitor.shop import ANNA, BERND, hire
from tests.peers.postgres import PostgreSQL
from tests.peers.processes import Running, free_port
from tests.several.record import Record

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
BLOGS = 4
EVERY = 6
# Seconds where production has minutes; nothing is patched. The deadline of a request ends before anybody may conclude
# that it will never arrive: send_deadline < send_lease + settle (docs/operation.md).
TIMING = f"""
[timing]
tick = 0.3
fetch_every = {EVERY}
fetch_lease = 3
undo = 0
send_lease = 3
send_deadline = 12
settle = 13
absent_gap = 1
first_look = 0.3
later_looks = [3.0]
backoff = 0.5
drain = 10
"""
_BLOG = """
[sources.b{n}]
kind = "wordpress"
url = "http://127.0.0.1:{port}/{n}"
username = "redaktion"
application_password_env = "WIDERHALL_TEST_PASSWORD"
allow_networks = ["127.0.0.0/8"]
"""
LATE = "Die Lieferung kam vier Tage zu spät, niemand ging ans Telefon, ich bin sehr enttäuscht. Bestellung {n}."


class Fleet:
    """A platform, a database, and daemons by name."""

    def __init__(self, folder: Path, server: PostgreSQL, module: str = "monitor") -> None:
        """Platform, schema and people; no daemon runs yet."""
        self.folder, self.server, self.module = folder, server, module
        self.environment = {"WIDERHALL_KEY_FILE": str(folder / "key"), "WIDERHALL_TEST_PASSWORD": "x"}
        os.environ.update(self.environment)
        port, name = free_port(), f"several{time.time_ns()}"
        command = [sys.executable, "-m", "tests.several.platform", str(port), str(folder), str(BLOGS)]
        self.platform = Running(command, log=folder / "platform.log", cwd=ROOT)
        self.control = f"http://127.0.0.1:{port}/control"
        server.ask(f"CREATE DATABASE {name}")
        self.config = folder / "config.toml"
        blogs = "".join(_BLOG.format(n=n, port=port) for n in range(1, BLOGS + 1))
        head = f'[business]\nname = "Haus"\n[storage]\ndatabase = "{server.address}/{name}"\n'
        self.config.write_text(head + TIMING + blogs, encoding="utf-8")
        self.house = open_house(self.config, lambda: datetime.now(UTC))
        with self.house.transaction() as session:
            for actor in (ANNA, BERND):
                hire(session, actor, self.house.now())
        self.daemons: dict[str, Running] = {}
        self.ended: list[tuple[str, int, str]] = []  # of those that nobody killed: name, exit code, last line
        self._written = 0

    # --- the supervisor ---

    def start(self, name: str) -> None:
        """Start a daemon, or start it again."""
        words = ["daemon", "--config", str(self.config)] if self.module == "monitor" else ["--config", str(self.config)]
        command = [sys.executable, "-m", self.module, *words]
        log = self.folder / f"{name}.{time.time_ns()}.log"
        self.daemons[name] = Running(command, log=log, cwd=ROOT, env=self.environment)

    def tend(self) -> None:
        """What has left by itself is started again."""
        for name, daemon in list(self.daemons.items()):
            if not daemon.alive():
                last = [line for line in daemon.last_words(3).splitlines() if line.strip()]
                self.ended.append((name, daemon.process.returncode, last[-1] if last else ""))
                daemon.stop()
                self.start(name)

    def wait(self, ready: Callable[[], bool], *, seconds: float, what: str) -> bool:
        """Wait while tending the daemons; False when it did not come true."""
        end = time.monotonic() + seconds
        while not ready():
            self.tend()
            if time.monotonic() > end:
                log.warning("%s: not within %s s; %s", what, seconds, self.standing())
                return False
            time.sleep(0.1)
        return True

    def kill(self, name: str) -> None:
        """SIGKILL, and a new start."""
        self.daemons[name].stop(signal.SIGKILL)
        self.start(name)

    def send(self, name: str, number: signal.Signals) -> None:
        """A signal."""
        self.daemons[name].process.send_signal(number)

    def who(self, worker: str | None) -> str | None:
        """Which daemon calls itself so."""
        found = [name for name, daemon in self.daemons.items() if f"daemon {worker} started" in daemon.log.read_text()]
        return found[0] if worker and found else None

    def running(self) -> bool:
        """Every daemon has started."""
        return all(re.search(r"daemon \w+ started", daemon.log.read_text()) for daemon in self.daemons.values())

    def stop(self) -> list[int]:
        """SIGTERM to all; their exit codes."""
        codes = []
        for daemon in self.daemons.values():
            daemon.process.send_signal(signal.SIGCONT)
            daemon.process.terminate()
        for daemon in self.daemons.values():
            codes.append(daemon.process.wait(60))
            daemon.stop()
        self.daemons.clear()
        return codes

    def close(self) -> None:
        """End everything."""
        for daemon in self.daemons.values():
            daemon.process.send_signal(signal.SIGCONT)
            daemon.stop(signal.SIGKILL)
        self.platform.stop(signal.SIGKILL)
        self.house.close()

    # --- customers and people ---

    def ask(self, path: str = "", **words: object) -> dict:
        """Speak to the platform as a customer, or read all of it."""
        body = json.dumps(words).encode() if words else None
        with urllib.request.urlopen(urllib.request.Request(self.control + path, data=body), timeout=10) as answer:  # noqa: S310 - our own platform
            found: dict = json.load(answer)
            return found

    def complain(self, blog: int) -> int:
        """A customer writes; returns the comment's number at its site."""
        self._written += 1
        name = f"Kundin {self._written}"
        return int(self.ask(f"/{blog}", text=LATE.format(n=self._written), name=name)["id"])

    def hold(self, what: str, blog: int, seconds: float) -> None:
        """The platform's next answer of this kind comes later."""
        (self.folder / f"hold-{what}-{blog}").write_text(str(seconds))

    def agree(self) -> int:
        """Anna answers everything that waits, and Bernd agrees. Returns how many answers."""
        house, now = self.house, self.house.now()
        with house.reading() as session:
            answered = select(Reply.duty_id)
            waiting = session.exec(select(Duty.id).where(col(Duty.id).not_in(answered))).all()
        for number in waiting:
            with house.transaction() as session:
                house.desk.check_facts(session, number, FactVerdict.JUSTIFIED, "Lieferschein", "wir", ANNA, now)
                text = f"Das tut uns leid. Zeichen {number}."
                reply = house.desk.draft(session, number, ReplyKind.FINAL, text, ANNA, now)
                house.desk.submit(session, reply.id, ANNA, now, seen_version=1)
                house.desk.approve(session, reply.id, house.desk.to_agree(session, reply), BERND, now)
        return len(waiting)

    def answered(self, blog: int, ref: int) -> bool:
        """Has this complaint arrived, and have Anna and Bernd answered it?"""
        self.agree()
        post = self.post(blog, ref)
        return post is not None and any(row.post_id == post.id for row in self.all(Reply))

    # --- what is there ---

    def all(self, table):
        """All rows of a table."""
        with self.house.reading() as session:
            return session.exec(select(table)).all()

    def source(self, blog: int) -> Source:
        """The row of a site."""
        return next(row for row in self.all(Source) if row.name == f"b{blog}")

    def sending(self, blog: int) -> str | None:
        """The daemon that publishes for a site at this moment."""
        rows = [row for row in self.all(Reply) if row.state == State.SENDING and row.account == f"b{blog}"]
        return self.who(rows[0].worker) if rows else None

    def post(self, blog: int, ref: int) -> PostRow | None:
        """The row of a comment."""
        source = self.source(blog).id
        return next((row for row in self.all(PostRow) if row.source_id == source and row.ref == str(ref)), None)

    def standing(self) -> list[tuple[object, ...]]:
        """Where each answer stands that is not published, for messages."""
        rows = [row for row in self.all(Reply) if row.state != State.PUBLISHED]
        return [(row.id, row.account, row.state, row.trouble, row.not_before, row.next_look_at) for row in rows]

    def settled(self) -> bool:
        """Every answer is published or waits for a person."""
        return all(row.state == State.PUBLISHED or row.needs_human for row in self.all(Reply))

    def attempts(self, outcome: str) -> list[Attempt]:
        """Tries to publish that ended so."""
        return [row for row in self.all(Attempt) if row.outcome == outcome]

    def lost_rounds(self, blog: int) -> int:
        """Rounds that did not end well."""
        source = self.source(blog).id
        return sum(row.source_id == source and not row.ok for row in self.all(Run))

    @property
    def record(self) -> Record:
        """What the platform wrote down."""
        return Record.of(self.folder)

    def in_the_way(self) -> bool:
        """Does a stopped process hold a transaction open? Everybody would wait for it (decision 0012)."""
        long = "state = 'idle in transaction' AND state_change < now() - '0.4s'::interval"
        return bool(self.server.ask(f"SELECT 1 FROM pg_stat_activity WHERE {long}"))  # noqa: S608 - a constant

    def verify(self) -> subprocess.CompletedProcess[str]:
        """`widerhall verify --json`."""
        command = [sys.executable, "-m", "monitor", "verify", "--json", "--config", str(self.config)]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
