"""After an erasure: nothing stays behind in the free pages of the files, nor in the write-ahead log."""

import sqlite3
import time

from sqlmodel import SQLModel

from monitor.db import Database
from monitor.tables import PostBand, PostPrint, PostRow, PostVersion, Quarantine, Verdict
from replies.care.forgetting import WRITTEN
from replies.care.tables import RemovalNotice
from replies.tables import Attempt, Duty, EarlierText, FactCheck, Reply, SightingRow

_PATIENCE = 15.0  # seconds for the readers of other processes to end
_SEEN = (PostRow, PostVersion, PostPrint, PostBand, Verdict, Quarantine)
_ANSWERED = (Duty, Reply, EarlierText, SightingRow, Attempt, FactCheck, RemovalNotice)
EMPTIED: tuple[type[SQLModel], ...] = (*_SEEN, *_ANSWERED, *(model for model, _names in WRITTEN))


def shred(database: Database) -> bool:
    """Rewrite the files. False: somebody was reading all the time, and the log could not be emptied.

    PostgreSQL rewrites the tables; its own write-ahead log is recycled by the server.
    """
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for model in EMPTIED:
                connection.exec_driver_sql(f'VACUUM FULL "{model.__tablename__}"')
        return True
    return _vacuum(database) and empty_log(database)


def _vacuum(database: Database) -> bool:
    connection = database.engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def empty_log(database: Database, patience: float = _PATIENCE) -> bool:
    """Put everything from SQLite's log into the file and cut the log to nothing."""
    if not database.is_sqlite:
        return True
    until = time.monotonic() + patience
    connection = database.engine.raw_connection()
    try:
        while True:
            cursor = connection.cursor()
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy:
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(0.2)
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
