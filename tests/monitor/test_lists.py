"""What `status` and `queue` show a person: the clock of their own wall, and a sentence instead of nothing."""

import json
import re

import pytest

from monitor.triage import default_judge
from monitor.triage.model import strong_files
from tests.monitor.shop import BLOG, CONFIG, FILES, open_shop, post

ABROAD = BLOG + 'timezone = "America/New_York"\n'


@pytest.mark.parametrize(("sources", "due"), [(BLOG, "23.11. 14:00 CET"), (ABROAD, "23.11. 13:00 EST")])
def test_a_due_time_is_that_of_the_wall(tmp_path, say, engine, sources, due):
    """Where the people of the source work; programs get UTC as ever."""
    with open_shop(tmp_path, sources) as shop:
        shop.round([post()])
    assert due in say("queue")
    row = json.loads(say("queue", "--json"))
    assert (row["due"].endswith("Z"), "zone" in row) == (True, False)


def test_the_last_round_is_told_by_the_wall_too(tmp_path, say):
    """Berlin is an hour ahead of UTC in November."""
    with open_shop(tmp_path) as shop:
        shop.round([post()])
    assert "zuletzt gelesen: 23.11.2026 10:00 CET" in say("status")


@pytest.mark.parametrize(
    ("strong", "there", "words"),
    [
        (False, True, r"einfache Stufe allein, Modell [0-9a-f]{12}\n"),
        (True, True, r"mit der starken Stufe, Modell [0-9a-f]{12}\n"),
        (True, False, r"einfache Stufe allein, Modell [0-9a-f]{12} \(die starke ist eingeschaltet, aber nicht"),
    ],
)
def test_status_names_who_judges(tmp_path, say, monkeypatch, strong, there, words):
    """The tier and the model's digest, and that the strong one is missing where it was asked for."""
    default_judge.cache_clear()
    monkeypatch.setattr(strong_files, "installed", lambda: there)
    (tmp_path / "config.toml").write_text(f"{CONFIG}[judging]\nstrong = {str(strong).lower()}\n")
    assert re.search("Einschätzung: " + words, say("status"))
    default_judge.cache_clear()


def test_without_a_source_status_says_so(tmp_path, say):
    """Silence could mean that all is well."""
    (tmp_path / "config.toml").write_text(CONFIG)
    assert "Noch keine Quelle" in say("status")
    (tmp_path / "config.toml").write_text(CONFIG + FILES)
    assert "Noch keine Quelle" not in say("status")
