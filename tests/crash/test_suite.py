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
KILLS = {"sqlite": 150, "postgresql": 50}
CONTROL_KILLS = 60
POSTS = {"sqlite": 3000, "postgresql": 600}
LANES = {"a": "sqlite", "b": "sqlite", "c": "postgresql"}
STOPS = 70  # in each lane
PATIENCE = 900  # seconds; a busy machine may take them
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
        self._begun: dict[tuple[str, str], Future[Told]] = {}

    def begin(self, name: str, base: str, module: str, *arguments: object) -> None:
        """Line up `python -m tests.crash.MODULE FOLDER ARGUMENTS`."""
        words = [str(argument) for argument in arguments]
        self._begun[name, base] = self._pool.submit(self._run, self.folder / f"{name}-{base}", base, module, words)

    def __call__(self, name: str, base: str) -> Told:
        """What came of it."""
        return self._begun[name, base].result(PATIENCE)

    def _run(self, folder: Path, base: str, module: str, words: list[str]) -> Told:
        environment = {name: value for name, value in os.environ.items() if name != SERVER}
        environment |= {SERVER: self.address} if base == "postgresql" else {}
        environment |= {"WIDERHALL_KEY_FILE": f"{folder}.key", "WIDERHALL_TEST_PASSWORD": "kanarienvogel-4711"}
        process = subprocess.Popen(
            [sys.executable, "-m", f"tests.crash.{module}", str(folder), *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        self._processes.append(process)
        out, said = process.communicate(timeout=PATIENCE)
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
    """Every run of the module, on its way; the long ones first."""
    found = Runs(tmp_path_factory.mktemp("crash"), postgresql.address)
    for lane, base in LANES.items():
        found.begin(lane, base, "sigterm", STOPS, ord(lane))
    for base in BASES:
        found.begin("cursor", base, "cursor", POSTS[base], POSTS[base] // 50)
        for seed, capability in enumerate(CLASSES, 1):
            found.begin(capability, base, "kills", capability, KILLS[base], seed)
    for strategy in ("naive", "mark_first", "hasty"):
        found.begin(strategy, "sqlite", "kills", "list", CONTROL_KILLS, 9, strategy)
    found.begin("cursor_first", "sqlite", "cursor", 1000, 20, "cursor_first")
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
    told = runs(capability, base)
    killed = sum(told["killed"].values())
    line(
        capability,
        base,
        killed,
        told["replies"],
        told["duplicates"],
        told["lost"],
        told["to_a_person"],
        told["seconds"],
    )
    assert set(told["killed"]) == set(POINTS), "a crash point was never reached"
    assert killed >= KILLS[base]
    assert (told["duplicates"], told["lost"], told["lies"], told["broken"]) == (0, 0, [], [])
    on_the_wire = sum(told["killed"][point] for point in ON_THE_WIRE)
    assert told["to_a_person"] >= on_the_wire if capability == "blind" else told["to_a_person"] == 0


def test_the_control_naive_retry_doubles(runs, line):
    """Send until the platform says yes, then remember: at least one text in twenty stands there twice."""
    told = runs("naive", "sqlite")
    _line_of_control(line, "naive retry", told)
    assert told["duplicates"] >= 0.05 * told["replies"]


def test_the_control_mark_then_send_loses(runs, line):
    """Remember, then send: what was killed or failed in between never appears."""
    told = runs("mark_first", "sqlite")
    _line_of_control(line, "mark, then send", told)
    assert told["duplicates"] == 0
    assert told["lost"] >= 0.05 * told["replies"]


def test_the_control_that_looks_too_soon_doubles(runs, line):
    """Our own outbox with a settle window of a second: what was carried out late stands there twice."""
    told = runs("hasty", "sqlite")
    _line_of_control(line, "settle window of 1 s", told)
    assert told["duplicates"] > 0
    assert any(rule.startswith("two_texts ") for rule in told["broken"]), "verify has to find what the judge found"


@pytest.mark.parametrize("base", BASES)
def test_a_killed_round_loses_no_post(runs, line, base):
    """RELIABILITY G6: after kills at both points of a page everything of the feed is there, once."""
    told = runs("cursor", base)
    killed = sum(told["killed"].values())
    line("cursor", base, killed, told["posts"], told["doubled"], told["lost"], 0, told["seconds"])
    assert min(told["killed"].values()) >= POSTS[base] // 100, "a crash point was never reached"
    assert (told["lost"], told["doubled"], told["broken"]) == (0, 0, [])


def test_the_control_cursor_first_loses_posts(runs, line):
    """The cursor committed before its posts: a kill in between loses a page for ever."""
    told = runs("cursor_first", "sqlite")
    killed = sum(told["killed"].values())
    line("control: cursor first", "sqlite", killed, told["posts"], told["doubled"], told["lost"], 0, told["seconds"])
    assert told["lost"] >= 0.05 * told["posts"]


@pytest.mark.parametrize("lane", LANES)
def test_sigterm_at_any_moment_leaves_every_publication_recorded(runs, line, lane):
    """RELIABILITY G15: out within 30 s, no reply in `sending`, no attempt without an outcome, nothing twice."""
    told = runs(lane, LANES[lane])
    name = f"SIGTERM {lane}, longest {told['longest']} s"
    cells = (told["replies"], told["duplicates"], told["lost"], told["to_a_person"], told["seconds"])
    line(name, LANES[lane], sum(told["stopped"].values()), *cells)
    assert told["longest"] < 30
    assert told["unrecorded"] == []
    assert "broken" not in told["stopped"]
    assert told["stopped"]["in order"] >= STOPS // 2
    assert told["surrendered"] > 0, "no publication was on the wire for longer than the daemon waits"
    assert (told["duplicates"], told["lost"], told["lies"], told["broken"]) == (0, 0, [], [])


def _line_of_control(line, name, told):
    killed = sum(told["killed"].values())
    cells = (killed, told["replies"], told["duplicates"], told["lost"], told["to_a_person"], told["seconds"])
    line(f"control: {name}", "sqlite", *cells)
