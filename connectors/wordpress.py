"""WordPress comments and WooCommerce reviews.

Reads `wp/v2/comments`, `wc/v3/products/reviews` and `wc/store/v1/products/reviews`; answers with a comment under the
comment or review. All three number the same table, so a ref is the comment's id everywhere.

History:
    2026-11  first version, after WordPress 6.1.9 and 6.5.5, WooCommerce 7.9.0 and 9.4.2.

Notes:
    - `after=` compares the site's local time, so the walk asks for half a day more than it needs (`ZONES`).
    - WordPress takes a reply to a missing parent with 201; the parent is read first.
    - The same reply twice is 409 `comment_duplicate`: Unclear, because it may be ours. A flood is 400, not 429.
    - A held comment is let through with its old date, so the cursor keeps the ids of those seen in the queue (`held`).
    - Guests may call themselves anything: a name counts as our own only for registered users.
    - The public store API knows neither pending reviews nor a way to answer; wp/v2 needs an application password.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, SecretStr

from connectors.core import fields
from connectors.core.access import Access, Credentials, Rows, segment
from connectors.core.contract import (
    Acceptance,
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
from connectors.core.fields import BadField, Zone
from connectors.core.marks import all_older, newest, since
from connectors.core.records import expect_object, json_records, numbered, read_record, shown_on_page
from connectors.core.text import check_sendable, plain, same_text
from connectors.core.wp import Listing, approved, rendered, says, still_held, typed, written_at

if TYPE_CHECKING:
    from connectors.core.http import Http

CARD = Card(
    kind="wordpress",
    name="WordPress",
    home="https://wordpress.org",
    reply=ReplyMode.API,
    capability=Capability.LIST,
    one_reply=False,
    public_read=True,
    max_length=65_525,  # the database column comment_content, in bytes
    length_unit="byte",
    moderated=True,
    anonymous_authors=True,
    lookback=timedelta(days=3),  # what a stranger sees of a weekend's queue on Monday has its old date
    terms="https://wordpress.org/about/license/",
)
STATUS: Rows = {
    (400, "comment_flood"): RateLimited,
    (403, "rest_comment_closed"): Refused,
    (403, "rest_comment_draft_post"): Gone,
    (403, "rest_comment_trash_post"): Gone,
    (404, "rest_no_route"): ConfigProblem,
    (409, "comment_duplicate"): Unclear,
}
ZONES = timedelta(hours=12)  # no local time is further behind UTC
_COMMENTS = "wp/v2/comments"
_REVIEWS = {"rest": "wc/v3/products/reviews", "store": "wc/store/v1/products/reviews"}
_SHOWN = {"comment", "review", "pingback", "trackback"}  # other types (order notes) are nobody's business
_BIN = {"trash", "post-trashed"}
_HIDDEN = {*_BIN, "spam"}


class Settings(SourceSettings):
    """One WordPress site."""

    url: str = Field(examples=["https://www.example.de"], description="address of the site, without /wp-json")
    username: str = Field(default="", description="login name of a user who may moderate comments")
    application_password: SecretStr = Field(default=SecretStr(""), description="application password of that user")
    timezone: Zone = Field(default="Europe/Berlin", description="the site's zone, for records without UTC time")
    comments: bool = Field(default=True, description="read comments")
    reviews: Literal["none", "store", "rest"] = Field(
        default="none", description="WooCommerce reviews: none, through the public store API, or through wc/v3"
    )
    consumer_key: SecretStr = Field(default=SecretStr(""), description="WooCommerce key, for reviews = rest")
    consumer_secret: SecretStr = Field(default=SecretStr(""), description="WooCommerce secret, for reviews = rest")


def access(settings: Settings) -> Access:
    """Base address of the REST API and the application password."""
    password = settings.application_password.get_secret_value()
    login = Credentials.basic(settings.username, password) if settings.username and password else None
    return Access(settings.url.rstrip("/") + "/wp-json", login)


def reads(settings: Settings) -> bool:
    """Whether comments or reviews are read."""
    return settings.comments or settings.reviews != "none"


def split(body: bytes) -> Iterator[Raw]:
    """Records of wp/v2 comments, wc/v3 reviews or wc/store reviews: a list, or one record."""
    return json_records(body)


def parse(raw: Raw, settings: Settings) -> Post | Malformed:
    """One comment or review."""
    return read_record(_post, raw, settings)


def _post(raw: Raw, settings: Settings) -> Post:
    return _review(raw, settings) if "review" in raw else _comment(raw, settings)


def _comment(raw: Raw, settings: Settings) -> Post:
    kind = fields.optional(raw, "type") or "comment"
    author, author_id = fields.optional(raw, "author_name"), fields.maybe_ident(raw, "author")
    return Post(
        ref=fields.ident(raw, "id"),
        kind={"review": PostKind.REVIEW, "comment": PostKind.COMMENT}.get(kind, PostKind.MENTION),
        text=plain(fields.string(fields.mapping(raw.get("content"), "content"), "rendered")),
        thread=fields.maybe_ident(raw, "post"),
        parent=fields.maybe_ident(raw, "parent"),
        author=plain(author) if author else None,
        author_id=author_id,
        own=author_id is not None and (author_id in settings.own_accounts or author in settings.own_accounts),
        created=written_at(raw, "date", settings.timezone),
        permalink=fields.web_address(raw.get("link")),
        visible=approved(raw) and kind in _SHOWN,
        raw=dict(raw),
    )


def _review(raw: Raw, settings: Settings) -> Post:
    ref, page = fields.ident(raw, "id"), fields.web_address(raw.get("product_permalink"))
    author = fields.optional(raw, "reviewer")
    rating = fields.stars(raw, "rating", 5)  # 0 is WooCommerce's word for none
    return Post(
        ref=ref,
        kind=PostKind.REVIEW,
        text=plain(fields.string(raw, "review")),
        thread=fields.maybe_ident(raw, "product_id"),
        author=plain(author) if author else None,
        rating=rating,
        rating_max=5.0 if rating is not None else None,
        created=written_at(raw, "date_created", settings.timezone),
        permalink=f"{page}#comment-{ref}" if page else None,
        visible=approved(raw),
        raw=dict(raw),
    )


class Connection:
    """One site, read and answered over its REST API."""

    def __init__(self, settings: Settings, http: "Http") -> None:
        self._settings = settings
        self._http = http
        self._login = access(settings).credentials is not None
        self._streams = [*self._comments(), *self._reviews()]
        self._own: Settings | None = None

    def _comments(self) -> Iterator[Listing]:
        if self._settings.comments:
            editor = {"context": "edit", "status": "all"} if self._login else {}
            yield Listing("comments", _COMMENTS, self._http, {"orderby": "date_gmt", "order": "asc", **editor})

    def _reviews(self) -> Iterator[Listing]:
        mode, key = self._settings.reviews, self._settings.consumer_key.get_secret_value()
        if mode == "store":
            yield Listing(
                "reviews", _REVIEWS[mode], self._http, {"orderby": "date_gmt", "order": "desc"}, forward=False
            )
        if mode == "rest":
            keys = Credentials.basic(key, self._settings.consumer_secret.get_secret_value())
            shop = self._http.sibling(access(self._settings).base_url, credentials=keys) if key else self._http
            yield Listing("reviews", _REVIEWS[mode], shop, {"orderby": "date_gmt", "order": "asc", "status": "all"})

    # --- reading ---

    def pages(self, cursor: Cursor | None, *, until: datetime | None = None) -> Iterator[Page]:
        """Comments, then reviews; each has a mark of its own in the cursor."""
        now, marks = datetime.now(UTC), dict(cursor or {})
        for stream in self._streams:
            mark, new = marks.get(stream.name), stream.name not in marks
            queue = f"held {stream.name}"
            held = list(marks.get(queue) or ())
            if held and until is None:
                items = self._again(stream, held)
                held = marks[queue] = still_held([], items)
                yield Page(tuple(items), dict(marks), stream=queue)
            for items, last in self._walk(stream, until or since(mark, CARD.lookback)):
                mark, held = newest(mark, items, now), still_held(held, items)
                if held or queue in marks:
                    marks[queue] = held
                if mark and (stream.forward or last):
                    marks[stream.name] = mark
                done = until is not None and last and stream is self._streams[-1]
                yield Page(tuple(items), {} if until else dict(marks), complete=done, stream=stream.name, history=new)

    def one(self, ref: str) -> Post | None:
        """One comment or review; None where it was deleted, lies in the bin or cannot be seen by us."""
        for stream in self._streams:
            record = self._record(stream, ref)
            if record is not None:
                found = self._read(record)
                if isinstance(found, Malformed):
                    raise Changed(f"{stream.path}/{ref}: {found.reason}")
                return found
        return None

    def check(self) -> Card:
        """Try the login and every list; a site without application password can be read only."""
        if self._login:
            me = expect_object(self._http.get("wp/v2/users/me", {"context": "edit"}).json(), "users/me")
            rights = me.get("capabilities")
            if isinstance(rights, Mapping) and not rights.get("moderate_comments"):
                raise ConfigProblem(f"user {self._settings.username} may not moderate comments; give the role Editor")
        for stream in self._streams:
            try:
                stream.http.get(stream.path, {**stream.params, "per_page": 1})
            except (Gone, Changed) as error:
                raise ConfigProblem(f"{stream.name} cannot be read at {self._settings.url}: {error}") from None
        return CARD if self._login else replace(CARD, reply=ReplyMode.MANUAL, capability=Capability.BLIND)

    def _walk(self, stream: Listing, start: datetime | None) -> Iterator[tuple[list[Post | Malformed], bool]]:
        """Pages of one list, each with whether it is the last one."""
        after = {"after": (start - ZONES).strftime("%Y-%m-%dT%H:%M:%S")} if start and stream.forward else {}
        for records, end in numbered(partial(stream.page, {**stream.params, **after}), stream.path):
            items = [self._read(record) for record in records]
            last = end or all_older(items, start)
            yield items, last
            if last:
                return

    def _again(self, stream: Listing, refs: list[str]) -> list[Post | Malformed]:
        """What stood in the queue, as it stands now; what was deleted or called spam is not among it."""
        records, _pages = stream.page({**stream.params, "include": ",".join(refs)}, 1)
        return [self._read(record) for record in records]

    def _read(self, record: Any) -> Post | Malformed:
        return parse(record, self._own_settings())

    def _own_settings(self) -> Settings:
        """The settings with our own user among `own_accounts`, asked once."""
        if self._own is None:
            own = self._settings
            if self._login:
                try:
                    me = fields.ident(fields.mapping(self._http.get("wp/v2/users/me").json(), "users/me"), "id")
                    own = own.model_copy(update={"own_accounts": (*own.own_accounts, me)})
                except (Gone, ConfigProblem, Changed, BadField) as error:
                    if not own.own_accounts:
                        raise ConfigProblem(f"own user unknown ({error}); put its number into own_accounts") from None
            self._own = own
        return self._own

    def _record(self, stream: Listing, ref: str) -> Mapping[str, Any] | None:
        """The raw record from one list, None where that list does not have it."""
        if not stream.forward:
            return next((record for record in stream.everything() if str(record["id"]) == ref), None)
        try:
            context = {"context": "edit"} if "context" in stream.params else {}
            record = expect_object(stream.http.get(f"{stream.path}/{segment(ref)}", context).json(), stream.path)
        except Gone:
            return None
        except LoginExpired:
            if self._login:
                raise
            return None  # a stranger may not read what is held
        elsewhere = stream.name == "comments" and record.get("type") == "review" and len(self._streams) > 1
        return None if elsewhere or record.get("status") in _BIN else record

    # --- answering ---

    def publish(self, post: Post, text: str, key: str) -> Receipt:  # noqa: ARG002  WordPress knows no keys
        """A comment under the post. The parent is read first, because WordPress accepts orphans."""
        check_sendable(text, CARD)
        if not same_text(plain(text), text):
            raise Refused("WordPress would drop or change what stands between < and >, or after &")
        if not self._login:
            raise ConfigProblem("answering needs username and application_password")
        parent = self._parent(post)
        body = {"post": int(fields.ident(parent, "post")), "parent": int(fields.ident(parent, "id")), "content": text}
        answer = self._http.post(_COMMENTS, json=body)
        said = answer.json()
        written = parse(said, self._settings)  # asking who we are could fail, and it is written already
        if isinstance(written, Malformed):
            raise Unclear(f"written, but the answer is unreadable: {written.reason}", status=answer.status)
        state = Acceptance.ACCEPTED if written.visible else Acceptance.PENDING
        return Receipt(state, written.ref, typed(said), written.permalink, written.created)

    def find(self, post: Post, receipt: Receipt | None) -> Sighting | None:
        """Our answer by its id, else by its text or any own one among the children."""
        if receipt is not None and receipt.ref is not None:
            try:
                found = [self._comment(receipt.ref)]
            except Gone:
                return None
        else:
            wanted = receipt.text if receipt else None
            found = [record for record in self._children(post) if self._is_ours(record)]
            found = [record for record in found if wanted is None or says(record, wanted)]
        return self._sighting(found[0], len(found)) if found else None

    def _parent(self, post: Post) -> Mapping[str, Any]:
        """The comment that we answer, as it stands now.

        Raises:
            Gone: deleted, in the bin, or not public.
            Unavailable: unreadable; nothing was sent.
        """
        if not post.ref.isdecimal():
            raise Gone(f"no such comment: {post.ref[:40]!r}")
        try:
            parent = self._comment(post.ref)
            fields.ident(parent, "post"), fields.ident(parent, "id")
        except (Changed, BadField) as error:
            raise Unavailable(f"the comment cannot be read before answering: {error}") from None
        if not approved(parent):
            raise Gone(f"comment {post.ref} is not public")
        return parent

    def _comment(self, ref: str) -> Mapping[str, Any]:
        context = {"context": "edit"} if self._login else {}
        return expect_object(self._http.get(f"{_COMMENTS}/{segment(ref)}", context).json(), "comment")

    def _children(self, post: Post) -> Iterator[Mapping[str, Any]]:
        """All answers under the post, oldest first, those in the spam folder included."""
        views: list[dict[str, Any]] = [{}]
        if self._login:
            views = [{"context": "edit", "status": status} for status in ("all", "spam")]
        for view in views:
            params = {"parent": segment(post.ref), "orderby": "date_gmt", "order": "asc", **view}
            yield from Listing("answers", _COMMENTS, self._http, params).everything()

    def _is_ours(self, record: Mapping[str, Any]) -> bool:
        found = self._read(record)
        return isinstance(found, Post) and found.own

    def _sighting(self, record: Mapping[str, Any], matches: int) -> Sighting:
        """What stands there, and whether a stranger sees it."""
        found, shown = self._read(record), self._as_stranger(record)
        if isinstance(found, Malformed):
            raise Changed(f"our answer cannot be read: {found.reason}")
        return Sighting(
            ref=found.ref,
            text=typed(record) if shown is None else shown,
            public=shown is not None,
            rejected=record.get("status") in _HIDDEN,
            matches=matches,
            permalink=found.permalink,
            at=found.created,
        )

    def _as_stranger(self, record: Mapping[str, Any]) -> str | None:
        """The text as seen without our login: over the API, or on the page where the API is closed to strangers."""
        if not approved(record):
            return None
        try:
            shown = expect_object(self._http.get(f"{_COMMENTS}/{record.get('id')}", anonymous=True).json(), "comment")
        except (Gone, LoginExpired, ConfigProblem, Changed):
            words = typed(record)
            return words if shown_on_page(self._http, fields.web_address(record.get("link")), words) else None
        if not approved(shown):
            return None
        same = rendered(shown) == rendered(record)  # then it was made from what we typed, smileys included
        return typed(record) if same else plain(rendered(shown))
