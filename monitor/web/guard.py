"""What holds for every request, before and after any page: headers, origin, size, and errors that tell nothing.

Pure ASGI and outermost, so that it also covers 404, 413 and 500.
"""

import logging
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.web.csrf import SAFE_METHODS, same_origin
from monitor.web.kept import Kept, kept_of_body

log = logging.getLogger(__name__)

MAX_BODY = 512 * 1024  # bytes; 20,000 emoji in a form are 240 KB
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
Fault = Callable[[int, str, Kept], Response]
"""(HTTP status, id of the event, what was typed) -> a kind page."""


class _TooLarge(Exception):
    """The body is larger than any form of ours."""


class Guard:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, own: str, fault: Fault) -> None:
        """Guard `app`, whose address is `own`; `fault` draws the error pages."""
        self.app, self.own, self.fault = app, own, fault
        self.secure = urlsplit(own).scheme == "https"
        self.hosts = _LOOPBACK | {_host(urlsplit(own).netloc)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, pass on, put the headers on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, body = False, bytearray()

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._put_headers(MutableHeaders(scope=message))
            await send(message)

        status = self._objection(scope)
        if status:
            await self.fault(status, "", [])(scope, receive, sending)
            return
        try:
            await self.app(scope, _counted(receive, body), sending)
        except _TooLarge:
            await self.fault(413, "", [])(scope, receive, sending)
        except Exception:  # no trace reaches a person: the log has it under the number that the page shows
            event = secrets.token_hex(4)
            log.exception("request failed, event %s: %s %s", event, scope["method"], scope["path"])
            if not begun:
                await self.fault(500, event, kept_of_body(bytes(body)))(scope, receive, sending)

    def _objection(self, scope: Scope) -> int:
        """The status with which this request is refused at the door, 0 if it is not."""
        headers = Headers(scope=scope)
        if _host(headers.get("host", "")) not in self.hosts:
            return 400
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY:
            return 413
        if scope["method"] in SAFE_METHODS:
            return 0
        if not same_origin(headers, self.own):
            return 403
        kind = headers.get("content-type", "application/x-www-form-urlencoded").partition(";")[0].strip().lower()
        return 0 if kind == "application/x-www-form-urlencoded" else 415

    def _put_headers(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers[name] = value
        headers.setdefault("cache-control", "no-store")
        if self.secure:
            headers["strict-transport-security"] = "max-age=31536000"


def _host(netloc: str) -> str:
    """The name without the port, lower case."""
    name = netloc.rpartition("@")[2].lower()
    return name.partition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]


def _counted(receive: Receive, body: bytearray) -> Receive:
    """The same body, put by in `body`, but never more than MAX_BODY of it."""

    async def counting() -> Message:
        message = await receive()
        body.extend(message.get("body", b""))
        if len(body) > MAX_BODY:
            raise _TooLarge
        return message

    return counting
