"""Child processes that never outlive the tests, whatever happens to the tests."""

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# The guard reads from a pipe that nobody writes to. When the test process ends, even by SIGKILL, the pipe closes and
# the guard takes the whole group down; php's workers survive a kill of their master (PEERS 10). dash wants `-s KILL`.
GUARD = 'read -r _; kill -s KILL -- "-$1" 2>/dev/null; [ -z "$2" ] || rm -rf -- "$2"'


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Asks `ready` every 50 ms.

    Raises:
        TimeoutError: `ready` was false for `seconds`; the message names `what`.
    """
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            message = f"{what} was not ready after {seconds:.0f} s"
            raise TimeoutError(message)
        time.sleep(0.05)


class Running:
    """A process group of its own, stopped by `stop`, by the end of Python, or by its guard when Python dies."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        cwd: Path,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        """Starts `command`.

        Args:
            command: program and arguments.
            log: takes both output streams.
            cwd: working folder, readable for `user`.
            user: runs as this user and its group; only root may say so.
            env: added to our own environment.
            folder: the guard removes it when the test process died.
        """
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(  # the group is the process's own
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )
        self.guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(self.process.pid), str(folder or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
        atexit.register(self.stop)

    def alive(self) -> bool:
        """Whether the first process of the group still runs."""
        return self.process.poll() is None

    def last_words(self, lines: int = 15) -> str:
        """The end of the log, for messages."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, how: signal.Signals = signal.SIGTERM, *, patience: float = 10) -> None:
        """Ends the whole group: `how` first, SIGKILL after `patience` seconds. A second call does nothing."""
        atexit.unregister(self.stop)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.guard.kill()
        if self.guard.stdin:
            self.guard.stdin.close()
        self.guard.wait()
