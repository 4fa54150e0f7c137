"""An insult is masked wherever a post is shown beside the work, until somebody deliberately opens it (RULES 002-8)."""

import re

from sqlmodel import select

from monitor.tables import Verdict
from monitor.web import core_line
from tests.monitor.web.shop import INSULT


def before_opening(page):
    """What stands there without a click: the page without what is folded."""
    return re.sub(r"<details(?! open).*?</details>", "", page, flags=re.DOTALL)


def test_several_holding_replies_show_no_insult(shop, bernd):
    """The post above each of them is masked, the matter itself stands there."""
    shop.submitted(shop.post(INSULT))
    page = bernd.get("/halteantworten").text
    assert "Betrüger" not in page
    assert "Ihr seid […]." in page
    assert "Ich will mein Geld zurück!" in page


def test_the_post_that_is_answered_shows_no_insult(shop, anna):
    """Under "Antwortet auf", on a page that is not hostile itself."""
    shop.post(INSULT)
    other = shop.post("Was er sagt! Kam auch zu spät.", parent="ref-1")
    page = anna.get(f"/beitrag/{other}").text
    assert "Antwortet auf" in page
    assert "Betrüger" not in page
    assert "Ihr seid […]." in page


def test_a_version_shows_its_insult_only_after_a_click(shop, anna):
    """Also the difference, and a version that nobody has judged yet."""
    post = shop.post(INSULT)
    shop.edit_post(post, INSULT + " Betrüger, nochmal!")
    for n in (1, 2):
        page = anna.get(f"/beitrag/{post}/fassung/{n}").text
        assert "Ganzen Text zeigen" in page
        assert "Betrüger" in page
        assert "Betrüger" not in before_opening(page)
    assert "<ins>" in before_opening(page)


def test_a_version_without_an_insult_has_nothing_to_open(shop, anna):
    """The control: nothing is hidden where there is nothing to hide."""
    post = shop.post("Ladekabel fehlt.")
    assert "Ganzen Text zeigen" not in anna.get(f"/beitrag/{post}/fassung/1").text


def test_every_insult_is_masked_and_not_only_the_first_of_its_kind(shop, anna):
    """A verdict names the first place of each rule; its companions are found by the word lists."""
    post = shop.post("Ihr seid Betrüger, Trottel und Vollpfosten. Das Paket kam zu spät.")
    for path in ("/", "/anliegen", f"/beitrag/{post}"):
        page = before_opening(anna.get(path).text)
        assert "Ihr seid […], […] und […]. Das Paket kam" in page, path
        assert "Trottel" not in page


def test_a_version_that_nobody_has_judged_yet_is_masked(shop, anna):
    """After an edit: in the lists, on its own page, and above the post that answers it."""
    post = shop.post("Ladekabel fehlt.")
    answer = shop.post("Was er sagt!", parent="ref-1")
    shop.edit_post(post, "Ladekabel fehlt, ihr Vollpfosten.")
    for path in ("/", "/anliegen", f"/beitrag/{post}", f"/beitrag/{answer}"):
        page = before_opening(anna.get(path).text)
        assert "Ladekabel fehlt, ihr […]." in page, path
    assert "Ganzen Text zeigen" in anna.get(f"/beitrag/{post}").text
    assert "gilt der vorigen Fassung" in anna.get(f"/beitrag/{post}").text


def test_words_that_only_the_model_knew_stay_masked_after_an_edit(shop, anna, bernd):
    """No list has them; the version that was judged says so. The control: what it did not mask stays to be read."""
    first, later = "Ladekabel fehlt, ihr Murmelköpfe.", "Ladekabel fehlt noch, ihr murmelköpfe und Suppenhühner."
    post = shop.post(first)
    answer = shop.post("Was er sagt!", parent="ref-1")
    shop.submitted(post)
    with shop.house.transaction() as session:
        verdict = session.exec(select(Verdict).where(Verdict.post_id == post)).one()
        verdict.reasons = [{"rule": "hostile.model", "start": 21, "end": 32, "words": "scharf"}]
    shop.edit_post(post, later)
    for path in ("/", "/anliegen", f"/beitrag/{post}", f"/beitrag/{answer}", "/freigaben"):
        page = before_opening((bernd if path == "/freigaben" else anna).get(path).text)
        assert "murmelköpfe" not in page.lower(), path
    assert "ihr […] und Suppenhühner" in before_opening(anna.get(f"/beitrag/{post}").text)


def test_the_approver_sees_an_edited_post_masked_too(shop, anna, bernd):
    """The page where an owner says yes."""
    post = shop.post("Ladekabel fehlt.")
    shop.submitted(post)
    shop.edit_post(post, "Ladekabel fehlt, ihr Vollpfosten.")
    assert "Vollpfosten" not in before_opening(bernd.get("/freigaben").text)


def test_masking_eats_nothing_beside_the_insult():
    """Places that overlap, as two rules name them, hide their own words and no more."""
    text = "You are idiots and scammers. The bike is late."
    reasons = [{"rule": "insult.insult", "start": 8, "end": 14}, {"rule": "hostile.model", "start": 4, "end": 14}]
    assert core_line.masked(text, reasons) == "You […] and scammers. The bike is late."


def test_evidence_shows_an_insult_only_after_a_click(shop, anna):
    """Every version masked first; one click, and all of them are whole and open, to be printed."""
    post = shop.post(INSULT)
    shop.edit_post(post, INSULT + " Ihr Vollpfosten!")
    page = anna.get(f"/beitrag/{post}/belege").text
    assert "Ihr seid […]." in page
    assert not re.search("Betrüger|Vollpfosten", page)
    whole = anna.get(f"/beitrag/{post}/belege?ganz=1").text
    assert whole.count("Ihr seid Betrüger.") == whole.count("<details open>") == 2


def test_evidence_of_a_calm_post_needs_no_click(shop, anna):
    """The control: nothing is hidden where there is nothing to hide."""
    page = anna.get(f"/beitrag/{shop.post('Ladekabel fehlt.')}/belege").text
    assert "Ladekabel fehlt." in page
    assert "Ganzen Text zeigen" not in page
