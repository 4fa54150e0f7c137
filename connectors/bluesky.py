"""Bluesky and other servers of the AT Protocol: mentions, replies, quotes, searches, answers.

Reads `listNotifications`, `searchPosts`, `getPostThread`, `getPosts` and `getAuthorFeed`; answers with a record of our
own key. What strangers see is asked at the public AppView, without a login.

History:
    2026-11  first version, after the lexicons of @atproto/api 0.19 and its reference server 0.5.35.

Notes:
    - A post cannot be edited. Deleted and written again it is another post with another ref.
    - `createdAt` is whatever the author's program says; a post counts from `indexedAt`, when the network saw it.
    - The record key is made from the idempotency key, and `swapRecord: null` lets a record be made but not changed: the
      same answer sent twice stands there once. `createRecord` with a key that exists is an error 500.
    - An expired token is 400 `ExpiredToken`, a broken one 400 `InvalidToken`, none at all 401.
    - 300 graphemes and 3000 bytes: both count. Authors with `!no-unauthenticated` are not shown to strangers.
    - Without an app password only our own threads are read, and searches where the AppView lets strangers search.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field, SecretStr

from connectors.core import fields
from connectors.core.access import Access, Rows
from connectors.core.atproto import (
    POST_URI,
    POSTS,
    Login,
    answer_under,
    in_thread,
    labels,
    quotes,
    records,
    target,
    tid,
    typed,
)
from connectors.core.contract import (
    Capability,
    Card,
    Cursor,
    Malformed,
    Page,
    Post,
    PostKind,
    Raw,
    Receipt,
    ReplyMode,
    Sighting,
    SourceSettings,
)
from connectors.core.errors import Changed, ConfigProblem, Gone, LoginExpired, Refused, Unavailable, Unclear
from connectors.core.facets import facets, full_text, marked
from connectors.core.fields import BadField, Hashtag
from connectors.core.marks import all_older, newest, since
from connectors.core.records import Walk, expect_object, json_records, read_record
from connectors.core.text import check_sendable, same_text
from connectors.core.xrpc import Doors

if TYPE_CHECKING:
    from connectors.core.http import Http

CARD = Card(
    kind="bluesky",
    name="Bluesky",
    home="https://bsky.app",
    reply=ReplyMode.API,
    capability=Capability.RKEY,
    one_reply=False,
    public_read=True,
    max_length=300,
    length_unit="grapheme",
    shared_limit=timedelta(minutes=5),  # 3,000 requests; writing has points per hour and per day
    terms="https://docs.bsky.app/docs/advanced-guides/rate-limits",
)
MAX_BYTES = 3000
STATUS: Rows = {
    (400, "ExpiredToken"): LoginExpired,
    (400, "InvalidToken"): LoginExpired,
    (400, "AccountTakedown"): LoginExpired,
    (400, "NotFound"): Gone,
    (400, "RecordNotFound"): Gone,
    (400, "InvalidSwap"): Unclear,  # a record with our key is there after all
    (501, None): ConfigProblem,
}
LIMIT = 100
THREADS = "own threads"
_REASONS = {"mention", "reply", "quote"}
_HIDDEN = {"!no-unauthenticated", "!hide", "!takedown"}


class Settings(SourceSettings):
    """One account."""

    handle: str = Field(examples=["laden.bsky.social"], description="our handle, without @")
    app_password: SecretStr = Field(
        default=SecretStr(""), description="app password of the account; without one nothing is answered"
    )
    url: str = Field(default="https://bsky.social", description="address of the account's server (PDS)")
    public_url: str = Field(
        default="https://public.api.bsky.app", description="AppView that shows posts to strangers, without a login"
    )
    page_url: str = Field(default="https://bsky.app", description="where people read posts in a browser")
    searches: tuple[str, ...] = Field(default=(), description="words to search for, like our name")
    hashtags: tuple[Hashtag, ...] = Field(default=(), description="hashtags to watch, without #")
    own_threads: bool = Field(default=False, description="read all answers under our own latest posts as well")
    language: str = Field(default="de", description="language that our answers are marked with")


def access(settings: Settings) -> Access:
    """The account's server; the session's tokens come later."""
    return Access(settings.url.rstrip("/"))


def reads(settings: Settings) -> bool:
    """Notifications need the login; a handle alone is nothing to read."""
    lists = settings.searches or settings.hashtags or settings.own_threads
    return bool(lists or settings.app_password.get_secret_value())


def split(body: bytes) -> Iterator[Raw]:
    """Posts of notifications, a search, a list of posts or a thread."""
    for record in json_records(body, "notifications", "posts"):
        thread = record.get("thread") if isinstance(record, Mapping) else None
        if isinstance(thread, Mapping):
            yield from in_thread(thread)
        elif not _is_other(record):
            yield record


def parse(raw: Raw, settings: Settings) -> Post | Malformed:
    """One post, or the notification that holds it."""
    return read_record(_post, raw, settings)


def _is_other(record: Any) -> bool:
    """A notification that holds no utterance: a like, a repost, a new follower."""
    return isinstance(record, Mapping) and isinstance(record.get("reason"), str) and record["reason"] not in _REASONS


def _post(raw: Raw, settings: Settings) -> Post:
    author, record = (fields.mapping(raw.get(name), name) for name in ("author", "record"))
    ref = fields.string(raw, "uri")
    if not POST_URI.fullmatch(ref):
        raise BadField(f"uri: not the address of a post: {ref[:80]!r}")
    reply = record.get("reply")
    langs = record.get("langs")
    seen = fields.optional(raw, "indexedAt") or fields.optional(record, "createdAt")
    return Post(
        ref=ref,
        kind=_kind(raw, record, settings),
        text=full_text(record),
        thread=target(reply, "root"),
        parent=target(reply, "parent"),
        author=fields.optional(author, "displayName") or fields.optional(author, "handle"),
        author_id=fields.ident(author, "did"),
        own=_is_own(author, settings),
        lang=langs[0] if isinstance(langs, list) and langs and isinstance(langs[0], str) else None,
        created=fields.moment(seen, "indexedAt"),
        permalink=_page(ref, settings),
        visible=not (labels(raw) | labels(author)) & _HIDDEN,
        raw=dict(raw),
    )


def _page(uri: str, settings: Settings) -> str | None:
    """Where people read a post in a browser."""
    named = POST_URI.fullmatch(uri)
    page = settings.page_url.rstrip("/")
    return fields.web_address(f"{page}/profile/{named[1]}/post/{named[2]}") if named else None


def _kind(raw: Raw, record: Raw, settings: Settings) -> PostKind:
    own = {name.casefold() for name in settings.own_accounts}
    named = any(str(feature.get("did") or "").casefold() in own for _, _, feature in marked(record))
    named = named or any(quoted.startswith(f"at://{name}/") for quoted in quotes(record) for name in own)
    if named or raw.get("reason") in ("mention", "quote"):
        return PostKind.MENTION
    return PostKind.COMMENT if target(record.get("reply"), "parent") else PostKind.POST


def _is_own(author: Raw, settings: Settings) -> bool:
    """Whether an account is one of `own_accounts`, by did or handle; shown names can be anybody's."""
    wanted = {name.removeprefix("@").casefold() for name in settings.own_accounts}
    return any(str(author.get(name) or "-").casefold() in wanted for name in ("did", "handle"))


@dataclass(frozen=True, slots=True)
class _Stream:
    """One list, newest first."""

    name: str
    path: str
    holds: str
    params: tuple[tuple[str, str], ...]


class Connection:
    """One account, read and answered over XRPC; without an app password only what strangers may see."""

    def __init__(self, settings: Settings, http: "Http") -> None:
        self._settings = settings
        may_login = bool(settings.app_password.get_secret_value())
        url, handle = settings.url.rstrip("/"), settings.handle.strip().removeprefix("@")
        self._login = Login(http, url, handle, settings.app_password) if may_login else None
        self._doors = Doors(self._login, http.sibling(settings.public_url.rstrip("/")))
        self._believed: Settings | None = None
        reasons = tuple(("reasons", reason) for reason in sorted(_REASONS))
        self._streams = [
            _Stream("notifications", "app.bsky.notification.listNotifications", "notifications", reasons)
        ] * may_login
        asked: list[tuple[str, tuple[tuple[str, str], ...]]] = [(words, (("q", words),)) for words in settings.searches]
        asked += [(f"#{tag}", (("q", f"#{tag}"), ("tag", tag))) for tag in settings.hashtags]
        for name, params in asked:
            self._streams.append(_Stream(name, "app.bsky.feed.searchPosts", "posts", (*params, ("sort", "latest"))))

    # --- reading ---

    def pages(self, cursor: Cursor | None, *, until: datetime | None = None) -> Iterator[Page]:
        """Notifications, then searches, then our own threads; each list has a mark of its own in the cursor."""
        now, marks = datetime.now(UTC), dict(cursor or {})
        for stream in self._streams:
            top = marks.get(stream.name)
            history = top is None
            for items, last in self._list(stream, until or since(top, CARD.lookback)):
                top = newest(top, items, now)
                if last and until is None and top:  # an interrupted walk begins again where it began
                    marks[stream.name] = top
                yield Page(items, {} if until else dict(marks), stream=stream.name, history=history)
        if self._settings.own_threads:
            history = THREADS not in marks
            for items in self._threads():
                yield Page(items, {} if until else dict(marks), stream=THREADS, history=history)
            marks[THREADS] = now.isoformat()  # they are read from the top every time: only that they were read counts
        yield Page((), {} if until else dict(marks), complete=until is not None)

    def one(self, ref: str) -> Post | None:
        """One post; None where it was deleted or its author is gone."""
        view = self._doors.view(ref)
        if view is None:
            return None
        found = parse(view, self._own())
        if isinstance(found, Malformed):
            raise Changed(f"post {ref}: {found.reason}")
        return found

    def check(self) -> Card:
        """Sign in, try every list and the public AppView; without a login a person answers by hand."""
        me = self._own().own_accounts[-1]
        for stream in self._streams:
            self._doors.get(stream.path, [*stream.params, ("limit", "1")])
        try:
            self._doors.view(f"at://{me}/{POSTS}/{tid(me)}", anonymous=True)  # 200 where there is none
        except Gone as error:
            raise ConfigProblem(f"public_url is no AppView: {error}", status=error.status) from None
        if self._login is None:
            return replace(CARD, reply=ReplyMode.MANUAL, capability=Capability.BLIND)
        return CARD

    def _list(self, stream: _Stream, oldest: datetime | None) -> Iterator[tuple[tuple[Post | Malformed, ...], bool]]:
        """Pages from the newest backwards, down to a time."""
        walk, position, own = Walk(stream.path), None, self._own()
        while True:
            pairs = [*stream.params, ("limit", str(LIMIT)), *([("cursor", position)] if position else [])]
            answer = self._doors.get(stream.path, pairs)
            told = expect_object(answer.json(), answer.url)
            found = records(told, stream.holds, answer.url)
            walk.page(str(record.get("uri")) if isinstance(record, Mapping) else repr(record) for record in found)
            items = tuple(parse(record, own) for record in found if not _is_other(record))
            position = told.get("cursor") if isinstance(told.get("cursor"), str) else None
            last = not found or not position or all_older(items, oldest)
            yield items, last
            if last:
                return

    def _threads(self) -> Iterator[tuple[Post | Malformed, ...]]:
        """Answers under our own latest posts, thread by thread."""
        own = self._own()
        for view in self._doors.posts_of(own.own_accounts[-1]):
            if isinstance(view.get("uri"), str):
                yield tuple(parse(record, own) for record in self._doors.thread(view["uri"], depth=10))

    def _own(self) -> Settings:
        """The settings with our own did among `own_accounts` (the last of them), asked once."""
        if self._believed is None:
            me = self._login.did() if self._login else self._doors.did_of(self._settings.handle)
            if me is None:
                raise ConfigProblem(f"nobody has the handle {self._settings.handle[:80]!r}")
            self._believed = self._settings.model_copy(update={"own_accounts": (*self._settings.own_accounts, me)})
        return self._believed

    # --- answering ---

    def publish(self, post: Post, text: str, key: str) -> Receipt:
        """A record under the post, with a key of our own."""
        check_sendable(text, CARD)
        check_sendable(text, replace(CARD, max_length=MAX_BYTES, length_unit="byte"))
        if self._login is None:
            raise ConfigProblem("app_password is missing: without a login nothing can be answered")
        now, rkey = datetime.now(UTC), tid(key)
        uri = f"at://{self._login.did()}/{POSTS}/{rkey}"
        standing = self._doors.standing(uri)
        if standing is None:
            record = self._record(self._parent(post), text, now)
            asked = {"repo": self._login.did(), "collection": POSTS, "rkey": rkey, "record": record}
            said = self._login.post("xrpc/com.atproto.repo.putRecord", {**asked, "swapRecord": None}).json()
            if not isinstance(said, Mapping) or said.get("uri") != uri:
                raise Unclear("written, but the answer does not name our record")
        elif not same_text(standing, text):
            raise Unclear(f"another text of ours stands there under the same key, {uri}")
        return Receipt(ref=uri, text=text, permalink=_page(uri, self._settings), at=now)

    def find(self, post: Post, receipt: Receipt | None) -> Sighting | None:
        """Our answer by its address, else by its text or any own one right under the post."""
        if receipt is not None and receipt.ref is not None:
            standing = self._doors.standing(receipt.ref)
            return None if standing is None else self._sighting(receipt.ref, standing, 1)
        try:
            below = [parse(record, self._own()) for record in self._doors.thread(post.ref, depth=1)]
        except Gone:
            return None
        ours = [entry for entry in below if isinstance(entry, Post) and entry.own and entry.parent == post.ref]
        if receipt is not None:
            ours = [entry for entry in ours if same_text(typed(entry.raw), receipt.text or "")]
        return self._sighting(ours[0].ref, typed(ours[0].raw), len(ours)) if ours else None

    def _parent(self, post: Post) -> Raw:
        """The post as it stands now: an answer names its content's hash, and its author may allow none."""
        try:
            view = self._doors.view(post.ref)
        except Changed as error:
            raise Unavailable(f"the post cannot be read before answering: {error}") from None
        if view is None:
            raise Gone(f"the post is not there any more: {post.ref}")
        viewer = view.get("viewer")
        if isinstance(viewer, Mapping) and (viewer.get("replyDisabled") or viewer.get("blockedBy")):
            raise Refused("the author of this post does not allow us to answer it")
        return view

    def _record(self, parent: Raw, text: str, now: datetime) -> dict[str, Any]:
        made = answer_under(parent, text, self._settings.language, now)
        marked = facets(text, self._doors.did_of)
        return {**made, "facets": marked} if marked else made

    def _sighting(self, uri: str, text: str, matches: int) -> Sighting:
        """What stands there, and whether a stranger sees it."""
        try:
            view = self._doors.view(uri, anonymous=True)
        except (Gone, LoginExpired):
            view = None
        shown = parse(view, self._own()) if view is not None else None
        public = shown if isinstance(shown, Post) and shown.visible else None
        return Sighting(
            ref=uri,
            text=typed(public.raw) if public else text,
            public=public is not None,
            matches=matches,
            permalink=_page(uri, self._settings),
            at=public.created if public else None,
        )
