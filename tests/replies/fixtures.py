"""Anna (staff), Bernd and Dora (owners), Clara (auditor), a real database and a scripted platform.

Every test that touches the database runs on SQLite and on PostgreSQL.
"""

import pytest

from monitor.db import Database
from replies.timing import Timing
from tests.peers.postgres import database_for
from tests.peers.sqlite import hurry
from tests.replies.shop import Shop
from tests.replies.world import Clock, FakeWorld, Platform


@pytest.fixture
def clock():
    """Monday, 2 March 2026, ten o'clock in Berlin."""
    return Clock()


@pytest.fixture
def database(tmp_path, engine):
    """An empty database of this test's own."""
    database = Database(database_for(tmp_path))
    hurry(database)
    yield database
    database.close()


@pytest.fixture
def shop(database, clock):
    """The business on a Monday morning."""
    return Shop(database, FakeWorld(Platform(clock)), clock, Timing()).open()
