"""SQLite files of the tests' own: a copy of one that was migrated once (2 ms, not 150), without waiting for the disk.

Where the disk matters (tests/crash, tests/day, tests/several) nobody is in a hurry.
"""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event


@cache
def template() -> Path:
    """An empty database with every table, trigger and constraint; one for this process."""
    from monitor.db import Database
    from monitor.migrate import migrate

    folder = Path(tempfile.mkdtemp(prefix="widerhall-schema-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database(f"sqlite:///{folder / 'empty.db'}")
    migrate(database)
    database.close()
    return folder / "empty.db"


def ready(file: Path) -> Path:
    """`file` with the schema in it, if nothing is there yet."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(template(), file)
    return file


def hurry(database: Any) -> None:
    """Connections from now on do not wait for the disk; on PostgreSQL the server does not anyway."""
    if database.is_sqlite:
        database.engine.dispose()
        event.listen(database.engine, "connect", _in_a_hurry)


def _in_a_hurry(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
