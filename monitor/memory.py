"""Memory that is freed goes back to the system. The allocator's switches are glibc's; elsewhere they do nothing."""

import ctypes
import gc
import mmap
from contextlib import suppress
from pathlib import Path

_M_ARENA_MAX = -8  # malloc.h
_WORTH_IT = 512 * 1024  # bytes that were taken since the last time
_least = 0  # bytes after the last time


def few_arenas() -> None:
    """Glibc keeps freed memory per thread; with a hundred readers that is memory nobody else can use."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """What rounds and pages have freed lies between what is kept: it is returned only when asked for. A few ms.

    What is there at the first time stays for good and is not looked through again: a whole look takes 60 ms, and once
    a minute that would be all the CPU a resting daemon may use. Nothing is done while nothing was taken.
    """
    global _least  # noqa: PLW0603 - one process has one memory
    if _least and _resident() <= _least + _WORTH_IT:
        return
    gc.collect()
    if not gc.get_freeze_count():
        gc.freeze()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    _least = _resident()


def _resident() -> int:
    """Bytes of this process that lie in memory; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * mmap.PAGESIZE
    except OSError:
        return 0
