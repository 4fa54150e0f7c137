"""Care on the page: the shield, the calm sentence, enough for today."""

import pytest
from sqlmodel import select

from monitor import people
from monitor.tables import User, Verdict
from replies.care.tables import HostileLook
from replies.lifecycle import State
from replies.people import DAEMON
from replies.tables import Journal
from replies.timing import Timing
from tests.monitor.web.shop import INSULT, open_shop

FACTS = {"verdict": "justified", "source": "Lieferschein 4711", "our_share": "Wir haben zu spät verschickt."}
ANSWER = {**FACTS, "kind": "final", "text": "Guten Tag, das Paket kam zu spät.", "do": "submit"}


@pytest.fixture
def patient(tmp_path):
    """A shop with the patience of production and two hostile posts a day."""
    shop = open_shop(tmp_path, timing=Timing(), hostile_per_day=2)
    yield shop
    shop.house.close()


def said(client, post, **query):
    """The whole page, reasons and journal included."""
    return client.get(f"/beitrag/{post}", params=query).text


def test_the_core_stands_first_and_insults_are_masked(patient):
    """Until the one deliberate click, which is a form: nothing happens by looking."""
    post = patient.post(
        "Ihr seid Betrüger. " + "Das ist kein Wort zur Sache. " * 5 + "Das Paket kam vier Tage zu spät."
    )
    anna = patient.client("Anna")
    page = said(anna, post, ganz=1)
    assert "Betrüger" not in page
    assert page.index("Worum es geht") < page.index("[…]")
    assert patient.count("hostile_look") == 0
    answer = anna.post(f"/beitrag/{post}/oeffnen", data=anna.form())
    assert answer.headers["location"] == f"/beitrag/{post}?ganz=1&gut=opened"
    assert "Betrüger" in said(anna, post, ganz=1)
    assert "Betrüger" not in said(anna, post)


def test_an_auditor_reads_without_leaving_a_trace(patient):
    """Clara has a link where others have a form."""
    post = patient.post()
    assert "Betrüger" not in said(patient.client("Clara"), post)
    assert "Betrüger" in said(patient.client("Clara"), post, ganz=1)


def test_the_approver_sees_the_masked_text_first(patient):
    """On the telephone too; the whole text is folded away."""
    patient.submitted(patient.post())
    page = patient.client("Bernd").get("/freigaben").text
    assert page.index("Ihr seid […]") < page.index("<summary>Ganzen Text zeigen") < page.index("Ihr seid Betrüger")


def test_the_answer_waits_and_the_page_says_until_when(patient):
    """Nothing typed is lost; the holding reply goes at once; after the wait the same click works."""
    post = patient.post()
    anna = patient.client("Anna")
    first = anna.post(f"/beitrag/{post}", data=anna.form(**ANSWER))
    assert first.status_code == 422
    assert "Guten Tag, das Paket kam zu spät." in first.text
    assert "Ab 09:50 kann sie zur Freigabe gehen" in first.text
    assert anna.post(f"/beitrag/{post}/halteantwort", data=anna.form()).status_code == 303
    patient.clock.move(minutes=20)
    assert anna.post(f"/beitrag/{post}", data=anna.form(**ANSWER)).status_code == 303
    assert patient.reply(2).state == State.SUBMITTED


def test_a_post_of_a_moment_ago_is_heard_out(patient):
    """Its author may not have finished."""
    anna = patient.client("Anna")
    post = patient.post(ago=0)
    anna.post(f"/beitrag/{post}/oeffnen", data=anna.form())
    patient.clock.move(minutes=21)
    patient.edit_post(post, INSULT + " Und noch etwas!")
    assert "Wir lassen ausreden" in anna.post(f"/beitrag/{post}", data=anna.form(**ANSWER)).text
    patient.clock.move(minutes=16)
    assert anna.post(f"/beitrag/{post}", data=anna.form(**ANSWER)).status_code == 303


def test_the_third_hostile_post_of_the_day_is_for_somebody_else(patient):
    """A kind sentence; an owner may go on; nothing about it is anywhere but in today's count."""
    posts = [patient.post() for _ in range(3)]
    anna, bernd = patient.client("Anna"), patient.client("Bernd")
    for person in (anna, bernd):
        for post in posts[:2]:
            person.post(f"/beitrag/{post}/oeffnen", data=person.form())
    refused = anna.post(f"/beitrag/{posts[2]}/oeffnen", data=anna.form(nevertheless="1"))
    assert refused.status_code == 422
    assert "Für heute haben Sie genug" in refused.text
    assert bernd.post(f"/beitrag/{posts[2]}/oeffnen", data=bernd.form(nevertheless="1")).status_code == 303
    assert not any("look" in str(row) or "hostile" in str(row) for row in events(patient))


def events(shop):
    """The journal's events."""
    with shop.house.reading() as session:
        assert session.get(HostileLook, 1) is not None
        return [row.event for row in session.exec(select(Journal)).all()]


LEGAL = "Die Rechnung ist falsch, ich schalte jetzt meinen Anwalt ein."


def flagged(shop, rule="legal.lawyer", text=LEGAL):
    """A post in which triage saw a legal word, or a threat."""
    post = shop.post(text)
    with shop.house.transaction() as session:
        verdict = session.exec(select(Verdict).where(Verdict.post_id == post)).one()
        verdict.reasons = [{"rule": rule, "start": 0, "end": 4, "words": "Rechtliches."}]
        session.add(verdict)
    return post


def test_a_legal_word_stops_the_answer_until_an_owner_releases_it_with_a_reason(shop, anna, bernd):
    """Staff see why, and whom we ask; the owner sets the rung below."""
    post = flagged(shop)
    refused = anna.post(f"/beitrag/{post}", data=anna.form(**ANSWER))
    assert refused.status_code == 422
    assert "Hier entscheidet zuerst eine Inhaberin" in refused.text
    assert anna.post(f"/beitrag/{post}/stufe", data=anna.form(level="answer", note="Weiter.")).status_code == 409
    answer = bernd.post(f"/beitrag/{post}/stufe", data=bernd.form(level="answer", note="Mit der Anwältin besprochen."))
    assert answer.headers["location"].endswith("gut=climbed")
    assert anna.post(f"/beitrag/{post}", data=anna.form(**ANSWER)).status_code == 303


def test_a_threat_shows_whom_to_call(shop, anna):
    """Before anything else, and without a debate; a holding reply still goes."""
    post = flagged(shop, "threat.harm", "Ich weiß, wo Sie wohnen. Passen Sie auf sich auf.")
    page = anna.get(f"/beitrag/{post}").text
    assert "Polizei 110" in page
    assert page.index("Polizei 110") < page.index('id="gesagt"')
    assert anna.post(f"/beitrag/{post}/halteantwort", data=anna.form()).status_code == 303


def test_a_colleague_is_asked_and_answers_on_heute(shop, anna, bernd):
    """The question stands in the colleague's list; the draft rests; the answer frees it."""
    post = shop.post("Das Paket kam zu spät.")
    anna.post(f"/beitrag/{post}/fragen", data=anna.form(note="War die Post geschlossen?", to=str(shop.users["Bernd"])))
    assert "War die Post geschlossen?" in bernd.get("/").text
    assert "War die Post geschlossen?" not in anna.get("/").text
    assert "so lange ruht der Entwurf" in anna.post(f"/beitrag/{post}", data=anna.form(**ANSWER)).text
    bernd.post("/frage/1/antworten", data=bernd.form(note="Nein, sie war offen."))
    assert "Nein, sie war offen." in anna.get(f"/beitrag/{post}").text
    assert anna.post(f"/beitrag/{post}", data=anna.form(**ANSWER)).status_code == 303


def test_only_somebody_at_the_desk_can_be_asked(shop, anna):
    """Not oneself, no auditor, nobody who is locked, no number that is nobody's; the question stays in its field."""
    post = shop.post("Das Paket kam zu spät.")
    with shop.house.transaction() as session:
        people.disable(session, session.get_one(User, shop.users["Dora"]), DAEMON, shop.clock())
    for to in [*(str(shop.users[name]) for name in ("Anna", "Clara", "Dora")), "0", "999", "9" * 40, "9" * 5000, "²"]:
        answer = anna.post(f"/beitrag/{post}/fragen", data=anna.form(note="War die Post geschlossen?", to=to))
        assert answer.status_code == 422, to[:9]
        assert "Bitte wählen Sie jemanden aus der Liste." in answer.text
        assert "War die Post geschlossen?" in answer.text
    assert shop.count("ask") == 0


def test_a_call_is_planned_written_down_and_confirmed(shop, anna):
    """It stands in Heute until the summary is with the person."""
    post = shop.post("Das Paket kam zu spät.")
    anna.post(f"/beitrag/{post}/aufgabe", data=anna.form(kind="call", note="Frau Lang ruft an.", until="2026-11-23"))
    assert "Frau Lang ruft an." in anna.get("/").text
    wrong = anna.post("/aufgabe/1/gespraech", data=anna.form(spoken="2026-11-23T09:00", understood="Zu spät."))
    assert "was vereinbart ist" in wrong.text
    said = {"spoken": "2026-11-23T09:00", "notes_allowed": "1", "understood": "Zu spät.", "agreed": "Porto zurück."}
    assert anna.post("/aufgabe/1/gespraech", data=anna.form(**said)).status_code == 303
    assert "erst fertig" in anna.post("/aufgabe/1/erledigt", data=anna.form(note="Fertig.")).text
    assert anna.post("/aufgabe/1/bestaetigt", data=anna.form(note="Per E-Mail.")).status_code == 303
    assert "Frau Lang ruft an." not in anna.get("/").text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/beitrag/1/stufe", {"level": "gibtsnicht", "note": "x"}),
        ("/beitrag/1/fragen", {"note": ""}),
        ("/beitrag/1/aufgabe", {"kind": "promise", "note": "x", "until": "2026-12-01"}),
        ("/beitrag/1/aufgabe", {"kind": "call", "note": "x", "until": "bald"}),
        ("/beitrag/1/stufe", {"level": "call", "note": "Der ist ein Querulant."}),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(shop, anna, path, words):
    """And nothing is stored."""
    shop.post("Das Paket kam zu spät.")
    answer = anna.post(path, data=anna.form(**words))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert (shop.count("rung"), shop.count("ask"), shop.count("task")) == (0, 0, 0)
