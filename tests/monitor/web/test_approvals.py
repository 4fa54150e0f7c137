"""Freigaben: exactly the bytes that were shown, by the one whose consent is missing."""

import html
import re

import pytest

from replies.lifecycle import ReplyKind, State
from replies.tables import Reply
from tests.monitor.web.shop import open_shop


def test_a_text_that_changed_in_a_second_tab_is_not_approved(shop, bernd, dora):
    """409, the new text, and the difference to what was seen (RELIABILITY S6)."""
    reply = shop.submitted(shop.post(), text="Das tut uns sehr leid.")
    shown = shop.digest(reply)
    dora.post(f"/freigaben/{reply}/aendern", data=dora.form(text="Das tut uns leid.", version="1"))
    answer = bernd.post(f"/freigaben/{reply}", data=bernd.form(shown=shown, saw="Das tut uns sehr leid."))
    assert answer.status_code == 409
    assert shop.reply(reply).state == State.SUBMITTED
    assert "<del>sehr </del>" in answer.text or "<del>sehr</del>" in answer.text
    assert bernd.post(f"/freigaben/{reply}", data=bernd.form(shown=shop.digest(reply))).status_code == 303


def test_a_post_that_changed_voids_the_screen(shop, bernd):
    """The approval was for another version of the post."""
    post = shop.post()
    reply = shop.submitted(post)
    shown = shop.digest(reply)
    shop.edit_post(post, "Ist geklärt, danke.")
    answer = bernd.post(f"/freigaben/{reply}", data=bernd.form(shown=shown))
    assert answer.status_code == 409
    assert "Der Beitrag wurde inzwischen geändert" in answer.text


@pytest.mark.parametrize("shown", ["", "x" * 64, "é"])
def test_without_the_digest_nothing_is_approved(shop, bernd, shown):
    """Guessing does not help."""
    reply = shop.submitted(shop.post())
    assert bernd.post(f"/freigaben/{reply}", data=bernd.form(shown=shown)).status_code == 409
    assert shop.reply(reply).state == State.SUBMITTED


def test_staff_do_not_approve_what_staff_wrote(shop, anna):
    """One of the two is an owner; the page does not even show it."""
    reply = shop.submitted(shop.post(), "Anna")
    assert "Es wartet keine Antwort auf Sie." in anna.get("/freigaben").text
    assert anna.post(f"/freigaben/{reply}", data=anna.form(shown=shop.digest(reply))).status_code == 409


def test_staff_countersign_what_an_owner_wrote(shop, anna, bernd):
    """The owner himself cannot."""
    reply = shop.submitted(shop.post(), "Bernd")
    assert bernd.post(f"/freigaben/{reply}", data=bernd.form(shown=shop.digest(reply))).status_code == 409
    page = anna.get("/freigaben").text
    assert "Gegenzeichnen" in page
    assert "Ändern" not in page
    assert (
        anna.post(f"/freigaben/{reply}", data=anna.form(shown=shop.digest(reply))).headers["location"]
        == f"/freigaben?eben={reply}"
    )
    assert shop.reply(reply).state == State.APPROVED


def test_an_owner_who_changes_a_text_becomes_its_author(shop, anna, bernd):
    """Then somebody else has to agree."""
    reply = shop.submitted(shop.post())
    assert "Dann muss eine zweite Person zustimmen." in bernd.get(f"/freigaben?antwort={reply}&aendern=1").text
    bernd.post(f"/freigaben/{reply}/aendern", data=bernd.form(text="Neu.\r\nUnd gut.", version="1"))
    assert shop.reply(reply).text == "Neu.\nUnd gut."
    assert shop.reply(reply).author_id == shop.users["Bernd"]
    assert "Es wartet keine Antwort auf Sie." in bernd.get("/freigaben").text
    assert "Und gut." in anna.get("/freigaben").text


def test_two_owners_changing_at_once_lose_nothing(shop, bernd, dora):
    """The second one gets the typed text back."""
    reply = shop.submitted(shop.post())
    bernd.post(f"/freigaben/{reply}/aendern", data=bernd.form(text="Von Bernd", version="1"))
    answer = dora.post(f"/freigaben/{reply}/aendern", data=dora.form(text="Von Dora, lang und gut", version="1"))
    assert answer.status_code == 409
    assert "Von Dora, lang und gut" in answer.text
    assert shop.reply(reply).text == "Von Bernd"


def test_back_with_a_reason(shop, anna, bernd):
    """Without a reason nothing happens; with one it stands at the draft."""
    post = shop.post()
    reply = shop.submitted(post)
    assert bernd.post(f"/freigaben/{reply}/zurueck", data=bernd.form(note=" ")).status_code == 422
    assert (
        bernd.post(f"/freigaben/{reply}/zurueck", data=bernd.form(note="Bitte <b>freundlicher</b>")).headers["location"]
        == "/freigaben?gut=returned"
    )
    assert shop.reply(reply).state == State.DRAFT
    assert "Bitte &lt;b&gt;freundlicher" in anna.get(f"/beitrag/{post}").text
    assert "zurück mit Grund" in anna.get("/").text


def test_after_approving_there_are_two_minutes(shop, bernd):
    """Rückgängig works inside the window and not after it."""
    reply = shop.approved(shop.submitted(shop.post()))
    page = bernd.get(f"/freigaben?eben={reply}").text
    assert "Freigegeben, geht in 2 min hinaus." in page
    assert "Rückgängig" in page
    assert (
        bernd.post(f"/antwort/{reply}/zurueckholen", data=bernd.form(back="freigaben")).headers["location"]
        == "/freigaben?gut=undone"
    )
    assert shop.reply(reply).state == State.SUBMITTED
    shop.approved(reply)
    shop.clock.move(minutes=3)
    answer = bernd.post(f"/antwort/{reply}/zurueckholen", data=bernd.form())
    assert answer.status_code == 422
    assert "Die Zeit zum Rückgängigmachen ist um." in answer.text
    assert "Rückgängig" not in bernd.get(f"/freigaben?eben={reply}").text


def test_a_voided_approval_says_why(shop, bernd):
    """On the screen where it was given."""
    from replies import duty as duties

    post = shop.post()
    shop.approved(shop.submitted(post))
    shop.edit_post(post, "Nachtrag: immer noch nichts.")
    with shop.house.transaction() as session:
        duties.revoke_approved(
            session, duties.of_post(session, post), shop.house.world.post(session, post), shop.clock()
        )
    page = bernd.get("/freigaben").text
    assert "Aufgehobene Freigaben" in page
    assert "weil der Beitrag geändert wurde" in page


def test_four_holding_replies_go_together(shop, bernd):
    """From one screen that shows each in full, and only the ticked ones."""
    replies = [shop.submitted(shop.post(), text=f"Wir kümmern uns, Nummer {n}.") for n in range(4)]
    assert "/halteantworten" in bernd.get("/freigaben").text
    page = bernd.get("/halteantworten").text
    assert all(f"Wir kümmern uns, Nummer {n}." in page for n in range(4))
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    assert (
        bernd.post("/halteantworten", data=bernd.form(shown=shown[:3])).headers["location"] == "/freigaben?gut=together"
    )
    assert [shop.reply(reply).state for reply in replies] == [State.APPROVED] * 3 + [State.SUBMITTED]


def test_one_changed_holding_reply_stops_them_all(shop, bernd, dora):
    """Nothing is approved half."""
    replies = [shop.submitted(shop.post()) for _ in range(4)]
    shown = [f"{reply}:{shop.digest(reply)}" for reply in replies]
    dora.post(f"/freigaben/{replies[2]}/aendern", data=dora.form(text="Anders", version="1"))
    assert bernd.post("/halteantworten", data=bernd.form(shown=shown)).status_code == 409
    assert {shop.reply(reply).state for reply in replies} == {State.SUBMITTED}


@pytest.mark.parametrize("shown", [[], ["x"], [":"], ["99999999999999999999:x"], ["7:x"]])
def test_a_made_up_list_approves_nothing(shop, bernd, shown):
    """An answer in words, never an error."""
    shop.submitted(shop.post())
    assert bernd.post("/halteantworten", data=bernd.form(shown=shown)).status_code in {404, 409, 422}


def test_however_many_wait_each_is_found_and_counted(shop, bernd):
    """The last of more than two hundred is not told to wait no longer."""
    total = 203
    post = shop.post()
    last = shop.submitted(post)
    with shop.house.transaction() as session:
        row = session.get(Reply, last).model_dump(exclude={"id"})
        session.add_all(Reply(**row) for _ in range(total - 1))
    last += total - 1
    page = bernd.get(f"/freigaben?antwort={last}").text
    assert f"{total} von {total}" in page
    assert "wartet nicht mehr" not in page
    assert f"von {total}" in bernd.get("/halteantworten").text


def test_finals_do_not_go_together(shop, bernd):
    """Only holding replies may."""
    reply = shop.submitted(shop.post(), kind=ReplyKind.FINAL)
    assert bernd.post("/halteantworten", data=bernd.form(shown=f"{reply}:{shop.digest(reply)}")).status_code == 422


def test_a_business_of_one_looks_twice(tmp_path):
    """First look, too soon, second look; the page says so."""
    shop = open_shop(tmp_path, four_eyes=False)
    bernd, reply = shop.client("Bernd"), shop.submitted(shop.post(), "Bernd")
    assert "Erster Blick: gelesen" in bernd.get("/freigaben").text
    look = bernd.form(shown=shop.digest(reply))
    assert bernd.post(f"/freigaben/{reply}", data=look).headers["location"] == f"/freigaben?antwort={reply}&gut=look"
    answer = bernd.post(f"/freigaben/{reply}", data=look)
    assert answer.status_code == 422
    assert "zu früh" in answer.text
    assert "Zweiter Blick: freigeben" in answer.text
    shop.clock.move(minutes=21)
    assert bernd.post(f"/freigaben/{reply}", data=look).headers["location"] == f"/freigaben?eben={reply}"
    assert "in zwei Blicken" in bernd.get(f"/beitrag/{shop.reply(reply).post_id}").text
    shop.house.close()


def test_the_answer_is_shown_as_it_is(shop, bernd):
    """Letter by letter, markup as text."""
    text = "Sehr geehrte <Frau> K.,\n\n  danke & viele Grüße 👍"
    shop.submitted(shop.post(), text=text)
    assert text in html.unescape(bernd.get("/freigaben").text)


def test_what_changed_since_it_was_handed_over_is_shown(shop, bernd, dora):
    """Dora changed Anna's words: Bernd sees what went and what came, on Freigaben and at the post."""
    post = shop.post()
    reply = shop.submitted(post, text="Das tut uns sehr leid.")
    dora.post(f"/freigaben/{reply}/aendern", data=dora.form(text="Das tut uns leid.", version="1"))
    for page in (bernd.get("/freigaben").text, bernd.get(f"/beitrag/{post}").text):
        assert "<del>sehr </del>" in page or "<del>sehr</del>" in page
        assert "so zur Freigabe gegeben" in page
    assert "So wurde der Text geändert, seit Anna ihn zur Freigabe gab" in bernd.get("/freigaben").text


def test_without_a_change_there_is_no_difference_to_show(shop, bernd):
    """The control."""
    shop.submitted(shop.post())
    assert "Frühere Fassungen" not in bernd.get("/freigaben").text


def test_a_legal_hold_is_said_where_the_approval_was_asked(shop, bernd):
    """Handed over before the hold; the page says why it cannot go out."""
    post = shop.post()
    reply = shop.submitted(post)
    bernd.post(f"/beitrag/{post}/sperre", data=bernd.form(note="Anwalt", until="2026-12-01"))
    answer = bernd.post(f"/freigaben/{reply}", data=bernd.form(shown=shop.digest(reply)))
    assert answer.status_code == 422
    assert "gilt eine rechtliche Sperre" in answer.text
    assert shop.reply(reply).state == State.SUBMITTED


def test_a_double_click_hands_over_one_text(shop, anna):
    """Both clicks lead on, and one reply waits."""
    post = shop.post("Das Paket kam zu spät.")
    data = anna.form(kind="question", text="Guten Tag, wann haben Sie bestellt?", reply="0", version="0", do="submit")
    answers = [anna.post(f"/beitrag/{post}", data=data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert shop.count("reply") == 1
    assert shop.reply(1).state == State.SUBMITTED


@pytest.mark.parametrize(("step", "field"), [("aendern", "text"), ("zurueck", "note")])
def test_what_was_typed_for_a_reply_that_is_gone_never_stands_in_another_ones_form(shop, anna, bernd, step, field):
    """It is shown to be copied, above the next answer and outside of every form."""
    gone, other = shop.submitted(shop.post(author="Alpha")), shop.submitted(shop.post(author="Beta"))
    anna.post(f"/antwort/{gone}/zurueckziehen", data=anna.form())
    page = bernd.post(f"/freigaben/{gone}/{step}", data=bernd.form(**{field: "Liebe Alpha", "version": "1"})).text
    assert f'action="/freigaben/{other}"' in page
    assert re.search(r"<textarea [^>]*readonly>\nLiebe Alpha</textarea>", page)
    assert not any("Liebe Alpha" in form for form in re.findall(r"<form.*?</form>", page, re.DOTALL))
    assert f"/freigaben/{other}/aendern" not in page


def test_a_second_owner_sees_what_he_would_overwrite(shop, bernd, dora):
    """The text that was stored in between, compared with what he typed."""
    reply = shop.submitted(shop.post())
    dora.post(f"/freigaben/{reply}/aendern", data=dora.form(text="Das tut uns leid.", version="1"))
    page = bernd.post(f"/freigaben/{reply}/aendern", data=bernd.form(text="Das tut uns sehr leid.", version="1")).text
    assert "Inzwischen gespeichert, im Vergleich zu Ihrem Text:" in page
    assert re.search(r"<del>sehr ?</del>", page)
    assert 'name="version" value="2"' in page
