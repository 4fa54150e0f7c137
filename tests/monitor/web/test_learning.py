"""Lernen on the page: of the team, without JavaScript, in sentences and tables beside every plot."""

import re

from tests.monitor.web.shop import PASSWORD


def _row(page: str, title: str, name: str) -> str:
    """The words of one row of the table under a heading, markup taken out."""
    table = page.split(f"<h2>{title}</h2>")[1].split("</section>", maxsplit=1)[0]
    row = next(part for part in table.split("<tr>") if f">{name}</th>" in part)
    return re.sub(r"<[^>]+>", " ", row.split("</tr>")[0]).strip()


def test_the_week_stands_in_sentences_plots_and_tables(shop, anna, clara):
    """Everybody at the desk and Clara read it; nobody's name stands beside a number."""
    post = shop.post(rating=1)
    facts = {"verdict": "partly", "source": "Lieferschein", "our_share": "Wir waren langsam.", "cause": "delay"}
    anna.post(f"/beitrag/{post}", data=anna.form(**facts, do="facts"))
    for person in (anna, clara):
        page = person.get("/lernen").text
        assert "brauchte eine Antwort" in page
        assert "Häufigster Anlass: Lieferung" in page
        assert "Nach Prüfung meist: es hat zu lange gedauert (1)." in page
        assert page.count('<svg class="plot"') >= 2
        assert page.count("<table") >= 3
        assert _row(page, "Ursachen nach Prüfung, über die Wochen", "es hat zu lange gedauert").endswith("1")
        assert _row(page, "Anlässe über die Wochen", "Lieferung").endswith("1")
    assert "/massnahme" not in clara.get("/lernen").text


def test_a_week_before(shop, anna):
    """By its address; nonsense is this week."""
    shop.post()
    assert "Kalenderwoche 47/2026" in anna.get("/lernen?woche=2026-W47").text
    assert "kam nichts, was eine Antwort brauchte" in anna.get("/lernen?woche=2026-W40").text
    assert "Kalenderwoche 48/2026" in anna.get("/lernen?woche=<script>").text


def test_a_measure_from_the_decision_to_the_public_sentence(shop, anna, bernd):
    """Cause, what, who, until when; then what everybody may know."""
    words = {"cause": "delivery", "what": "Zweite Abholung.", "owner": str(shop.users["Bernd"]), "until": "2026-12-01"}
    assert anna.post("/massnahme", data=anna.form(**words)).headers["location"] == "/lernen?gut=decided"
    bernd.post("/massnahme/1/erledigt", data=bernd.form(sentence="Wir holen zweimal am Tag ab."))
    assert "Das haben wir geändert: Wir holen zweimal am Tag ab." in anna.get("/lernen").text


def test_a_measure_without_an_owner_or_a_date_is_none(shop, anna):
    """A sentence, and nothing stored."""
    for changed, said in (({"owner": "99"}, "wer sich kümmert"), ({"until": ""}, "ein Datum")):
        words = {"cause": "price", "what": "Etwas.", "owner": "1", "until": "2026-12-01", **changed}
        answer = anna.post("/massnahme", data=anna.form(**words))
        assert (answer.status_code, said in answer.text) == (422, True)
    assert shop.count("measure") == 0


def test_on_a_phone_the_few_figures_stand_first_and_readable(shop, address, person):
    """This week, the one before, and all together as a table that fits; the rest unfolds without JavaScript."""
    shop.post(rating=1)
    page = person(address, "Anna", PASSWORD, javascript=False, phone=True).go("/lernen")
    text = page.locator("main").inner_text()
    assert "KW 48" in text
    assert not re.search(r"\bW\d\d\b", text)
    short = page.locator("table.fits", has_text="Anlass")
    assert short.locator("thead").inner_text().strip().split("\t") == ["Anlass", "KW 48", "KW 47", "8 Wochen"]
    assert page.locator("table.weeks").is_hidden()
    page.locator("summary", has_text="Woche für Woche").click()
    assert page.locator("table.weeks").is_visible()
    sizes = page.locator(".plot text").evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
    assert min(size for size in sizes if size) >= 12
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_on_paper_nothing_stays_folded(shop, address, person):
    """All weeks are printed, the short table is not printed beside the long one."""
    shop.post(rating=1)
    page = person(address, "Anna", PASSWORD).go("/lernen")
    page.emulate_media(media="print")
    assert page.locator("table.weeks").is_visible()
    assert page.locator("table.over").first.is_visible()
    assert not page.locator("table.fits", has_text="Anlass").is_visible()
