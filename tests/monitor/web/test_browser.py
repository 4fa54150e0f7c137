"""In a real browser: keys, no JavaScript, and hostile posts that stay text."""

import pytest

from replies.lifecycle import State
from tests.monitor.web.shop import PASSWORD
from tests.monitor.web.test_pages import PAGES, PAYLOADS, poison


def test_the_queue_by_keyboard(shop, address, person):
    """j, k, Enter, a, h and ? do what the overview says."""
    first, second = shop.post(ago=2), shop.post(ago=1)
    anna = person(address, "Anna", PASSWORD)
    page = anna.page
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    for key in "jjk":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/beitrag/{first}")
    anna.go("/")
    for key in "jj":
        page.keyboard.press(key)
    page.keyboard.press("a")
    page.wait_for_url(f"**/beitrag/{second}?gut=assigned*")
    anna.go("/")
    page.keyboard.press("j")
    page.keyboard.press("h")
    page.wait_for_url("**/?gut=holding*")
    assert shop.reply(1).state == State.SUBMITTED
    assert anna.console_errors == []


def test_the_count_follows_the_typing(shop, address, person):
    """And agrees with the platform's way of counting."""
    post = shop.post()
    anna = person(address, "Anna", PASSWORD)
    anna.go(f"/beitrag/{post}?art=question")
    anna.page.fill("#text", "ä👍\nx")
    assert anna.page.inner_text("#count") == "4"
    anna.page.fill("#text", "x" * 501)
    assert "over" in anna.page.locator(".count").get_attribute("class")


def test_the_check_follows_the_typing(shop, address, person):
    """Findings come by themselves, and one click takes a suggestion into the box."""
    post = shop.post()
    anna = person(address, "Anna", PASSWORD)
    anna.go(f"/beitrag/{post}?art=question")
    anna.page.fill("#text", "Guten Tag, Sie sind ein Idiot. Was ist geschehen?")
    anna.page.wait_for_selector("#findings .box.bad")
    anna.page.locator("#findings button").first.click()
    anna.page.wait_for_load_state()
    assert anna.page.input_value("#text").startswith("Guten Tag, Wir verstehen, dass Sie verärgert sind.")
    assert (anna.console_errors, anna.csp_reports) == ([], [])


def test_another_button_asks_before_it_takes_away_what_was_typed(shop, address, person):
    """The browser's own question, and whoever stays has the text; the answer's own buttons ask nothing."""
    post = shop.post()
    anna = person(address, "Anna", PASSWORD)
    anna.go(f"/beitrag/{post}?art=question")
    anna.accept_dialogs = False
    anna.page.locator("#text").fill("Wann war das?")
    with anna.page.expect_event("dialog") as asked:
        anna.page.get_by_role("button", name="Ich übernehme").click(no_wait_after=True)
    assert asked.value.type == "beforeunload"
    assert anna.page.input_value("#text") == "Wann war das?"
    told = len(anna.dialogs)
    anna.page.get_by_role("button", name="Entwurf speichern").click()
    anna.page.wait_for_url("**gut=saved*")
    assert len(anna.dialogs) == told


def test_everything_works_without_javascript(shop, address, person):
    """From the login to the approval, on a telephone."""
    post = shop.post()
    anna = person(address, "Anna", PASSWORD, javascript=False)
    anna.go(f"/beitrag/{post}")
    anna.page.check("text=teilweise berechtigt")
    anna.page.fill("[name=source]", "Lieferschein 4711")
    anna.page.fill("[name=our_share]", "Zu spät verschickt")
    anna.page.fill("#text", "Das tut uns leid.\nWir erstatten den Aufpreis.")
    anna.page.click("text=zur Freigabe geben")
    bernd = person(address, "Bernd", PASSWORD, javascript=False, phone=True)
    bernd.go("/freigaben")
    bernd.page.check("[name=ticked]")
    bernd.page.click("button:text-is('Freigeben')")
    assert "Rückgängig" in bernd.sees()
    assert shop.reply(1).state == State.APPROVED


def test_hostile_posts_stay_text(shop, address, person):
    """Every payload in every field: no dialog, no report of the policy, no request to anybody else."""
    for payload in PAYLOADS:
        poison(shop, payload)
    bernd = person(address, "Bernd", PASSWORD)
    for path in [*PAGES, *(f"/beitrag/{n}" for n in range(1, len(PAYLOADS) + 1))]:
        bernd.go(path)
    assert (bernd.dialogs, bernd.csp_reports, bernd.foreign_requests, bernd.console_errors) == ([], [], [], [])


@pytest.mark.parametrize("phone", [True, False])
def test_nothing_is_wider_than_the_screen(shop, address, person, phone):
    """Whatever somebody writes."""
    for text in ("x" * 3000, "😡" * 300, "Z̸̢͓̈́" * 500, "الطرد " * 200, "https://" + "a" * 500):
        shop.submitted(shop.post(text, rating=1, author=text[:200]))
    bernd = person(address, "Bernd", PASSWORD, phone=phone)
    for path in [
        "/",
        "/freigaben",
        "/halteantworten",
        "/anliegen",
        "/quellen",
        "/protokoll",
        "/menschen",
        *(f"/beitrag/{n}" for n in range(1, 6)),
    ]:
        bernd.go(path)
        assert bernd.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_the_post_stays_in_sight_while_the_answer_is_written(shop, address, person):
    """On a wide screen its column stays beside the box, and a long post scrolls for itself."""
    post = shop.post("Das Paket kam zu spät. " * 200)
    anna = person(address, "Anna", PASSWORD)
    page = anna.go(f"/beitrag/{post}?art=final")
    page.evaluate("window.scrollTo(0, 500)")
    box = page.locator("#gesagt").bounding_box()
    assert 0 <= box["y"] < 40
    assert box["height"] <= 900


def test_the_page_of_a_post_is_printed_without_its_forms(shop, address, person):
    """What was said, what stands there and the deadlines; no buttons, no empty boxes."""
    post = shop.post()
    shop.submitted(post)
    anna = person(address, "Anna", PASSWORD)
    page = anna.go(f"/beitrag/{post}")
    page.emulate_media(media="print")
    for words in ("Das Paket kam vier Tage zu spät", "Wir haben uns Ihres Anliegens", "Fristen"):
        assert page.get_by_text(words).first.is_visible(), words
    for words in ("Abmelden", "Zurückziehen", "Kollegen fragen", "Ich übernehme"):
        assert not page.get_by_text(words).first.is_visible(), words
