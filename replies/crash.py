"""Named places where a test may kill the process. Does nothing unless WIDERHALL_CRASH=name:nth is set."""

import os
import signal

_seen: dict[str, int] = {}


def crashpoint(name: str) -> None:
    """SIGKILL ourselves at the nth arrival at `name`, if the environment says so (RELIABILITY 3.7)."""
    wanted = os.environ.get("WIDERHALL_CRASH")
    if not wanted:
        return
    place, _, nth = wanted.partition(":")
    if place != name:
        return
    _seen[name] = _seen.get(name, 0) + 1
    if _seen[name] >= int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
