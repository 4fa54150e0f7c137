"""A whole Widerhall in a folder of its own: configuration, key, people, and the real `widerhall run` as a process."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from monitor import people
from monitor.db import Database
from monitor.web.passwords import hash_password
from replies.lifecycle import Role
from replies.people import DAEMON
from tests.peers.postgres import database_for
from tests.peers.processes import Running, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
PASSWORDS = {"Anna": "ein-langes-kennwort-1", "Bernd": "ein-langes-kennwort-2", "Clara": "ein-langes-kennwort-3"}
ROLES = {"Anna": Role.STAFF, "Bernd": Role.OWNER, "Clara": Role.AUDITOR}
PATIENCE = 180  # seconds: a busy machine is slow, and waiting costs nothing where nothing is wrong
# Seconds where production has minutes; nothing is patched (DESIGN 3).
FAST = """
[timing]
tick = 0.3
fetch_every = 1
undo = {undo}
first_look = 0.5
later_looks = [2.0]
absent_gap = 1
settle = 4
gone_gap = 3
sweep_every = 4
backoff = 1
send_deadline = 4
send_lease = 5
drain = 5
"""


class Installation:
    """One business with its own database; stopped and started like a service.

    Attributes:
        url: the page, known after `start`.
    """

    def __init__(self, folder: Path, sources: str, *, business: str = "Werkstatt Lindenhof", undo: int = 2) -> None:
        """Writes the configuration; nothing runs yet. `undo` is how long an approval can be taken back, in seconds."""
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = database_for(folder)
        self.config = folder / "config.toml"
        self.config.write_text(
            f'[business]\nname = "{business}"\nours = ["Telefon 0341 5550"]\n[storage]\ndatabase = "{self.database}"\n'
            f"[web]\nport = {self.port}\n{FAST.format(undo=undo)}\n{sources}",
            encoding="utf-8",
        )
        self.environment = {"WIDERHALL_KEY_FILE": str(folder / "key"), "WIDERHALL_CONFIG": str(self.config)}
        self.process: Running | None = None

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs `widerhall WORDS` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "monitor", *words],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def hire(self) -> None:
        """Adds Anna, Bernd and Clara, as `widerhall user add` does, without three processes more."""
        database, now = Database(self.database), datetime.now(UTC)
        with database.transaction() as session:
            for name, role in ROLES.items():
                people.add(session, name, role, hash_password(PASSWORDS[name]), DAEMON, now)
        database.close()

    def start(self) -> None:
        """Starts `widerhall run` and waits until the page answers."""
        command = [sys.executable, "-m", "monitor", "run"]
        self.process = Running(command, log=self.folder / "run.log", cwd=ROOT, env=self.environment)
        wait_until(self._answers, seconds=PATIENCE, what=f"widerhall run ({self.process.last_words()})")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/anmelden", timeout=2) as answer:  # noqa: S310 - our own page
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends the process, kindly or not."""
        if self.process is not None:
            self.process.stop(how, patience=60)
            self.process = None

    def ask(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Reads the database beside the running program."""
        if not self.database.startswith("sqlite"):
            with psycopg.connect(self.database.replace("+psycopg", ""), autocommit=True) as reader:
                return reader.execute(sql.replace("?", "%s").encode(), values).fetchall()
        with sqlite3.connect(f"file:{self.folder / 'widerhall.db'}?mode=ro", uri=True, timeout=10) as connection:
            rows = connection.execute(sql, values).fetchall()
        connection.close()
        return rows

    def wait_for(self, sql: str, *values: object, seconds: float = PATIENCE, what: str = "") -> None:
        """Waits until a query has a row.

        Raises:
            TimeoutError: it stays empty; the message shows the end of the log.
        """
        log = self.process.last_words(8) if self.process else ""
        wait_until(lambda: bool(self.ask(sql, *values)), seconds=seconds, what=what or f"{sql} {values} ({log})")

    def violations(self) -> list[dict[str, str]]:
        """What `widerhall verify` finds."""
        done = self.command("verify", "--json")
        assert done.returncode in {0, 1}, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]
