"""The judge finds what is wrong: a checker that cannot say no proves nothing."""

from collections import Counter

import pytest

from replies.lifecycle import State
from replies.tables import Reply
from tests.crash.history import History, judge

TEXT = "Das tut uns leid. Antwort auf p1"
COPY = {"ref": "r1", "post": "p1", "text": TEXT}
REPLY = {"id": 1, "text": TEXT, "key": "k", "state": State.PUBLISHED, "needs_human": False}


def verdict(folder, lines=("invoke k.1 -", "ok k.1 r1"), *, copies=(COPY,), done=("k.1",), attempts=1, **changed):
    """What the judge says about one reply that went well, but for what is changed."""
    (folder / "history").write_text("".join(line + "\n" for line in lines))
    truth = {"copies": list(copies), "pending": [], "asked": list(done), "done": list(done)}
    return judge(History(folder / "history"), truth, [Reply(**{**REPLY, **changed})], Counter({1: attempts}))


def test_what_went_well_is_called_well(tmp_path):
    """One text, told so, recorded before."""
    found = verdict(tmp_path)
    assert (found.duplicates, found.lost, found.to_a_person, found.lies) == (0, 0, 0, [])


def test_a_second_text_is_a_duplicate(tmp_path):
    """The same words twice under the same post."""
    assert verdict(tmp_path, copies=(COPY, {**COPY, "ref": "r2"})).duplicates == 1


def test_a_text_that_is_nowhere_is_lost(tmp_path):
    """It counts as published, and nobody is asked."""
    assert verdict(tmp_path, ("invoke k.1 -", "info k.1 -"), copies=(), done=()).lost == 1


def test_a_missing_text_that_waits_for_a_person_is_not_lost(tmp_path):
    """Somebody will look."""
    found = verdict(tmp_path, ("invoke k.1 -",), copies=(), done=(), needs_human=True, state=State.UNCLEAR)
    assert (found.lost, found.to_a_person, found.lies) == (0, 1, [])


@pytest.mark.parametrize(
    ("changed", "lie"),
    [
        ({"copies": ({**COPY, "ref": "r9"},)}, "which is not there"),
        ({"lines": ("invoke k.1 -", "fail k.1 -")}, "told that nothing happened"),
        ({"lines": ()}, "without being invoked"),
        ({"attempts": 0}, "attempts: 0"),
        ({"state": State.SENDING}, "still counts as being sent"),
        ({"copies": (COPY, {**COPY, "text": "Kauft mehr Brot p1"})}, "approved by nobody"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, changed, lie):
    """Jepsen's rules, and two of our own: an attempt's row comes first, and only approved words go out."""
    assert any(lie in sentence for sentence in verdict(tmp_path, **changed).lies)
