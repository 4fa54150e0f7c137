"""RSS and Atom feeds: Google Alerts, forums, the press, comment feeds, reviews of the App Store.

Reads one feed with conditional requests; a feed cannot be answered, so a person answers at the place it points to.

History:
    2026-11  first version, after RSS 2.0, RSS 1.0, Atom (RFC 4287) and the feeds of Google Alerts.

Notes:
    - A ref is the item's guid or id, else a digest of its address, time and author; it holds within one feed and never
      depends on the item's neighbours. Feeds of reviews give every item the address of one page, so that the address
      alone names none; without a time of day the words tell items apart, and an edited one is a new post.
    - What has left the feed is not gone: a feed shows the latest items only, so nothing is ever concluded from absence.
    - Times are often missing or broken; such an item has none and still arrives.
    - Google Alerts lead through google.com/url; the address behind is what people want to see.
    - A server that moved its feed answers with a redirect, which is never followed: the message names the new address.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

from pydantic import Field

from connectors.core import fields
from connectors.core.access import Access
from connectors.core.contract import (
    Capability,
    Card,
    Cursor,
    Malformed,
    Page,
    Post,
    PostKind,
    Raw,
    ReplyMode,
    SourceSettings,
)
from connectors.core.errors import Changed, ConfigProblem, Gone, Unavailable
from connectors.core.feed import entries
from connectors.core.fields import BadField
from connectors.core.records import read_record
from connectors.core.text import plain

if TYPE_CHECKING:
    from connectors.core.answer import Answer
    from connectors.core.http import Http

CARD = Card(
    kind="rss",
    name="RSS",
    home="https://www.rssboard.org/rss-specification",
    reply=ReplyMode.MANUAL,
    capability=Capability.BLIND,
    one_reply=False,
    public_read=False,
    anonymous_authors=True,
    deletions=False,
    sweep=None,
)
PER_PAGE = 200  # items that are stored in one transaction
LONGEST_REF = 500
_ALERT = "tag:google.com,2013:googlealerts/"
_MIDNIGHT = re.compile(r"(?<![\d:+-])00:00(?::00)?(?![:\d])")


class Settings(SourceSettings):
    """One feed."""

    url: str = Field(examples=["https://forum.example.de/feed.xml"], description="address of the feed")
    items: PostKind = Field(
        default=PostKind.POST, description="what its items are: post, comment, review, mention or alert"
    )


def access(settings: Settings) -> Access:
    """The feed's host; the path and the query come with each request."""
    try:
        parts = urlsplit(settings.url.strip())
    except ValueError:
        raise ConfigProblem(f"url is not an address: {settings.url[:80]!r}") from None
    return Access(f"{parts.scheme}://{parts.netloc}" if parts.netloc else settings.url)


def split(body: bytes) -> Iterator[Raw]:
    """The entries of a feed."""
    yield from entries(body)


def parse(raw: Raw, settings: Settings) -> Post | Malformed:
    """One entry."""
    return read_record(_post, raw, settings)


def _post(raw: Raw, settings: Settings) -> Post:
    if raw.get("cut"):
        raise BadField("entry: the feed ends in the middle of it")
    title, summary, content = (_words(raw, name) for name in ("title", "summary", "content"))
    link = _address(fields.optional(raw, "link"), settings.url)
    author = fields.optional(raw, "author")
    rating = fields.stars(raw, "rating", 5)
    published, updated = (_time(fields.optional(raw, name)) for name in ("published", "updated"))
    body = content or summary
    return Post(
        ref=_ref(raw, title, body),
        kind=_kind(raw, rating, settings),
        text=body if body.startswith(title) else f"{title}\n\n{body}".strip(),
        author=author,
        own=_is_own(author, link, settings),
        lang=fields.optional(raw, "lang"),
        rating=rating,
        rating_max=5 if rating else None,
        created=published or updated,
        updated=updated if published else None,
        permalink=link,
        raw=dict(raw),
    )


def _words(raw: Raw, name: str) -> str:
    """A text of the entry without markup, "" where it has none."""
    if raw.get(name) is None:
        return ""
    found = fields.mapping(raw[name], name)
    value = fields.string(found, "value")
    return fields.clean(value).strip() if found.get("type") == "text" else plain(value)


def _ref(raw: Raw, title: str, body: str) -> str:
    """What names the entry for as long as the feed exists."""
    link, time = (fields.optional(raw, name) for name in ("link", "published"))
    ref = (fields.maybe_ident(raw, "id") or "").strip()
    if ref:
        return ref if len(ref) <= LONGEST_REF else _digest(ref)
    if link and link.strip():
        parts = [link.strip(), fields.optional(raw, "author") or ""]
        return _digest("\n".join(parts + _occasion(time, title, body)))
    if not title and not body:
        raise BadField("entry: neither id nor link nor text")
    return _digest(f"{title}\n{time or ''}" if title else body)


def _occasion(time: str | None, title: str, body: str) -> list[str]:
    """What tells an item from others of its address: its time, with the title where that is a day only, or its words.

    A time that cannot be read names nothing: "vor 2 Stunden" is another one at every round.
    """
    moment = _time(time)
    if time is None or moment is None:
        return [title, body]
    day_only = ":" not in time or _MIDNIGHT.search(time)
    return [moment.isoformat(), title] if day_only else [moment.isoformat()]


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _kind(raw: Raw, rating: float | None, settings: Settings) -> PostKind:
    if str(raw.get("id") or "").startswith(_ALERT):
        return PostKind.ALERT
    return PostKind.REVIEW if rating is not None else settings.items


def _address(link: str | None, base: str) -> str | None:
    """Where an entry leads, with the detour of Google Alerts taken off."""
    if link is None:
        return None
    try:
        whole = urljoin(base, link)
        parts = urlsplit(whole)
        host = (parts.hostname or "").removeprefix("www.")
        if host.startswith("google.") and parts.path == "/url":
            asked = parse_qs(parts.query)
            inner = fields.web_address(next(iter(asked.get("url") or asked.get("q") or ()), None))
            whole = inner or whole
    except ValueError:  # an address that is none, like http://[
        return None
    return fields.web_address(whole)


def _is_own(author: str | None, link: str | None, settings: Settings) -> bool:
    """Whether the author, or the host that the entry leads to, is one of `own_accounts`."""
    host = urlsplit(link).hostname if link else None
    wanted = {name.strip().casefold() for name in settings.own_accounts}
    return any(name is not None and name.casefold() in wanted for name in (author, host))


def _time(text: str | None) -> datetime | None:
    """An ISO time or one like `Fri, 30 Oct 2026 10:00:00 +0100`; None for what cannot be read."""
    if text is None:
        return None
    try:
        return fields.moment(text, "time")
    except BadField:
        pass
    try:
        found = parsedate_to_datetime(text)
        aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        return fields.moment(aware.isoformat(), "time")
    except (ValueError, TypeError, OverflowError, IndexError, BadField):
        return None


class Connection:
    """One feed; only read."""

    def __init__(self, settings: Settings, http: "Http") -> None:
        self._settings = settings
        self._http = http

    def pages(self, cursor: Cursor | None, *, until: datetime | None = None) -> Iterator[Page]:
        """The feed as it stands, in portions; nothing if it has not changed since the cursor."""
        old: dict[str, Any] = dict(cursor or {}) if until is None else {}
        answer = self._http.get(self._settings.url.strip(), headers=_conditions(old))
        if answer.status == 304:
            yield Page((), old, complete=until is not None)
            return
        items = self._items(answer)
        starts = range(0, len(items), PER_PAGE) or (0,)
        for start in starts:
            last = start == starts[-1]
            # Only the whole feed may be remembered as read: the mark comes with the last portion.
            mark = _marks(answer) if last and until is None else old
            yield Page(tuple(items[start : start + PER_PAGE]), mark, complete=last and until is not None)

    def one(self, ref: str) -> Post | None:
        """An entry that still stands in the feed.

        Raises:
            Unavailable: it has left the feed, which says nothing about the post itself.
        """
        for item in self._items(self._http.get(self._settings.url.strip())):
            if isinstance(item, Post) and item.ref == ref:
                return item
        raise Unavailable(f"the feed does not show this entry any more: {ref[:80]}")

    def check(self) -> Card:
        """Read the feed once."""
        try:
            self._items(self._http.get(self._settings.url.strip()))
        except Gone as error:
            raise ConfigProblem(f"there is no feed at this address: {error}", status=error.status) from None
        return CARD

    def _items(self, answer: "Answer") -> list[Post | Malformed]:
        if answer.status == 304:
            raise Changed(f"{answer.url}: 'not modified' without having been asked for changes")
        try:
            return [parse(raw, self._settings) for raw in split(answer.body)]
        except Changed as error:
            raise Changed(f"{answer.url}: {error}", status=answer.status) from None


def _conditions(cursor: Mapping[str, Any]) -> dict[str, str]:
    """The headers that ask for changes only."""
    names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
    return {header: str(cursor[name]) for name, header in names.items() if cursor.get(name)}


def _marks(answer: "Answer") -> dict[str, str]:
    """What the server wants to be told next time."""
    told = {"etag": answer.header("etag"), "modified": answer.header("last-modified")}
    return {name: value for name, value in told.items() if value and value.isascii() and len(value) <= 1000}
