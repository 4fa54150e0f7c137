"""Walks in a real browser: insult, threat, legal word, suspected fake, call, countersigning, third repetition.

Each ends with screenshots in tests/.shots, to be looked at.
"""

from datetime import timedelta

import pytest

from monitor.tables import Matter
from replies.lifecycle import DutyState, ReplyKind, State
from replies.timing import Timing
from tests.monitor.web.every_page import LEGAL, THREAT, flag
from tests.monitor.web.shop import PASSWORD, open_shop

ANSWER = "Guten Tag, Ihre Sendung kam später als angekündigt. Wir prüfen das und antworten Ihnen an dieser Stelle."


@pytest.fixture
def shop(tmp_path):
    """The patience of production."""
    shop = open_shop(tmp_path, timing=Timing())
    yield shop
    shop.house.close()


@pytest.fixture
def anna(address, person):
    """Anna before her screen."""
    return person(address, "Anna", PASSWORD)


@pytest.fixture
def bernd(address, person):
    """Bernd with his telephone."""
    return person(address, "Bernd", PASSWORD, phone=True)


def write(someone, post, text, verdict="justified", source="Lieferschein 4711", share="Wir haben zu spät verschickt."):
    """Facts and answer, handed over."""
    page = someone.go(f"/beitrag/{post}?art=final")
    page.locator(f"input[name=verdict][value={verdict}]").check()
    page.locator("[name=source]").fill(source)
    page.locator("[name=our_share]").fill(share)
    page.locator("#text").fill(text)
    page.locator("#work button.main[value=submit]").click()
    page.wait_for_load_state()
    return someone.sees()


def unfold(page, place, words):
    """Open a folded part."""
    page.locator(f"{place} summary", has_text=words).first.click()


def test_an_insult(shop, anna):
    """Masked, opened with one click, answered after the wait; holding reply at once; Auszeit without a reason."""
    post = shop.post(rating=1)
    page = anna.go(f"/beitrag/{post}")
    assert "Betrüger" not in anna.sees()
    assert "Worum es geht: Das Paket kam vier Tage zu spät" in anna.sees()
    anna.shot("care-insult-masked")
    page.get_by_role("button", name="Ganzen Text zeigen").click()
    page.wait_for_load_state()
    assert "Er meint nicht Sie" in anna.sees()
    assert "Betrüger" in anna.sees()
    anna.shot("care-insult-open")
    assert "darf noch etwas liegen" in write(anna, post, ANSWER)
    assert page.locator("#text").input_value() == ANSWER
    anna.go(f"/beitrag/{post}?art=holding").locator("#work button.main[value=submit]").click()
    page.wait_for_load_state()
    assert shop.reply(1).state == State.SUBMITTED
    shop.clock.move(minutes=21)
    write(anna, post, ANSWER)
    assert shop.reply(2).state == State.SUBMITTED
    anna.go(f"/beitrag/{post}").get_by_role("button", name="Ich übernehme").click()
    page.get_by_role("button", name="Auszeit: abgeben").click()
    page.wait_for_load_state()
    assert "Einen Grund brauchen Sie nicht" in anna.sees()
    assert shop.duty(post).assignee_id is None


def test_a_threat(shop, anna, bernd):
    """Whom to call stands first; no answer; evidence for the police; an owner sets the rung."""
    post = shop.post(THREAT)
    flag(shop, post, "threat.harm")
    anna.go(f"/beitrag/{post}")
    assert "Polizei 110" in anna.sees()
    anna.shot("care-threat")
    assert "Erst die Sicherheit" in write(anna, post, ANSWER)
    page = bernd.go(f"/beitrag/{post}")
    unfold(page, "#stufe", "Stufe ändern")
    page.locator("#stufe select[name=level]").select_option("safety")
    page.locator("#stufe input[name=note]").fill("Anzeige erstattet, Polizei Mitte.")
    page.get_by_role("button", name="Stufe setzen").click()
    page.wait_for_load_state()
    assert "Anzeige erstattet" in bernd.sees()
    bernd.go(f"/beitrag/{post}/belege").get_by_role("button", name="Diese Fassung sichern").click()
    page.wait_for_load_state()
    assert "gesichert: Protokoll, Zeile" in bernd.sees()
    bernd.shot("care-threat-evidence")
    assert "Erst die Sicherheit" in write(anna, post, ANSWER), "the rung that an owner has set goes on stopping"
    assert shop.count("reply") == 0


def test_a_legal_word(shop, anna, bernd):
    """The answer rests until an owner releases it with a reason."""
    post = shop.post(LEGAL)
    flag(shop, post, "legal.lawyer")
    assert "entscheidet eine Inhaberin" in write(anna, post, ANSWER)
    assert shop.count("reply") == 0
    anna.shot("care-legal")
    anna.go(f"/beitrag/{post}?art=holding").locator("#work button.main[value=submit]").click()
    anna.page.wait_for_load_state()
    assert (shop.reply(1).kind, shop.reply(1).state) == (ReplyKind.HOLDING, State.SUBMITTED)
    page = bernd.go(f"/beitrag/{post}")
    unfold(page, "#stufe", "Stufe ändern")
    page.locator("#stufe select[name=level]").select_option("answer")
    page.locator("#stufe input[name=note]").fill("Mit der Anwältin besprochen: sachlich antworten.")
    page.get_by_role("button", name="Stufe setzen").click()
    page.wait_for_load_state()
    write(anna, post, ANSWER)
    assert (shop.reply(2).kind, shop.reply(2).state) == (ReplyKind.FINAL, State.SUBMITTED)


def test_a_suspected_fake(shop, anna, bernd):
    """A notice with one honest sentence; an answer that concedes a contact is stopped, a neutral one goes."""
    post = shop.post("Nie wieder, das Essen war kalt.", source=2, rating=1)
    page = anna.go(f"/beitrag/{post}")
    unfold(page, "#loeschantrag", "gemeldet")
    page.locator("#loeschantrag select[name=ground]").select_option("no_contact")
    page.locator("#loeschantrag input[name=note]").fill("Wir verkaufen Fahrräder und haben keine Küche.")
    page.locator("#loeschantrag input[name=searched]").check()
    page.locator("#loeschantrag input[name=good_faith]").check()
    page.get_by_role("button", name="Vorbereiten").click()
    page.wait_for_load_state()
    page = bernd.go("/loeschantrag/1")
    pack = ("Art. 16", "keine Küche", "Unterlagen wurden durchsucht", "https://social.example/1", "in gutem Glauben")
    assert [words for words in pack if words not in bernd.sees()] == []
    page.get_by_role("button", name="Festhalten").click()
    page.wait_for_load_state()
    assert ("nachsehen" in bernd.sees(), "Eilverfahren" in bernd.sees()) == (True, True)
    bernd.shot("care-fake-notice")
    assert shop.duty(post).state == DutyState.OPEN, "a reported post keeps its deadline"
    facts = ("unjustified", "Alle Unterlagen durchsucht", "Keiner: kein Vorgang gefunden.")
    write(anna, post, "Guten Tag, Sie waren am Samstag bei uns. Bitte melden Sie sich unter 0341 5550.", *facts)
    assert shop.count("reply") == 0
    anna.shot("care-fake-contradiction")
    neutral = "Guten Tag, bisher können wir Ihre Schilderung keinem Vorgang zuordnen. Bitte rufen Sie uns an."
    write(anna, post, neutral, *facts)
    assert shop.reply(1).state == State.SUBMITTED


def test_a_phone_call(shop, anna):
    """Planned, spoken, written down, confirmed; then it leaves the list."""
    post = shop.post("Das Paket kam zu spät.")
    page = anna.go(f"/beitrag/{post}")
    unfold(page, "#aufgaben", "vormerken")
    page.locator("#aufgaben [name=note]").fill("Frau Lang ruft an, wegen des Portos.")
    page.locator("#aufgaben [name=until]").fill("2026-11-23")
    page.get_by_role("button", name="Vormerken").click()
    anna.go("/")
    assert "Frau Lang ruft an" in anna.sees()
    anna.shot("care-call-heute")
    anna.go(f"/beitrag/{post}")
    page.locator("[name=spoken]").fill("2026-11-23T09:00")
    page.locator("[name=notes_allowed]").check()
    page.locator("[name=understood]").fill("Das Paket kam vier Tage zu spät.")
    page.locator("[name=agreed]").fill("Porto zurück bis Freitag.")
    page.get_by_role("button", name="Gespräch festhalten").click()
    page.locator("#aufgaben input[name=note]").first.fill("Zusammenfassung per E-Mail.")
    page.get_by_role("button", name="Bestätigung ist hinaus").click()
    page.wait_for_load_state()
    assert "aufgeschrieben und bestätigt" in anna.sees()
    anna.shot("care-call-record")
    anna.go("/")
    assert "Frau Lang ruft an" not in anna.sees()


def test_an_owner_edits_and_staff_countersign(shop, anna, bernd):
    """Whoever changes a word is its author; the other pair of eyes is Anna's."""
    post = shop.post("Das Paket kam zu spät.")
    write(anna, post, ANSWER)
    page = bernd.go("/freigaben?antwort=1&aendern=1")
    page.locator("#text").fill(ANSWER.replace("Wir prüfen", "Wir klären"))
    page.get_by_role("button", name="Änderung übernehmen").click()
    page.wait_for_load_state()
    assert shop.reply(1).author_is_owner
    page = anna.go("/freigaben")
    assert "Wir klären" in anna.sees()
    anna.shot("care-countersign")
    assert "So wurde der Text geändert" in anna.sees()
    bernd.go("/freigaben")
    assert "Es wartet keine Antwort auf Sie" in bernd.sees(), "nobody agrees to words of his own"
    page.get_by_role("button", name="Gegenzeichnen").click()
    page.wait_for_load_state()
    assert (shop.reply(1).state, shop.reply(1).approver_id) == (State.APPROVED, shop.users["Anna"])


def test_the_third_repetition(shop, anna):
    """A duty of its own with half the time, the earlier posts beside it, and an answer of its own."""
    with shop.house.transaction() as session:
        session.add(Matter(id=1, source_id=1, opened_at=shop.clock() - timedelta(days=9)))
    for ago in (72, 48):
        shop.post("Wo bleibt mein Paket? Es ist zu spät.", matter_id=1, ago=ago)
    third = shop.post("Noch einmal: mein Paket ist zu spät!", matter_id=1, occasion=3)
    anna.go("/")
    assert "3. Mal dasselbe Anliegen" in anna.sees()
    anna.go(f"/beitrag/{third}")
    assert "deshalb halbe Frist" in anna.sees()
    assert "Wo bleibt mein Paket?" in anna.sees()
    anna.shot("care-third")
    write(anna, third, "Guten Tag, auch Ihre dritte Nachricht ist angekommen. Es gilt, was wir oben geantwortet haben.")
    assert shop.reply(1).state == State.SUBMITTED
