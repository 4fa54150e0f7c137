"""A PostgreSQL of the tests' own: Debian's 15, on a free port, without waiting for the disk; gone when the tests end.

`postgres` refuses to run as root, so root runs it as its own user (PEERS 6). Every test gets a database of its own, a
copy of one that was migrated once.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from tests.peers.processes import Running, free_port, wait_until
from tests.peers.sqlite import ready

SERVER = "WIDERHALL_TEST_SERVER"  # the address of the server, while a test runs on PostgreSQL
_TEMPLATE = "widerhall_template"
_SHAPE = """
    SELECT string_agg(word, ' ' ORDER BY word) FROM (
        SELECT relname::text || relkind::text AS word FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT version_num::text FROM alembic_version
        UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT tgname::text || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal) AS words
"""
_WIPE = """
    DO $$ DECLARE name text; BEGIN
        SET LOCAL session_replication_role = replica;  -- foreign keys and the journal's guard look away
        FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0 LOOP
            EXECUTE format('DELETE FROM %I', name);
        END LOOP;
        PERFORM setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S';
    END $$
"""
_HURRY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def programs() -> Path:
    """The folder of initdb and postgres, the newest that Debian has.

    Raises:
        FileNotFoundError: none is installed; `tests/peers/install-debian` does it.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise FileNotFoundError("no PostgreSQL: run tests/peers/install-debian")
    return found[-1]


class PostgreSQL:
    """One server with one template database; `fresh` makes a copy."""

    def __init__(self, *, durable: bool = False) -> None:
        """Nothing runs yet. `durable` waits for the disk, as a real one does."""
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self.port = free_port()
        self.settings = _HURRY[-1:] if durable else _HURRY
        self._user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
        self._running: Running | None = None

    @property
    def address(self) -> str:
        """Where it listens, without a database's name."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}"

    def start(self) -> "PostgreSQL":
        """Make the cluster if there is none, and start."""
        if self._user:
            shutil.chown(self.folder, self._user, self._user)
        if not (self.folder / "data").exists():
            self._initdb()
        settings = [word for setting in self.settings for word in ("-c", setting)]
        where = ["-D", self.folder / "data", "-p", str(self.port), "-h", "127.0.0.1", "-k", self.folder]
        log = Path(tempfile.gettempdir(), f"{self.folder.name}.log")
        command = [programs() / "postgres", *where, *settings]
        self._running = Running(command, log=log, cwd=self.folder, user=self._user, folder=self.folder)
        wait_until(self._answers, seconds=180, what="PostgreSQL")
        return self

    def _initdb(self) -> None:
        command = [programs() / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "--no-sync"]
        subprocess.run(
            [*command, "-E", "UTF8", "--locale=C"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
        )

    def _answers(self) -> bool:
        try:
            self.ask("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement outside of any transaction."""
        with talking_to(self.address) as ask:
            return ask(statement)

    def template(self) -> None:
        """Make the database that every test's own is a copy of; through the real migrations."""
        from monitor.db import Database
        from monitor.migrate import migrate

        self.ask(f"CREATE DATABASE {_TEMPLATE}")
        database = Database(f"{self.address}/{_TEMPLATE}")
        migrate(database)
        database.close()

    def kill(self) -> None:
        """What a power failure does; `start` brings it back."""
        if self._running is not None:
            self._running.process.send_signal(3)  # SIGQUIT: at once, without a checkpoint
            self._running.process.wait(30)
            self._running.guard.kill()
            self._running.stop()

    def stop(self) -> None:
        """End it and remove everything."""
        if self._running is not None:
            self._running.stop()
            self._running.log.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


Ask = Callable[[str], list[tuple[Any, ...]]]


@contextlib.contextmanager
def talking_to(address: str, database: str = "postgres") -> Iterator[Ask]:
    """Runs statements over one connection, outside of any transaction; each returns its rows."""
    plain = address.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(f"{plain}/{database}", autocommit=True, connect_timeout=10) as connection:

        def ask(statement: str) -> list[tuple[Any, ...]]:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

        yield ask


@cache
def _shape_of_template(address: str) -> list[tuple[Any, ...]]:
    with talking_to(address, _TEMPLATE) as ask:
        return ask(_SHAPE)


def database_for(folder: Path, *, empty: bool = False, name: str = "widerhall") -> str:
    """The database of a test's folder: a SQLite file in it, or its own on the server of the running test.

    Asked twice for the same folder it is the same database, in every process.

    Args:
        empty: without any table, and thrown away after the test.
    """
    address = os.environ.get(SERVER)
    if address is None:
        return f"sqlite:///{folder / f'{name}.db' if empty else ready(folder / f'{name}.db')}"
    own = ("e" if empty else "t") + hashlib.sha256(f"{folder.resolve()}/{name}".encode()).hexdigest()[:16]
    with talking_to(address) as ask, contextlib.suppress(psycopg.errors.DuplicateDatabase):
        wiped = [] if empty else ask("SELECT datname FROM pg_database WHERE datname ~ '^wiped'")
        if wiped and not ask(f"SELECT 1 FROM pg_database WHERE datname = '{own}'"):  # noqa: S608 - a hash
            ask(f"ALTER DATABASE {wiped[0][0]} RENAME TO {own}")
        else:
            ask(f"CREATE DATABASE {own}" + ("" if empty else f" TEMPLATE {_TEMPLATE} STRATEGY file_copy"))
    return f"{address}/{own}"


def wipe_all(address: str) -> None:
    """After a test: its databases are emptied for the next one; those whose schema it has changed are dropped."""
    with talking_to(address) as ask:
        for (name,) in ask("SELECT datname FROM pg_database WHERE datname ~ '^[te][0-9a-f]{16}$'"):
            ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608 - a hash
            if not name.startswith("e") and _emptied(address, name):
                ask(f"ALTER DATABASE {name} RENAME TO wiped{name[1:]}")
            else:
                ask(f"DROP DATABASE {name} WITH (FORCE)")


def _emptied(address: str, name: str) -> bool:
    """Whether a database could be emptied: it still has the schema of the template."""
    with talking_to(address, name) as ask:
        if ask(_SHAPE) != _shape_of_template(address):
            return False
        ask(_WIPE)
    return True
