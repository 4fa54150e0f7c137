"""The database: one engine, writers that never lose an update, readers that never block.

SQLite: WAL, `synchronous=FULL`, and every write transaction is `BEGIN IMMEDIATE`. SQLAlchemy's own mode loses 69 % of
concurrent read-then-write updates without an error (RELIABILITY 1, point 3).

PostgreSQL: READ COMMITTED, and every write transaction begins with the turn to write, an advisory lock that ends with
the transaction. So both engines have one writer at a time, what was read before writing still holds when it is
written, and there is no order of locks that could block for ever (docs/decisions/0012). A daemon that is stopped in the
middle of its turn loses it after `idle_in_transaction_session_timeout`.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, create_engine

_BUSY_MS = 10_000
_PATIENCE = 120.0  # seconds a thread waits for its turn to write
# SQLite: readers, workers and the page's threads together stay below; a connection is a file handle
_CONNECTIONS = 95
# PostgreSQL: kept and allowed. The daemon's 100 readers and the page's threads are more, but they wait for platforms
# without a connection, write one by one, and wait for a free one as long as for their turn
_POOL, _MORE = 5, 35
_TURN = 0x57494445524841  # "WIDERHA": whoever holds this advisory lock writes
_SERVER = {
    "idle_in_transaction_session_timeout": "30s",  # a process that was stopped must not keep the turn
    "lock_timeout": f"{_PATIENCE:g}s",
    "timezone": "UTC",
    "application_name": "widerhall",
}
_NETWORK = {
    "connect_timeout": 10,
    "tcp_user_timeout": 30_000,  # milliseconds; a cut network would be noticed after many minutes (RELIABILITY 4.5)
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


def _pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={_BUSY_MS}",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("widerhall_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def take_turn(connection: Connection) -> None:
    """On PostgreSQL: wait until nobody else writes, and write alone until this transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})


class DatabaseBusy(Exception):
    """Another thread of this process has been writing for a very long time."""


class Database:
    """Where Widerhall keeps everything. Thread-safe; one connection per thread and unit of work."""

    def __init__(self, url: str) -> None:
        """Open `url` (sqlite:///… or postgresql+psycopg://…); for SQLite the folder is made."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # names stand in it
        self.engine = self._engine()
        self._looker: sqlite3.Connection | None = None  # writes nothing, so that every commit changes its version
        self._looking = threading.Lock()
        self._writing = 0  # the thread whose turn it is
        self._writers = threading.Lock()  # one writer; SQLite's own waiting is neither fair nor patient
        self._reading = self.engine.execution_options(**self._view())

    def _view(self) -> dict[str, Any]:
        """What makes a transaction one consistent view that writes nothing."""
        if self.is_sqlite:
            return {"widerhall_reading": True}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def _engine(self) -> Engine:
        if not self.is_sqlite:
            options = " ".join(f"-c {name}={value}" for name, value in _SERVER.items())
            connecting: dict[str, Any] = {**_NETWORK, "options": options}
            return create_engine(
                self.url,
                connect_args=connecting,
                pool_size=_POOL,
                max_overflow=_MORE,
                pool_pre_ping=True,
                pool_timeout=_PATIENCE,
            )
        connecting = {"check_same_thread": False, "timeout": _BUSY_MS / 1000}
        engine = create_engine(self.url, connect_args=connecting, max_overflow=_CONNECTIONS)
        event.listen(engine, "connect", _pragmas)
        event.listen(engine, "begin", _begin)
        return engine

    @property
    def file(self) -> Path | None:
        """The SQLite file, None on PostgreSQL."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One write transaction: commits at the end, rolls back on any error. Never begin one inside another."""
        with self._turn(), Session(self.engine, expire_on_commit=False) as session:
            if not self.is_sqlite:
                take_turn(session.connection())
            yield session
            session.commit()

    @contextmanager
    def claiming(self) -> Iterator[Session]:
        """A short write transaction that waits for nobody's turn: for rows taken with SKIP LOCKED, and no journal.

        On SQLite it is an ordinary transaction.
        """
        if self.is_sqlite:
            with self.transaction() as session:
                yield session
            return
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Threads of this process write one after another; other processes wait for the database's own lock."""
        me = threading.get_ident()
        if self._writing == me:
            raise RuntimeError("a write transaction was begun inside another one")
        if not self._writers.acquire(timeout=_PATIENCE):
            raise DatabaseBusy(f"no turn to write within {_PATIENCE:g} s")
        self._writing = me
        try:
            yield
        finally:
            self._writing = 0
            self._writers.release()

    def mark(self) -> int | None:
        """A number that is another one after every commit, whoever made it; None on PostgreSQL, which has none."""
        if self.file is None:
            return None
        with self._looking:
            if self._looker is None:
                self._looker = sqlite3.connect(self.file, check_same_thread=False, isolation_level=None)
            (number,) = self._looker.execute("PRAGMA data_version").fetchone()
        return int(number)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view for reading; nothing is written."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    def let_go(self) -> None:
        """Close connections to SQLite that nobody uses: each keeps up to 2 MB of pages, and opens in a millisecond."""
        pool = self.engine.pool
        if self.is_sqlite and isinstance(pool, QueuePool) and pool.checkedin():
            self.engine.dispose()

    def close(self) -> None:
        """Give every connection back."""
        with self._looking:
            if self._looker is not None:
                self._looker.close()
                self._looker = None
        self.engine.dispose()
