"""A question that found nothing rests while the database is as it was and nothing falls due: that is what idling costs.

SQLite says by `PRAGMA data_version` whether anybody has written, in this process or in another one, for a hundredth of
what asking costs. PostgreSQL has no such word; there every tick asks.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from monitor.db import Database

LONGEST = timedelta(seconds=60)  # whatever the database says: a clock may have been set
Soonest = Callable[[Session], datetime | None]


class Rest:
    """One question's rest. Used by one thread."""

    def __init__(self, database: Database, soonest: Soonest) -> None:
        """`soonest`: when the next thing that is written down by now falls due, None if there is none."""
        self._database = database
        self._soonest = soonest
        self._mark: int | None = None
        self._asked = self._until = datetime.min.replace(tzinfo=UTC)

    def over(self, now: datetime) -> bool:
        """Has anybody written, has anything fallen due, or was it long ago?"""
        mark = self._database.mark()
        if mark is not None and mark == self._mark and self._asked <= now < self._until:
            return False
        self._mark, self._asked, self._until = mark, now, now  # until `begin`: what broke is asked again
        return True

    def begin(self, now: datetime) -> None:
        """After the question and what followed from it: until when is there nothing to do?"""
        if self._mark is None:
            return
        with self._database.reading() as session:
            soonest = self._soonest(session)
        self._until = min(soonest or now + LONGEST, now + LONGEST)
