"""The main job by keyboard alone, and without JavaScript: fact card, complaint, approval, call with record, notice."""

import pytest

from replies.care.tables import Call, RemovalNotice
from replies.care.words import NoticeStand
from replies.lifecycle import State
from replies.tables import Citation
from tests.monitor.web.hands import Fingers, Mouse
from tests.monitor.web.shop import PASSWORD

CARD = "Bei Standardversand sind drei Werktage Lieferzeit angegeben."
TEXT = f"Guten Tag, wir haben nachgesehen. {CARD} Rufen Sie uns gern an."


def button(page, name):
    """The button with exactly this word."""
    return page.get_by_role("button", name=name, exact=True)


def write_card(hand, page):
    """Bernd writes down what can be proved."""
    hand.write(page.locator("[name=statement]"), CARD)
    hand.write(page.locator("[name=source]"), "Versandseite")
    hand.tick(page.locator("[name=topic][value=delivery]"))
    hand.press(button(page, "Faktenkarte anlegen"))


def answer(hand, page):
    """From Heute to the post, facts and text, with the card."""
    hand.press(page.locator(".row > a"))
    hand.press(page.locator(".tabs a", has_text="Antwort").last)
    hand.choose(page.locator("[name=verdict][value=unjustified]"))
    hand.choose(page.locator("[name=fact_card]"))
    hand.tick(page.locator("[name=card]"))
    hand.write(page.locator("[name=our_share]"), "Keiner: geliefert am dritten Werktag.")
    hand.write(page.locator("#text"), TEXT)
    hand.press(page.locator("#work button.main"))


def telephone(hand, page):
    """A call is planned, made, written down and confirmed."""
    hand.press(page.locator("#aufgaben summary"))
    hand.write(page.locator("#aufgaben details [name=note]"), "Frau K. anrufen.")
    hand.day(page.locator("#aufgaben [name=until]"), "2026-12-12")
    hand.press(button(page, "Vormerken"))
    hand.day(page.locator("[name=spoken]"), "2026-11-11", "09:00")
    hand.write(page.locator("[name=understood]"), "Das Paket kam zu spät.")
    hand.write(page.locator("[name=agreed]"), "Wir schicken es noch einmal.")
    hand.press(button(page, "Gespräch festhalten"))
    hand.write(page.locator("#aufgaben [name=note]"), "per E-Mail")
    hand.press(button(page, "Bestätigung ist hinaus"))


def report(hand, page):
    """Anna prepares a notice."""
    hand.press(page.locator("#loeschantrag summary"))
    hand.pick(page.locator("[name=ground]"), "Werbung")
    hand.write(page.locator("#loeschantrag [name=note]"), "Kein Erlebnis bei uns.")
    hand.tick(page.locator("[name=good_faith]"))
    hand.press(button(page, "Vorbereiten"))


@pytest.mark.parametrize(("way", "javascript"), [(Fingers, True), (Mouse, False)], ids=["keyboard", "no script"])
def test_the_main_job(shop, address, person, way, javascript):
    """Nothing needs a mouse, and nothing needs a script."""
    post = shop.post("Die Lieferung kam zu spät.")
    anna, bernd = (person(address, name, PASSWORD, javascript=javascript) for name in ("Anna", "Bernd"))
    write_card(way(bernd.page), bernd.go("/fakten"))
    answer(way(anna.page), anna.go("/"))
    page = bernd.go("/freigaben")
    assert CARD in bernd.sees()
    way(bernd.page).press(button(page, "Freigeben"))
    telephone(way(anna.page), anna.go(f"/beitrag/{post}"))
    report(way(anna.page), anna.go(f"/beitrag/{post}"))
    page = bernd.go("/loeschantrag/1")
    way(bernd.page).press(button(page, "Festhalten"))
    with shop.house.reading() as session:
        assert session.get(RemovalNotice, 1).stand == NoticeStand.SENT
        assert session.get(Call, 1).confirmed_how == "per E-Mail"
        assert session.get(Citation, (1, 1)) is not None
    assert (shop.reply(1).state, shop.reply(1).text) == (State.APPROVED, TEXT)
    assert anna.console_errors == bernd.console_errors == []
