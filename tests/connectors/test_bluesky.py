"""Bluesky."""

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from connectors import bluesky
from connectors.core import registry
from connectors.core.atproto import tid
from connectors.core.contract import Post, PostKind, Receipt, ReplyMode
from connectors.core.errors import (
    Changed,
    ConfigProblem,
    Gone,
    LoginExpired,
    RateLimited,
    Refused,
    Unavailable,
    Unclear,
)
from connectors.core.facets import facets
from tests.connectors.contract import LIMITS, RECORDINGS, ConnectorContract

DID = "did:plc:laden"
NOTES = json.loads((RECORDINGS / "bluesky" / "notifications.json").read_text())["notifications"]
VIEW = {key: value for key, value in NOTES[0].items() if key not in {"reason", "isRead"}}
SESSION = {"accessJwt": "access-1", "refreshJwt": "refresh-1", "did": DID, "handle": "laden.test"}
PUT = "/xrpc/com.atproto.repo.putRecord"
GIVEN = {"handle": "laden.test", "app_password": "{canary}", "url": "{server}", "public_url": "{server}"}


def uri_of(key):
    """Where the answer with this key stands."""
    return f"at://{DID}/app.bsky.feed.post/{tid(key)}"


class TestBluesky(ConnectorContract):
    """One shop's account."""

    kind = "bluesky"
    settings: ClassVar = {**GIVEN, "hashtags": ("sonnenlaib",), "own_accounts": ("@laden.test", DID)}
    routes: ClassVar = {
        "POST /xrpc/com.atproto.server.createSession": SESSION,
        "GET /xrpc/app.bsky.notification.listNotifications": "notifications.json",
        "GET /xrpc/app.bsky.feed.searchPosts": "search.json",
        "GET /xrpc/app.bsky.feed.getPosts": {"posts": [VIEW]},
        "GET /xrpc/app.bsky.actor.getProfile": {"did": DID, "handle": "laden.test"},
        "POST /xrpc/com.atproto.repo.putRecord": {"uri": uri_of("key-1"), "cid": "bafy"},
    }

    @pytest.fixture
    def live(self, given, server):
        """A connection that has signed in, which is the only other request that is no GET."""
        server.answer = self.healthy
        connection = registry.open_connection(self.kind, given, LIMITS)
        connection.check()
        server.asked.clear()
        return connection

    def healthy(self, asked):
        """After the first page a list is empty."""
        if "cursor" in asked.query:
            asked.json({"notifications": [], "posts": []})
        else:
            super().healthy(asked)

    def sent_texts(self, asked):
        """The record's text."""
        return [json.loads(asked.body)["record"]["text"]]


class Town:
    """A server with one account whose tokens can run out."""

    def __init__(self, server, **more):
        self.access, self.refresh, self.logins = "access-1", "refresh-1", []
        self.extra = {}
        server.answer = self
        self.server = server
        words = {"handle": "laden.test", "app_password": "geheim", "url": server.url, "public_url": server.url, **more}
        given = bluesky.Settings(**words, allow_networks=("127.0.0.0/8",))
        self.shop = registry.open_connection("bluesky", given, LIMITS)

    def __call__(self, asked):
        """Sessions as the reference server keeps them; everything else as the suite's healthy platform."""
        name, token = asked.path.rpartition("/")[2], asked.headers.get("authorization", "").removeprefix("Bearer ")
        if name.endswith("Session"):
            self.logins.append(name)
            if name.endswith("refreshSession") and asked.body:
                asked.json({"error": "InvalidRequest", "message": "A request body was provided"}, 400)
                return
            if name.endswith("refreshSession") and token != self.refresh:
                asked.json({"error": "ExpiredToken", "message": "Token has expired"}, 400)
                return
            self.access, self.refresh = (f"{word}-{len(self.logins)}" for word in ("access", "refresh"))
            asked.json({**SESSION, "accessJwt": self.access, "refreshJwt": self.refresh})
        elif token and token != self.access:
            asked.json({"error": "ExpiredToken", "message": "Token has expired"}, 400)
        elif name in self.extra:
            self.extra[name](asked)
        else:
            TestBluesky().healthy(asked)

    def puts(self):
        """The writes that came."""
        return [json.loads(asked.body) for asked in self.server.asked if asked.path == PUT]


@pytest.fixture
def town(server):
    """The server, and the shop's connection to it."""
    return Town(server)


@pytest.fixture
def post():
    """A complaint."""
    return bluesky.parse(NOTES[0], bluesky.Settings(handle="laden.test"))


# --- the session ---


def test_an_expired_token_is_renewed_once_and_the_read_goes_on(town):
    """With the refresh token, not with the password; both tokens are new afterwards."""
    town.shop.check()
    town.access = "another"
    assert town.shop.one(VIEW["uri"]).ref == VIEW["uri"]
    assert town.logins == ["com.atproto.server.createSession", "com.atproto.server.refreshSession"]


def test_a_refresh_token_that_ran_out_leads_back_to_the_password(town):
    """After 90 days of silence."""
    town.shop.check()
    town.access = town.refresh = "another"
    assert town.shop.one(VIEW["uri"]).ref == VIEW["uri"]
    assert [name.rpartition(".")[2] for name in town.logins] == ["createSession", "refreshSession", "createSession"]


def test_threads_that_notice_together_renew_once(town):
    """Signing in is rationed: 30 times in five minutes."""
    town.shop.check()
    town.access = "another"
    threads = [threading.Thread(target=town.shop.one, args=(VIEW["uri"],)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(town.logins) == 2


def test_a_token_that_runs_out_before_a_write_writes_nothing_and_says_so(town, post):
    """The outbox tries again later, with the new token."""

    def late(asked):
        asked.json({"error": "ExpiredToken", "message": "Token has expired"}, 400)

    town.extra["com.atproto.repo.putRecord"] = late
    with pytest.raises(Unavailable, match="nothing was written"):
        town.shop.publish(post, "Guten Tag", "key-1")
    town.extra.clear()
    assert (town.shop.publish(post, "Guten Tag", "key-1").ref, len(town.puts())) == (uri_of("key-1"), 2)


@pytest.mark.parametrize(("status", "code"), [(400, "InvalidToken"), (401, "AuthMissing"), (400, "AccountTakedown")])
def test_a_login_that_is_not_accepted_is_told_to_the_owner(town, status, code):
    """And not tried again with the password."""
    town.shop.check()
    town.extra["app.bsky.feed.getPosts"] = lambda asked: asked.json({"error": code, "message": "no"}, status)
    with pytest.raises(LoginExpired):
        town.shop.one(VIEW["uri"])
    assert len(town.logins) == 1


def test_a_rate_limit_ends_when_the_platform_says(town):
    """`ratelimit-reset` is a unix time."""
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=4)
    headers = {"ratelimit_reset": str(int(until.timestamp())), "ratelimit_remaining": "0"}
    town.extra["app.bsky.feed.getPosts"] = lambda asked: asked.json({"error": "RateLimitExceeded"}, 429, **headers)
    with pytest.raises(RateLimited) as error:
        town.shop.one(VIEW["uri"])
    assert error.value.until == until


# --- reading ---


def test_two_pages_are_read_and_the_mark_comes_with_the_last(town):
    """An interrupted walk begins again where it began; a page that repeats ends it."""
    pages = {"": {"notifications": NOTES[:1], "cursor": "c1"}, "c1": {"notifications": NOTES[1:3]}}
    name = "app.bsky.notification.listNotifications"
    town.extra[name] = lambda asked: asked.json(pages[asked.query.get("cursor", "")])
    first, second, _ = town.shop.pages(None)
    assert (first.cursor, second.cursor["notifications"]["ref"]) == ({}, NOTES[0]["uri"])
    town.extra[name] = lambda asked: asked.json(pages[""])
    with pytest.raises(Changed, match="repeats"):
        list(town.shop.pages(None))


def test_a_page_names_its_list_and_says_whether_it_was_never_read_before(server):
    """One post under several hashtags is no circle, and a list that was added later brings history."""
    town = Town(server, hashtags=("alt", "neu"), own_threads=True)
    shop, thread = town.shop, json.loads((RECORDINGS / "bluesky" / "thread.json").read_text())
    town.extra["app.bsky.feed.getAuthorFeed"] = lambda asked: asked.json({"feed": [{"post": thread["thread"]["post"]}]})
    town.extra["app.bsky.feed.getPostThread"] = lambda asked: asked.json(thread)
    marks = {name: {"time": "2026-11-10T00:00:00+00:00", "ref": "x"} for name in ("notifications", "#alt")}
    first = list(shop.pages(marks))
    for pages in (first, shop.pages(marks, until=datetime(2026, 1, 1, tzinfo=UTC))):
        found = {page.stream: page.history for page in pages}
        assert found == {"notifications": False, "#alt": False, "#neu": True, "own threads": True, "": False}
    assert not any(page.history for page in shop.pages(first[-1].cursor))


def test_a_walk_stops_behind_the_lookback(town):
    """What is older than the mark less a day is not asked for again."""
    marks = {"notifications": {"time": "2026-11-10T00:00:00+00:00", "ref": "x"}}
    assert len([asked for asked in _asked(town, marks) if "cursor" in asked.query]) == 0


def _asked(town, marks):
    list(town.shop.pages(marks))
    return [asked for asked in town.server.asked if asked.path.endswith("listNotifications")]


def test_an_authors_wrong_clock_hides_no_complaint():
    """A post counts from when the network saw it, not from what its author's program says."""
    quote = bluesky.parse(NOTES[2], bluesky.Settings(handle="laden.test", own_accounts=(DID,)))
    assert (quote.created.year, quote.visible) == (2026, False)


def test_a_post_is_of_the_same_kind_whichever_list_shows_it():
    """A mention and a quote are known without the notification's reason."""
    given = bluesky.Settings(handle="laden.test", own_accounts=(DID,))
    for note in NOTES[:3]:
        view = {key: value for key, value in note.items() if key != "reason"}
        assert bluesky.parse(view, given).kind is bluesky.parse(note, given).kind


def test_our_own_threads_are_read(server):
    """Those with answers, without our own first post; deleted and blocked answers are no posts."""
    town = Town(server, own_threads=True)
    thread = json.loads((RECORDINGS / "bluesky" / "thread.json").read_text())
    root = thread["thread"]["post"]
    town.extra["app.bsky.feed.getAuthorFeed"] = lambda asked: asked.json({"feed": [{"post": root}]})
    town.extra["app.bsky.feed.getPostThread"] = lambda asked: asked.json(thread)
    found = [item for page in town.shop.pages(None) for item in page.items if isinstance(item, Post)]
    assert [(item.author, item.own) for item in found if item.thread == root["uri"]][-2:] == [
        ("nachbar.test", False),
        ("Laden", True),
    ]


def test_without_a_password_only_strangers_requests_are_made(server, post):
    """The card says so, and an attempt to answer is refused."""
    town = Town(server, app_password="", searches=("Laden",))
    assert town.shop.check().reply is ReplyMode.MANUAL
    assert [item.kind for page in town.shop.pages(None) for item in page.items] == [PostKind.POST] * 3
    assert {asked.method for asked in server.asked} == {"GET"}
    with pytest.raises(ConfigProblem, match="app_password"):
        town.shop.publish(post, "Guten Tag", "key-1")


# --- answering ---


def test_an_answer_names_what_it_answers_and_marks_what_it_mentions(town, post):
    """Root and parent with their hashes, bytes and not letters, no change of a record that is there."""
    town.shop.publish(post, "Grüße 👍🏽 @kundin.test, siehe https://laden.example/ä(1).", "key-1")
    (put,) = town.puts()
    above = {"uri": VIEW["uri"], "cid": VIEW["cid"]}
    assert (put["rkey"], put["swapRecord"]) == (tid("key-1"), None)
    assert (put["record"]["reply"], put["record"]["langs"]) == ({"root": above, "parent": above}, ["de"])
    whole = put["record"]["text"].encode()
    parts = [whole[entry["index"]["byteStart"] : entry["index"]["byteEnd"]] for entry in put["record"]["facets"]]
    assert [part.decode() for part in parts] == ["@kundin.test", "https://laden.example/ä(1)"]


def test_an_answer_deep_in_a_thread_keeps_the_threads_root(town):
    """Else it would stand alone."""
    town.extra["app.bsky.feed.getPosts"] = lambda asked: asked.json({"posts": [NOTES[1]]})
    town.shop.publish(bluesky.parse(NOTES[1], bluesky.Settings(handle="x")), "Doch.", "key-1")
    reply = town.puts()[0]["record"]["reply"]
    assert (reply["root"], reply["parent"]["uri"]) == (NOTES[1]["record"]["reply"]["root"], NOTES[1]["uri"])


def test_the_same_key_is_the_same_record_and_is_not_written_twice(town, post):
    """It stands there already: nothing is sent. Other words under the same key need a look."""
    town.extra["com.atproto.repo.getRecord"] = lambda asked: asked.json(
        {"uri": uri_of("key-1"), "cid": "bafy", "value": {"text": "Guten Tag"}}
    )
    assert (town.shop.publish(post, "Guten Tag", "key-1").ref, town.puts()) == (uri_of("key-1"), [])
    with pytest.raises(Unclear, match="another text"):
        town.shop.publish(post, "Guten Abend", "key-1")


def test_a_record_that_came_in_between_is_unclear(town, post):
    """The server refuses to change it."""
    town.extra["com.atproto.repo.putRecord"] = lambda asked: asked.json({"error": "InvalidSwap"}, 400)
    with pytest.raises(Unclear):
        town.shop.publish(post, "Guten Tag", "key-1")


@pytest.mark.parametrize(
    ("view", "error"),
    [([], Gone), ([{**VIEW, "viewer": {"replyDisabled": True}}], Refused), ([{**VIEW, "cid": None}], Unavailable)],
)
def test_what_cannot_be_answered_is_not_answered(town, post, view, error):
    """Deleted, closed by its author, or shown without the hash that an answer must name."""
    town.extra["app.bsky.feed.getPosts"] = lambda asked: asked.json({"posts": view})
    with pytest.raises(error):
        town.shop.publish(post, "Guten Tag", "key-1")
    assert town.puts() == []


def test_both_limits_count(town, post):
    """300 graphemes of 11 bytes each are 3300 bytes; 300 letters are not too long."""
    family = "👩‍👩‍👧"
    for text in (family * 299, "ä" * 301):
        with pytest.raises(Refused):
            town.shop.publish(post, text, "key-1")
    assert town.shop.publish(post, "ä" * 300, "key-1").ref


def test_an_answer_is_public_only_where_strangers_see_it(town, post):
    """Our server has it; the AppView shows it, hides it from strangers, or does not show it."""
    own = {**VIEW, "uri": uri_of("key-1"), "author": {"did": DID, "handle": "laden.test"}, "record": {"text": "Hallo"}}
    hidden = {**own, "author": {**own["author"], "labels": [{"val": "!no-unauthenticated"}]}}
    town.extra["com.atproto.repo.getRecord"] = lambda asked: asked.json({"value": {"text": "Hallo"}})
    for shown, public in (([own], True), ([hidden], False), ([], False)):
        town.extra["app.bsky.feed.getPosts"] = lambda asked, shown=shown: asked.json({"posts": shown})
        seen = town.shop.find(post, Receipt(ref=uri_of("key-1")))
        assert (seen.public, seen.text, seen.ref) == (public, "Hallo", uri_of("key-1"))


def test_record_keys_are_well_formed_and_stay_the_same():
    """13 letters of the protocol's alphabet, a time of the past; ten thousand keys do not meet."""
    keys = {tid(str(number)) for number in range(10_000)}
    assert (len(keys), {len(key) for key in keys}) == (10_000, {13})
    assert all(set(key) <= set("234567abcdefghijklmnopqrstuvwxyz") and "3jz" < key < "3mc" for key in keys)
    assert tid("a") == tid("a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nichts", []),
        ("(https://a.example/b)", ["https://a.example/b"]),
        ("https://a.example/b_(c), und", ["https://a.example/b_(c)"]),
        ("mail@laden.test, @niemand.test, @laden", []),
        ("@kundin.test.", ["@kundin.test"]),
        ("https://a.example/@kundin.test", ["https://a.example/@kundin.test"]),
    ],
)
def test_passages_are_marked_where_they_mean_something(text, expected):
    """Not an e-mail address, not a handle that nobody has, not the full stop behind an address."""
    found = facets(text, lambda handle: DID if handle == "kundin.test" else None)
    whole = text.encode()
    assert [whole[mark["index"]["byteStart"] : mark["index"]["byteEnd"]].decode() for mark in found] == expected
