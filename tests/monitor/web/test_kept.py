"""What was typed into a form that cannot be taken comes back on the page that says why, and no secret does."""

import re
from pathlib import Path
from unittest.mock import patch

import pytest

from monitor.web import views
from monitor.web.kept import LABELS, NEVER
from replies.desk import Desk

PROMISE = "Was Sie geschrieben haben, steht hier"
CALL = {"understood": "Der Rahmen war verzogen.", "agreed": "Ersatz bis Freitag", "spoken": "2026-11-23T09:00"}


def boxes(page):
    """What stands in boxes that can only be read."""
    return re.findall(r"<textarea [^>]*readonly>\n(.*?)</textarea>", page, re.DOTALL)


def test_an_expired_login_gives_back_every_field(shop):
    """Each in a box of its own, with its name."""
    answer = shop.stranger().post("/aufgabe/1/gespraech", data={"_token": "old", **CALL})
    assert answer.status_code == 401
    assert sorted(boxes(answer.text)) == sorted(CALL.values())
    assert "Was ist vereinbart, bis wann?" in answer.text
    assert PROMISE in answer.text


def test_an_old_token_gives_back_every_field(shop, anna):
    """The page was open since another login."""
    post = shop.post()
    answer = anna.post(f"/beitrag/{post}/fragen", data={"_token": "old", "note": "Wann ging es ab?", "to": "2"})
    assert (answer.status_code, boxes(answer.text)) == (403, ["Wann ging es ab?"])


def test_a_fault_of_ours_gives_back_every_field(shop, anna):
    """And the person's own markup stays text."""
    post, data = (
        shop.post("Das Paket kam zu spät."),
        {"text": "Guten <b>Tag</b>", "source": "Lieferschein", "do": "save"},
    )
    with patch.object(Desk, "draft", side_effect=RuntimeError("broken")):
        answer = anna.post(f"/beitrag/{post}", data=anna.form(**data))
    assert answer.status_code == 500
    assert sorted(boxes(answer.text)) == ["Guten &lt;b&gt;Tag&lt;/b&gt;", "Lieferschein"]
    assert PROMISE in answer.text


def test_where_nothing_was_typed_nothing_is_promised(shop):
    """A button is no text."""
    answer = shop.stranger().post("/beitrag/1/uebernehmen", data={"_token": "old"})
    assert (answer.status_code, PROMISE in answer.text, boxes(answer.text)) == (401, False, [])


@pytest.mark.parametrize("field", [*sorted(NEVER), "_token", "_password"])
def test_no_secret_comes_back(shop, field):
    """Neither a password nor a code nor a token."""
    answer = shop.stranger().post("/ich", data={field: "sehr geheim 4711", "note": "offen"})
    assert boxes(answer.text) == ["offen"]
    assert "geheim" not in answer.text


def test_every_field_in_which_somebody_types_is_known():
    """A new one is shown again, or named as a secret."""
    folder = Path(views.__file__).parent / "templates"
    forms = "".join(path.read_text() for path in folder.glob("*.html"))
    forms = re.sub(r"<form[^>]*(?:method=\"get\"|role=\"search\").*?</form>", "", forms, flags=re.DOTALL)  # by GET
    tags = re.findall(r"<(?:input|textarea)\b[^>]*>", forms)
    shown = [tag for tag in tags if not re.search(r"hidden|readonly|type=\"(?:radio|checkbox)\"", tag)]
    names = {name for tag in shown for name in re.findall(r" name=\"([a-z_]+)\"", tag)}
    assert names == set(LABELS) | NEVER
