"""One time for every process of a crash test: a cell of memory that all of them share.

It starts at the real time. Each reading lets a little of it pass, and whoever has nothing to do jumps to the next thing
that is due. So fifteen minutes cost nothing, and a slow machine changes nothing.
"""

import mmap
import struct
import time
from datetime import UTC, datetime

_CELL = struct.Struct("d")


class SharedClock:
    """What time it is, for this process and for those that it forks."""

    def __init__(self, step: float = 0.2) -> None:
        """`step` seconds pass with each reading."""
        self._memory = mmap.mmap(-1, _CELL.size)
        self._step = step
        self.set(datetime.now(UTC).timestamp())

    def __call__(self) -> datetime:
        """Let a little time pass and say what time it is."""
        self.set(self.seconds + self._step)
        return datetime.fromtimestamp(self.seconds, UTC)

    @property
    def seconds(self) -> float:
        """The time, without letting any pass."""
        return _CELL.unpack_from(self._memory)[0]

    def set(self, seconds: float) -> None:
        """Set it."""
        _CELL.pack_into(self._memory, 0, seconds)

    def jump(self, to: datetime) -> None:
        """Forward to a time; never back."""
        self.set(max(self.seconds, to.timestamp()))


class SkippingClock:
    """Real time, and what is skipped of it: for daemons whose threads wait in real time."""

    def __init__(self) -> None:
        """Nothing is skipped yet."""
        self._memory = mmap.mmap(-1, _CELL.size)

    def __call__(self) -> datetime:
        """What time it is."""
        return datetime.fromtimestamp(self.seconds, UTC)

    @property
    def seconds(self) -> float:
        """The same since 1970."""
        return time.time() + _CELL.unpack_from(self._memory)[0]

    def skip(self, seconds: float) -> None:
        """For every process at once."""
        _CELL.pack_into(self._memory, 0, _CELL.unpack_from(self._memory)[0] + seconds)
