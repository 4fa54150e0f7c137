"""The project's own German posts as a regression.

A development set: the word lists were tuned on it, so the figures (`pytest -s`) are no benchmark.
"""

import json
import sys
from pathlib import Path

import pytest

from monitor.triage import PostText, default_judge

CASES = [
    json.loads(line) for line in Path(__file__).with_name("cases.de.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def verdicts():
    """Label and judgement of every case."""
    judge = default_judge()
    return [(case["label"], judge.judge(PostText(case["id"], case["text"], kind=case["kind"]))) for case in CASES]


def share(verdicts, labels, hit):
    """Share of the posts with one of the labels for which `hit` holds, printed."""
    chosen = [judgement for label, judgement in verdicts if label in labels]
    value = sum(map(hit, chosen)) / len(chosen)
    sys.stdout.write(f"{'+'.join(labels)}: {value:.3f} of {len(chosen)}\n")
    return value


def test_complaints_are_found(verdicts):
    """Recall of complaints, and of what reaches a person at all."""
    assert share(verdicts, ("complaint", "mixed"), lambda said: said.is_complaint) >= 0.9
    assert share(verdicts, ("complaint", "mixed", "hostile", "question"), lambda said: said.needs_answer) == 1.0


def test_what_is_called_a_complaint_is_one(verdicts):
    """Precision over all labels; hostile posts count as criticism."""
    called = [label for label, said in verdicts if said.is_complaint]
    precision = sum(label in {"complaint", "mixed", "hostile"} for label in called) / len(called)
    sys.stdout.write(f"precision of complaint: {precision:.3f} of {len(called)}\n")
    assert precision >= 0.95


def test_praise_is_never_a_sure_complaint_and_mostly_owes_nothing(verdicts):
    """At most one clear praise in five asks for a look."""
    assert share(verdicts, ("praise",), lambda said: said.is_complaint and said.sure) == 0
    assert share(verdicts, ("praise",), lambda said: not said.needs_answer) >= 0.8


def test_hostile_posts_are_hostile_and_others_mostly_not(verdicts):
    """The label of the tone is its own."""
    assert share(verdicts, ("hostile",), lambda said: said.is_hostile) >= 0.9
    assert share(verdicts, ("praise", "question", "other", "mixed"), lambda said: said.is_hostile) == 0


def test_news_adverts_and_small_talk_are_never_sure_complaints(verdicts):
    """What is not about the business is unsure at most."""
    assert share(verdicts, ("other",), lambda said: said.sure and said.is_complaint) == 0
