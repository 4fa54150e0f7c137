"""Belege und Löschantrag on the page."""

import pytest

UNTRUE = {"ground": "untrue", "note": "Das ist nicht geschehen.", "good_faith": "1"}
TEXT = "Der Chef hat mich geschlagen. Das Paket kam zu spät."


def test_a_notice_is_prepared_printed_and_sent(shop, anna, bernd):
    """The pack names all that Art. 16 (2) asks for; an owner writes down that it was sent."""
    post = shop.post(TEXT)
    form = anna.form(**UNTRUE, passage="Der Chef hat mich geschlagen.")
    assert anna.post(f"/beitrag/{post}/loeschantrag", data=form).headers["location"].endswith("gut=prepared")
    pack = anna.get("/loeschantrag/1").text
    said = ("Art. 16", "Der Chef hat mich geschlagen.", "https://social.example/1", "in gutem Glauben", "Radhaus Nord")
    assert [words for words in said if words not in pack] == []
    assert 'name="stand"' not in pack
    sent = bernd.post("/loeschantrag/1/stand", data=bernd.form(stand="sent", reference="R-17"))
    assert sent.headers["location"] == "/loeschantrag/1?gut=moved"
    assert "R-17" in bernd.get("/loeschantrag/1").text
    assert "gemeldet" in anna.get(f"/beitrag/{post}").text


def test_before_a_notice_is_sent_its_ground_asks_back(shop, anna, bernd):
    """On the screen alone, until it is sent: the paper is the platform's."""
    post = shop.post(TEXT)
    anna.post(f"/beitrag/{post}/loeschantrag", data=anna.form(**UNTRUE, passage="Der Chef hat mich geschlagen."))
    asked = '<p class="box noprint"><strong>Bevor Sie melden:</strong> Ist es eine Tatsache, die sich beweisen lässt'
    assert asked in anna.get("/loeschantrag/1").text
    bernd.post("/loeschantrag/1/stand", data=bernd.form(stand="sent", reference="R-17"))
    assert "Bevor Sie melden" not in anna.get("/loeschantrag/1").text


def test_a_note_that_judges_somebody_is_refused_and_shown_again(shop, anna, bernd):
    """What became of it is written like every other internal word (K18)."""
    post = shop.post(TEXT)
    anna.post(f"/beitrag/{post}/loeschantrag", data=anna.form(**UNTRUE, passage="Der Chef hat mich geschlagen."))
    refused = bernd.post("/loeschantrag/1/stand", data=bernd.form(stand="sent", note="Der ist ein Idiot"))
    assert (refused.status_code, refused.text.count('value="Der ist ein Idiot"')) == (422, 1)
    assert "vorbereitet" in bernd.get("/loeschantrag/1").text


def test_an_opinion_is_marked_and_answered(shop, anna):
    """It offers no form to send."""
    post = shop.post("Das hässlichste Rad der Welt.")
    anna.post(f"/beitrag/{post}/loeschantrag", data=anna.form(ground="opinion"))
    assert "nicht entfernbar, stattdessen antworten" in anna.get(f"/beitrag/{post}").text
    assert "Art. 16 der Verordnung" not in anna.get("/loeschantrag/1").text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"passage": "Steht da nicht."}, "stehen so nicht im Beitrag"),
        ({"passage": ""}, "nennen Sie die Worte"),
        ({"ground": ""}, "wählen Sie einen Grund"),
        ({"passage": "Der Chef", "good_faith": ""}, "Art. 16 DSA"),
    ],
)
def test_what_is_missing_is_said(shop, anna, changed, words):
    """In a sentence, and nothing is stored, not even the digest."""
    post = shop.post(TEXT)
    answer = anna.post(f"/beitrag/{post}/loeschantrag", data=anna.form(**UNTRUE | changed))
    assert answer.status_code == 422
    assert words in answer.text
    assert shop.count("removal_notice") == 0


def test_evidence_shows_every_version_and_is_secured(shop, anna, clara):
    """With time and digest; Clara reads it too."""
    post = shop.post(TEXT)
    shop.edit_post(post, TEXT + " Und der Lack blättert.")
    page = anna.get(f"/beitrag/{post}/belege").text
    assert page.count("noch nicht gesichert") == 2
    anna.post(f"/beitrag/{post}/belege", data=anna.form())
    page = clara.get(f"/beitrag/{post}/belege").text
    assert page.count("gesichert: Protokoll, Zeile") == 1
    assert "Und der Lack blättert." in page


def test_pages_that_do_not_exist_are_said_kindly(anna):
    """No stack trace."""
    for path in ("/beitrag/77/belege", "/loeschantrag/77"):
        assert anna.get(path).status_code == 404
