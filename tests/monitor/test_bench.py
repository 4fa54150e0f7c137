"""`widerhall bench`: every part runs small and prints its figure beside its target. No time is asserted."""

import re
import subprocess
import sys
from functools import partial

import pytest
from sqlalchemy import event
from sqlalchemy.dialects import sqlite

from monitor import cli
from monitor.bench import million, ratio, texts
from monitor.bench.place import house_in
from monitor.bench.ratio import Ratio
from monitor.jobs import _unjudged
from monitor.web import queue
from monitor.web.pages import matters, today
from monitor.web.queue import Group

SMALL = {
    "ingest": ("--posts", "60"),
    "page": ("--posts", "200"),
    "fetch": ("--posts", "20"),
    "idle": ("--seconds", "0.5"),
    "outbox": ("--posts", "2"),
    "verify": ("--posts", "300"),
}  # fmt: skip
LINE = re.compile(r"\w+ +.+: \d[\d.]*  \((höchstens|mindestens) [\d.]+, (eingehalten|verfehlt)\)")


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """One repetition of each: what is tested here is that the parts work, not how fast."""
    for module in ("ingest", "page", "fetch", "verify"):
        monkeypatch.setattr(f"monitor.bench.{module}._ROUNDS", 1)
    monkeypatch.setattr("monitor.bench.page._WARM", 1)
    monkeypatch.setattr("monitor.bench.fetch._FEW", 3)
    monkeypatch.setattr("monitor.bench.idle._LOOKS", 2)


@pytest.fixture
def counted():
    """The statements that a step of a session sends, BEGIN left out."""

    def count(house, step):
        sent = []
        note = partial(lambda _c, _cursor, words, *_rest: sent.append(words))
        with house.reading() as session:
            step(session)
            event.listen(house.database.engine, "before_cursor_execute", note)
            step(session)
            event.remove(house.database.engine, "before_cursor_execute", note)
        return len(sent)

    return count


@pytest.mark.parametrize("part", SMALL)
def test_a_part_runs_small_and_prints_figures_beside_targets(part, capsys):
    """The exit code says whether every target was kept; neither outcome is an error here."""
    code = cli.run(["bench", part, *SMALL[part]])
    said = capsys.readouterr()
    figures = [line for line in said.out.splitlines() if LINE.fullmatch(line)]
    assert code in (0, 1), said.err
    assert figures, said.out + said.err
    assert code == any("verfehlt" in line for line in figures)


def test_the_same_number_gives_the_same_post():
    """Two runs measure the same rows."""
    assert texts.record(7) == texts.record(7)
    assert len({texts.words(n) for n in range(300)}) > 250


@pytest.mark.parametrize(
    "step",
    [
        lambda session, house: queue.read_several(session, dict.fromkeys(Group, 30), 1, house.now()),
        lambda session, house: today.read_totals(session, house.now()),
        lambda session, _house: matters._read(session, matters.Asked(matters.Stand.ALL, ""), None),
    ],
    ids=["groups", "totals", "matters"],
)
def test_statements_of_a_page_do_not_grow_with_its_rows(tmp_path, counted, step):
    """Ten times the rows, the same number of statements."""
    found = []
    for posts in (200, 2000):
        million.build(tmp_path / str(posts), posts)
        with house_in(tmp_path / str(posts)) as house:
            found.append(counted(house, lambda session, at=house: step(session, at)))
    assert found[0] == found[1] <= 7


@pytest.mark.parametrize("group", [Group.MAIN, Group.UNSURE, Group.BACKLOG])
def test_a_list_is_walked_in_an_index_and_not_sorted(tmp_path, group):
    """A sort would cost more with every duty that is open, on every page."""
    million.build(tmp_path / "house", 500)
    with house_in(tmp_path / "house") as house, house.reading() as session:
        plans = []
        event.listen(house.database.engine, "before_cursor_execute", lambda *told: plans.append(told[2:4]))
        queue.read(session, group, 1, house.now())
        words, values = plans[0] if not plans[0][0].startswith("BEGIN") else plans[1]
        raw = session.connection().connection.driver_connection
        steps = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {words}", values)]
    picked = steps[: steps.index(next(step for step in steps if step.startswith("SCAN")))]
    assert any("INDEX duty_" in step for step in picked), steps
    assert not any("TEMP B-TREE" in step for step in picked), steps


def test_posts_to_judge_are_found_in_indexes(tmp_path):
    """Every post is looked at where there is nothing to do: at most two searches each, no sort."""
    million.build(tmp_path / "house", 200)
    words = str(_unjudged("x", 1).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with house_in(tmp_path / "house") as house, house.reading() as session:
        steps = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {words}").all()]
    searches = [step for step in steps if "verdict" in step]
    assert len(searches) == 2, steps
    assert re.search(r"COVERING INDEX .*\(post_id=\? AND version=\? AND judge=\?\)", searches[0]), steps
    assert re.search(r"USING .*INDEX .*\(post_id=\? AND ", searches[1]), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


def test_a_bound_holds_from_the_right_side():
    """At most, at least, and none."""
    assert [Ratio("x", value, 2.0).met for value in (1.0, 3.0)] == [True, False]
    assert [Ratio("x", value, 2.0, at_least=True).met for value in (1.0, 3.0)] == [False, True]
    assert Ratio("x", 9.0, None).met


def test_steps_take_turns():
    """A disturbance hits what is measured and its reference alike."""
    order = []
    steps = [partial(lambda name: order.append(name) or float(len(order)), name) for name in "ab"]
    assert ratio.in_turns(3, *steps) == (3.0, 4.0)
    assert "".join(order) == "ababab"


def test_without_datasette_a_sentence_says_what_to_install(monkeypatch, tmp_path):
    """The bench installs nothing by itself."""
    from monitor.bench import page

    monkeypatch.setattr(page, "find_spec", lambda _name: None)
    notes = list(page._against_datasette(None, tmp_path, None))
    assert "pip install 'datasette<1'" in notes[0].words


def test_help_does_not_load_the_bench():
    """Start-up stays what it is (RELIABILITY P8)."""
    words = "import sys, monitor.cli; monitor.cli.parser(); print([m for m in sys.modules if 'bench' in m])"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
