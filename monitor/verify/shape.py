"""What every rule of `verify` shares: the question's moment, the answer's shape, reading without filling the memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from monitor.verify.told import Told
from replies.timing import Timing

GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """When the question is asked, the intervals of this installation, and what the journal tells."""

    now: datetime
    timing: Timing
    told: Told


Found = Iterator[tuple[str, str]]  # subject and sentence
Check = Callable[[Session, Moment], Found]


def ids(session: Session, query: Any) -> Iterator[Any]:
    """The rows of a query, a thousand at a time."""
    return iter(session.execute(query.execution_options(yield_per=1000)))
