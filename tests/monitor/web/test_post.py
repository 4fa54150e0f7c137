# ruff: noqa: E501 - tables of cases
"""Beitrag: facts, text, hand publishing, proofs; nothing typed is lost."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from monitor.tables import PostRow, Source
from replies import duty as duties
from replies.lifecycle import Action, DutyState, Proof, ReplyKind, State
from replies.moves import change_reply, get_reply, move_reply
from replies.people import DAEMON
from replies.tables import SightingRow
from tests.monitor.web.shop import open_shop

FACTS = {"verdict": "justified", "source": "Lieferschein 4711", "our_share": "Wir haben zu spät verschickt."}


def test_an_answer_needs_facts_first(shop, anna):
    """The sentence stands there, and so does everything that was typed."""
    post = shop.post()
    answer = anna.post(f"/beitrag/{post}", data=anna.form(kind="final", text="Das tut uns leid.", do="submit"))
    assert answer.status_code == 422
    assert "Bitte halten Sie zuerst den Sachverhalt fest." in answer.text
    assert "Das tut uns leid." in answer.text
    assert shop.count("reply") == 0


@pytest.mark.parametrize(("do", "drafts"), [("save", 1), ("submit", 0)])
@pytest.mark.parametrize("kind", ["final", "holding"])
def test_half_typed_facts_are_told_and_drawn_again(shop, anna, kind, do, drafts):
    """No button loses them; and whoever saves the text has it saved, once, however often it is pressed."""
    post, text = shop.post(), "Wir haben uns Ihres Anliegens angenommen."
    facts = {"verdict": "justified", "source": "Frau Meier", "our_share": ""}
    page = anna.post(f"/beitrag/{post}", data=anna.form(**facts, kind=kind, text=text, do=do))
    assert page.status_code == 422
    assert "unseren Anteil" in page.text
    assert 'value="Frau Meier"' in page.text
    assert re.search(r'value="justified"\s+checked', page.text)
    assert text in page.text
    assert shop.count("fact_check") == 0
    assert shop.count("reply") == drafts
    if drafts:
        known = {name: re.search(rf'name="{name}" value="(\d+)"', page.text)[1] for name in ("reply", "version")}
        whole = {**facts, "our_share": "Wir haben zu spät verschickt."}
        anna.post(f"/beitrag/{post}", data=anna.form(**whole, **known, kind=kind, text=text + " Bald.", do="save"))
        assert shop.reply(1).text == text + " Bald."
        assert shop.count("fact_check") == shop.count("reply") == 1


@pytest.mark.parametrize("emptied", ["source", "our_share"])
def test_an_answer_never_leaves_with_facts_that_somebody_is_changing(shop, anna, emptied):
    """The recorded verdict was "justified"; the form says otherwise, and is not whole."""
    post = shop.post()
    anna.post(f"/beitrag/{post}", data=anna.form(**FACTS, kind="final", do="facts"))
    changed = {**FACTS, "verdict": "unjustified", emptied: ""}
    page = anna.post(f"/beitrag/{post}", data=anna.form(**changed, kind="final", text="Das war anders.", do="submit"))
    assert page.status_code == 422
    assert re.search(r'value="unjustified"\s+checked', page.text)
    assert "Das war anders." in page.text
    assert shop.count("reply") == 0


@pytest.mark.parametrize(
    ("facts", "words"),
    [({**FACTS, "verdict": ""}, "ob die Beschwerde berechtigt ist"), ({**FACTS, "source": " "}, "nennen Sie eine Quelle"), ({**FACTS, "our_share": ""}, "unseren Anteil")],
)  # fmt: skip
def test_facts_are_whole_or_not_at_all(shop, anna, facts, words):
    """Each missing part has its sentence; the text in the other box stays."""
    post = shop.post()
    answer = anna.post(f"/beitrag/{post}", data=anna.form(**facts, text="Mein Entwurf", kind="final", do="facts"))
    assert answer.status_code == 422
    assert words in answer.text
    assert "Mein Entwurf" in answer.text
    assert shop.count("fact_check") == 0


def test_recording_the_facts_keeps_the_text(shop, anna):
    """It becomes a draft, so that nothing is lost."""
    post = shop.post()
    anna.post(f"/beitrag/{post}", data=anna.form(**FACTS, text="Schon ein Anfang", kind="final", do="facts"))
    assert shop.reply(1).text == "Schon ein Anfang"
    assert shop.reply(1).state == State.DRAFT
    assert shop.count("fact_check") == 1


def test_recording_the_facts_alone_begins_no_draft(shop, anna):
    """What stood in the box before anybody typed is not a text of ours."""
    post = shop.post()
    page = anna.get(f"/beitrag/{post}").text
    offered = page.partition('<textarea id="text"')[2].partition(">\n")[2].partition("</textarea>")[0]
    anna.post(f"/beitrag/{post}", data=anna.form(**FACTS, text=offered, kind="holding", do="facts"))
    assert "angenommen" in offered
    assert shop.count("reply") == 0


def test_unclear_facts_allow_only_a_question(shop, anna):
    """The answer waits until they are clear."""
    post, unclear = shop.post(), {**FACTS, "verdict": "unclear"}
    assert (
        anna.post(f"/beitrag/{post}", data=anna.form(**unclear, text="So.", kind="final", do="submit")).status_code
        == 422
    )
    assert (
        anna.post(f"/beitrag/{post}", data=anna.form(**unclear, text="Wann?", kind="question", do="submit")).status_code
        == 303
    )


def test_a_text_that_is_too_long_says_by_how_much(shop, anna):
    """With the platform's figures; nothing is cut."""
    post = shop.post()
    answer = anna.post(f"/beitrag/{post}", data=anna.form(**FACTS, text="x" * 512, kind="final", do="submit"))
    assert answer.status_code == 422
    assert "Der Text hat 512 Zeichen, Mastodon nimmt höchstens 500. Bitte kürzen Sie um 12." in answer.text
    assert "x" * 512 in answer.text


def test_two_people_in_one_draft(shop, anna, bernd):
    """The second one sees the difference and decides."""
    post = shop.post()
    anna.post(f"/beitrag/{post}", data=anna.form(text="Eins", kind="question", do="save"))
    bernd.post(f"/beitrag/{post}", data=bernd.form(text="Zwei", kind="question", reply="1", version="1", do="save"))
    answer = anna.post(
        f"/beitrag/{post}", data=anna.form(text="Drei", kind="question", reply="1", version="1", do="save")
    )
    assert answer.status_code == 409
    assert "<ins>Zwei</ins>" in answer.text
    assert 'name="version" value="2"' in answer.text
    assert (
        anna.post(
            f"/beitrag/{post}", data=anna.form(text="Drei", kind="question", reply="1", version="2", do="save")
        ).status_code
        == 303
    )


def test_a_draft_of_another_post_is_not_changed_from_here(shop, anna):
    """The number in the form is not believed."""
    first, second = shop.post(), shop.post()
    anna.post(f"/beitrag/{first}", data=anna.form(text="Eins", kind="question", do="save"))
    assert (
        anna.post(
            f"/beitrag/{second}", data=anna.form(text="Zwei", kind="question", reply="1", version="1", do="save")
        ).status_code
        == 409
    )
    assert shop.reply(1).text == "Eins"


def test_after_submitting_comes_the_next_duty(shop, anna):
    """One list, one decision after the other."""
    post, following = shop.post("Das Paket kam zu spät.", ago=3), shop.post()
    answer = anna.post(f"/beitrag/{post}", data=anna.form(text="Wann?", kind="question", do="submit"))
    assert answer.headers["location"] == f"/beitrag/{following}?gut=submitted&zu={post}"
    page = anna.get(answer.headers["location"]).text
    assert f'<a href="/beitrag/{post}">Gemeint ist die Antwort an Sabine K., Mastodon.</a>' in page
    assert anna.get(f"/beitrag/{following}?gut=submitted&zu=99999").status_code == 200


def test_an_answer_on_mastodon_begins_with_the_name(shop, anna):
    """Else it reaches nobody."""
    post = shop.post()
    with shop.house.transaction() as session:
        version = session.exec(select(PostRow).where(PostRow.id == post)).one()
        from monitor.tables import PostVersion

        session.exec(select(PostVersion).where(PostVersion.post_id == version.id)).one().raw = {
            "account": {"acct": "mira@stadt.example"}
        }
    page = anna.get(f"/beitrag/{post}").text
    assert "@mira@stadt.example Wir haben uns Ihres Anliegens angenommen" in page


def test_publishing_by_hand(shop, anna, bernd):
    """Take it, post it, and a second person looks."""
    post = shop.post(source=2)
    reply = shop.approved(shop.submitted(post, kind=ReplyKind.FINAL, text="Das tut uns leid."))
    assert anna.post(f"/antwort/{reply}/nehmen", data=anna.form()).status_code == 422
    shop.clock.move(minutes=3)
    page = anna.get(f"/beitrag/{post}").text
    assert "Jetzt von Hand veröffentlichen" in page
    assert "wartet seit dem Schreiben" in page
    anna.post(f"/antwort/{reply}/nehmen", data=anna.form())
    page = anna.get(f"/beitrag/{post}").text
    assert "Ich habe sie veröffentlicht" in page
    assert 'data-copy="Das tut uns leid."' in page
    anna.post(f"/antwort/{reply}/veroeffentlicht", data=anna.form(permalink="javascript:alert(1)"))
    assert shop.reply(reply).permalink is None
    assert anna.post(f"/antwort/{reply}/gesehen", data=anna.form()).status_code in {409, 422}
    assert bernd.post(f"/antwort/{reply}/gesehen", data=bernd.form()).status_code == 303
    assert shop.reply(reply).state == State.PUBLISHED
    assert shop.duty(post).state == DutyState.ANSWERED
    page = anna.get(f"/beitrag/{post}").text
    assert "vom Schreiben bis zur Antwort" in page  # nobody waits any more, and the span stands still
    assert "wartet seit dem Schreiben" not in page
    with shop.house.reading() as session:
        assert session.exec(select(SightingRow)).one().by_user == shop.users["Bernd"]


def test_nobody_looks_in_widerhalls_place(shop, bernd):
    """Where the platform can be read, a person's word is no sighting."""
    reply = shop.approved(shop.submitted(shop.post()))
    with shop.house.transaction() as session:
        move_reply(session, get_reply(session, reply), Action.CLAIM, DAEMON, shop.clock())
        move_reply(session, get_reply(session, reply), Action.DELIVER, DAEMON, shop.clock(), delivered_at=shop.clock())
    assert bernd.post(f"/antwort/{reply}/gesehen", data=bernd.form()).status_code == 409
    assert shop.reply(reply).state == State.DELIVERED


@pytest.mark.parametrize(
    ("outcome", "state"), [("posted", State.DELIVERED), ("not_posted", State.APPROVED), ("give_up", State.REFUSED)]
)
def test_an_owner_settles_an_unclear_reply(shop, bernd, anna, outcome, state):
    """With a note; staff cannot, and a made-up outcome is none."""
    reply = shop.approved(shop.submitted(shop.post()))
    with shop.house.transaction() as session:
        move_reply(session, get_reply(session, reply), Action.CLAIM, DAEMON, shop.clock())
        lost = move_reply(session, get_reply(session, reply), Action.LOSE, DAEMON, shop.clock())
        change_reply(session, lost, State.UNCLEAR, needs_human=True, trouble="cannot_look")
    assert (
        anna.post(f"/antwort/{reply}/entscheiden", data=anna.form(outcome=outcome, note="gesehen")).status_code == 403
    )
    assert (
        bernd.post(f"/antwort/{reply}/entscheiden", data=bernd.form(outcome="sent", note="gesehen")).status_code == 422
    )
    assert bernd.post(f"/antwort/{reply}/entscheiden", data=bernd.form(outcome=outcome)).status_code == 422
    rude = bernd.post(f"/antwort/{reply}/entscheiden", data=bernd.form(outcome=outcome, note="Der ist ein Idiot"))
    assert (rude.status_code, rude.text.count('value="Der ist ein Idiot"')) == (422, 1)
    assert (
        bernd.post(f"/antwort/{reply}/entscheiden", data=bernd.form(outcome=outcome, note="gesehen")).status_code == 303
    )
    assert shop.reply(reply).state == state


def test_no_complaint_takes_two_people(shop, anna, bernd):
    """Each with a reason."""
    post = shop.post("Wo parke ich?")
    assert anna.post(f"/beitrag/{post}/keine-beschwerde", data=anna.form(note="", version="1")).status_code == 422
    anna.post(f"/beitrag/{post}/keine-beschwerde", data=anna.form(note="Nur eine Frage", version="1"))
    assert (
        anna.post(f"/beitrag/{post}/keine-beschwerde/bestaetigen", data=anna.form(note="ja", version="1")).status_code
        == 409
    )
    assert "schlägt vor: keine Beschwerde" in bernd.get(f"/beitrag/{post}").text
    bernd.post(f"/beitrag/{post}/keine-beschwerde/bestaetigen", data=bernd.form(note="stimmt", version="1"))
    assert shop.duty(post).proof == Proof.NO_COMPLAINT


def test_no_complaint_is_confirmed_for_the_words_that_were_shown(shop, anna, bernd):
    """The author edits while Bernd reads: his click counts only once he has seen the new words."""
    post = shop.post("Wo parke ich?")
    anna.post(f"/beitrag/{post}/keine-beschwerde", data=anna.form(note="Nur eine Frage", version="1"))
    shown = re.search(r'name="version" value="(\d+)">\s*<p>', bernd.get(f"/beitrag/{post}").text)[1]
    shop.edit_post(post, "Ich hatte eine Lebensmittelvergiftung!")
    data = bernd.form(note="stimmt", version=shown)
    answer = bernd.post(f"/beitrag/{post}/keine-beschwerde/bestaetigen", data=data)
    assert answer.status_code == 409
    assert "Der Beitrag wurde inzwischen geändert" in answer.text
    assert (shop.duty(post).state, shop.duty(post).proof) == ("open", None)


def test_no_complaint_is_proposed_for_the_words_that_were_shown(shop, anna):
    """The first look too: nobody has proposed anything about words that nobody has seen."""
    post = shop.post("Wo parke ich?")
    form = anna.get(f"/beitrag/{post}").text.partition(f'action="/beitrag/{post}/keine-beschwerde"')[2]
    shown = re.search(r'name="version" value="(\d+)"', form.partition("</form>")[0])[1]
    shop.edit_post(post, "Ich hatte eine Lebensmittelvergiftung!")
    answer = anna.post(f"/beitrag/{post}/keine-beschwerde", data=anna.form(note="Nur eine Frage", version=shown))
    assert answer.status_code == 409
    assert "Der Beitrag wurde inzwischen geändert" in answer.text
    assert shop.duty(post).proposed_by is None
    again = anna.form(note="Nur eine Frage", version="2")
    assert anna.post(f"/beitrag/{post}/keine-beschwerde", data=again).status_code == 303


def test_the_proofs_of_an_owner(shop, bernd):
    """A file number; an end date ahead."""
    first, second = shop.post(), shop.post()
    assert bernd.post(f"/beitrag/{first}/erpressung", data=bernd.form(note=" ")).status_code == 422
    assert (
        bernd.post(f"/beitrag/{first}/erpressung", data=bernd.form(note="123 Js 456/26")).headers["location"]
        == "/?gut=released"
    )
    for until in ("", "gestern", "2026-11-01", "0001-01-01", "9999-12-31T25"):
        assert bernd.post(f"/beitrag/{second}/sperre", data=bernd.form(note="Anwalt", until=until)).status_code == 422
    assert (
        bernd.post(f"/beitrag/{second}/sperre", data=bernd.form(note="Anwalt", until="2026-12-01")).status_code == 303
    )
    assert (shop.duty(first).proof, shop.duty(second).proof) == (Proof.EXTORTION_REPORTED, Proof.LEGAL_HOLD)
    assert "Rechtliche Sperre" in bernd.get(f"/beitrag/{second}").text


def test_take_leave_sort_in_and_backlog(shop, anna):
    """Small decisions, one button each; an Auszeit asks for no reason."""
    post, old = shop.post("?", unsure=True), shop.post(backlog=True)
    anna.post(f"/beitrag/{post}/uebernehmen", data=anna.form())
    assert shop.duty(post).assignee_id == shop.users["Anna"]
    assert "bei Ihnen" in anna.get("/").text
    assert anna.post(f"/beitrag/{post}/abgeben", data=anna.form()).headers["location"] == "/?gut=left"
    anna.post(f"/beitrag/{post}/einordnen", data=anna.form())
    anna.post(f"/beitrag/{old}/altbestand", data=anna.form())
    assert (shop.duty(post).assignee_id, shop.duty(post).unsure, shop.duty(old).backlog) == (None, False, False)


def test_the_versions_of_a_post(shop, anna):
    """With the difference between them."""
    post = shop.post("Ladekabel fehlt.")
    shop.edit_post(post, "Ladekabel kam an.")
    assert "2 Fassungen" in anna.get(f"/beitrag/{post}").text
    page = anna.get(f"/beitrag/{post}/fassung/2").text
    assert "<del>fehlt.</del>" in page
    assert "<ins>kam an.</ins>" in page
    assert anna.get(f"/beitrag/{post}/fassung/7").status_code == 404


def test_a_page_speaks_of_one_time_zone(shop, anna, bernd):
    """Deadlines and the end of a hold stand in the zone of the source, as the due time above them does."""
    post = shop.post(ago=0)
    with shop.house.transaction() as session:
        session.exec(select(Source)).first().timezone = "Europe/Lisbon"
        duty = duties.of_post(session, post)
        duty.due_at = duty.first_due_at = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
    page = anna.get(f"/beitrag/{post}").text
    assert page.count("Mi. 25.11., 12:30") == 2
    assert "13:30" not in page
    bernd.post(f"/beitrag/{post}/sperre", data=bernd.form(note="Anwalt", until="2026-11-30"))
    ends = shop.duty(post).ends_at.astimezone(ZoneInfo("Europe/Lisbon"))
    assert f"{ends:%d.%m., %H:%M}</time>" in anna.get(f"/beitrag/{post}").text


def test_what_surrounds_a_post(shop, anna):
    """The parent, earlier posts of the matter, the reasons with their words, the journal."""
    with shop.house.transaction() as session:
        from monitor.tables import Matter

        session.add(Matter(id=1, source_id=1, opened_at=shop.clock()))
    ours = shop.post("Unser Angebot der Woche", own=True, duty=False)
    earlier = shop.post("Das war schon im Mai so.", matter_id=1)
    post = shop.post(matter_id=1, parent=f"ref-{ours}")
    anna.post(f"/beitrag/{post}/oeffnen", data=anna.form())
    page = anna.get(f"/beitrag/{post}?ganz=1").text
    assert '<mark class="insult" title="„Betrüger“ ist eine Beleidigung.">Betrüger</mark>' in page
    for words in (
        "Unser Angebot der Woche",
        "Das war schon im Mai so.",
        f"/beitrag/{earlier}",
        "Antwortpflicht begonnen",
    ):
        assert words in page


def test_a_post_that_is_missing_says_since_when_and_what_follows(shop, clara):
    """One look: the clock runs on. Two: no answer is owed, and what brings it back. No English note."""
    post = shop.post()
    missing, gone = shop.clock(), shop.clock() + timedelta(days=1)
    with shop.house.transaction() as session:
        session.get_one(PostRow, post).absent_since = missing
    page = clara.get(f"/beitrag/{post}").text
    assert "Am Montag, 23. November, 09:30 war dieser Beitrag auf der Plattform nicht zu finden." in page
    assert "Ab Dienstag, 24. November, 09:30 sieht Widerhall noch einmal nach." in page
    with shop.house.transaction() as session:
        session.get_one(PostRow, post).gone_at = gone
        duties.post_gone(session, duties.of_post(session, post), gone, note="not found twice")
    page = clara.get(f"/beitrag/{post}").text
    for words in (
        "und noch einmal am Dienstag, 24. November, 09:30, beide Male",
        "beginnt die Antwortpflicht von neuem",
    ):
        assert words in page
    assert "not found twice" not in page.partition("Protokoll dieses Beitrags")[0]


def test_an_answer_given_elsewhere_is_said_in_words(shop, clara):
    """Who gave it and what follows; our own mark of it is nobody's business."""
    post = shop.post()
    with shop.house.transaction() as session:
        duties.answered_elsewhere(session, duties.of_post(session, post), shop.clock(), ref="4711")
    page = clara.get(f"/beitrag/{post}").text
    assert "Unser eigenes Konto hat dort geantwortet, nicht über Widerhall." in page
    assert "ref 4711" not in page


def test_a_post_that_is_gone_takes_no_answer(shop, anna):
    """The page says so and offers no box."""
    post = shop.post(gone_at=shop.clock())
    page = anna.get(f"/beitrag/{post}").text
    assert "nicht mehr zu finden" in page
    assert "<textarea" not in page


def test_one_person_may_look_twice(tmp_path):
    """Without four eyes the second look of the same person counts, later."""
    shop = open_shop(tmp_path, four_eyes=False)
    bernd, post = shop.client("Bernd"), shop.post("Wo parke ich?")
    bernd.post(f"/beitrag/{post}/keine-beschwerde", data=bernd.form(note="Frage", version="1"))
    again = bernd.form(note="wirklich", version="1")
    assert bernd.post(f"/beitrag/{post}/keine-beschwerde/bestaetigen", data=again).status_code == 422
    shop.clock.move(minutes=21)
    assert bernd.post(f"/beitrag/{post}/keine-beschwerde/bestaetigen", data=again).status_code == 303
    shop.house.close()
