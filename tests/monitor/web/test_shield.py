"""An insult is masked wherever a post is shown beside the work, until somebody deliberately opens it (RULES 002-8)."""

import re

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
