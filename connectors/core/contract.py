"""The contract between a platform and the rest of the house.

A connector is one module `connectors/<kind>.py` with

    CARD: Card                                   what it can do, as frozen data
    class Settings(SourceSettings)               its configuration, unknown keys refused
    def split(body: bytes) -> Iterator[Raw]      a whole answer of the platform -> single raw records
    def parse(raw, settings) -> Post | Malformed one record -> one post; pure, no HTTP
    class Connection(settings, http)             implements Reader and, where CARD.reply is API, Publisher

and optionally

    def access(settings) -> Access               base address and login; without it `http` is None
    STATUS: Rows                                 where an HTTP status means something else than `core.status` says
    def polls(keys) -> bool                      where the source's own keys decide it, not `CARD.polls` alone
    def reads(settings) -> bool                  where settings may leave nothing to read
    def greeting(post) -> str                    how an answer to this post must begin, with `Card.mention_prefix`

Rules, checked for every connector by tests/connectors/contract.py: same input, same refs; a broken record becomes
`Malformed` and the rest of the page survives; only errors of `connectors.core.errors` leave a connector; a text that
is too long is refused before any request, never cut; no secret in repr, log or error; every time is aware.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

Raw = Mapping[str, Any]
Cursor = Mapping[str, Any]


class PostKind(StrEnum):
    """What sort of public utterance a post is."""

    REVIEW = "review"
    COMMENT = "comment"
    MENTION = "mention"
    POST = "post"
    ALERT = "alert"


class ReplyMode(StrEnum):
    """How an answer gets to the platform: not at all, by a person's hand, or through its API."""

    NONE = "none"
    MANUAL = "manual"
    API = "api"


class Capability(StrEnum):
    """What makes a repeated publication safe (RELIABILITY 3.5); decides what follows an unclear attempt."""

    PUT = "put"  # one reply per post, repeating overwrites it
    RKEY = "rkey"  # we choose the record's id
    KEY = "key"  # idempotency key, kept for `Card.key_ttl`
    LIST = "list"  # own replies can be read back and compared
    BLIND = "blind"  # nothing can be read back: a person looks


LengthUnit = Literal["char", "byte", "grapheme", "utf16"]


@dataclass(frozen=True, slots=True)
class Card:
    """What a connector can do (Steckbrief). `Reader.check()` may return a narrowed copy for one account."""

    kind: str
    name: str
    home: str
    reply: ReplyMode
    capability: Capability
    one_reply: bool  # the platform holds one reply per post; a final one replaces the holding one
    public_read: bool  # a reply can be read without our login
    max_length: int | None = None
    length_unit: LengthUnit = "char"
    key_ttl: timedelta | None = None
    moderated: bool = False  # publication is asynchronous: delivered may stay pending for days
    anonymous_authors: bool = False  # posts carry no author id
    deletions: bool = True  # a full walk shows what has vanished
    polls: bool = True  # False: its posts come in files, and most such sources have nothing to fetch by themselves
    lookback: timedelta = timedelta(days=1)  # re-read this much behind the cursor on every round
    sweep: timedelta | None = timedelta(days=7)  # a stateless full walk this often
    min_interval: timedelta = timedelta(minutes=1)  # polite floor between two rounds
    shared_limit: timedelta | None = None  # window of the limit on reads and writes together; see `met_writing_limit`
    terms: str = ""  # link to the platform's terms for API users
    mention_prefix: bool = False  # an answer must begin with `registry.greeting(kind, post)`; the desk puts it there

    def met_writing_limit(self, wait: timedelta) -> bool:
        """Has a publication that must wait so long met a limit of writing alone, so that reading may go on?

        Longer than the window of the shared limit no wait of that one lasts; without a known one every wait is for all.
        """
        return self.shared_limit is not None and wait > self.shared_limit


@dataclass(frozen=True, slots=True)
class PublicReply:
    """An answer that the platform shows inside a post (a review's one reply). `ref` may be missing."""

    ref: str | None
    text: str
    created: datetime | None
    own: bool


@dataclass(frozen=True, slots=True)
class Post:
    """One public utterance as the platform gave it. `(source, ref)` names it for ever.

    Attributes:
        ref: the platform's id, stable over edits.
        thread: ref of what the utterance hangs under (article, product, root status).
        parent: ref of the post that this one answers.
        author_id: the platform's id of the account, None for anonymous ones.
        own: written by the business itself (or in its name).
        text: plain text, HTML removed, line breaks kept.
        lang: the platform's hint, never trusted.
        rating: in the platform's own scale up to `rating_max`.
        created, updated: aware UTC, None where the platform gives no usable time.
        permalink: http(s) address of the post, else None.
        visible: public for everybody; False while held, spam or followers-only.
        raw: the record as it came, JSON-serialisable.
    """

    ref: str
    kind: PostKind
    text: str
    thread: str | None = None
    parent: str | None = None
    author: str | None = None
    author_id: str | None = None
    own: bool = False
    lang: str | None = None
    rating: float | None = None
    rating_max: float | None = None
    created: datetime | None = None
    updated: datetime | None = None
    permalink: str | None = None
    visible: bool = True
    replies: tuple[PublicReply, ...] = ()
    raw: Raw = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Malformed:
    """A record that could not be read. It goes to quarantine; it neither blocks the page nor disappears."""

    reason: str
    raw: Any
    ref: str | None = None
    line: int | None = None  # line of the file, for imports


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a walk. `cursor` may be stored once the items are stored, in the same transaction.

    `complete` is True on the last page of a walk that has seen everything it was asked for; only such a walk may
    conclude that a post is missing. `stream` names the list that the page is of, where a source has several: the same
    posts may stand in each. `history`: that list is walked for the first time, and what is old there is no news.
    """

    items: tuple[Post | Malformed, ...]
    cursor: Cursor
    complete: bool = False
    stream: str = ""
    history: bool = False


class Acceptance(StrEnum):
    """What the platform said about a publication."""

    ACCEPTED = "accepted"
    PENDING = "pending"  # taken, in moderation


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform answered to a publication (Quittung).

    The outbox also builds one without `ref` to ask `Publisher.find` for a text whose attempt ended unclear.
    """

    acceptance: Acceptance = Acceptance.ACCEPTED
    ref: str | None = None
    text: str | None = None
    permalink: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen when we looked (Sichtung).

    Attributes:
        ref: the platform's id of our reply.
        text: its text as it stands there, plain.
        public: read without our login (or, where no public read exists, reported public by the platform).
        rejected: the platform itself says that it took the reply down or will not show it.
        matches: how many own replies fit; more than one means that a person must look.
    """

    ref: str | None
    text: str
    public: bool
    rejected: bool = False
    matches: int = 1
    permalink: str | None = None
    at: datetime | None = None


@runtime_checkable
class Reader(Protocol):
    """Reads posts. Raises only errors of `connectors.core.errors`."""

    def pages(self, cursor: Cursor | None, *, until: datetime | None = None) -> Iterator[Page]:
        """Walk the source.

        Without `until`: go on after `cursor` (None: from the start), re-reading `Card.lookback` behind it, and hand
        out cursors that never go backwards. With `until`: a stateless walk over everything not older than `until`
        (backfill, sweep); its cursors are not stored, and `cursor` only tells which lists were never walked before
        (`Page.history`). A walk ends: a repeated page token raises `Changed`.
        """

    def one(self, ref: str) -> Post | None:
        """Read one post again. None: the platform says that it is gone."""

    def check(self) -> Card:
        """Ask the platform once whether address, login and rights are right; narrow the card for this account."""


@runtime_checkable
class Publisher(Protocol):
    """Writes answers. Exists only where `CARD.reply` is API."""

    def publish(self, post: Post, text: str, key: str) -> Receipt:
        """Send one answer, once, without any retry. `key` was stored before the first attempt.

        Raises:
            Refused: too long, or the platform does not accept it.
            Unclear: it may have arrived (time-out after the first byte, 5xx, unreadable 2xx, duplicate reported).
            Unavailable, RateLimited, LoginExpired, ConfigProblem, Gone: provably not executed.
        """

    def find(self, post: Post, receipt: Receipt | None) -> Sighting | None:
        """Look for our answer to `post`.

        By `receipt.ref` if there is one; else by `receipt.text` among own answers to this post (compare with
        `connectors.core.text.same_text`); with None: any own answer. None: not there.
        """


class SourceSettings(BaseModel):
    """What every connector's `Settings` shares. Subclasses add the platform's own keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    own_accounts: tuple[str, ...] = Field(
        default=(),
        description="ids, handles or shown names under which the business itself writes; their posts owe no answer",
    )
    allow_networks: tuple[str, ...] = Field(
        default=(),
        description="networks in CIDR form where plain http and private addresses are allowed; default none",
    )
