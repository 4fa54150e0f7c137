"""The judge in a process of its own: the same words, again after its end, nothing left behind."""

import os
import signal
import time
from datetime import UTC, datetime

import pytest

from monitor.triage import PostText, default_judge, prints
from monitor.triage.aside import Aside, JudgeGone

TEXT = PostText("7", "Die Lieferung kam vier Tage zu spät 😡, niemand ging ans Telefon.", 1.0, 5.0, "karin",
                datetime(2026, 11, 23, 9, tzinfo=UTC), "review", "blog")  # fmt: skip


@pytest.fixture(scope="module")
def aside():
    """One process for all of them."""
    found = Aside()
    yield found
    found.close()


def gone(process):
    """Wait until a process has ended."""
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    return process.poll() is not None


def test_it_says_what_the_built_in_judge_says(aside):
    """To the last reason, and under the same name."""
    assert aside.judge(TEXT) == default_judge().judge(TEXT)
    assert aside.name == default_judge().name


@pytest.mark.parametrize("words", ["", "\ud800\x00", "zu spät " * 3000])
def test_no_text_is_too_strange_for_it(aside, words):
    """Lone surrogates, nothing at all, and more than a pipe holds."""
    assert aside.judge(PostText("1", words)) == default_judge().judge(PostText("1", words))


def test_it_signs_as_this_process_does(aside):
    """Repetition finds the same posts, whoever computed their signatures."""
    keys = ["", "zu spaet", "\ud800", "die lieferung kam zu spaet " * 200]
    assert aside.signatures(keys) == prints.signatures(keys)
    assert aside.signatures([]) == []


def test_the_strong_tier_judges_there_too():
    """Whoever turned it on gets it from the daemon as well."""
    aside = Aside(strong=True)
    assert aside.name == default_judge(strong=True).name != default_judge().name
    aside.close()


def test_it_ends_when_nobody_asks_and_comes_back_when_somebody_does():
    """That is what it is there for."""
    aside = Aside(idle=0.2)
    assert aside.name
    assert gone(aside._process)
    assert not aside.running
    assert aside.judge(TEXT).is_complaint
    aside.close()


def test_one_that_was_killed_is_asked_again(aside):
    """A judgement has no effects: asking twice is safe."""
    assert aside.judge(TEXT).is_complaint
    os.kill(aside._process.pid, signal.SIGKILL)
    assert aside.judge(TEXT).is_complaint


def test_a_signal_to_the_whole_group_does_not_end_it_before_its_parent(aside):
    """Systemd sends SIGTERM to all; the daemon still ends the page that it is at."""
    assert aside.judge(TEXT).is_complaint
    before = aside._process
    os.kill(before.pid, signal.SIGTERM)
    assert aside.judge(TEXT).is_complaint
    assert aside._process is before


def test_one_that_never_answers_is_an_error_and_not_a_wait(monkeypatch):
    """The round fails with a sentence and comes again."""
    monkeypatch.setattr("monitor.triage.aside.sys.executable", "/bin/false")
    with pytest.raises(JudgeGone):
        Aside().judge(TEXT)


def test_nothing_is_left_behind():
    """Closing ends the process."""
    aside = Aside()
    assert aside.name
    process = aside._process
    aside.close()
    assert gone(process)
