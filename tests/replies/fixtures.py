"""Anna (staff), Bernd and Dora (owners), Clara (auditor), a real database and a scripted platform.

Every test that touches the database runs on SQLite and on PostgreSQL.
"""

import shutil

import pytest
from sqlalchemy import event
from sqlmodel import SQLModel

from monitor.db import Database
from replies.timing import Timing
from tests.peers.postgres import database_for
from tests.replies.shop import Shop
from tests.replies.world import Clock, FakeWorld, Platform


@pytest.fixture
def clock():
    """Monday, 2 March 2026, ten o'clock in Berlin."""
    return Clock()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A file with every table, trigger and constraint, made once."""
    path = tmp_path_factory.mktemp("empty") / "widerhall.db"
    database = Database(f"sqlite:///{path}")
    SQLModel.metadata.create_all(database.engine)
    database.close()
    return path


@pytest.fixture
def database(tmp_path, empty_database, engine):
    """An empty database of this test's own."""
    if engine == "sqlite":
        shutil.copy(empty_database, tmp_path / "widerhall.db")
    database = Database(database_for(tmp_path))
    if engine == "sqlite":
        event.listen(database.engine, "connect", in_a_hurry)
    yield database
    database.close()


def in_a_hurry(connection, _record):
    """No waiting for the disk."""
    connection.execute("PRAGMA synchronous=OFF")  # tests/crash is where it matters


@pytest.fixture
def shop(database, clock):
    """The business on a Monday morning."""
    return Shop(database, FakeWorld(Platform(clock)), clock, Timing()).open()
