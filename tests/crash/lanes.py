"""All runs of the suite out of one warm process: it imports once, and each run is a fork of it, a few side by side.

    python -m tests.crash.lanes FOLDER < PLAN

PLAN is a JSON list of [name, database, address, module, arguments], the long ones first. What came of a run is
FOLDER/NAME-DATABASE.json: `{"told": …}`, or `{"error": …}` with what it said last.
"""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.crash import cursor, kills, sigterm
from tests.crash.server import die_with_parent
from tests.peers.postgres import SERVER

MODULES: dict[str, Callable[..., dict[str, Any]]] = {"kills": kills.run, "cursor": cursor.run, "sigterm": sigterm.run}
LANES = len(os.sched_getaffinity(0)) + 1  # of three runs one waits for something most of the time
Run = tuple[str, str, str, str, list[Any]]


def outcome(folder: Path, name: str, base: str) -> Path:
    """Where the result of a run is."""
    return folder / f"{name}-{base}.json"


def work_through(folder: Path, plan: list[Run]) -> None:
    """Every run, `LANES` at a time."""
    waiting, running = list(reversed(plan)), dict[int, Run]()
    while waiting or running:
        while waiting and len(running) < LANES:
            run = waiting.pop()
            running[_fork(folder, run)] = run
        number, status = os.wait()
        name, base, *_rest = running.pop(number)
        if not outcome(folder, name, base).exists():
            _tell(folder, name, base, {"error": f"it ended with {os.waitstatus_to_exitcode(status)}"})


def _fork(folder: Path, run: Run) -> int:
    """Begin a run in a process group of its own: the platform kills only workers of its own group."""
    name, base, address, module, arguments = run
    if child := os.fork():
        return child
    die_with_parent()
    os.setpgid(0, 0)
    log = os.open(folder / f"{name}-{base}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.pop(SERVER, None)
    if base == "postgresql":
        os.environ[SERVER] = address
    os.environ["WIDERHALL_KEY_FILE"] = str(folder / f"{name}-{base}.key")
    os.environ["WIDERHALL_TEST_PASSWORD"] = "kanarienvogel-4711"
    try:
        begun = time.monotonic()
        told = MODULES[module](folder / f"{name}-{base}", *arguments)
        _tell(folder, name, base, {"told": {**told, **_costs(begun)}})
    except BaseException:  # noqa: BLE001 - a fork must not go on as its parent, and the test has to see it
        _tell(folder, name, base, {"error": traceback.format_exc()})
    os._exit(0)


def _costs(begun: float) -> dict[str, float]:
    """Seconds by the clock on the wall, and of computing; the platform's are not among them while it lives."""
    used = os.times()
    computed = used.user + used.system + used.children_user + used.children_system
    return {"seconds": round(time.monotonic() - begun, 1), "computed": round(computed, 1)}


def _tell(folder: Path, name: str, base: str, what: dict[str, Any]) -> None:
    """Whole or not at all."""
    place = outcome(folder, name, base)
    draft = place.with_suffix(".draft")
    draft.write_text(json.dumps(what))
    draft.replace(place)


if __name__ == "__main__":
    die_with_parent()
    work_through(Path(sys.argv[1]), json.load(sys.stdin))
