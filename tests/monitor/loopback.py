"""A little WordPress on loopback, for a daemon in a process of its own.

One login, comments, answers; and it can hang.
"""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

ME = 1


class Blog:
    """Comments that a test adds and answers that the daemon posts."""

    def __init__(self) -> None:
        """Nothing listens yet."""
        self.comments: list[dict] = []
        self.hanging = threading.Event()  # set: answers wait
        self.asked = threading.Event()
        self._release = threading.Event()
        blog = self

        class Handler(_Handler):
            site = blog

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        """Listen."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop listening; nobody hangs any more."""
        self._release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, words: str, author: int = 0, parent: int = 0) -> dict:
        """A new approved comment."""
        number = len(self.comments) + 1
        self.comments.append({
            "id": number, "post": 5, "parent": parent, "author": author, "author_name": "Karin", "type": "comment",
            "status": "approved", "date_gmt": f"2026-11-20T08:00:{number:02}", "link": f"{self.url}/#comment-{number}",
            "content": {"rendered": f"<p>{words}</p>", "raw": words},
        })  # fmt: skip
        return self.comments[-1]

    def wait(self) -> None:
        """What a hanging platform does."""
        self.asked.set()
        if self.hanging.is_set():
            self._release.wait(60)


class _Handler(BaseHTTPRequestHandler):
    site: Blog
    protocol_version = "HTTP/1.1"

    def log_message(self, *_words: object) -> None:
        """Say nothing."""

    def _say(self, data: object, status: int = 200) -> None:
        body = json.dumps(data).encode()
        with contextlib.suppress(ConnectionError):  # nobody waits any more
            self._write(body, status)

    def _write(self, body: bytes, status: int) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", "application/json"),
            ("Content-Length", len(body)),
            ("X-WP-TotalPages", 1),
        ):
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """The user, the list, one comment."""
        self.site.wait()
        place, last = urlparse(self.path), urlparse(self.path).path.rsplit("/", 1)[-1]
        if last == "me":
            self._say({"id": ME, "capabilities": {"moderate_comments": True}})
        elif last.isdecimal():
            found = [comment for comment in self.site.comments if comment["id"] == int(last)]
            self._say(*(found or [{"code": "rest_comment_invalid_id"}, 404]))
        else:
            parent = parse_qs(place.query).get("parent")
            self._say([c for c in self.site.comments if not parent or str(c["parent"]) in parent])

    def do_POST(self) -> None:
        """A new answer."""
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._say(self.site.add(sent["content"], ME, sent["parent"]), 201)
