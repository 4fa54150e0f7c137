"""Anliegen: the search says how far back it read, and every filter shows each post once."""

import re

import pytest

from monitor.web.pages import matters
from replies import duty as duties

OLDER = re.compile(r'href="(/anliegen[^"]*nach=[^"]+)">\s*(Ältere [^<]+?)\s*<')


def numbers(html):
    """The posts of the list in order."""
    return [int(number) for number in re.findall(r'data-post="(\d+)"', html)]


def walk(client, path):
    """Every page of a list: the posts, and what the buttons between them said."""
    found, said = [], []
    while path:
        text = client.get(path).text
        found += numbers(text)
        further = OLDER.search(text)
        path = further[1].replace("&amp;", "&") if further else ""
        said += [further[2]] if further else []
    return found, said


def test_a_search_says_how_far_back_it_has_read(shop, anna, monkeypatch):
    """It reads so many texts at once, says so, and goes on where it stopped until nothing is left."""
    monkeypatch.setattr(matters, "READ_AT_ONCE", 3)
    old = shop.post("Der Zahnkranz fehlt.", ago=9)
    for hours in range(8, 0, -1):
        shop.post("Kam zu spät.", ago=hours)
    first = anna.get("/anliegen?suche=zahnkranz").text
    assert "Durchsucht sind die Beiträge zurück bis" in first
    assert "Dazu steht hier nichts." in first
    assert walk(anna, "/anliegen?suche=zahnkranz") == ([old], ["Ältere durchsuchen"] * 3)


def test_a_search_that_read_everything_promises_nothing_more(shop, anna):
    """The control: no sentence and no button."""
    shop.post("Der Zahnkranz fehlt.")
    text = anna.get("/anliegen?suche=niemandsland").text
    assert "Durchsucht sind" not in text
    assert not OLDER.search(text)


@pytest.mark.parametrize("words", ["ölwechsel", "Ölwechsel", "ÖLWECHSEL"])
def test_a_search_finds_umlauts_in_any_case(shop, anna, words):
    """SQLite alone would not."""
    post = shop.post("Der Ölwechsel war teuer.")
    assert numbers(anna.get("/anliegen", params={"suche": words}).text) == [post]


@pytest.mark.parametrize("source", ["", "1"])
def test_what_is_done_is_listed_by_age_each_once(shop, anna, monkeypatch, source):
    """Over page after page, with and without a source."""
    monkeypatch.setattr(matters, "_PAGE", 2)
    posts = [shop.post(ago=hours) for hours in (5, 4, 3, 2, 1)]
    shop.post(ago=6)
    with shop.house.transaction() as session:
        for post in posts:
            duties.post_gone(session, duties.of_post(session, post), shop.clock(), note="weg")
    found, said = walk(anna, f"/anliegen?stand=erledigt&quelle={source}")
    assert (found, said) == (posts[::-1], ["Ältere zeigen"] * 2)


def test_an_empty_filter_does_not_say_that_there_are_no_posts(shop, anna):
    """Nothing of this kind, which is not the same as nothing at all."""
    shop.post()
    text = anna.get("/anliegen?stand=erledigt").text
    assert "Dazu steht hier nichts." in text
    assert "Noch keine Beiträge." not in text
