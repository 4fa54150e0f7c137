"""Memory that is freed goes back to the system. Only glibc has these switches; elsewhere nothing happens."""

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8  # malloc.h


def few_arenas() -> None:
    """Glibc keeps freed memory per thread; with a hundred readers that is memory nobody else can use."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """What a start and the rounds have freed lies between what is kept: glibc returns it only when asked. A few ms."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
