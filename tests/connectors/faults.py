"""A server on loopback that answers whatever a test wants, down to the single byte."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(slots=True)
class Asked:
    """One request as it arrived, and the socket's writing side for answers that are not quite HTTP."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    handler: "Handler" = field(repr=False)

    def say(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """An honest answer; a header's `_` is a `-`."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        names.setdefault("Content-Length", str(len(body)))
        self.handler.send_response(status)
        for name, value in names.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def json(self, value: Any, status: int = 200, **headers: str) -> None:
        """An honest JSON answer."""
        self.say(status, json.dumps(value).encode(), Content_Type="application/json", **headers)

    def wire(self, data: bytes) -> None:
        """Bytes as they are."""
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def drop(self) -> None:
        """The connection ends in the middle."""
        self.handler.close_connection = True


Answer = Callable[[Asked], None]


class Handler(BaseHTTPRequestHandler):
    """Hands every request to the server's `answer`."""

    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        url = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, url.path, dict(parse_qsl(url.query)), headers, self.rfile.read(size), self)
        self.server.faults.asked.append(asked)
        self.server.faults.answer(asked)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815  the names that http.server looks for

    def log_message(self, *_args: object) -> None:
        """A test run is quiet."""


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    faults: "FaultServer"

    def handle_error(self, *_args: object) -> None:
        """A client that hangs up is what these tests are about."""


class FaultServer:
    """`server.answer = …` decides what the next requests get; `server.asked` holds what came."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Answer = lambda asked: asked.json({})
        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self._server.faults = self
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """No more answers."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wrap_tls(self, context: Any) -> None:
        """From now on only TLS."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.port}"
