"""What the page needs from the house; monitor/bootstrap.py is the one implementation."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from monitor.config import Config
from monitor.ingest import Ingest
from replies.desk import Desk
from replies.ports import World
from replies.timing import Timing
from replies.watch import Watch


class House(Protocol):
    """Configuration, clock, database and the steps of the promise."""

    @property
    def config(self) -> Config:
        """The configuration in force."""

    @property
    def timing(self) -> Timing:
        """Every interval of the promise."""

    @property
    def desk(self) -> Desk:
        """Writing, submitting, approving."""

    @property
    def watch(self) -> Watch:
        """Looking whether answers can be seen."""

    @property
    def ingest(self) -> Ingest:
        """Reading posts and judging them."""

    @property
    def world(self) -> World:
        """Posts, accounts and office hours."""

    def transaction(self) -> AbstractContextManager[Session]:
        """One write transaction; commits at the end."""

    def reading(self) -> AbstractContextManager[Session]:
        """One consistent view; writes nothing."""

    def now(self) -> datetime:
        """The time, aware UTC."""
