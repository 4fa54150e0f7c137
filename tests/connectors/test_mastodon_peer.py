"""The Mastodon connector with a server of other people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from connectors import mastodon
from connectors.core import registry
from connectors.core.access import Limits
from connectors.core.contract import Post, Receipt
from connectors.core.errors import Gone, LoginExpired, RateLimited, Refused, Unclear
from connectors.core.text import same_text
from tests.connectors.mastodon_mock import MastodonMock

pytestmark = pytest.mark.peer
NUMBERS = count(1)


@pytest.fixture(scope="module")
def town():
    """One server for this module; every test writes posts of its own."""
    running = MastodonMock()
    yield running
    running.stop()


@pytest.fixture
def shop(town):
    """The shop's connection."""
    return connect(town)


def connect(town, token="tok-laden", **more):
    """A connection of the shop, or with another token."""
    settings = mastodon.Settings(url=town.url, token=token, allow_networks=("127.0.0.0/8",), **more)
    return registry.open_connection("mastodon", settings, Limits(read=2, total=5))


def complaint(town, shop, **more):
    """The customer complains; gives the post as the connector reads it."""
    status = town.toot("kundin", f"@laden Rechnung {next(NUMBERS)} ist <b>falsch</b>, & niemand hilft!", **more)
    return shop.one(status["id"])


def refs(pages):
    """The refs of all posts, in the order in which they came."""
    return [item.ref for page in pages for item in page.items if isinstance(item, Post)]


def test_a_mention_is_read_with_its_words(town, shop):
    """No markup is added or lost, and it is a stranger's."""
    post = complaint(town, shop)
    assert "ist <b>falsch</b>, & niemand hilft!" in post.text
    assert (post.author, post.own, post.visible, post.kind.value) == ("kundin", False, True, "mention")


def test_more_than_one_page_is_read_and_nothing_twice(town, shop):
    """45 mentions, 40 on a page; the walk with a cursor brings what is new, the walk by id all of it."""
    written = {town.toot("nachbar", f"@laden Nummer {number}")["id"] for number in range(45)}
    pages = list(shop.pages(None))
    found = refs(pages)
    assert written <= set(found)
    assert len(found) == len(set(found))
    new = town.toot("nachbar", "@laden noch eine")["id"]
    assert new in refs(shop.pages(pages[-1].cursor))
    early = {"mentions": [[(datetime.now(UTC) - timedelta(days=3)).isoformat(), "1"]]}
    assert written | {new} <= set(refs(shop.pages(early)))


def test_a_hashtag_is_watched(town):
    """Somebody complains without naming the shop's account."""
    ref = town.toot("nachbar", "Schon wieder geschlossen #sonnenlaib")["id"]
    assert ref in refs(connect(town, hashtags=("sonnenlaib",)).pages(None))


def test_an_answer_is_published_once_and_seen_by_a_stranger(town, shop):
    """Found by its id and by its words, with quotes, dashes, an address and an empty line in it."""
    post = complaint(town, shop)
    text = (
        mastodon.greeting(post) + 'Guten Tag, "das" tut uns leid -- ehrlich... https://laden.example/a?b=1&c=2\n\nAnna'
    )
    assert shop.find(post, None) is None
    receipt = shop.publish(post, text, "key-a")
    assert shop.publish(post, text, "key-a").ref == receipt.ref
    for wanted in (receipt, Receipt(text=text), None):
        seen = shop.find(post, wanted)
        assert (seen.ref, seen.public, seen.matches, same_text(seen.text, text)) == (receipt.ref, True, 1, True)
    assert shop.find(post, Receipt(text="etwas anderes")) is None


def test_an_answer_to_a_private_post_stays_private(town, shop):
    """It is never more visible than the post, and so never counts as seen in public."""
    post = complaint(town, shop, visibility="direct")
    receipt = shop.publish(post, "@kundin Danke, wir melden uns.", "key-b")
    assert (post.visible, shop.find(post, receipt).public) == (False, False)


def test_a_deleted_answer_is_not_found(town, shop):
    """Neither by id nor by words."""
    post = complaint(town, shop)
    receipt = shop.publish(post, "@kundin Das war ein Fehler.", "key-c")
    town.act("laden", "DELETE", f"/api/v1/statuses/{receipt.ref}")
    assert shop.find(post, receipt) is None
    assert shop.find(post, Receipt(text="@kundin Das war ein Fehler.")) is None


def test_a_deleted_post_is_gone(town, shop):
    """One cannot read it, and one cannot answer it."""
    post = complaint(town, shop)
    town.act("kundin", "DELETE", f"/api/v1/statuses/{post.ref}")
    assert shop.one(post.ref) is None
    with pytest.raises(Gone):
        shop.publish(post, "@kundin zu spät", "key-d")


def test_an_edited_post_keeps_its_ref(town, shop):
    """With its new words and the time of the change."""
    post = complaint(town, shop)
    town.act("kundin", "PUT", f"/api/v1/statuses/{post.ref}", status="@laden Hat sich geklärt.")
    again = shop.one(post.ref)
    assert (again.ref, again.text) == (post.ref, "@laden Hat sich geklärt.")
    assert again.updated > post.created


def test_a_text_that_names_nobody_or_is_too_long_is_refused(town, shop):
    """An address counts 23; 501 characters are one too many, 500 are not."""
    post, before = complaint(town, shop), len(refs(shop.pages(None)))
    for text in ("Guten Tag", "@kundinnen Guten Tag", "@kundin " + "ä" * 493):
        with pytest.raises(Refused):
            shop.publish(post, text, "key-e")
    assert mastodon.counted("@kundin https://laden.example/" + "x" * 100) == 31
    assert shop.publish(post, "@kundin " + "ä" * 492, "key-f").ref
    assert len(refs(shop.pages(None))) == before


@pytest.mark.parametrize(
    ("effect", "error"),
    [
        ({"type": "status", "status": 503}, Unclear),
        ({"type": "malformed"}, Unclear),
        ({"type": "timeout"}, Unclear),
        ({"type": "ratelimit", "status": 429, "headers": {"Retry-After": "7"}}, RateLimited),
    ],
)
def test_a_fault_while_publishing_says_what_it_means(town, shop, effect, error):
    """And the next attempt with the same key gives exactly one answer."""
    post, text = complaint(town, shop), f"@kundin Antwort {next(NUMBERS)}"
    town.fault(effect)
    with pytest.raises(error):
        shop.publish(post, text, f"key-{post.ref}")
    receipt = shop.publish(post, text, f"key-{post.ref}")
    assert (shop.find(post, Receipt(text=text)).matches, bool(receipt.ref)) == (1, True)


def test_a_wrong_token_is_a_login_that_expired(town):
    """Whatever is asked for."""
    stranger = connect(town, token="falsch")
    for call in (stranger.check, lambda: list(stranger.pages(None))):
        with pytest.raises(LoginExpired):
            call()


def test_check_reads_the_servers_own_limits(town, shop):
    """Nothing else of the card changes."""
    card = shop.check()
    assert replace(card, max_length=mastodon.CARD.max_length) == mastodon.CARD
    assert card.max_length >= 500
