"""One measured ratio beside its target, and how it is measured: in turns, so that noise hits both."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monitor.words import _

Timed = Callable[[], float]
"""Does one repetition and returns its seconds; what it prepares for itself is not in them."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measured ratio. `target` is a bound: at most, or at least if `at_least`; None: only shown."""

    name: str
    value: float
    target: float | None
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Does the figure keep its target?"""
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target

    def line(self) -> str:
        """For a reader: the figure, its bound, and whether it is kept."""
        figure = f"{self.value:.1f}" if abs(self.value) >= 1 else f"{self.value:.3f}"
        if self.target is None:
            return f"{self.name}: {figure}  ({_('ohne Ziel')})"
        bound = _("mindestens") if self.at_least else _("höchstens")
        state = _("eingehalten") if self.met else _("verfehlt")
        return f"{self.name}: {figure}  ({bound} {self.target:g}, {state})"


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may choose. None: the part's own size.

    Attributes:
        posts: how many rows, for the parts that need a database.
        seconds: how long the idle daemon is watched.
    """

    posts: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A line that is no figure: how long a preparation took, or what is not installed."""

    words: str


Lines = Iterator[Ratio | Note]


def seconds(step: Callable[[], object]) -> float:
    """How long one call takes, wall clock."""
    begin = time.perf_counter()
    step()
    return time.perf_counter() - begin


def in_turns(rounds: int, *steps: Timed) -> tuple[float, ...]:
    """The median of each step's times, seconds; the steps take turns, so that what disturbs one disturbs all."""
    times = [[step() for step in steps] for _round in range(rounds)]
    return tuple(statistics.median(column) for column in zip(*times, strict=True))
