"""What was typed into a form that cannot be taken comes back: in the form, else to be copied; no secret does."""

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


def test_the_new_login_leaves_the_text_where_it_is_and_leads_back(shop):
    """In a window of its own, to the post that was being answered; without a text in this one."""
    page = shop.stranger().post("/beitrag/7", data={"_token": "old", "text": "Guten Tag, lang getippt."}).text
    assert 'href="/anmelden?next=/beitrag/7" target="_blank"' in page
    assert "Hier bleibt Ihr Text so lange stehen." in page
    page = shop.stranger().post("/beitrag/7/uebernehmen", data={"_token": "old"}).text
    assert 'href="/anmelden?next=/beitrag/7">' in page


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


FOLDED = {
    "/beitrag/1/sperre": {"note": "Klage droht", "until": ""},
    "/beitrag/1/stufe": {"level": "x", "note": "Klage droht"},
    "/beitrag/1/keine-beschwerde": {"note": "Der ist ein Idiot", "version": "1"},
    "/beitrag/1/fragen": {"note": "Ist der ein Idiot?", "to": "1"},
    "/beitrag/1/aufgabe": {"note": "Anrufen wegen Rahmen", "kind": "other", "until": ""},
    "/beitrag/1/loeschantrag": {"ground": "x", "passage": "zu spät", "note": "Wir waren pünktlich", "searched": "1"},
}
OPEN = {
    "/aufgabe/1/gespraech": {"spoken": "", "understood": "Rahmen verzogen", "agreed": "Ersatz", "notes_allowed": "1"},
    "/loeschantrag/1/stand": {"stand": "x", "reference": "DSA-17", "note": "Am Telefon gesagt"},
    "/massnahme": {"cause": "delivery", "what": "Früher packen", "owner": "2", "until": ""},
}


def form_of(page, action):
    """One form of the page, and what stands before it."""
    before, _found, after = page.partition(f'action="{action}"')
    return before, after.partition("</form>")[0]


@pytest.mark.parametrize(("action", "fields"), [*FOLDED.items(), *OPEN.items()], ids=str)
def test_a_form_that_is_refused_is_drawn_as_it_was_sent(shop, bernd, action, fields):
    """Every field in its place, in this form and in no other."""
    shop.post("Das Paket kam zu spät.")
    if action in OPEN:
        bernd.post("/beitrag/1/aufgabe", data=bernd.form(kind="call", note="Anruf", until="2026-11-25"))
        notice = {"ground": "untrue", "passage": "zu spät", "note": "Es kam am Montag.", "good_faith": "1"}
        bernd.post("/beitrag/1/loeschantrag", data=bernd.form(**notice))
    answer = bernd.post(action, data=bernd.form(**fields))
    before, form = form_of(answer.text, action)
    assert answer.status_code == 422
    written = {name: value for name, value in fields.items() if f'name="{name}" value="' in form and value != "1"}
    assert written
    assert all(f'name="{name}" value="{value}"' in form for name, value in written.items())
    ticked = [name for name, value in fields.items() if value == "1" and name not in ("to", "version")]
    assert form.count(" checked") == len(ticked)
    longest = max(fields.values(), key=len)
    assert answer.text.count(f'value="{longest}"') == 1
    assert action in OPEN or before.rpartition("<details")[2].startswith((" open", ' class="card small" open'))


def test_choices_come_back_too(shop, bernd):
    """The person asked, the kind of task."""
    shop.post("Das Paket kam zu spät.")
    asked = bernd.post("/beitrag/1/fragen", data=bernd.form(**FOLDED["/beitrag/1/fragen"])).text
    planned = bernd.post("/beitrag/1/aufgabe", data=bernd.form(**FOLDED["/beitrag/1/aufgabe"])).text
    assert re.search(r'<option value="1" selected>\s*Anna', form_of(asked, "/beitrag/1/fragen")[1])
    assert '<option value="other" selected>' in form_of(planned, "/beitrag/1/aufgabe")[1]


def test_every_field_in_which_somebody_types_is_known():
    """A new one is shown again, or named as a secret."""
    folder = Path(views.__file__).parent / "templates"
    forms = "".join(path.read_text() for path in folder.glob("*.html"))
    forms = re.sub(r"<form[^>]*(?:method=\"get\"|role=\"search\").*?</form>", "", forms, flags=re.DOTALL)  # by GET
    tags = re.findall(r"<(?:input|textarea)\b[^>]*>", forms)
    shown = [tag for tag in tags if not re.search(r"hidden|readonly|type=\"(?:radio|checkbox)\"", tag)]
    names = {name for tag in shown for name in re.findall(r" name=\"([a-z_]+)\"", tag)}
    drawn = re.findall(r"\{\{ (line|moment)\(mine, _\(\"[^\"]+\"\)(?:, \"([a-z_]+)\")?", forms)
    names |= {name or {"line": "note", "moment": "until"}[macro] for macro, name in drawn}
    assert names == set(LABELS) | NEVER
