"""Mastodon and servers that speak its API (GoToSocial, Pleroma …): mentions, hashtags, answers.

Reads `v1/notifications`, `v1/timelines/tag/…`, `v1/statuses/{id}` and its `context`, `v1/accounts/…/statuses`, and
(parsed only) `v2/search`; answers with a status under the post.

History:
    2026-11  first version, after mastodon-mock 0.6.1 and the documentation of 4.x.

Notes:
    - `min_id` gives the page right after an id and pages forward without gaps; `since_id` would skip.
    - Ids are numbers or ULIDs of one server and are ordered by (length, text). Error texts are localised: never read.
    - An answer must name its reader (`greeting`); a remote handle counts without its host, an address counts 23.
    - `Idempotency-Key` is kept for one hour and ignored by some servers, so an unclear attempt is looked up anyway.
    - Notifications that are no utterance (follow, favourite, boost) and boosts in timelines are left out by `split`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, SecretStr

from connectors.core import fields
from connectors.core.access import Access, Credentials, segment
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
from connectors.core.fields import BadField, Hashtag
from connectors.core.marks import ident, kept, latest, named, order, start, tops, written_at
from connectors.core.records import Walk, expect_object, json_records, read_record, shown_on_page
from connectors.core.statuses import counted, told_length, typed
from connectors.core.text import check_sendable, plain, same_text

if TYPE_CHECKING:
    from connectors.core.http import Http

CARD = Card(
    kind="mastodon",
    name="Mastodon",
    home="https://joinmastodon.org",
    reply=ReplyMode.API,
    capability=Capability.KEY,
    one_reply=False,
    public_read=True,
    max_length=500,  # check() reads the server's own figure
    key_ttl=timedelta(hours=1),
    min_interval=timedelta(seconds=30),
    shared_limit=timedelta(minutes=5),  # 300 requests; new statuses have a limit of their own, over hours
    terms="https://docs.joinmastodon.org/api/rate-limits/",
    mention_prefix=True,
)
LIMIT = 40
THREADS = "own threads"
_PUBLIC = {"public", "unlisted"}
_UTTERANCES = {"mention", "status", "update", "quote"}


class Settings(SourceSettings):
    """One account on one server."""

    url: str = Field(examples=["https://mastodon.example"], description="address of the server")
    token: SecretStr = Field(
        default=SecretStr(""), description="access token: read:accounts read:notifications read:statuses write:statuses"
    )
    hashtags: tuple[Hashtag, ...] = Field(default=(), description="hashtags to watch, without #")
    own_threads: bool = Field(default=False, description="read all answers under our own latest posts as well")
    visibility: Literal["public", "unlisted"] = Field(default="public", description="of answers to public posts")
    language: str = Field(default="de", description="language that our answers are marked with")


def access(settings: Settings) -> Access:
    """Base address of the API and the token."""
    token = settings.token.get_secret_value()
    return Access(settings.url.rstrip("/"), Credentials.bearer(token) if token else None)


def greeting(post: Post) -> str:
    """`@handle ` of the post's author; an answer without it reaches nobody."""
    account = post.raw.get("account")
    handle = account.get("acct") if isinstance(account, Mapping) else None
    return f"@{handle} " if isinstance(handle, str) and handle else ""


def split(body: bytes) -> Iterator[Raw]:
    """Records of notifications, timelines, a search, a context, or one status."""
    for record in json_records(body, "ancestors", "descendants", "statuses"):
        if not _is_other(record):
            yield record


def parse(raw: Raw, settings: Settings) -> Post | Malformed:
    """One notification or status."""
    return read_record(_post, raw, settings)


def _is_other(record: Any) -> bool:
    """A notification that holds no utterance, or a boost."""
    if not isinstance(record, Mapping):
        return False
    if "type" in record and "content" not in record:
        return record["type"] not in _UTTERANCES
    return record.get("reblog") is not None


def _post(raw: Raw, settings: Settings) -> Post:
    status = fields.mapping(raw["status"], "status") if "status" in raw and "content" not in raw else raw
    account = fields.mapping(status.get("account"), "account")
    parent = fields.maybe_ident(status, "in_reply_to_id")
    words = (plain(fields.optional(status, "spoiler_text") or ""), plain(fields.string(status, "content")))
    return Post(
        ref=fields.ident(status, "id"),
        kind=_kind(raw, status, settings),
        text="\n\n".join(part for part in words if part),
        thread=parent,
        parent=parent,
        author=fields.optional(account, "display_name") or fields.optional(account, "acct"),
        author_id=fields.ident(account, "id"),
        own=_is_own(account, settings),
        lang=fields.optional(status, "language"),
        created=fields.moment(fields.optional(status, "created_at"), "created_at"),
        updated=fields.moment(fields.optional(status, "edited_at"), "edited_at"),
        permalink=fields.web_address(status.get("url")) or fields.web_address(status.get("uri")),
        visible=fields.string(status, "visibility") in _PUBLIC,
        raw=dict(status),
    )


def _kind(raw: Raw, status: Raw, settings: Settings) -> PostKind:
    mentions = status.get("mentions")
    named = (entry for entry in mentions if isinstance(entry, Mapping)) if isinstance(mentions, list) else ()
    if raw.get("type") == "mention" or any(_is_own(entry, settings) for entry in named):
        return PostKind.MENTION
    return PostKind.COMMENT if status.get("in_reply_to_id") else PostKind.POST


def _is_own(account: Raw, settings: Settings) -> bool:
    """Whether an account is one of `own_accounts`, by id, `handle`, `@handle` or `handle@host`."""
    handle = str(account.get("acct") or "")
    host = settings.url.partition("//")[2].partition("/")[0].partition(":")[0]
    names = {str(account.get("id") or ""), handle, f"{handle}@{host}" if "@" not in handle else handle}
    wanted = {name.removeprefix("@").casefold() for name in settings.own_accounts}
    return any(name and name.casefold() in wanted for name in names)


@dataclass(frozen=True, slots=True)
class _Stream:
    """One list that can be walked in both directions."""

    name: str
    path: str
    params: tuple[tuple[str, str], ...] = ()


class Connection:
    """One account, read and answered over the REST API."""

    def __init__(self, settings: Settings, http: "Http") -> None:
        self._settings = settings
        self._http = http
        self._believed: Settings | None = None
        self._max_length: int | None = None
        self._streams = [_Stream("mentions", "api/v1/notifications", (("types[]", "mention"),))]
        self._streams += [_Stream(f"#{tag}", f"api/v1/timelines/tag/{segment(tag)}") for tag in settings.hashtags]

    # --- reading ---

    def pages(self, cursor: Cursor | None, *, until: datetime | None = None) -> Iterator[Page]:
        """Mentions, then hashtags, then our own threads; each list has marks of its own in the cursor."""
        now, marks = datetime.now(UTC), dict(cursor or {})
        for stream in self._streams:
            begin = start(marks.get(stream.name), now - CARD.lookback)
            known = latest(marks.get(stream.name))
            oldest = until or (known - CARD.lookback if known else None)
            walk = self._forward(stream, begin) if begin and until is None else self._backward(stream, oldest)
            fresh: list[list[str]] = []
            for records, last in walk:
                fresh += tops(records)
                if until is None and (begin or last):
                    marks[stream.name] = kept(marks.get(stream.name), fresh, now, CARD.lookback)
                mark = {} if until else dict(marks)
                yield Page(self._items(records), mark, stream=stream.name, history=not known)
        if self._settings.own_threads:
            new = THREADS not in marks
            for records in self._threads():
                yield Page(self._items(records), {} if until else dict(marks), stream=THREADS, history=new)
            marks[THREADS] = now.isoformat()  # they are read from the top every time: only that they were read counts
        yield Page((), {} if until else dict(marks), complete=until is not None)

    def one(self, ref: str) -> Post | None:
        """One status; None where it was deleted or is not shown to us."""
        try:
            found = parse(self._status(ref), self._own())
        except Gone:
            return None
        if isinstance(found, Malformed):
            raise Changed(f"status {ref}: {found.reason}")
        return found

    def check(self) -> Card:
        """Try the token and every list; the server's own length goes into the card."""
        if not self._settings.token.get_secret_value():
            raise ConfigProblem(f"token is missing for {self._settings.url}")
        self._own()
        for stream in self._streams:
            self._http.get(stream.path, [*stream.params, ("limit", "1")])
        return replace(CARD, max_length=self._length())

    def _forward(self, stream: _Stream, begin: str) -> Iterator[tuple[list[Raw], bool]]:
        """Pages right after an id, oldest page first."""
        walk = Walk(stream.path)
        while True:
            records = self._list(stream, ("min_id", begin))
            walk.page(map(ident, named(records)))
            yield records, not records
            if not records:
                return
            begin = max(map(ident, named(records)), key=order)

    def _backward(self, stream: _Stream, oldest: datetime | None) -> Iterator[tuple[list[Raw], bool]]:
        """Pages from the newest backwards, down to a time."""
        walk = Walk(stream.path)
        position: tuple[str, str] | None = None
        while True:
            records = self._list(stream, position)
            walk.page(map(ident, named(records)))
            times = [time for time in map(written_at, named(records)) if time]
            last = not records or (oldest is not None and bool(times) and max(times) < oldest)
            yield records, last
            if last:
                return
            position = ("max_id", min(map(ident, named(records)), key=order))

    def _list(self, stream: _Stream, position: tuple[str, str] | None) -> list[Raw]:
        pairs = [*stream.params, ("limit", str(LIMIT)), *([position] if position else [])]
        answer = self._http.get(stream.path, pairs)
        records = answer.json()
        if not isinstance(records, list) or (records and not named(records)):
            raise Changed(f"{answer.url}: expected a list of records with ids")
        return records

    def _threads(self) -> Iterator[list[Raw]]:
        """Answers under our own latest posts, thread by thread."""
        me = self._own().own_accounts[-1]
        pairs = [("limit", "20"), ("exclude_reblogs", "true"), ("exclude_replies", "true")]
        for status in named(self._list(_Stream("own", f"api/v1/accounts/{segment(me)}/statuses", tuple(pairs)), None)):
            if status.get("replies_count") != 0:
                yield self._context(str(status["id"]))

    def _context(self, ref: str) -> list[Raw]:
        answer = self._http.get(f"api/v1/statuses/{segment(ref)}/context")
        found = expect_object(answer.json(), answer.url).get("descendants")
        if not isinstance(found, list):
            raise Changed(f"{answer.url}: no list of descendants")
        return [record for record in found if isinstance(record, Mapping)]

    def _items(self, records: list[Raw]) -> tuple[Post | Malformed, ...]:
        own = self._own()
        return tuple(parse(record, own) for record in records if not _is_other(record))

    def _own(self) -> Settings:
        """The settings with our own id among `own_accounts` (the last of them), asked once."""
        if self._believed is None:
            try:
                answer = self._http.get("api/v1/accounts/verify_credentials")
                me = fields.ident(expect_object(answer.json(), answer.url), "id")
            except BadField as error:
                raise Changed(f"own account: {error}") from None
            except Changed as error:
                if error.status is None:
                    raise
                raise LoginExpired(f"the token is not accepted: {error}", status=error.status) from None
            self._believed = self._settings.model_copy(update={"own_accounts": (*self._settings.own_accounts, me)})
        return self._believed

    def _status(self, ref: str) -> Raw:
        answer = self._http.get(f"api/v1/statuses/{segment(ref)}")
        return expect_object(answer.json(), answer.url)

    def _length(self) -> int:
        """The server's limit in characters, asked once; the usual one where it does not tell."""
        if self._max_length is None:
            self._max_length = CARD.max_length or 0
            for version in ("v2", "v1"):
                try:
                    told = told_length(self._http.get(f"api/{version}/instance").json())
                except (Gone, Changed, LoginExpired, ConfigProblem):
                    continue
                if told:
                    self._max_length = told
                    break
        return self._max_length

    # --- answering ---

    def publish(self, post: Post, text: str, key: str) -> Receipt:
        """A status under the post, no more widely visible than the post itself."""
        card = CARD if counted(text) <= (CARD.max_length or 0) else replace(CARD, max_length=self._length())
        check_sendable(text, card, size=counted(text))
        own, parent = self._own(), self._parent(post)
        handle = greeting(parent).strip()
        if not re.search(rf"(?<!\w){re.escape(handle)}(?![\w@])", text, re.IGNORECASE):
            raise Refused(f"the text must contain {handle}, else its reader is not told")
        seen = str(parent.raw["visibility"])
        form = {
            "status": text,
            "in_reply_to_id": parent.ref,
            "visibility": self._settings.visibility if seen == "public" else seen,
            "language": self._settings.language,
        }
        answer = self._http.post("api/v1/statuses", form=form, headers={"Idempotency-Key": key})
        said = answer.json()
        written = parse(said, own)
        if isinstance(written, Malformed):
            raise Unclear(f"written, but the answer is unreadable: {written.reason}", status=answer.status)
        return Receipt(ref=written.ref, text=typed(written), permalink=written.permalink, at=written.created)

    def find(self, post: Post, receipt: Receipt | None) -> Sighting | None:
        """Our answer by its id, else by its text or any own one right under the post."""
        try:
            if receipt is not None and receipt.ref is not None:
                found = [self._status(receipt.ref)]
            else:
                found = [record for record in self._context(post.ref) if str(record.get("in_reply_to_id")) == post.ref]
        except Gone:
            return None
        posts = [entry for entry in (parse(record, self._own()) for record in found) if isinstance(entry, Post)]
        if receipt is None or receipt.ref is None:
            wanted = receipt.text if receipt else None
            posts = [entry for entry in posts if entry.own and (wanted is None or same_text(typed(entry), wanted))]
        return self._sighting(posts[0], len(posts)) if posts else None

    def _parent(self, post: Post) -> Post:
        """The post as it stands now; some servers accept an answer to a missing one."""
        try:
            found = parse(self._status(post.ref), self._own())
        except Changed as error:
            raise Unavailable(f"the post cannot be read before answering: {error}") from None
        if isinstance(found, Malformed):
            raise Unavailable(f"the post cannot be read before answering: {found.reason}")
        return found

    def _sighting(self, found: Post, matches: int) -> Sighting:
        """What stands there, and whether a stranger sees it."""
        shown: Post | None = None
        try:
            answer = self._http.get(f"api/v1/statuses/{segment(found.ref)}", anonymous=True)
            read = parse(expect_object(answer.json(), answer.url), self._own())
            shown = read if isinstance(read, Post) and read.visible else None
        except (LoginExpired, Changed, ConfigProblem):  # the API is closed to strangers; is the page?
            shown = found if found.visible and shown_on_page(self._http, found.permalink, found.text) else None
        except Gone:
            pass
        return Sighting(
            ref=found.ref,
            text=typed(shown or found),
            public=shown is not None,
            matches=matches,
            permalink=found.permalink,
            at=found.created,
        )
