"""A small honest connector for the fault server: a way of writing for each capability class, through the real door."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpcore

from connectors.core.access import Limits
from connectors.core.contract import Capability, Card, Page, Post, PostKind, Receipt, ReplyMode, Sighting
from connectors.core.errors import Changed, ConnectorError, RateLimited, Unclear
from connectors.core.http import Http
from connectors.core.text import same_text
from replies.crash import crashpoint
from tests.crash.history import History

HALF = "half-written"
STATUS = {(400, "comment_flood"): RateLimited}
_WAY = {Capability.PUT: ("PUT", "/posts/{0}/reply"), Capability.RKEY: ("PUT", "/posts/{0}/records/{1}")}


def card(capability: Capability) -> Card:
    """What the fault server can do."""
    return Card(
        kind="scripted",
        name="Scripted",
        home="https://platform.example",
        reply=ReplyMode.API,
        capability=capability,
        one_reply=capability == Capability.PUT,
        public_read=True,
        max_length=500,
        key_ttl=timedelta(hours=1) if capability == Capability.KEY else None,
    )


def door(url: str, die: str = "", *, patience: float = 0.25) -> Http:
    """The real HTTP door, with short time-outs; the server is told where this process wants to die."""
    agent = f"Widerhall/0.1 worker/{os.getpid()} die/{die or 'nowhere'}"
    limits = Limits(connect=5.0, read=patience, total=2 * patience, user_agent=agent)
    http = Http(url, allow_networks=("127.0.0.0/8",), limits=limits, rows=STATUS)
    if die == HALF:
        http._backend._dial = _Torn()
    return http


class Connection:
    """Reader and publisher; keeps a history of what it asked for and what it was told."""

    def __init__(self, http: Http, capability: Capability, history: History | None = None) -> None:
        """`history` takes a line before and after each write."""
        self.http, self.capability, self.history = http, capability, history or History()

    def publish(self, post: Post, text: str, key: str) -> Receipt:
        """Send once."""
        method, path = _WAY.get(self.capability, ("POST", "/posts/{0}/replies"))
        nonce = f"{key}.{os.urandom(4).hex()}"
        headers = {"X-Nonce": nonce} | ({"Idempotency-Key": key} if self.capability == Capability.KEY else {})
        self.history.write("invoke", nonce)
        try:
            answer = self.http.write(
                method, path.format(quote(post.ref, safe=""), key), json={"text": text}, headers=headers
            )
            ref = _id(answer.json())
        except ConnectorError as error:
            self.history.write("info" if type(error) in (Unclear, Changed, ConnectorError) else "fail", nonce)
            raise
        self.history.write("ok", nonce, ref)
        return Receipt(ref=ref, text=text)

    def find(self, post: Post, receipt: Receipt | None) -> Sighting | None:
        """By id, else by text; on a blind platform there is nothing to read."""
        if self.capability == Capability.BLIND:
            return None
        found = self.http.get(f"/posts/{quote(post.ref, safe='')}/replies").json()
        if not isinstance(found, list):
            raise Changed("the list of replies is no list")
        ref, text = (receipt.ref, receipt.text) if receipt else (None, None)
        own = [item for item in found if text is None or same_text(item["text"], text)]
        fits = [item for item in found if item["id"] == ref] if ref else own
        if not fits:
            return None
        return Sighting(ref=fits[0]["id"], text=fits[0]["text"], public=True, matches=max(len(fits), len(own)))

    def check(self) -> Card:
        """As it is."""
        return card(self.capability)

    def one(self, ref: str) -> Post | None:
        """Posts do not change here."""
        return Post(ref=ref, kind=PostKind.COMMENT, text=f"Beitrag {ref}")

    def pages(self, cursor: Any, *, until: Any = None) -> Iterator[Page]:
        """What is behind the cursor, and nothing before it: no overlap hides a loss."""
        after = 0 if until else int((cursor or {}).get("after", 0))
        while found := self.http.get("/feed", {"after": after}).json():
            items = tuple(_post(item) for item in found)
            after = found[-1]["id"]
            yield Page(items, {"after": after})
        yield Page((), {"after": after}, complete=True)


def _post(item: Any) -> Post:
    """Nine in ten are the business's own: they owe nothing, and judging is not what the cursor suite is about."""
    return Post(ref=str(item["id"]), kind=PostKind.COMMENT, text=item["text"], own=bool(item["id"] % 10))


def _id(said: Any) -> str:
    if not isinstance(said, dict) or not isinstance(said.get("id"), str):
        raise Unclear("written, but the answer names no id")
    return said["id"]


class _Torn(httpcore.SyncBackend):
    """Connections of a worker that dies with its request half written: in the headers or in the body."""

    def connect_tcp(self, *arguments: Any, **named: Any) -> httpcore.NetworkStream:
        return _TornStream(super().connect_tcp(*arguments, **named))


class _TornStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner, self._writes, self._publishes = inner, 0, False

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._writes += 1
        self._publishes |= buffer[:4] in (b"POST", b"PUT ")
        if self._publishes and self._writes == 1 + os.getpid() % 2:
            self._inner.write(buffer[: len(buffer) // 2], timeout)
            crashpoint(HALF)
            buffer = buffer[len(buffer) // 2 :]
        self._inner.write(buffer, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout)

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
