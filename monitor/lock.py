"""One daemon per SQLite file: a lock file beside it. The kernel gives the lock back however the holder ends."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class AlreadyRunning(Exception):
    """Another process holds the lock; `pid` is what it wrote there, if anything."""

    def __init__(self, path: Path, pid: str) -> None:
        super().__init__(f"{path} is held by process {pid or '?'}")
        self.path = path
        self.pid = pid


class Lock:
    """Holds `path` exclusively while it is open; use as a context manager."""

    def __init__(self, path: Path) -> None:
        """Nothing is taken yet."""
        self.path = path
        self._handle: int | None = None

    def __enter__(self) -> Self:
        """Take it.

        Raises:
            AlreadyRunning: somebody else has it.
        """
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(handle, 20).decode(errors="replace").strip()
            os.close(handle)
            raise AlreadyRunning(self.path, pid) from None
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        self._handle = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
