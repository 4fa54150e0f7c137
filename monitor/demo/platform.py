"""A made-up platform on loopback that speaks enough of the Mastodon API for the real `mastodon` connector.

It also shows one plain page per post, so that a permalink can be opened in a browser. Only the shapes that a connector
sees are built: no federation, no accounts to register, one token. What goes wrong on purpose is decided in `stage.py`;
who posts what and when stands in `scenario.py`.
"""

import json
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from monitor.demo import pages
from monitor.demo.stage import MAX_CHARACTERS, Fault, Stage, Status

HOST = "127.0.0.1"
_LARGEST_PAGE = 80
_LARGEST_BODY = 1 << 20
_LIMIT = 300  # requests in five minutes, as Mastodon announces
_NOT_FOUND = {"error": "Record not found"}

Json = Mapping[str, Any] | Sequence[Any]


@dataclass(frozen=True, slots=True)
class Request:
    """What came in, already taken apart."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    form: Mapping[str, str]
    key: str | None
    signed_in: bool

    def one(self, name: str) -> str | None:
        """The last value of a query parameter."""
        return self.query[name][-1] if self.query.get(name) else None


@dataclass(frozen=True, slots=True)
class Response:
    """What goes out; `drop` means that the connection breaks without a word."""

    status: int
    body: Json | str
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False


class Platform:
    """The server: `start`, then `address`, at the end `stop`."""

    def __init__(self, stage: Stage) -> None:
        """Bind to the stage's port of last time if it is free, else to a new one."""
        self.stage = stage
        self._server = _bind(stage.kept.port, self)
        stage.kept.port = self._server.server_address[1]
        stage.save()
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="demo-platform", daemon=True
        )

    @property
    def address(self) -> str:
        """Base address, without a slash at the end."""
        return f"http://{HOST}:{self.stage.kept.port}"

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Leave within a second; the port is free afterwards."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(5)
        self._server.server_close()

    def answer(self, request: Request) -> Response:
        """Route one request; unknown paths are 404 as on the real thing."""
        parts = [unquote(part) for part in request.path.split("/") if part]
        if parts[:1] == ["api"]:
            return self._api(request, parts[2:])
        return self._page(request, parts)

    def _api(self, request: Request, parts: list[str]) -> Response:
        if parts == ["instance"]:
            return Response(200, self._instance())
        if parts[:1] == ["statuses"]:
            return self._statuses(request, parts[1:])
        if parts[:2] == ["timelines", "tag"] and len(parts) == 3:
            tagged = [s for s in self.stage.all() if s.public and parts[2].lower() in s.tags]
            return self._list(request, tagged, self.status)
        if not request.signed_in:
            return _unauthorized()
        if parts == ["accounts", "verify_credentials"]:
            return Response(
                200, self.account(self.stage.business) | {"source": {"privacy": "public", "language": "de"}}
            )
        if parts == ["notifications"]:
            return self._list(request, self._asked_mentions(request), self._notification)
        if parts[:1] == ["accounts"] and parts[2:] == ["statuses"]:
            who = self.stage.who(parts[1])
            return self._list(request, [s for s in self.stage.all() if s.who == who], self.status)
        return Response(404, _NOT_FOUND)

    def _asked_mentions(self, request: Request) -> list[Status]:
        types = request.query.get("types[]") or ["mention"]
        return self.stage.mentions() if "mention" in types else []

    def _statuses(self, request: Request, parts: list[str]) -> Response:
        if not parts:
            return self._publish(request) if request.method == "POST" else Response(404, _NOT_FOUND)
        status = self.stage.get(parts[0])
        if status is None or not (status.public or request.signed_in):
            return Response(404, _NOT_FOUND)
        if parts[1:] == ["context"]:
            below = [self.status(each) for each in self.stage.descendants(status.id) if each.public]
            return Response(
                200, {"ancestors": [self.status(s) for s in self.stage.ancestors(status)], "descendants": below}
            )
        if parts[1:] or request.method == "GET":
            return Response(404, _NOT_FOUND) if parts[1:] else Response(200, self.status(status))
        return self._change(request, status)

    def _change(self, request: Request, status: Status) -> Response:
        if not request.signed_in:
            return _unauthorized()
        if status.who != self.stage.business:
            return Response(403, {"error": "This action is not allowed"})
        if request.method == "DELETE":
            self.stage.delete(status.id)
            return Response(200, self.status(status))
        wrong = _wrong_text(request.form.get("status", ""))
        return wrong or Response(200, self.status(self.stage.edit(status.id, request.form["status"]) or status))

    def _publish(self, request: Request) -> Response:
        if not request.signed_in:
            return _unauthorized()
        text, parent = request.form.get("status", ""), request.form.get("in_reply_to_id") or None
        if parent is not None and self.stage.get(parent) is None:
            return Response(404, {"error": "The post you are trying to reply to does not appear to exist."})
        wrong = _wrong_text(text)
        if wrong is not None:
            return wrong
        visibility = request.form.get("visibility") or "public"
        status, fault = self.stage.answer(text, parent=parent, visibility=visibility, key=request.key)
        return Response(200, {} if status is None else self.status(status), drop=fault != Fault.NONE)

    def _list(self, request: Request, items: list[Status], form: Callable[[Status], Json]) -> Response:
        """One page as Mastodon cuts it: `min_id` gives the page right after the id, everything else the newest one."""
        limit = min(max(int(_digits(request.one("limit")) or 40), 1), _LARGEST_PAGE)
        lowest = max(int(_digits(request.one(name)) or 0) for name in ("min_id", "since_id"))
        highest = int(_digits(request.one("max_id")) or 0)
        fit = [s for s in items if int(s.id) > lowest and (not highest or int(s.id) < highest)]
        page = fit[:limit] if request.one("min_id") else fit[-limit:]
        page.reverse()
        return Response(200, [form(each) for each in page], _links(self.address + request.path, request, page, limit))

    def _notification(self, status: Status) -> Json:
        return {
            "id": status.id,
            "type": "mention",
            "created_at": status.created,
            "account": self.account(status.who),
            "status": self.status(status),
        }

    def account(self, who: str) -> dict[str, Any]:
        """An account as the API shows it."""
        return {
            "id": self.stage.number(who),
            "username": who,
            "acct": who,
            "display_name": self.stage.shown(who),
            "locked": False,
            "bot": False,
            "url": f"{self.address}/@{who}",
            "uri": f"{self.address}/users/{who}",
        }

    def status(self, status: Status) -> dict[str, Any]:
        """A post as the API shows it, its text as HTML."""
        parent = self.stage.get(status.parent) if status.parent else None
        return {
            "id": status.id,
            "uri": f"{self.address}/users/{status.who}/statuses/{status.id}",
            "url": self.permalink(status),
            "created_at": status.created,
            "edited_at": status.edited,
            "in_reply_to_id": status.parent,
            "in_reply_to_account_id": self.stage.number(parent.who) if parent else None,
            "account": self.account(status.who),
            "content": pages.content(status.text, self.address),
            "spoiler_text": "",
            "sensitive": False,
            "visibility": status.visibility,
            "language": "de",
            "reblog": None,
            "media_attachments": [],
            "mentions": [self._mention(who) for who in status.mentions if who in self.stage.kept.people],
            "tags": [{"name": tag, "url": f"{self.address}/tags/{tag}"} for tag in status.tags],
        }

    def permalink(self, status: Status) -> str:
        """Where a person reads a post."""
        return f"{self.address}/@{status.who}/{status.id}"

    def _mention(self, who: str) -> dict[str, str]:
        return {"id": self.stage.number(who), "username": who, "acct": who, "url": f"{self.address}/@{who}"}

    def _instance(self) -> Json:
        return {
            "domain": self.address.removeprefix("http://"),
            "title": pages.NAME,
            "version": "4.3.0",
            "configuration": {"statuses": {"max_characters": MAX_CHARACTERS, "characters_reserved_per_url": 23}},
        }

    def _page(self, request: Request, parts: list[str]) -> Response:
        headers = {"Content-Type": "text/html; charset=utf-8"}
        if request.method != "GET" or len(parts) > 2:
            return Response(404, pages.missing(), headers)
        if not parts:
            return Response(200, pages.front(self.stage), headers)
        status = self.stage.get(parts[-1]) if len(parts) == 2 else None
        if status is not None and status.public and parts[0] == f"@{status.who}":
            return Response(200, pages.thread(self.stage, status), headers)
        if len(parts) == 1 and parts[0].removeprefix("@") in self.stage.kept.people:
            return Response(200, pages.front(self.stage, parts[0].removeprefix("@")), headers)
        return Response(404, pages.missing(), headers)


def _unauthorized() -> Response:
    return Response(401, {"error": "The access token is invalid"})


def _digits(word: str | None) -> str:
    return word if word and word.isascii() and word.isdigit() else ""


def _wrong_text(text: str) -> Response | None:
    if not text.strip():
        return Response(422, {"error": "Validation failed: Text can't be blank"})
    if len(text) > MAX_CHARACTERS:
        return Response(422, {"error": f"Validation failed: Text character limit of {MAX_CHARACTERS} exceeded"})
    return None


def _links(address: str, request: Request, page: list[Status], limit: int) -> dict[str, str]:
    if not page:
        return {}
    kept = [(name, value) for name, values in request.query.items() if name not in _PLACES for value in values]
    links = [("prev", "min_id", page[0].id)]
    if len(page) == limit:
        links.insert(0, ("next", "max_id", page[-1].id))
    told = [f'<{address}?{urlencode([*kept, (name, number)])}>; rel="{rel}"' for rel, name, number in links]
    return {"Link": ", ".join(told)}


_PLACES = ("min_id", "max_id", "since_id")


def _bind(port: int, platform: Platform) -> ThreadingHTTPServer:
    class Door(_Door):
        house = platform

    if port:
        with suppress(OSError):
            return _Server((HOST, port), Door)
    return _Server((HOST, 0), Door)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who hangs up is no news."""


class _Door(BaseHTTPRequestHandler):
    """Bytes in, bytes out."""

    house: Platform
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Nothing: the demo's terminal belongs to the demo."""

    def _serve(self) -> None:
        body = self.rfile.read(min(int(_digits(self.headers.get("Content-Length")) or 0), _LARGEST_BODY))
        address = urlsplit(self.path)
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        request = Request(
            method=self.command,
            path=address.path,
            query=parse_qs(address.query),
            form=_form(self.headers.get_content_type(), body),
            key=self.headers.get("Idempotency-Key"),
            signed_in=bool(token) and token == self.house.stage.kept.token,
        )
        bad_token = bool(token) and not request.signed_in
        self._send(_unauthorized() if bad_token else self.house.answer(request))

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the base class names them so

    def _send(self, response: Response) -> None:
        if response.drop:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        is_page = isinstance(response.body, str)
        body = (
            response.body if isinstance(response.body, str) else json.dumps(response.body, ensure_ascii=False)
        ).encode()
        self.send_response(response.status)
        if not is_page:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        for name, value in {**self._limits(), **response.headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _limits(self) -> dict[str, str]:
        reset = self.house.stage.clock() + timedelta(minutes=5)
        return {
            "X-RateLimit-Limit": str(_LIMIT),
            "X-RateLimit-Remaining": str(_LIMIT - 1),
            "X-RateLimit-Reset": reset.strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
        }


def _form(content_type: str, body: bytes) -> dict[str, str]:
    """A form or JSON body as plain words; anything else is empty."""
    text = body.decode("utf-8", "replace")
    if content_type == "application/json":
        with suppress(ValueError):
            record = json.loads(text)
            return (
                {str(name): str(value) for name, value in record.items() if value is not None}
                if isinstance(record, dict)
                else {}
            )
        return {}
    return {name: values[-1] for name, values in parse_qs(text).items()}
