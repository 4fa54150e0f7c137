"""RSS and Atom."""

import contextlib
import time
from typing import ClassVar
from xml.etree import ElementTree as ET

import pytest

from connectors import rss
from connectors.core import registry
from connectors.core.contract import Malformed, Post, PostKind
from connectors.core.errors import Changed, ConfigProblem, Unavailable
from tests.connectors.contract import RECORDINGS, ConnectorContract

FORUM = (RECORDINGS / "rss" / "forum.xml").read_bytes()
ENTITIES = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


class TestRss(ConnectorContract):
    """The feed of a forum."""

    kind = "rss"
    settings: ClassVar = {"url": "{server}/feed.xml?key=1", "own_accounts": ("laden.example",)}
    routes: ClassVar = {"GET /feed.xml": "forum.xml"}


def settings(url="https://forum.example/feed.xml", **more):
    """The settings of one feed."""
    return rss.Settings(url=url, allow_networks=("127.0.0.0/8",), **more)


def connect(server):
    """A connection to the feed of the fault server."""
    return registry.open_connection("rss", settings(f"{server.url}/feed.xml?a=1&b=2"))


def feed(*items, head='<?xml version="1.0"?>'):
    """An RSS feed as text."""
    return f'{head}<rss version="2.0"><channel><title>x</title>{"".join(items)}</channel></rss>'


def item(number, text="Hallo"):
    """One item."""
    return f"<item><guid>g{number}</guid><title>Nummer {number}</title><description>{text}</description></item>"


def read(body, **more):
    """The posts of a feed."""
    return [rss.parse(raw, settings(**more)) for raw in rss.split(body.encode() if isinstance(body, str) else body)]


def test_an_unchanged_feed_is_asked_for_by_its_marks_and_costs_nothing(server):
    """ETag and Last-Modified go into the cursor and back to the server; 304 keeps both."""
    server.answer = lambda asked: asked.say(200, FORUM, ETag='"v1"', Last_Modified="Mon, 02 Nov 2026 10:00:00 GMT")
    (page,) = connect(server).pages(None)
    assert (len(page.items), page.complete) == (5, False)
    server.answer = lambda asked: asked.say(304)
    (again,) = connect(server).pages(page.cursor)
    assert (again.items, again.cursor) == ((), page.cursor)
    sent = server.asked[-1]
    assert (sent.headers["if-none-match"], sent.query) == ('"v1"', {"a": "1", "b": "2"})
    assert sent.headers["if-modified-since"] == "Mon, 02 Nov 2026 10:00:00 GMT"


def test_a_full_walk_asks_for_everything(server):
    """Marks of a cursor do not shorten it; a server that still says 304 answers something nobody asked."""
    server.answer = lambda asked: asked.say(200, FORUM, ETag='"v1"')
    (page,) = connect(server).pages({"etag": '"v1"'}, until=rss.datetime(2000, 1, 1, tzinfo=rss.UTC))
    assert (page.complete, page.cursor, "if-none-match" in server.asked[-1].headers) == (True, {}, False)
    server.answer = lambda asked: asked.say(304)
    with pytest.raises(Changed, match="not modified"):
        connect(server).check()


def test_ten_thousand_items_come_in_portions_and_the_mark_comes_last(server):
    """A round that breaks off in the middle reads the feed again; all of it takes seconds, not minutes."""
    body = feed(*map(item, range(10_000))).encode()
    server.answer = lambda asked: asked.say(200, body, ETag='"v2"')
    began = time.perf_counter()
    pages = list(connect(server).pages({"etag": '"v1"'}))
    assert time.perf_counter() - began < 20
    assert len({post.ref for page in pages for post in page.items}) == 10_000
    assert {page.cursor["etag"] for page in pages[:-1]} == {'"v1"'}
    assert pages[-1].cursor == {"etag": '"v2"'}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_that_declares_entities_is_refused(encoding):
    """Billion laughs; nothing is expanded, also where the feed is broken and read by its tags."""
    with pytest.raises(Changed, match="entity"):
        read((ENTITIES + feed(item(1, "&b;"), head="")).encode(encoding))
    broken = read((ENTITIES.replace("<?xml", " <?xml") + feed(item(1, "&b;<br>"), head="")).encode(encoding))
    assert broken[0].text == "Nummer 1\n\n&b;"


def test_an_ordinary_reader_would_expand_them():
    """The control: the same feed is a bomb for Python's own reader."""
    root = ET.fromstring(ENTITIES + feed(item(1, "&b;"), head=""))  # noqa: S314  that is the point
    assert root.findtext(".//description") == "hahaha"


def test_a_file_of_this_machine_is_never_read():
    """An external entity is an entity as well; an external DTD is not fetched, its HTML letters are known."""
    with pytest.raises(Changed):
        read('<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + feed(item(1, "&f;"), head=""))
    old = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss-0.91.dtd">'
    (post,) = read(old + feed(item(1, "M&uuml;ller &amp; S&ouml;hne"), head=""))
    assert post.text.endswith("Müller & Söhne")


@pytest.mark.parametrize(
    "junk", ["<", "<a ", "<div>", "<item>", "<![CDATA[", "<!--", "&a", "<title ", "<title>", '<a b="', "<item><title>"]
)
def test_a_hostile_feed_costs_no_more_than_its_size(junk):
    """Twice as long may take twice as long, not four times; a half megabyte is done in seconds."""
    body = feed(item(1), junk * (500_000 // len(junk)))
    began = time.perf_counter()
    with contextlib.suppress(Changed):
        read(body)
    assert time.perf_counter() - began < 10


def test_a_feed_with_too_many_or_too_deep_elements_is_refused():
    """Whether it is well-formed or not."""
    for body in (feed("<item/>" * 50_001), feed("<item>" * 50_001), feed("<a>" * 300 + "</a>" * 300)):
        with pytest.raises(Changed, match=r"more than|deeper than"):
            read(body)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", ""), ("utf-8", "iso-8859-1"), ("utf-8-sig", "utf-8"), ("cp1252", "utf-8"), ("cp1252", ""),
        ("cp1252", "iso-8859-1"), ("iso-8859-15", "ISO-8859-15"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16"),
        ("cp1252", "punycode"), ("cp1252", "nonsense"),
    ],
)  # fmt: skip
def test_letters_survive_whatever_the_feed_says_about_its_charset(encoding, declared):
    """A wrong declaration, a missing one, an unknown one."""
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    (post,) = read(feed(item(1, "Größe 5 €"), head=head).encode(encoding))
    assert post.text.endswith("Größe 5 €")


@pytest.mark.parametrize("broken", [b"h\xc3", "hübsch".encode("cp1252")])
def test_a_broken_letter_costs_no_other_letter(broken):
    """A letter cut in half by the platform had made MÃ¼ller of every Müller in the feed."""
    body = feed(item(1, "Müller: zu spät, größter Ärger"), item(2, "Sehr @@"), head='<?xml version="1.0"?>').encode()
    first, second = read(body.replace(b"@@", broken))
    assert first.text.endswith("Müller: zu spät, größter Ärger")
    assert second.text.endswith(broken.decode("utf-8", "replace"))


def test_characters_that_xml_forbids_cost_no_item():
    """Vertical tabs from a word processor, a lonely ampersand, an HTML entity."""
    first, second = read(feed(item(1, "a\x0bb & c &nbsp;&hearts; R&D"), item(2)))
    assert first.text.split("\n\n")[1].split() == ["ab", "&", "c", "♥", "R&D"]
    assert second.ref == "g2"


@pytest.mark.parametrize("end", ["<guid>g", "<guid>g2</gui", "<link>https://a.example/2</link>", "<title>Nur"])
def test_an_item_that_is_cut_off_before_its_id_is_malformed(end):
    """Tomorrow it is whole and has another ref: it would be two posts. The items before it are there."""
    first, second = read(feed(item(1)).replace("</channel></rss>", f"<item>{end}"))
    assert (first.ref, isinstance(second, Malformed)) == ("g1", True)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Fri, 30 Oct 2026 10:00:00 +0100", "2026-10-30T09:00:00+00:00"),
        ("Fri, 30 Oct 2026 10:00:00", "2026-10-30T10:00:00+00:00"),
        ("30 Oct 2026 10:00 GMT", "2026-10-30T10:00:00+00:00"),
        ("2026-10-30T10:00:00Z", "2026-10-30T10:00:00+00:00"),
        ("2026-10-30", "2026-10-30T00:00:00+00:00"),
        ("Fr, 30 Okt 2026 10:00:00 +0100", None),
        ("0001-01-01T00:00:00Z", None),
        ("Fri, 99 Oct 99999 10:00:00 +9999", None),
        ("gestern", None),
        ("", None),
    ],
)
def test_times_are_read_or_left_out(date, expected):
    """An item without a time still arrives."""
    (post,) = read(feed(f"<item><guid>1</guid><title>T</title><pubDate>{date}</pubDate></item>"))
    assert (post.created.isoformat() if post.created else None) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://www.google.com/url?rct=j&amp;url=https://a.example/b%3Fc%3Dd&amp;usg=x", "https://a.example/b?c=d"),
        ("https://www.google.de/url?q=https://a.example/", "https://a.example/"),
        ("https://www.google.com/url?url=javascript:alert(1)", "https://www.google.com/url?url=javascript:alert(1)"),
        ("https://google.com/path?url=https://a.example", "https://google.com/path?url=https://a.example"),
        ("/t/18", "https://forum.example/t/18"),
        ("javascript:alert(1)", None),
        ("http://[", None),
    ],
)
def test_an_address_leads_where_people_want_to_go(link, expected):
    """Detours of Google Alerts are taken off; what is no web address is none."""
    (post,) = read(feed(f"<item><guid>1</guid><title>T</title><link>{link}</link></item>"))
    assert post.permalink == expected


def test_an_item_keeps_its_ref_when_its_words_change():
    """By guid, else by address and time, else by title and time; two items without anything in common stay two."""
    one = f"<item><title>{{}}</title><link>https://a.example/1</link>{_DATED.format(9)}</item>"
    assert read(feed(one.format("alt")))[0].ref == read(feed(one.format("neu")))[0].ref
    bare = "<item><title>T</title><pubDate>{}</pubDate><description>{}</description></item>"
    refs = [read(feed(bare.format(*words)))[0].ref for words in (("1", "a"), ("1", "b"), ("2", "a"))]
    assert (refs[0] == refs[1], refs[0] == refs[2]) == (True, False)
    assert len(read(feed(f"<item><guid>{'x' * 3000}</guid></item>"))[0].ref) < 100


def test_what_has_left_the_feed_is_not_called_gone(server):
    """The platform never says that a post is deleted."""
    server.answer = lambda asked: asked.say(200, FORUM)
    live = connect(server)
    assert isinstance(live.one("forum-17-3"), Post)
    with pytest.raises(Unavailable, match="any more"):
        live.one("forum-1-1")


def test_an_address_without_a_feed_is_told_to_the_operator(server):
    """Missing, moved (the message names the new place), or a page."""
    live = connect(server)
    for answer, words in (
        (lambda asked: asked.say(404), "no feed at this address"),
        (lambda asked: asked.say(301, Location="https://neu.example/feed"), "neu.example/feed"),
    ):
        server.answer = answer
        with pytest.raises(ConfigProblem, match=words):
            live.check()
    server.answer = lambda asked: asked.say(200, b"<!DOCTYPE html><html><body>Hallo<br></body></html>")
    with pytest.raises(Changed, match="no feed"):
        live.check()


def test_what_the_items_are_can_be_said():
    """A comment feed holds comments; alerts and ratings are known by themselves."""
    assert read(feed(item(1)), items="comment")[0].kind is PostKind.COMMENT
    assert {post.kind for post in read((RECORDINGS / "rss" / "alerts.xml").read_bytes())} == {
        PostKind.ALERT,
        PostKind.POST,
    }


_ITEM = "<item><title>{}</title><link>https://a.example/bewertungen</link>{}<description>{}</description></item>"
_DATED = "<pubDate>Mon, 02 Nov 2026 {:02}:00:00 +0100</pubDate>"


def test_items_that_share_one_address_are_several_posts():
    """A feed of reviews: all lead to one page, and the last one had taken the place of all others."""
    timed = [("Bewertung", _DATED.format(hour), "Kalt.") for hour in (9, 10)]
    reviews = [*timed, ("Neu", "", "Zu spät."), ("Neu", "", "Nett.")]
    first, again = (read(feed("".join(_ITEM.format(*one) for one in some))) for some in (reviews, reviews[::-1]))
    assert len({post.ref for post in first}) == 4
    assert {post.ref for post in first} == {post.ref for post in again}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Anna", _DATED.format(9), "Kalt."), ("Bernd", _DATED.format(10), "Zu spät.")),
        (("Anna", _DATED.format(0), "Kalt."), ("Bernd", _DATED.format(0), "Zu spät.")),
        (("Neu", _DATED.format(9), "Kalt."), ("Neu", f"{_DATED.format(9)}<author>Bernd</author>", "Kalt.")),
        (("Neu", "", "Kalt."), ("Neu", "", "Zu spät.")),
        (("Neu", "<pubDate>gestern</pubDate>", "Kalt."), ("Neu", "<pubDate>gestern</pubDate>", "Zu spät.")),
    ],
)
def test_the_ref_of_an_item_does_not_depend_on_its_neighbours(one, other):
    """Alone it had been its address: the next complaint took its place, and with a neighbour it was due twice."""
    first, second = (_ITEM.format(*words) for words in (one, other))
    alone, both, left = (read(feed(items)) for items in (first, second + first, second))
    assert [post.ref for post in both] == [left[0].ref, alone[0].ref]
    assert left[0].ref != alone[0].ref


@pytest.mark.parametrize("written", ["Mon, 02 Nov 2026 09:00:00 +0100", "Mon, 02 Nov 2026 08:00:00 GMT"])
def test_an_edited_item_of_a_shared_address_stays_the_same_post(written):
    """The same address at the same time, however the feed writes it."""
    before = _ITEM.format("Kalt", _DATED.format(9), "Das Essen war kalt.")
    after = _ITEM.format("Lauwarm", f"<pubDate>{written}</pubDate>", "Das Essen war lauwarm.")
    assert read(feed(before))[0].ref == read(feed(after))[0].ref


def test_one_item_that_stands_there_twice_is_one_post():
    """The control: the same words, the same time, the same address; and an id is believed, whatever the address."""
    twice = _ITEM.format("Bewertung", "<pubDate>Mon, 02 Nov 2026 09:00:00 +0100</pubDate>", "Kalt.") * 2
    assert len({post.ref for post in read(feed(twice))}) == 1
    named = "".join(_ITEM.format("T", f"<guid>{n}</guid>", "Kalt.") for n in (1, 2))
    assert [post.ref for post in read(feed(named))] == ["1", "2"]
