"""The guideline's harder days, against a real WordPress and in a real browser; screenshots in tests/.shots.

A justified complaint with a goodwill option, an unjustified one that a fact card answers, a third repetition.
"""

import time
from datetime import date, timedelta

import pytest

from tests.day.steps import approve, click, face, post_id, propose

pytestmark = [pytest.mark.day, pytest.mark.peer]

LATE = "Die Lieferung kam vier Tage zu spät, obwohl Express bezahlt war, und am Telefon war niemand zu erreichen."
PROMISE = "Den Aufpreis von 4,90 Euro erstatten wir bis morgen."
WRONG = "Die Lieferung kam zu spät, ich habe drei Tage auf mein Paket gewartet. Enttäuschend."
CARD = "Bei Standardversand sind drei Werktage Lieferzeit angegeben."
REPEATS = (
    "Die Lieferung kam vier Tage zu spät und niemand ruft zurück.",
    "Noch einmal: die Lieferung kam vier Tage zu spät und niemand ruft zurück!",
    "Zum dritten Mal: die Lieferung kam vier Tage zu spät, und niemand ruft zurück!",
)


@pytest.fixture
def house(shared_house):
    """Three walks in one installation; each asks about its own post."""
    return shared_house


def states(house, post):
    """The states of the replies to a post."""
    return house.ask("select state from reply where post_id = ?", post)


def tasks(house, post):
    """Kind and last word of every task of a post."""
    rows = "select kind, done_word from task join duty on duty.id = task.duty_id where post_id = ? order by kind"
    return house.ask(rows, post)


def write_card(page, place, *, until=""):
    """The form of a fact card; `until` ends its validity."""
    form = page.locator(f'form[action="{place}"]')
    form.locator("[name=statement]").fill(CARD)
    form.locator("[name=source]").fill("Versandseite, Abschnitt Lieferzeiten")
    form.locator("[name=valid_from]").fill("2026-01-01")
    form.locator("[name=valid_to]").fill(until)
    form.locator("[name=topic][value=delivery]").check()
    form.locator("button.main").click()
    page.wait_for_load_state()


def test_a_justified_complaint_with_a_goodwill_option(house, wordpress, article, anna, bernd):
    """Fact check, options with the clause, the owner's tick, seen in public; a task and a question to learn from."""
    comment = wordpress.comment("Karin Vogt", LATE, post=article)
    post = post_id(house, comment)
    house.wait_for("select 1 from duty where post_id = ?", post)
    page = face(anna, post, "justified", share="Der Auftrag lag zwei Tage unbearbeitet.")
    click(page, "Lösungen zur Wahl stellen")
    options = page.locator("#text").input_value()
    assert "auf Kulanz, ohne Anerkennung einer Rechtspflicht" in options
    page.locator("#text").fill(f"{options} {PROMISE}")
    page.wait_for_selector("#findings .rule:text('001-32')")
    anna.shot("guideline-goodwill-options")
    click(page, "Antwort zur Freigabe geben")
    refuse_without_the_tick(house, bernd, post)
    approve(bernd, "Kulanz")
    house.wait_for("select 1 from duty where post_id = ? and state = 'answered'", post)
    assert "Entgegenkommen auf Kulanz" in wordpress.page_html(article)
    keep_the_promise(house, anna, post)
    learn(anna, post)
    assert house.violations() == []


def refuse_without_the_tick(house, bernd, post):
    """The amount and the promise want the owner's eye, whatever the browser lets through."""
    page = bernd.go("/freigaben")
    assert ("E34" in bernd.sees(), "001-32" in bernd.sees()) == (True, True)
    bernd.shot("guideline-goodwill-approval")
    page.locator("[name=ticked]").evaluate("e => e.removeAttribute('required')")
    click(page, "Freigeben")
    assert states(house, post) == [("submitted",)], "approved without the tick"
    bernd.shot("guideline-goodwill-not-ticked")


def keep_the_promise(house, anna, post):
    """What the published text promises is a task until somebody says what came of it."""
    assert tasks(house, post) == [("follow_up", ""), ("promise", "")]
    page = anna.go(f"/beitrag/{post}")
    promised = page.locator("#aufgaben > div", has_text=f"Versprochen: {PROMISE}")
    anna.shot("guideline-goodwill-promise")
    promised.locator("[name=note]").fill("Überwiesen.")
    promised.get_by_role("button", name="Erledigt").click()
    page.wait_for_load_state()
    assert tasks(house, post) == [("follow_up", ""), ("promise", "Überwiesen.")]


def learn(anna, post):
    """Lernen asks what will change, and asks no more when that is decided."""
    page = anna.go("/lernen")
    asked = page.locator(f'main a[href="/beitrag/{post}"]')
    assert asked.count() == 1
    anna.shot("guideline-goodwill-learning")
    form = page.locator('form[action="/massnahme"]')
    form.locator("[name=cause]").select_option(label=asked.inner_text().strip())
    form.locator("[name=what]").fill("Eine zweite Abholung am Tag.")
    form.locator("[name=until]").fill((date.today() + timedelta(days=9)).isoformat())  # noqa: DTZ011 - as a person reads a calendar
    click(page, "Beschließen")
    assert "Eine zweite Abholung" in anna.sees()
    assert page.locator(f'main a[href="/beitrag/{post}"]').count() == 0
    anna.shot("guideline-goodwill-measure")


def test_an_unjustified_complaint_is_answered_with_a_fact_card(house, wordpress, article, anna, bernd):
    """The card is found by itself and cited; one that ran out is refused; the answer goes out with the fact."""
    write_card(bernd.go("/fakten"), "/fakten")
    comment = wordpress.comment("Uwe Brandt", WRONG, post=article)
    post = post_id(house, comment)
    house.wait_for("select 1 from duty where post_id = ?", post)
    page = face(anna, post, "unjustified", share="Keiner: geliefert am dritten Werktag.")
    lean_on(page, 1)
    anna.shot("guideline-card-found")
    draft = propose(page)
    assert (CARD in draft, "Fehler" in draft) == (True, False)
    click(page, "Entwurf speichern")
    refuse_what_ran_out(house, anna, bernd, post)

    write_card(bernd.go("/fakten/2"), "/fakten/2")
    page = anna.go(f"/beitrag/{post}")
    page.locator("[name=card]:checked").uncheck()
    lean_on(page, 3)
    click(page, "Antwort zur Freigabe geben")
    approve(bernd, "drei Werktage")
    house.wait_for("select 1 from duty where post_id = ? and state = 'answered'", post)
    assert CARD in wordpress.page_html(article)
    bernd.go(f"/beitrag/{post}")
    bernd.shot("guideline-card-answered")
    assert house.violations() == []


def lean_on(page, card):
    """The card is the source of the fact check, and the answer says it."""
    page.locator(f"[name=fact_card][value='{card}']").check()
    page.locator(f"[name=card][value='{card}']").check()


def refuse_what_ran_out(house, anna, bernd, post):
    """A new version of the card ended yesterday: the draft that rests on it does not leave the desk."""
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011 - as a person reads a calendar
    write_card(bernd.go("/fakten/1"), "/fakten/1", until=yesterday.isoformat())
    page = anna.go(f"/beitrag/{post}")
    assert "gilt nicht mehr" in anna.sees()
    click(page, "Antwort zur Freigabe geben")
    assert states(house, post) == [("draft",)]
    assert "Faktenkarte" in page.locator("#reply-error").inner_text()
    anna.shot("guideline-card-expired")


def test_the_third_repetition_is_answered_anew_and_in_short(house, wordpress, article, anna, bernd):
    """Each has a duty and words of its own; from the second one on they refer to the answer that stands."""
    texts, posts = [], []
    for n, words in enumerate(REPEATS, start=1):
        comment = wordpress.comment("Heike Sander", words, post=article)
        posts.append(post_id(house, comment))
        house.wait_for("select 1 from duty where post_id = ? and occasion = ?", posts[-1], n)
        page = face(anna, posts[-1], "justified", share="Der Auftrag lag zwei Tage unbearbeitet.")
        texts.append(propose(page))
        anna.shot(f"guideline-repetition-{n}")
        click(page, "Antwort zur Freigabe geben")
        approve(bernd, texts[-1].split(". ")[-1])
        house.wait_for("select 1 from duty where post_id = ? and state = 'answered'", posts[-1])
        assert len(wordpress.children(comment)) == 1
        time.sleep(1)  # the clock of WordPress counts seconds
    assert len(set(house.ask("select matter_id from post where id in (?, ?, ?)", *posts))) == 1
    assert len(set(texts)) == 3
    year = str(date.today().year)  # noqa: DTZ011 - of "unsere Antwort vom …"
    assert [year in text for text in texts] == [False, True, True]
    assert max(map(len, texts[1:])) < len(texts[0])
    assert house.violations() == []
