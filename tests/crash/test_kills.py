"""Workers killed by SIGKILL at every named point, on a platform that misbehaves: nothing twice, nothing lost.

Wrong ways run on the same platform with the same kills and must do harm, or the harness tests nothing.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from connectors.core.contract import Capability
from tests.crash.kills import ON_THE_WIRE, POINTS, TIMING
from tests.crash.shelf import Lags
from tests.peers.postgres import SERVER

ROOT = Path(__file__).resolve().parents[2]
BASES = ("sqlite", "postgresql")
KILLS = {"sqlite": 150, "postgresql": 70}
CONTROL_KILLS = 60
CLASSES = [capability.value for capability in Capability]

pytestmark = pytest.mark.crash
Told = dict[str, Any]


class Runs:
    """All runs of this module: two at a time, begun when the first of them is asked for."""

    def __init__(self, folder: Path, address: str) -> None:
        """`address` is that of PostgreSQL."""
        self.folder, self.address = folder, address
        self._pool = ThreadPoolExecutor(2)
        self._processes: list[subprocess.Popen[str]] = []
        self._begun: dict[tuple[str, ...], Future[Told]] = {}

    def begin(self, strategy: str, capability: str, base: str, kills: int) -> None:
        """Line it up."""
        what = (strategy, capability, base)
        self._begun[what] = self._pool.submit(self._run, *what, kills)

    def __call__(self, strategy: str, capability: str, base: str) -> Told:
        """What came of it."""
        return self._begun[strategy, capability, base].result(600)

    def _run(self, strategy: str, capability: str, base: str, kills: int) -> Told:
        folder = self.folder / f"{strategy}-{capability}-{base}"
        environment = {name: value for name, value in os.environ.items() if name != SERVER}
        environment |= {SERVER: self.address} if base == "postgresql" else {}
        seed = str(1 + CLASSES.index(capability))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.kills", str(folder), capability, str(kills), seed, strategy],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        self._processes.append(process)
        out, said = process.communicate(timeout=600)
        assert process.returncode == 0, said[-3000:]
        told: Told = json.loads(out)
        return told

    def stop(self) -> None:
        """Whatever was not asked for any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, 9)
        self._pool.shutdown()


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, postgresql: Any) -> Iterator[Runs]:
    """Every run of the module, on its way."""
    found = Runs(tmp_path_factory.mktemp("crash"), postgresql.address)
    for capability in CLASSES:
        for base in BASES:
            found.begin("ours", capability, base, KILLS[base])
    for strategy in ("naive", "mark_first", "hasty"):
        found.begin(strategy, "list", "sqlite", CONTROL_KILLS)
    yield found
    found.stop()


def test_every_named_point_is_in_the_list():
    """A new crash point in the code of the promise has to be killed here too."""
    code = "".join(path.read_text() for path in (ROOT / "replies").glob("*.py"))
    named = set(re.findall(r'crashpoint\("([^"]+)"\)', code))
    assert named == {point for point in POINTS if not point.startswith(("platform-", "half-"))}


def test_the_settle_window_is_longer_than_late_commit_and_read_lag():
    """Otherwise the figures below would be luck (RELIABILITY 1, point 2)."""
    lags = Lags()
    assert max(lags.late) + max(lags.read) < TIMING.settle
    assert min(max(lags.late), max(lags.read)) > 106  # the longest delay on record


def test_there_are_enough_kills():
    """200 for each class and 1,000 in all."""
    assert sum(KILLS.values()) >= 200
    assert sum(KILLS.values()) * len(CLASSES) >= 1000


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("capability", CLASSES)
def test_a_killed_worker_neither_doubles_nor_loses(runs, line, capability, base):
    """In the end each reply stands there once; on a blind platform a person was asked about whatever was in doubt."""
    told = runs("ours", capability, base)
    killed = sum(told["killed"].values())
    line(capability, base, killed, told["replies"], told["duplicates"], told["lost"], told["to_a_person"], told["seconds"])
    assert set(told["killed"]) == set(POINTS), "a crash point was never reached"
    assert killed >= KILLS[base]
    assert (told["duplicates"], told["lost"], told["lies"], told["broken"]) == (0, 0, [], [])
    on_the_wire = sum(told["killed"][point] for point in ON_THE_WIRE)
    assert told["to_a_person"] >= on_the_wire if capability == "blind" else told["to_a_person"] == 0


def test_the_control_naive_retry_doubles(runs, line):
    """Send until the platform says yes, then remember: at least one text in twenty stands there twice."""
    told = runs("naive", "list", "sqlite")
    _line_of_control(line, "naive retry", told)
    assert told["duplicates"] >= 0.05 * told["replies"]


def test_the_control_mark_then_send_loses(runs, line):
    """Remember, then send: what was killed or failed in between never appears."""
    told = runs("mark_first", "list", "sqlite")
    _line_of_control(line, "mark, then send", told)
    assert told["duplicates"] == 0
    assert told["lost"] >= 0.05 * told["replies"]


def test_the_control_that_looks_too_soon_doubles(runs, line):
    """Our own outbox with a settle window of a second: what was carried out late stands there twice."""
    told = runs("hasty", "list", "sqlite")
    _line_of_control(line, "settle window of 1 s", told)
    assert told["duplicates"] > 0


def _line_of_control(line, name, told):
    killed = sum(told["killed"].values())
    cells = (killed, told["replies"], told["duplicates"], told["lost"], told["to_a_person"], told["seconds"])
    line(f"control: {name}", "sqlite", *cells)
