"""What the guideline's table keeps by the absence of something: no field, no word, no way. Each look can find.

A test of this module fails when somebody adds what it looks for; its control puts it in and sees that it is found.
"""

import ast
import inspect
import re
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import monitor.tables
import replies.tables
from connectors.core import contract
from monitor.web.app import PAGES
from tests.rules.table import ROOT

assert monitor.tables
assert replies.tables

TEMPLATES = ROOT / "monitor" / "web" / "templates"
JUDGING = re.compile(
    r"(?i)(?:^|_)(?:score|rank|ranking|karma|reputation|risk|danger|troll|difficult|prediction|predicted|segment|"
    r"profile|character|temperament|customer_value|blacklist|blocked|banned)(?:_|$)"
)
PICTURED = re.compile(r"(?i)(?:^|_)(?:video|audio|camera|recording|voice|photo)(?:_|$)")
STAMPS = re.compile(
    r"(?i)problemkund|schwierige[rnms]? (?:kund|mensch|person)|querulant|nörgler|erbsenzähler|\bfall gegen\b"
    r"|\bkund(?:e|en|in|innen)\b"
)
ABROAD = re.compile(
    r"(?i)(?:google|bing|duckduckgo|linkedin|xing|facebook)\.[a-z]{2,3}/(?:search|\?q=|in/|people)|[?&]q=\{\{"
)
PRIVATE = {"send_message", "direct_message", "message", "mail", "search_people", "find_author", "lookup", "contacts"}


def columns():
    """Every column of the database, as table.column, and every table."""
    return [f"{table.name}.{column.name}" for table in SQLModel.metadata.tables.values() for column in table.columns]


def judging(names):
    """Columns that would judge a person, or pick people beforehand."""
    return [name for name in names if any(JUDGING.search(part) for part in name.split("."))]


def test_no_column_scores_ranks_or_predicts_a_person():
    """Nor counts what an author has written: only posts and matters have rows (004-11)."""
    assert judging(columns()) == []
    assert not {"author", "customer", "profile", "person"} & set(SQLModel.metadata.tables)
    per_author = [name for name in columns() if re.search(r"author_?(?:count|posts|average)|n_posts", name)]
    assert per_author == []


@pytest.mark.parametrize("name", ["post.author_score", "customer_risk.id", "matter.ranking", "user.blacklist"])
def test_a_column_that_would_is_found(name):
    """The control."""
    assert judging([*columns(), name]) == [name]


def recorded(names, fields):
    """Columns and form fields for pictures and voices."""
    return [name for name in names if PICTURED.search(name.split(".")[-1])] + re.findall(
        r"type=\"file\"|<video|<audio|capture=", fields
    )


def pages():
    """All templates as one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.glob("*.html")))


def test_no_camera_and_no_recording_has_a_place_here():
    """Evidence is the public post alone (001-36)."""
    assert recorded(columns(), pages()) == []


def test_a_place_for_a_recording_is_found():
    """The control."""
    assert recorded(["call.recording"], '<input type="file" name="clip">') == ["call.recording", 'type="file"']


MARKS = frozenset({"_", "ngettext", "pgettext", "later"})


def spoken():
    """German words that people see: templates, and strings that go through gettext."""
    yield from ((path.name, path.read_text(encoding="utf-8")) for path in sorted(TEMPLATES.glob("*.html")))
    for path in sorted((ROOT / "monitor").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
                yield path.name, " ".join(one.value for one in node.args if isinstance(one, ast.Constant))


def stamps(texts):
    """Where a page speaks of kinds of people, or of customers instead of people."""
    return sorted({(name, found[0]) for name, text in texts for found in STAMPS.finditer(text)})


def test_no_page_speaks_of_kinds_of_people():
    """Beitrag, Person, Anliegen; never a stamp (003-1)."""
    assert stamps(spoken()) == []


@pytest.mark.parametrize(
    "words", ["Problemkunden", "ein schwieriger Mensch", "Fall gegen Frau K.", "Der Kunde schrieb"]
)
def test_a_page_that_does_is_found(words):
    """The control."""
    assert stamps([("neu.html", f"<p>{words}</p>")])


def ways_out(text, names):
    """Links that search for a person elsewhere, and calls of a connector that reach a person in private."""
    return ABROAD.findall(text) + sorted(PRIVATE & set(names))


def test_nobody_is_searched_for_or_written_to_elsewhere():
    """A connector reads, publishes below a post, and looks; no page links to a search for an author (001-22)."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "monitor" / "web").rglob("*.py")))
    can = [name for protocol in (contract.Reader, contract.Publisher) for name in vars(protocol)]
    assert {"pages", "one", "publish", "find"} <= set(can)
    assert ways_out(pages() + code, can) == []
    assert not [route.path for page in PAGES for route in page.router.routes if "such" in route.path]


def test_a_way_to_a_person_is_found():
    """The control."""
    assert ways_out('<a href="https://www.google.com/search?q={{ author }}">', ["find_author"]) == [
        "google.com/search",
        "?q={{",
        "find_author",
    ]


def test_every_look_of_this_module_has_its_control():
    """For each `test_no…` a test that finds."""
    tests = [name for name in globals() if name.startswith("test_")]
    assert len([name for name in tests if name.endswith("_is_found")]) == len(
        [name for name in tests if name.startswith(("test_no_", "test_nobody_"))]
    )
    assert Path(inspect.getfile(contract)).is_file()
