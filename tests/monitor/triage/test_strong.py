"""The strong tier: checked before it is opened, honest about what it cannot name, quick, and never in the way."""

import re
import subprocess
import sys
import time

import numpy as np
import pytest

from monitor.triage import ModelJudge, PostText, StrongJudge, default_judge
from monitor.triage.corpus import training_part
from monitor.triage.measure import figures
from monitor.triage.model import heads, mix, strong, strong_files
from monitor.triage.opinion import READ_WHOLE, whole_reason
from monitor.triage.train.strong import held

QUIET = "Der Termin stand. Nach vierzig Minuten kam die erste Auskunft. Draußen schien die Sonne."


@pytest.fixture(scope="module")
def tier():
    """The shipped model."""
    return strong.shipped()


def test_the_shipped_file_is_the_one_that_was_measured(tier):
    """Its SHA-256 stands in the table, its heads are ours, and nothing in the table is a pickle."""
    assert set(tier.names) == set(mix.of_both().questions)
    with np.load(strong.TABLE, allow_pickle=False) as table:
        assert all(table[name].dtype.kind in "fiuU" for name in table.files)


def test_one_changed_byte_is_refused(tmp_path):
    """Before the file is opened."""
    changed = bytearray(strong.PATH.read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "strong.onnx").write_bytes(changed)
    with pytest.raises(strong.Damaged, match="install Widerhall anew"):
        strong.load(tmp_path / "strong.onnx")


def test_the_judge_is_named_after_its_tier():
    """Stored verdicts are renewed when a tier comes, goes or changes."""
    name = StrongJudge().name
    assert name.startswith(f"tier-b strong {strong.digest()} heads {heads.shipped().digest}")
    assert name != ModelJudge().name


def test_the_strong_tier_judges_where_it_is_installed_and_wanted(monkeypatch):
    """Without the extra, or where it is turned off, tier A does."""
    assert isinstance(default_judge(strong=True), StrongJudge)
    assert not isinstance(default_judge(), StrongJudge)
    default_judge.cache_clear()
    monkeypatch.setattr(strong_files, "installed", lambda: False)
    assert not isinstance(default_judge(strong=True), StrongJudge)
    default_judge.cache_clear()


def test_posts_that_nobody_learnt_from_are_judged_better_with_it(tier):
    """Every twentieth of those that were held back; a margin is left for other processors."""
    posts = [post for post in training_part() if held(post) and int(post.id.split("-")[0][1:]) >= 5][::20]
    column = tier.names.index("complaint")
    said = [float(tier.logits(post.text)[column]) > 0 for post in posts]
    found = figures(said, [post.has("complaint") for post in posts])
    assert len(posts) > 100
    assert found.f1 > 0.78


def test_capitals_are_read_like_small_letters(tier):
    """People who are angry write so; a word in capitals inside a sentence stays as it is."""
    text = "Seit drei Wochen warte ich auf meinen Schrank, niemand ruft zurück."
    assert np.array_equal(tier.logits(text.upper()), tier.logits(text.lower()))
    assert strong.calm("Das ist NICHT in Ordnung.") == "Das ist NICHT in Ordnung."


def test_a_long_text_is_read_to_its_end(tier):
    """In windows: a complaint behind two thousand quiet characters still counts."""
    column = tier.names.index("complaint")
    quiet = "Wir wohnen seit Jahren gern in dieser Straße. " * 60
    angry = "Die Lieferung war kaputt, niemand ruft zurück, eine Frechheit! " * 12
    assert tier.logits(quiet + angry)[column] > tier.logits(quiet)[column]


@pytest.mark.parametrize("text", ["", " ", "\x00", "😡", "\ud800", "a" * 5000, "ﷺ" * 50, "\n.\n"])
def test_no_text_stops_it(tier, text):
    """Every value is a number."""
    assert np.isfinite(tier.logits(text)).all()


def test_the_reason_of_what_only_it_sees_names_a_sentence(tier):
    """Honest words, and a place in the original that is one of its sentences."""
    found = whole_reason(QUIET, "complaint", tier)
    assert found.words == READ_WHOLE["complaint"]
    assert QUIET[found.start : found.end] in re.findall(r"\S[^.]*\.", QUIET)


def test_what_only_it_sees_is_told_so():
    """Over the training part: such a post has the reason of the whole text, and none of single words."""
    judge, seen = StrongJudge(), 0
    for post in training_part()[::100]:
        found = judge.judge(PostText(post.id, post.text))
        rules = {reason.rule for reason in found.reasons}
        if "complaint.whole" in rules:
            seen += 1
            assert not rules & {"complaint.model", "complaint.model-2"}
    assert seen


def test_a_text_takes_a_few_milliseconds(tier):
    """Fifteen on one core; the bound here leaves room for a busy machine."""
    texts = [post.text for post in training_part()[:60]]
    begin = time.process_time()
    for text in texts:
        tier.logits(text)
    assert (time.process_time() - begin) / len(texts) < 0.06


def test_the_command_line_does_not_wait_for_it():
    """`widerhall --help` loads no part of it."""
    code = "import sys, monitor.triage; monitor.triage.default_judge(); print('onnxruntime' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
