"""`widerhall check-reply`, as other programs call it."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GOOD = {"id": 1, "post": "Suppe kalt.", "reply": "Guten Tag, Sie erreichen uns unter 0341 555 0112."}
BAD = {"id": "b", "post": "Suppe kalt.", "reply": "Guten Tag, Sie Querulant. Rufen Sie an."}


def run(*lines):
    """Exit code and rows for these input lines."""
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "check-reply", "-"],
        cwd=ROOT,
        input="\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stderr == ""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_findings_come_in_the_order_of_the_replies():
    """A good reply has an empty list."""
    code, rows = run(BAD, GOOD)
    assert (code, [row["id"] for row in rows]) == (0, ["b", 1])
    assert [one["rule"] for one in rows[0]["findings"]] == ["K18"]
    assert rows[1]["findings"] == []


def test_a_finding_has_the_fields_of_the_design():
    """Rule, severity, place, message, suggestion."""
    _code, rows = run(BAD)
    found = rows[0]["findings"][0]
    assert list(found) == ["rule", "severity", "start", "end", "message", "suggestion"]
    assert BAD["reply"][found["start"] : found["end"]] == "Querulant"
    assert (found["severity"], "Leitfaden" in found["message"], bool(found["suggestion"])) == ("stop", True, True)


def test_a_broken_line_is_told_in_its_place():
    """And the run goes on, with exit 1."""
    code, rows = run("{nonsense", GOOD, {"id": 3, "post": "x"}, {**GOOD, "facts": "keine Liste"}, {**GOOD, "kind": "x"})
    assert code == 1
    assert [row.get("line") for row in rows] == [1, None, 3, 4, 5]


def test_the_options_reach_the_rules():
    """Secrecy makes a stop of what was fine."""
    record = {**GOOD, "reply": "Guten Tag, Ihre Behandlung war uns wichtig. Rufen Sie an.", "secrecy": True}
    _code, rows = run(record)
    assert [one["rule"] for one in rows[0]["findings"]] == ["E3"]


def test_a_missing_file_is_wrong_usage():
    """Exit 2 and a sentence."""
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "check-reply", "/nowhere.jsonl"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, "nowhere" in done.stderr, done.stdout) == (2, True, "")
