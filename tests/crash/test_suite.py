"""Workers killed by SIGKILL at every named point, on a platform that misbehaves: nothing twice, nothing lost.

Wrong ways run on the same platform with the same kills and must do harm, or the harness tests nothing.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.core.contract import Capability
from tests.crash.kills import ON_THE_WIRE, POINTS, TIMING
from tests.crash.lanes import outcome
from tests.crash.shelf import Lags

ROOT = Path(__file__).resolve().parents[2]
BASES = ("sqlite", "postgresql")
KILLS = {"sqlite": 150, "postgresql": 50}
CONTROL_KILLS = 60
POSTS = {"sqlite": 2000, "postgresql": 600}
STOPS = {"sqlite": 130, "postgresql": 70}
PATIENCE = 7200  # seconds, against waiting for ever; on a very busy machine half an hour was not enough
CLASSES = [capability.value for capability in Capability]

pytestmark = [pytest.mark.crash]
Told = dict[str, Any]


class Runs:
    """All runs of this module, worked through by a process of its own (`lanes.py`) while the tests ask for them."""

    def __init__(self, folder: Path, plan: list[Any]) -> None:
        """Begin."""
        self.folder, self._log = folder, (folder / "lanes.log").open("w+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.lanes", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
        )
        self._process.stdin.write(json.dumps(plan).encode())
        self._process.stdin.close()

    def __call__(self, name: str, base: str) -> Told:
        """What came of it."""
        place, end = outcome(self.folder, name, base), time.monotonic() + PATIENCE
        while not place.exists() and time.monotonic() < end and self._process.poll() is None:
            time.sleep(0.1)
        assert place.exists(), (self.folder / "lanes.log").read_text()[-3000:]
        found: dict[str, Any] = json.loads(place.read_text())
        log = self.folder / f"{name}-{base}.log"
        assert "told" in found, found["error"] + log.read_text(errors="replace")[-3000:]
        return found["told"]

    def stop(self) -> None:
        """Whatever was not asked for any more; all of its processes die with it."""
        self._process.kill()
        self._process.wait()
        self._log.close()


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, postgresql: Any) -> Iterator[Runs]:
    """Every run of the module, on its way; the long ones first."""
    plan: list[Any] = [("sigterm", base, "sigterm", [STOPS[base], seed]) for seed, base in enumerate(BASES, 1)]
    for base in BASES:
        plan += [(way, base, "kills", [way, KILLS[base], seed]) for seed, way in enumerate(CLASSES, 1)]
        plan.append(("cursor", base, "cursor", [POSTS[base], POSTS[base] // 50]))
    for strategy in ("naive", "mark_first", "hasty"):
        plan.append((strategy, "sqlite", "kills", ["list", CONTROL_KILLS, 9, strategy]))
    plan.append(("cursor_first", "sqlite", "cursor", [1000, 20, "cursor_first"]))
    addressed = [(name, base, postgresql.address, *rest) for name, base, *rest in plan]
    found = Runs(tmp_path_factory.mktemp("crash"), addressed)
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
    _line(line, capability, base, told, killed)
    assert set(told["killed"]) == set(POINTS), "a crash point was never reached"
    assert killed >= KILLS[base]
    assert (told["duplicates"], told["lost"], told["lies"], told["broken"]) == (0, 0, [], [])
    on_the_wire = sum(told["killed"][point] for point in ON_THE_WIRE)
    assert told["to_a_person"] >= on_the_wire if capability == "blind" else told["to_a_person"] == 0


def test_the_control_naive_retry_doubles(runs, line):
    """Send until the platform says yes, then remember: at least one text in twenty stands there twice."""
    told = runs("naive", "sqlite")
    _line(line, "control: naive retry", "sqlite", told, sum(told["killed"].values()))
    assert told["duplicates"] >= 0.05 * told["replies"]


def test_the_control_mark_then_send_loses(runs, line):
    """Remember, then send: what was killed or failed in between never appears."""
    told = runs("mark_first", "sqlite")
    _line(line, "control: mark, then send", "sqlite", told, sum(told["killed"].values()))
    assert told["duplicates"] == 0
    assert told["lost"] >= 0.05 * told["replies"]


def test_the_control_that_looks_too_soon_doubles(runs, line):
    """Our own outbox with a settle window of a second: what was carried out late stands there twice."""
    told = runs("hasty", "sqlite")
    _line(line, "control: settle window of 1 s", "sqlite", told, sum(told["killed"].values()))
    assert told["duplicates"] > 0
    assert any(rule.startswith("two_texts ") for rule in told["broken"]), "verify has to find what the judge found"


@pytest.mark.parametrize("base", BASES)
def test_a_killed_round_loses_no_post(runs, line, base):
    """RELIABILITY G6: after kills at both points of a page everything of the feed is there, once."""
    told = runs("cursor", base)
    killed = sum(told["killed"].values())
    line("cursor", base, killed, told["posts"], told["doubled"], told["lost"], 0, told["computed"])
    assert min(told["killed"].values()) >= POSTS[base] // 100, "a crash point was never reached"
    assert (told["lost"], told["doubled"], told["broken"]) == (0, 0, [])


def test_the_control_cursor_first_loses_posts(runs, line):
    """The cursor committed before its posts: a kill in between loses a page for ever."""
    told = runs("cursor_first", "sqlite")
    killed = sum(told["killed"].values())
    line("control: cursor first", "sqlite", killed, told["posts"], told["doubled"], told["lost"], 0, told["computed"])
    assert told["lost"] >= 0.05 * told["posts"]


@pytest.mark.parametrize("base", BASES)
def test_sigterm_at_any_moment_leaves_every_publication_recorded(runs, line, base):
    """RELIABILITY G15: out within 30 s, no reply in `sending`, no attempt without an outcome, nothing twice."""
    told = runs("sigterm", base)
    _line(line, f"SIGTERM, longest {told['longest']} s", base, told, sum(told["stopped"].values()))
    assert told["longest"] < 30
    assert told["unrecorded"] == []
    assert told["stopped"].keys() == {"in order"}
    assert told["stopped"]["in order"] >= STOPS[base]
    assert told["surrendered"] > 0, "no publication was on the wire for longer than the daemon waits"
    assert (told["duplicates"], told["lost"], told["lies"], told["broken"]) == (0, 0, [], [])


def _line(line, name, base, told, count):
    line(name, base, count, *(told[key] for key in ("replies", "duplicates", "lost", "to_a_person", "computed")))
