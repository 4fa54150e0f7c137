"""The page of fact cards, and a card beside the post it fits."""

import html
import re

import pytest

from replies.tables import FactCard, FactCheck

LATE = "Die Lieferung kam zu spät, ich bin enttäuscht."
CARD = {"statement": "Die Lieferzeit beträgt drei Werktage.", "source": "AGB, Abschnitt 4", "valid_from": "2026-01-01"}
ANSWER = (
    "Guten Tag, danke, dass Sie die Lieferung ansprechen. Die Lieferzeit beträgt drei Werktage. Fragen Sie uns gern."
)


def card_of(shop, number=1):
    """The row."""
    with shop.house.reading() as session:
        return session.get(FactCard, number)


def test_a_card_is_written_changed_and_ended(shop, anna, bernd):
    """Three forms, three steps; the first version stays readable."""
    anna.post("/fakten", data=anna.form(topic=["delivery"], **CARD))
    assert card_of(shop).topics == ["delivery"]
    bernd.post("/fakten/1", data=bernd.form(**{**CARD, "statement": "Die Lieferzeit beträgt fünf Werktage."}))
    assert (card_of(shop).replaced_by, card_of(shop, 2).version) == (2, 2)
    bernd.post("/fakten/2/beenden", data=bernd.form())
    assert card_of(shop, 2).ended_at == shop.clock()
    assert "drei Werktage" in anna.get("/fakten/1").text


def test_what_was_typed_is_not_lost(shop, anna):
    """A missing source is said, the rest stays in the form."""
    page = anna.post("/fakten", data=anna.form(**{**CARD, "source": ""}))
    assert (page.status_code, "drei Werktage" in page.text, shop.count("fact_card")) == (422, True, 0)
    assert anna.post("/fakten", data=anna.form(**{**CARD, "valid_from": "morgen"})).status_code == 422


def test_the_search_takes_the_words_of_a_post(shop, anna):
    """It finds what is in force."""
    anna.post("/fakten", data=anna.form(**CARD))
    assert "drei Werktage" in anna.get("/fakten", params={"q": LATE}).text
    assert "drei Werktage" not in anna.get("/fakten", params={"q": "Parkplatz"}).text


def test_an_unjustified_complaint_is_answered_with_its_card(shop, anna):
    """The guideline's example from the post to the answer that waits for approval (001 L6)."""
    anna.post("/fakten", data=anna.form(topic=["delivery"], **CARD))
    post = shop.post(LATE)
    page = html.unescape(anna.get(f"/beitrag/{post}?art=final").text)
    assert "Die Lieferzeit beträgt drei Werktage." in page
    form = {
        "verdict": "unjustified",
        "our_share": "keiner: drei Werktage sind zugesagt",
        "fact_card": "1",
        "card": ["1"],
    }
    anna.post(f"/beitrag/{post}", data=anna.form(kind="final", text=ANSWER, do="submit", **form))
    with shop.house.reading() as session:
        check = session.get(FactCheck, 1)
    assert (check.verdict, check.card_id, check.source) == ("unjustified", 1, "Faktenkarte 1: AGB, Abschnitt 4")
    assert (shop.reply(1).state, shop.count("citation")) == ("submitted", 1)


def test_a_card_that_ran_out_is_shown_as_such_and_stops_the_answer(shop, anna):
    """The draft keeps it, marked; handing over is refused."""
    anna.post("/fakten", data=anna.form(**CARD))
    post = shop.post(LATE)
    form = {"verdict": "unjustified", "our_share": "keiner: zugesagt", "fact_card": "1", "card": ["1"]}
    anna.post(f"/beitrag/{post}", data=anna.form(kind="final", text=ANSWER, do="save", **form))
    shop.clock.move(hours=1)
    anna.post("/fakten/1/beenden", data=anna.form())
    page = anna.post(
        f"/beitrag/{post}", data=anna.form(kind="final", text=ANSWER, do="submit", reply="1", version="1", **form)
    )
    assert (page.status_code, shop.reply(1).state, "gilt nicht mehr" in page.text) == (422, "draft", True)


def test_clara_reads_facts_and_changes_none(shop, clara):
    """No form for an auditor."""
    page = clara.get("/fakten")
    assert (page.status_code, "Neue Faktenkarte" in page.text) == (200, False)


@pytest.mark.parametrize(("path", "words"), [("/fakten/99", "Zu den Fakten"), ("/vorgehen/nichts", "Zum Vorgehen")])
def test_the_way_back_says_where_it_leads(bernd, path, words):
    """No post was spoken of."""
    page = bernd.get(path).text
    assert words in page
    assert "Zum Beitrag" not in page


def test_one_earlier_version_is_one(bernd):
    """And two are two."""
    for words in ("neun", "zehn", "elf"):
        path = "/fakten" if words == "neun" else f"/fakten/{('zehn', 'elf').index(words) + 1}"
        card = {"statement": f"Wir öffnen um {words}.", "source": "Aushang", "valid_from": "2026-11-01"}
        assert bernd.post(path, data=bernd.form(**card)).status_code == 303
    assert re.search(r"Eine frühere Fassung\s*</summary>", bernd.get("/fakten/2").text)
    assert re.search(r"2 frühere Fassungen\s*</summary>", bernd.get("/fakten/3").text)
