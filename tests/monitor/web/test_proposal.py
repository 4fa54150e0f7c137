"""A proposed draft: it stands in the box and nowhere else, and no typed word is lost for it."""

import html
import re

from replies.lifecycle import ReplyKind

LATE = "Die Lieferung kam zu spät, ich bin enttäuscht."
SECRET = "Kundenakte Blaubeerstein 4711"


def box(page):
    """What stands in the text field."""
    return html.unescape(re.search(r"<textarea id=\"text\".*?>\n(.*?)</textarea>", page.text, re.DOTALL)[1])


def ask(client, post, text="", kind="final", **values):
    """Click on "Entwurf vorschlagen"."""
    return client.post(f"/beitrag/{post}/entwurf", data=client.form(kind=kind, text=text, do="propose", **values))


def test_a_draft_fits_what_was_found_out_and_is_not_stored(shop, anna):
    """Justified: our fault, a question for a solution. Nothing is submitted."""
    text = box(ask(anna, shop.post(LATE), verdict="justified"))
    assert "die Lieferung" in text or "der Lieferung" in text
    assert "Fehler" in text
    assert shop.count("reply") == 0


def test_each_click_gives_another_wording(shop, anna):
    """The proposal in the box is replaced by the next one."""
    post = shop.post(LATE)
    first = box(ask(anna, post, verdict="justified"))
    second = box(ask(anna, post, first, verdict="justified"))
    assert first != second
    assert first not in second


def test_what_a_person_typed_stays_above_the_proposal(shop, anna):
    """Never overwritten."""
    text = box(ask(anna, shop.post(LATE), "Mein eigener Satz.", verdict="justified"))
    assert text.startswith("Mein eigener Satz.\n\nGuten Tag")


def test_without_known_facts_a_question_is_proposed(shop, anna):
    """No answer before the facts."""
    assert "richtig verstanden" in box(ask(anna, shop.post(LATE))) or "ist das richtig" in box(
        ask(anna, shop.post(LATE))
    )


def test_what_is_typed_into_the_fact_check_never_gets_into_a_draft(shop, anna):
    """Source and share are internal."""
    post = shop.post(LATE)
    anna.post(f"/beitrag/{post}", data=anna.form(verdict="partly", source=SECRET, our_share=SECRET, do="facts"))
    for verdict in ("justified", "partly", "unjustified"):
        text = box(ask(anna, post, verdict=verdict, source=SECRET, our_share=SECRET, note=SECRET))
        assert "Blaubeerstein" not in text


def test_the_same_text_never_stands_twice_in_one_place(shop, anna):
    """What waits on the account already is not proposed again, nor used for a holding reply."""
    one, other = shop.post(LATE), shop.post(LATE)
    text = box(ask(anna, one, verdict="justified"))
    shop.submitted(one, kind=ReplyKind.FINAL, text=text)
    assert box(ask(anna, other, verdict="justified")) != text
    for post in (one, other):
        anna.post(f"/beitrag/{post}/halteantwort", data=anna.form())
    holdings = [shop.reply(number).text for number in (2, 3)]
    assert holdings[0].startswith("Wir haben uns Ihres Anliegens angenommen")
    assert holdings[0] != holdings[1]


def test_solutions_to_choose_from_take_the_place_of_the_draft(shop, anna):
    """One click in the first round; a draft that stands there is replaced, its goodwill carries the clause."""
    post = shop.post(LATE)
    first = box(ask(anna, post, verdict="justified"))
    options = box(
        anna.post(
            f"/beitrag/{post}/entwurf", data=anna.form(text=first, kind="final", do="options", verdict="justified")
        )
    )
    assert first not in options
    assert "auf Kulanz, ohne Anerkennung einer Rechtspflicht" in options
    assert options.count("Guten Tag") == 1
