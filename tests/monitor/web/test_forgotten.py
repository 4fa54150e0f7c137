"""A post that was erased: the page says so, shows no word of it, and two people can close what was open."""

from monitor.privacy.forget import forget
from monitor.tables import Forgotten
from tests.monitor.web.shop import INSULT


def test_the_page_says_that_a_post_was_erased_and_shows_no_word_of_it(shop, anna):
    """Heute and the post itself can still be opened."""
    post = shop.post()
    with shop.house.transaction() as session:
        forget(session, [post], Forgotten.REQUEST, shop.house.now())
    page = anna.get(f"/beitrag/{post}")
    assert page.status_code == 200
    assert "auf Verlangen gelöscht" in page.text
    assert INSULT[:30] not in page.text
    assert anna.get("/").status_code == 200
