"""The check on the page: findings with place and reason, one click takes a suggestion, a tick agrees to warnings."""

import html
import re

from replies.lifecycle import ReplyKind, State

RUDE = "Guten Tag, Sie sind ein Idiot. Wir melden uns bis Freitag."
CALM = "Guten Tag, danke für den Hinweis auf die Lieferung. Wie könnte eine für Sie annehmbare Lösung aussehen?"
FACTS = {"verdict": "justified", "source": "Lieferschein", "our_share": "Wir haben zu spät verschickt."}


def box(page):
    """What stands in the text field."""
    return html.unescape(re.search(r"<textarea id=\"text\".*?>\n(.*?)</textarea>", page.text, re.DOTALL)[1])


def buttons(page):
    """The values of the buttons that take a suggestion."""
    return [html.unescape(value) for value in re.findall(r'value="(take \S+?)"', page.text)]


def test_a_stop_keeps_the_text_and_says_why(shop, anna):
    """Nothing is submitted, nothing is lost, the guideline's sentence stands beside the words."""
    post = shop.post()
    page = anna.post(f"/beitrag/{post}", data=anna.form(kind="final", text=RUDE, do="submit", **FACTS))
    assert (page.status_code, box(page), shop.count("reply")) == (422, RUDE, 0)
    seen = html.unescape(page.text)
    assert '<mark class="stop">Idiot</mark>' in seen
    assert "Der Leitfaden sagt: „wichtig immer sachlich bleiben“" in seen


def test_one_click_takes_a_suggestion(shop, anna):
    """The sentence is replaced, the rest stays, nothing is stored."""
    post = shop.post()
    page = anna.post(f"/beitrag/{post}/pruefen", data=anna.form(kind="final", text=RUDE, do="check"))
    taken = anna.post(f"/beitrag/{post}/pruefen", data=anna.form(kind="final", text=RUDE, do=buttons(page)[0]))
    assert box(taken) == "Guten Tag, Wir verstehen, dass Sie verärgert sind. Wir melden uns bis Freitag."
    assert (taken.status_code, shop.count("reply")) == (200, 0)


def test_a_suggestion_for_words_that_are_gone_changes_nothing(shop, anna):
    """The text was typed over meanwhile."""
    post = shop.post()
    page = anna.post(f"/beitrag/{post}/pruefen", data=anna.form(kind="final", text=CALM, do="take 002-2:0:4"))
    assert box(page) == CALM


def test_a_script_gets_the_findings_alone(shop, anna):
    """As data, so that nothing is parsed as markup in the browser."""
    post = shop.post()
    answer = anna.post(
        f"/beitrag/{post}/pruefen", data=anna.form(kind="final", text=RUDE), headers={"accept": "application/json"}
    )
    notes = answer.json()["notes"]
    assert [notes[0][key] for key in ("severity", "rule", "words")] == ["stop", "002-2", "Idiot"]
    assert all(note["message"] for note in notes)


def test_a_warning_waits_for_the_owners_tick(shop, anna, bernd):
    """The box carries exactly these warnings; without it the answer stays where it is."""
    reply = shop.submitted(shop.post(), kind=ReplyKind.FINAL, text="Guten Tag, wir melden uns bis Freitag bei Ihnen.")
    page = bernd.get("/freigaben")
    tick = re.search(r'name="ticked" value="(\w+)"', page.text)[1]
    without = bernd.post(f"/freigaben/{reply}", data=bernd.form(shown=shop.digest(reply)))
    assert (without.status_code, shop.reply(reply).state) == (422, State.SUBMITTED)
    bernd.post(f"/freigaben/{reply}", data=bernd.form(shown=shop.digest(reply), ticked=tick))
    assert shop.reply(reply).state == State.APPROVED


def test_a_clean_answer_asks_for_no_tick(shop, bernd):
    """Otherwise people tick without reading."""
    shop.submitted(shop.post(), kind=ReplyKind.FINAL, text=CALM)
    assert 'name="ticked"' not in bernd.get("/freigaben").text


def test_nothing_is_said_about_a_text_that_nobody_has_begun(shop, anna):
    """An empty box is no fault."""
    page = anna.get(f"/beitrag/{shop.post()}?art=final")
    assert buttons(page) == []


def test_a_note_that_judges_a_person_is_sent_back(shop, bernd):
    """With what it was about still in the field."""
    reply = shop.submitted(shop.post(), kind=ReplyKind.FINAL, text=CALM)
    page = bernd.post(f"/freigaben/{reply}/zurueck", data=bernd.form(note="Das ist doch ein Querulant"))
    assert (page.status_code, "Querulant" in page.text, shop.reply(reply).state) == (422, True, State.SUBMITTED)


def test_a_holding_reply_with_a_warning_is_not_in_the_heap(shop, bernd):
    """It has a link to its own screen instead of a tick."""
    for _ in range(4):
        shop.submitted(shop.post(), text="Das war unser Fehler, wir prüfen es.")
    page = bernd.get("/halteantworten").text
    assert (page.count("einzeln freigeben"), 'name="shown"' in page) == (4, False)
