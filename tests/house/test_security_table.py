"""The security list: a row for every item, and no test that is only said to exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
STATES = {"shown", "part", "open", "n/a"}
ROW = re.compile(r"^\| S(\d+) \| ([^|]+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")


def written_in(path):
    """Names of the test functions of a file; none if there is no such file."""
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def missing(text):
    """Tests that a text names and nobody wrote."""
    return [f"{path}::{name}" for path, name in TEST.findall(text) if name not in written_in(ROOT / path)]


def unfounded(rows):
    """Rows that claim more than they can show: shown without a test, part without the open rest, bare n/a or open."""
    found = []
    for number, _item, state, reason in rows:
        shows, says = bool(TEST.search(reason)), len(TEST.sub("", reason).split()) > 3
        fits = {"shown": shows, "part": shows and "Open:" in reason, "open": says, "n/a": says}
        if not fits.get(state, False):
            found.append(f"S{number}")
    return found


def test_every_item_has_its_row_in_order():
    """S1 to S30, once each, with a state that means something."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert [int(row[0]) for row in rows] == list(range(1, 31))
    assert {row[2] for row in rows} <= STATES


def test_every_test_that_is_named_exists():
    """A renamed test takes its row with it."""
    text = PAGE.read_text(encoding="utf-8")
    assert len(TEST.findall(text)) == text.count("::") >= 50
    assert missing(text) == []


def test_a_row_claims_no_more_than_it_shows():
    """What is shown names a test, what is partly shown says what is open, the rest gives a reason."""
    assert unfounded(ROW.findall(PAGE.read_text(encoding="utf-8"))) == []


def test_false_claims_are_found():
    """The control: a test nobody wrote, a file that is not there, and each kind of empty claim."""
    here = "tests/house/test_security_table.py"
    assert missing(f"{here}::test_false_claims_are_found") == []
    assert missing(f"{here}::test_nobody_wrote tests/house/nothing.py::test_x") == [
        f"{here}::test_nobody_wrote",
        "tests/house/nothing.py::test_x",
    ]
    rows = [
        ("1", "", "shown", "trust us"),
        ("2", "", "part", f"{here}::test_x"),
        ("3", "", "open", "-"),
        ("4", "", "ok", ""),
    ]
    assert unfounded(rows) == ["S1", "S2", "S3", "S4"]
