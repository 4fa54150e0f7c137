"""Anna (staff), Bernd and Dora (owners), Clara (auditor), a real SQLite file and a scripted platform."""

import pytest
from sqlmodel import SQLModel

from monitor.db import Database
from replies.timing import Timing
from tests.replies.shop import Shop
from tests.replies.world import Clock, FakeWorld, Platform


@pytest.fixture
def clock():
    """Monday, 2 March 2026, ten o'clock in Berlin."""
    return Clock()


@pytest.fixture
def database(tmp_path):
    """An empty database with every table, trigger and constraint."""
    database = Database(f"sqlite:///{tmp_path}/widerhall.db")
    SQLModel.metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def shop(database, clock):
    """The business on a Monday morning."""
    return Shop(database, FakeWorld(Platform(clock)), clock, Timing()).open()
