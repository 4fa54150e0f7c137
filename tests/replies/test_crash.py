"""A worker killed by SIGKILL at every named point, then started again: nothing twice, nothing lost.

The naive strategies run on the same platform with the same kills and must do harm, or the harness tests nothing.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
POINTS = (
    "before-claim",
    "after-claim",
    "platform-before-commit",
    "platform-after-commit",
    "before-settle",
    "after-settle",
    "before-look",
    "after-look",
    "after-conclude",
)
ON_THE_WIRE = {"after-claim", "platform-before-commit", "platform-after-commit", "before-settle"}

pytestmark = pytest.mark.crash


def crash(folder, strategy, capability, points):
    """What the runner says about each point."""
    command = [sys.executable, "-m", "tests.replies.crash_runner", str(folder), strategy, capability, ",".join(points)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return {told["point"]: told for told in map(json.loads, done.stdout.splitlines())}


def test_every_named_point_is_in_the_list():
    """A new crash point in the code of the promise has to be killed here too."""
    code = "".join(path.read_text() for path in (ROOT / "replies").glob("*.py"))
    named = set(re.findall(r'crashpoint\("([^"]+)"\)', code))
    assert named == {point for point in POINTS if not point.startswith("platform-")}


@pytest.mark.parametrize("capability", ["list", "key"])
def test_a_killed_worker_neither_doubles_nor_loses(tmp_path, capability):
    """Killed twice at each point: in the end every post has its one text, seen in public, and verify is clean."""
    for point, told in crash(tmp_path, "ours", capability, POINTS).items():
        assert told["killed"] == 2, f"{point} was not reached"
        assert told["texts"] == {f"p{n}": [f"Antwort auf p{n}"] for n in (1, 2, 3)}, point
        assert {state for state, _ in told["states"].values()} == {"published"}, point
        assert told["broken"] == [], point


def test_a_killed_worker_on_a_blind_platform_asks_a_person(tmp_path):
    """Nothing can be read back: never two texts, and whatever is in doubt waits for somebody who looks."""
    looks = {"before-look", "after-look", "after-conclude"}  # only reached once something is unclear
    for point, told in crash(tmp_path, "ours", "blind", [p for p in POINTS if p not in looks]).items():
        assert told["killed"] == 2, f"{point} was not reached"
        assert all(len(texts) <= 1 for texts in told["texts"].values()), point
        asked = {f"p{reply}" for reply, (state, human) in told["states"].items() if state == "unclear" and human}
        missing = {post for post, texts in told["texts"].items() if not texts}
        assert missing <= asked, point
        assert (len(asked) == 2) == (point in ON_THE_WIRE), point
        assert told["broken"] == [], point


def test_the_control_naive_retry_doubles(tmp_path):
    """Send, then remember: killed after the platform has taken it, the answer stands there twice."""
    told = crash(tmp_path, "naive", "list", ["platform-after-commit"])["platform-after-commit"]
    assert told["killed"] == 2
    assert max(len(texts) for texts in told["texts"].values()) > 1


def test_the_control_mark_then_send_loses(tmp_path):
    """Remember, then send: killed before the platform has taken it, the answer never appears."""
    told = crash(tmp_path, "mark_first", "list", ["platform-before-commit"])["platform-before-commit"]
    assert told["killed"] == 2
    assert min(len(texts) for texts in told["texts"].values()) == 0
