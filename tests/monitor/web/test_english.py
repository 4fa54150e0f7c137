"""The page in English: whole, and each text in the language that its element names."""

import pytest
from sqlmodel import select

from monitor import words
from monitor.tables import Verdict
from tests.monitor.web.english import Unknown, german_in, said_in
from tests.monitor.web.every_page import NOWHERE, PATHS, furnish
from tests.monitor.web.shop import open_shop

COOKIE = "widerhall-language"
PERSONS = ("Anna", "Bernd", "Clara")


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A shop in which every page has something on it; nobody changes anything."""
    shop = open_shop(tmp_path_factory.mktemp("english"))
    furnish(shop)
    yield shop
    shop.house.close()


@pytest.fixture
def unknown(monkeypatch):
    """What the catalogue was asked for and does not hold."""
    behind = Unknown()
    monkeypatch.setattr(words.english(), "_fallback", behind)
    return behind.asked


def english(shop, name):
    """The browser of a person who chose English."""
    client = shop.client(name) if name else shop.stranger()
    client.cookies.set(COOKIE, "en")
    return client


def stored(shop):
    """Reasons of verdicts as the rows of this shop have them: made up, so that no catalogue holds them."""
    with shop.house.reading() as session:
        return {reason["words"] for verdict in session.exec(select(Verdict)) for reason in verdict.reasons}


@pytest.mark.parametrize("name", PERSONS)
@pytest.mark.parametrize("address", [*PATHS, *NOWHERE])
def test_every_page_is_english_where_it_says_so(full, unknown, name, address):
    """No sentence that the catalogue does not know, no German word outside an element that says German.

    What a row or the guideline says in other words than ours stands there in German, and its element says so.
    """
    page = english(full, name).get(address).text
    assert '<html lang="en">' in page
    assert len(said_in(page)) > 3
    assert (sorted(unknown - set(said_in(page, "de")) - stored(full)), german_in(page)) == ([], [])


@pytest.mark.parametrize(
    "wrong",
    [
        "<html lang=en><p>Noch nicht da.</p></html>",
        '<html lang=en><img alt="" title="Zurück"><p lang=de>Gut.</p></html>',
        "<html lang=en><p lang=de>Gut.<span lang=en>und so</span></p></html>",
        "<html lang=en><p lang=de>Gut.<br></p><p>Noch nicht.</p></html>",
    ],
)
def test_the_control_a_german_word_on_an_english_page_is_seen(wrong):
    """In a text, an attribute, an element in an element, and after one that closed."""
    assert len(german_in(wrong)) == 1


def test_the_control_a_sentence_without_a_translation_is_seen(full, unknown, monkeypatch):
    """A page that says something which nobody translated."""
    monkeypatch.delitem(words.english()._catalog, "Heute")
    english(full, "Anna").get("/fakten")
    assert unknown == {"Heute"}
