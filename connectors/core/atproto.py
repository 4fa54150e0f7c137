"""What the AT Protocol asks of a client (a session with two tokens, own record keys) and the shapes it answers in."""

import hashlib
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from connectors.core import fields
from connectors.core.access import Credentials
from connectors.core.contract import Raw
from connectors.core.errors import Changed, LoginExpired, Unavailable
from connectors.core.fields import BadField
from connectors.core.records import expect_object

if TYPE_CHECKING:
    from connectors.core.answer import Answer, Params
    from connectors.core.http import Http

_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
POSTS = "app.bsky.feed.post"
POST_URI = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]+)/app\.bsky\.feed\.post/([A-Za-z0-9._~:-]+)")

_TID_FROM = int(datetime(2023, 7, 1, tzinfo=UTC).timestamp()) * 1_000_000  # µs; with 46 bits more still before 2026


def tid(key: str) -> str:
    """The record key that belongs to an idempotency key, always the same one: a TID, 13 letters.

    46 bits of the key's digest become its time, some moment of the past that servers do not mind, 10 bits its clock.
    """
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:7], "big")
    number = (_TID_FROM + (digest >> 10)) << 10 | (digest & 0x3FF)
    return "".join(_SORTABLE[(number >> shift) & 31] for shift in range(60, -1, -5))


@dataclass(frozen=True, slots=True)
class _Session:
    """A login as it stands: the door that carries the access token, the token for the next one, who we are."""

    door: "Http"
    refresh: SecretStr
    did: str


class Login:
    """One account at one server. The access token lives two hours; it is renewed once, whoever notices first."""

    def __init__(self, http: "Http", url: str, handle: str, password: SecretStr) -> None:
        self._http = http
        self._url = url
        self._handle = handle
        self._password = password
        self._lock = threading.Lock()
        self._session: _Session | None = None

    def did(self) -> str:
        """The account's own id."""
        return self._now().did

    def get(self, path: str, params: "Params | None" = None) -> "Answer":
        """Read; with a fresh token once more where the old one ran out."""
        session = self._now()
        try:
            return session.door.get(path, params)
        except LoginExpired as error:
            if error.code != "ExpiredToken":
                raise
        return self._renewed(session).door.get(path, params)

    def post(self, path: str, json: Any) -> "Answer":
        """Write, once.

        Raises:
            Unavailable: the token had run out, so nothing was written; there is a fresh one now.
        """
        session = self._now()
        try:
            return session.door.post(path, json=json)
        except LoginExpired as error:
            if error.code != "ExpiredToken":
                raise
        self._renewed(session)
        raise Unavailable("the session had run out, nothing was written; a new one has begun")

    def _now(self) -> _Session:
        with self._lock:
            if self._session is None:
                self._session = self._sign_in()
            return self._session

    def _renewed(self, old: _Session) -> _Session:
        """The session after `old`; another thread may have begun it meanwhile."""
        with self._lock:
            if self._session is old:
                self._session = self._refreshed(old) or self._sign_in()
            return self._session or self._sign_in()

    def _refreshed(self, old: _Session) -> _Session | None:
        token = old.refresh.get_secret_value()
        door = self._http.sibling(self._url, credentials=Credentials.bearer(token))
        try:
            return self._begin(door.ask("xrpc/com.atproto.server.refreshSession", form={}))  # a body is refused
        except LoginExpired:  # it lives 90 days; the password is still there
            return None

    def _sign_in(self) -> _Session:
        words = {"identifier": self._handle, "password": self._password.get_secret_value()}
        return self._begin(self._http.ask("xrpc/com.atproto.server.createSession", json=words))

    def _begin(self, answer: "Answer") -> _Session:
        told = expect_object(answer.json(), answer.url)
        try:
            access, refresh, did = (fields.string(told, name) for name in ("accessJwt", "refreshJwt", "did"))
        except BadField as error:
            raise Changed(f"{answer.url}: {error}") from None
        return _Session(self._http.sibling(self._url, credentials=Credentials.bearer(access)), SecretStr(refresh), did)


def in_thread(thread: Raw) -> Iterator[Raw]:
    """The posts of a thread, those above first; deleted and blocked ones are places without a post."""
    waiting = [thread]
    while waiting:
        node = waiting.pop()
        if isinstance(node.get("post"), Mapping):
            yield node["post"]
        below = node.get("replies")
        waiting += [entry for entry in reversed(below) if isinstance(entry, Mapping)] if isinstance(below, list) else []
        if isinstance(node.get("parent"), Mapping):
            waiting.append(node["parent"])


def target(reply: Any, name: str) -> str | None:
    """Where a `reply` of a record points to with its `root` or `parent`."""
    place = reply.get(name) if isinstance(reply, Mapping) else None
    uri = place.get("uri") if isinstance(place, Mapping) else None
    return uri if isinstance(uri, str) and uri else None


def quotes(record: Raw) -> list[str]:
    """The posts that a record quotes, by uri; with a picture beside it the quote lies one level deeper."""
    found, node = [], record.get("embed")
    for _ in range(3):
        node = node.get("record") if isinstance(node, Mapping) else None
        uri = node.get("uri") if isinstance(node, Mapping) else None
        found += [uri] if isinstance(uri, str) else []
    return found


def labels(holder: Raw) -> set[str]:
    """The labels in force on a post or an account."""
    found = holder.get("labels")
    entries = [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []
    return {entry["val"] for entry in entries if isinstance(entry.get("val"), str) and not entry.get("neg")}


def records(told: Raw, name: str, where: str) -> list[Any]:
    """The list of this name in an answer.

    Raises:
        Changed: there is none.
    """
    found = told.get(name)
    if not isinstance(found, list):
        raise Changed(f"{where}: no list of {name}")
    return found


def typed(view: Raw) -> str:
    """The text as it was sent."""
    record = view.get("record")
    text = record.get("text") if isinstance(record, Mapping) else None
    if not isinstance(text, str):
        raise Changed("a record of ours has no text")
    return text


def answer_under(parent: Raw, text: str, language: str, now: datetime) -> dict[str, Any]:
    """The record of an answer to a post, in the post's own thread; facets come on top.

    Raises:
        Unavailable: the view of the post lacks what an answer has to name.
    """
    above = {"uri": parent.get("uri"), "cid": parent.get("cid")}
    if not all(isinstance(value, str) for value in above.values()):
        raise Unavailable("the post cannot be answered: the server names no uri and cid")
    record = parent.get("record")
    reply = record.get("reply") if isinstance(record, Mapping) else None
    root = reply.get("root") if isinstance(reply, Mapping) else None
    return {
        "$type": POSTS,
        "text": text,
        "createdAt": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "langs": [language],
        "reply": {"root": root if isinstance(root, Mapping) else above, "parent": above},
    }
