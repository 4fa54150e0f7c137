"""A child process of the tests never outlives them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers.processes import Running, wait_until

# A group of two processes, like php and its workers, started by a Python that then dies without any goodbye.
DIES = """
import os, pathlib, signal, sys
from tests.peers.processes import Running
folder = pathlib.Path(sys.argv[1])
running = Running(["/bin/sh", "-c", "sleep 600 & sleep 600"], log=folder / "log", cwd=folder)
if sys.argv[2] == "unguarded":
    os.kill(running.guard.pid, signal.SIGKILL)
print(running.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def members(group: int) -> list[int]:
    """The living processes of a group; a zombie is not alive."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def orphaned_group(folder: Path, kind: str) -> int:
    """The group that a killed Python left behind."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", DIES, folder, kind], cwd=root, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return int(done.stdout)


def test_guard_takes_the_group_down_when_python_was_killed(tmp_path):
    """SIGKILL leaves no time for atexit; the guard notices the closed pipe."""
    group = orphaned_group(tmp_path, "guarded")
    wait_until(lambda: not members(group), seconds=60, what="the end of the group")


def test_without_its_guard_the_group_would_stay(tmp_path):
    """The control: it shows that the test above can fail."""
    group = orphaned_group(tmp_path, "unguarded")
    try:
        with pytest.raises(TimeoutError):
            wait_until(lambda: not members(group), seconds=0.5, what="the end of the group")
    finally:
        os.killpg(group, signal.SIGKILL)


def test_stop_ends_the_group_and_may_be_called_twice(tmp_path):
    """A stop ends the workers too, not just the first process."""
    running = Running(["/bin/sh", "-c", "sleep 600 & sleep 600"], log=tmp_path / "log", cwd=tmp_path)
    wait_until(lambda: len(members(running.process.pid)) > 1, seconds=60, what="the worker")
    running.stop()
    running.stop()
    wait_until(lambda: not members(running.process.pid), seconds=60, what="the end of the group")
