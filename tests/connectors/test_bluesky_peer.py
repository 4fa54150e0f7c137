"""The Bluesky connector with a real network: PLC directory, PDS and AppView of the reference code."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from pydantic import SecretStr

from connectors import bluesky as connector
from connectors.core import registry
from connectors.core.access import Credentials, Limits
from connectors.core.atproto import tid
from connectors.core.contract import Post, PostKind, Receipt
from connectors.core.errors import Gone, LoginExpired, RateLimited, Refused
from connectors.core.facets import facets
from connectors.core.text import same_text
from tests.peers.bluesky import expired, shop_and_customer
from tests.peers.processes import wait_until

pytestmark = pytest.mark.peer
NUMBERS = count(1)
TEXT = "Guten Tag @kundin.test, „das“ tut uns leid -- ehrlich... 👩‍👩‍👧 https://laden.example/ä?a=1&b=2.\n\nAnna"


@pytest.fixture(scope="module")
def network():
    """One network for this module with a shop and a customer; every test writes posts of its own."""
    with shop_and_customer() as running:
        yield running


@pytest.fixture(scope="module")
def shop(network):
    """The shop's connection; signing in is rationed, so it is one for all."""
    return connect(network, searches=("Schimmel",), hashtags=("sonnenlaib",), own_threads=True)


def connect(network, handle="laden.test", password=None, **more):
    """A connection of the shop, or as somebody else."""
    secret = SecretStr(network.shop.password if password is None else password)
    places = {"url": network.url, "public_url": network.public_url, "allow_networks": ("127.0.0.0/8",)}
    settings = connector.Settings(handle=handle, app_password=secret, **places, **more)
    return registry.open_connection("bluesky", settings, Limits(read=10, total=20))


def complaint(network, shop, text="@laden.test Rechnung {} ist <b>falsch</b>, & niemand hilft!"):
    """The customer complains and the network knows; gives the post as the connector reads it."""
    words = text.format(next(NUMBERS))
    known = {"laden.test": network.shop.did}
    uri = network.post(network.customer, words, facets=facets(words, known.get))
    network.wait_for(uri)
    return shop.one(uri)


def give(network, connection, token):
    """The connection goes on with another access token."""
    session = connection._login._now()
    door = session.door.sibling(network.url, credentials=Credentials.bearer(token))
    connection._login._session = replace(session, door=door)


def refs(pages):
    """The refs of all posts."""
    return [item.ref for page in pages for item in page.items if isinstance(item, Post)]


def test_a_mention_is_read_with_its_words(network, shop):
    """No markup is added or lost, and it is a stranger's; it comes with the notifications too."""
    post = complaint(network, shop)
    assert "ist <b>falsch</b>, & niemand hilft!" in post.text
    assert (post.author_id, post.own, post.visible) == (network.customer.did, False, True)
    assert (post.kind, post.lang) == (PostKind.MENTION, "de")
    wait_until(lambda: post.ref in refs(shop.pages(None)), seconds=120, what="the notification")
    pages = list(shop.pages(None))
    new = complaint(network, shop)
    wait_until(lambda: new.ref in refs(shop.pages(pages[-1].cursor)), seconds=120, what="the next notification")


@pytest.mark.parametrize("text", ["Schon wieder Schimmel, Nummer {}", "Nummer {} geschlossen #sonnenlaib"])
def test_a_word_and_a_hashtag_are_watched(network, shop, text):
    """Somebody complains without naming the shop's account."""
    words = text.format(next(NUMBERS))
    start, end = (len(part.encode()) for part in (words.partition("#")[0], words))
    tag = {"$type": "app.bsky.richtext.facet#tag", "tag": "sonnenlaib"}
    marks = [{"index": {"byteStart": start, "byteEnd": end}, "features": [tag]}] if "#" in words else []
    uri = network.post(network.customer, words, facets=marks)
    wait_until(lambda: uri in refs(shop.pages(None)), seconds=120, what="the search")


def test_answers_under_our_own_posts_are_read(network, shop):
    """And everything else below, down to a full walk that says it is complete."""
    root = network.post(network.shop, "Neue Öffnungszeiten")
    network.wait_for(root)
    above = {"uri": root, "cid": network.shown(root)["cid"]}
    below = network.post(network.customer, "Die stimmen nicht.", reply={"root": above, "parent": above})
    network.wait_for(below)
    wait_until(lambda: below in refs(shop.pages(None)), seconds=120, what="the thread")
    pages = list(shop.pages(None, until=datetime.now(UTC) - timedelta(days=1)))
    assert (below in refs(pages), pages[-1].complete, pages[-1].cursor) == (True, True, {})


def test_an_answer_is_published_once_and_seen_by_a_stranger(network, shop):
    """Found by its address and by its words; the second attempt with the same key is the same record."""
    post = complaint(network, shop)
    assert shop.find(post, None) is None
    receipt = shop.publish(post, TEXT, "key-a")
    first = network.shown(receipt.ref) or network.wait_for(receipt.ref) or network.shown(receipt.ref)
    assert shop.publish(post, TEXT, "key-a").ref == receipt.ref
    for wanted in (receipt, Receipt(text=TEXT), None):
        seen = shop.find(post, wanted)
        assert (seen.ref, seen.public, seen.matches, same_text(seen.text, TEXT)) == (receipt.ref, True, 1, True)
    assert shop.find(post, Receipt(text="etwas anderes")) is None
    assert network.shown(receipt.ref)["cid"] == first["cid"]


def test_an_answer_marks_its_reader_and_its_link(network, shop):
    """The customer is told: the mention carries her did, and the bytes fit."""
    receipt = shop.publish(complaint(network, shop), TEXT, "key-b")
    network.wait_for(receipt.ref)
    record = network.shown(receipt.ref)["record"]
    assert [mark["features"][0].get("did") for mark in record["facets"]] == [network.customer.did, None]
    assert record["facets"][1]["features"][0]["uri"] == "https://laden.example/ä?a=1&b=2"
    assert shop.one(receipt.ref).own


def test_a_record_that_stands_there_is_not_changed(network, shop):
    """A server that is asked to put other words under our key refuses: `swapRecord` is null."""
    receipt = shop.publish(complaint(network, shop), "Das erste Wort.", "key-c")
    other = {"$type": connector.POSTS, "text": "Ein anderes", "createdAt": datetime.now(UTC).isoformat()}
    words = {"repo": network.shop.did, "collection": connector.POSTS, "rkey": tid("key-c"), "record": other}
    with pytest.raises(Exception, match="400"):
        network.call("com.atproto.repo.putRecord", {**words, "swapRecord": None}, network.shop.token)
    network.wait_for(receipt.ref)
    assert network.shown(receipt.ref)["record"]["text"] == "Das erste Wort."


def test_a_post_that_was_deleted_and_written_again_is_another_one(network, shop):
    """That is how one edits here: the old one is gone and cannot be answered, the new one has a ref of its own."""
    post = complaint(network, shop)
    network.delete(network.customer, post.ref)
    network.wait_for(post.ref, there=False)
    again = complaint(network, shop, "@laden.test Doch nur halb so schlimm {}")
    assert (shop.one(post.ref), again.ref != post.ref, again.author_id) == (None, True, post.author_id)
    with pytest.raises(Gone):
        shop.publish(post, "Zu spät", "key-d")
    assert shop.find(post, None) is None


def test_a_deleted_answer_is_not_found(network, shop):
    """Neither by its address nor by its words."""
    post = complaint(network, shop)
    receipt = shop.publish(post, "Das war ein Fehler.", "key-e")
    network.wait_for(receipt.ref)
    network.delete(network.shop, receipt.ref)
    network.wait_for(receipt.ref, there=False)
    assert shop.find(post, receipt) is None
    assert shop.find(post, Receipt(text="Das war ein Fehler.")) is None


def test_the_longest_text_is_taken_and_a_longer_one_refused_by_both(network, shop):
    """300 graphemes with marks and joiners arrive; 301 the server would not take either."""
    post = complaint(network, shop)
    with pytest.raises(Refused):
        shop.publish(post, "ä" * 301, "key-f")
    receipt = shop.publish(post, "👍🏽" * 300, "key-f")
    network.wait_for(receipt.ref)
    assert shop.find(post, receipt).public
    with pytest.raises(Exception, match="400"):
        network.post(network.shop, "ä" * 301)


def test_a_token_that_ran_out_is_renewed(network, shop):
    """The server says 400 `ExpiredToken`; the read goes on, and so does the next answer."""
    post, login = complaint(network, shop), shop._login
    token = login._now().door._credentials.secrets[0]
    give(network, shop, expired(token))
    assert shop.one(post.ref).ref == post.ref
    assert login._now().door._credentials.secrets[0] not in {token, expired(token)}
    assert shop.publish(post, "Danke.", "key-g").ref


def test_a_wrong_password_and_a_broken_token_are_logins_that_expired(network):
    """Whatever is asked for."""
    with pytest.raises(LoginExpired):
        connect(network, password="falsch").check()
    stranger = connect(network)
    give(network, stranger, "kaputt")
    with pytest.raises(LoginExpired):
        list(stranger.pages(None))


def sign_in(network, who, times):
    """Somebody signs in again and again."""
    for _ in range(times):
        connect(network, handle=who.handle, password=who.password).check()


def test_signing_in_too_often_is_a_rate_limit_with_its_end(network):
    """30 times in five minutes; the server's own word says until when."""
    rushed = network.account("eilig")
    with pytest.raises(RateLimited) as error:
        sign_in(network, rushed, times=40)
    assert timedelta(0) < error.value.until - datetime.now(UTC) <= timedelta(minutes=5, seconds=5)


def test_strangers_read_without_a_login(network, shop):
    """One post and a search, over the AppView alone."""
    post = complaint(network, shop, "@laden.test Schimmel im Brot {}")
    stranger = connect(network, password="", searches=("Schimmel",))
    assert stranger.one(post.ref).text == post.text
    assert post.ref in refs(stranger.pages(None))
