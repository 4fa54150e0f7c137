"""Public holidays of a federal state, asked of a process of its own: `python -m replies.public_holidays SN 2020 2029`.

The package `holidays` loads every country of the world, 12 MB that no daemon gets back, for eleven dates a year.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

_OWN_NAME = "replies.public_holidays"
_YEARS = 10  # asked for at once: the start of the process is what takes the time
_PATIENCE = 60.0  # seconds; it takes half a second


def is_holiday(day: date, state: str) -> bool:
    """Is this a public holiday there?

    Args:
        state: a German state's letters ("SN"), or with its country ("AT-9", "CH-ZH").
    """
    return day in _block(state, day.year // _YEARS * _YEARS)


@lru_cache(maxsize=64)
def _block(state: str, first: int) -> frozenset[date]:
    words = [sys.executable, "-P", "-m", _OWN_NAME, state, str(first), str(first + _YEARS - 1)]
    try:
        said = subprocess.run(words, capture_output=True, check=True, timeout=_PATIENCE).stdout
        return frozenset(map(date.fromisoformat, json.loads(said)))
    except (OSError, subprocess.SubprocessError, ValueError):  # no room for another process: then here
        return frozenset(_days(state, range(first, first + _YEARS)))


def _days(state: str, years: Iterable[int]) -> Iterable[date]:
    import holidays

    country, _, subdivision = state.rpartition("-")
    return holidays.country_holidays(country or "DE", subdiv=subdivision or None, years=years)


if __name__ == "__main__":
    state, first, last = sys.argv[1:]
    json.dump([str(day) for day in sorted(_days(state, range(int(first), int(last) + 1)))], sys.stdout)
