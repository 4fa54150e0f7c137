"""Several little WordPress sites in one real process on loopback, which writes every request down with its time.

    python -m tests.several.platform PORT FOLDER BLOGS

Site N is `http://127.0.0.1:PORT/N`. FOLDER/record gets one JSON line a request. A file FOLDER/hold-list-N or
FOLDER/hold-post-N, holding a number of seconds, makes the next answer of that kind wait: what it says was true before
the wait. Customers and the judge use /control, which is not written down.
"""

import contextlib
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse

ME = 1
PASSING = 0.05  # seconds that every answer takes, so that daemons meet


class Sites(ThreadingHTTPServer):
    """All sites with their comments."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, folder: Path, blogs: int) -> None:
        """Listen at once."""
        self.folder = folder
        self.comments: dict[int, list[dict]] = {number: [] for number in range(1, blogs + 1)}
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", port), Handler)

    def record(self, what: str, blog: int, **more: object) -> None:
        """One line, in one piece."""
        line = json.dumps({"at": time.time(), "what": what, "blog": blog, **more})
        with self.lock, (self.folder / "record").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def held(self, what: str, blog: int) -> None:
        """Wait, if this answer is to be held; once."""
        wish = self.folder / f"hold-{what}-{blog}"
        taken = wish.with_name(f"taken-{threading.get_ident()}")
        with contextlib.suppress(FileNotFoundError):
            wish.rename(taken)
            seconds = float(taken.read_text())
            self.record("held", blog, of=what)
            time.sleep(seconds)
        time.sleep(PASSING)

    def add(self, blog: int, words: str, name: str, parent: int = 0, author: int = 0) -> dict:
        """A new public comment."""
        with self.lock:
            number = len(self.comments[blog]) + 1
            when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
            self.comments[blog].append({
                "id": number, "post": 5, "parent": parent, "author": author, "author_name": name, "type": "comment",
                "status": "approved", "date_gmt": when, "link": f"http://127.0.0.1/{blog}/#comment-{number}",
                "content": {"rendered": f"<p>{words}</p>", "raw": words},
            })  # fmt: skip
            return dict(self.comments[blog][-1])


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Sites

    def log_message(self, *_words: object) -> None:
        """Say nothing."""

    def _say(self, data: object, status: int = 200) -> None:
        body = json.dumps(data).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), "X-WP-TotalPages": "1"}
        with contextlib.suppress(ConnectionError):  # nobody waits any more
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def do_GET(self) -> None:
        """The user, a list, one comment; for the judge, everything."""
        url = urlparse(self.path)
        first, *rest = url.path.strip("/").split("/")
        if first == "control":
            self._say(self.server.comments)
            return
        blog, query = int(first), parse_qs(url.query)
        comments, last = self.server.comments[blog], rest[-1]
        if last == "me":
            self._say({"id": ME, "capabilities": {"moderate_comments": True}})
        elif last.isdecimal():
            self._say(*([comments[int(last) - 1]] if int(last) <= len(comments) else [{"code": "none"}, 404]))
        elif "parent" in query:
            spam = query.get("status") == ["spam"]
            self._say([one for one in comments if not spam and str(one["parent"]) in query["parent"]])
        else:
            self._list(blog, check=query.get("per_page") == ["1"])

    def _list(self, blog: int, *, check: bool) -> None:
        with self.server.lock:
            now = json.loads(json.dumps(self.server.comments[blog]))
        if not check:
            self.server.record("round", blog)
            self.server.held("list", blog)
        self._say(now)

    def do_POST(self) -> None:
        """An answer of the business; from /control a customer's comment, or an edit of one."""
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        first, *rest = urlparse(self.path).path.strip("/").split("/")
        if first != "control":
            blog = int(first)
            made = self.server.add(blog, sent["content"], "Haus", sent["parent"], ME)
            self.server.record("answer", blog, parent=sent["parent"], text=sent["content"])
            self.server.held("post", blog)
            self._say(made, 201)
        elif len(rest) == 1:
            self._say(self.server.add(int(rest[0]), sent["text"], sent["name"]), 201)
        else:
            content = {"rendered": f"<p>{sent['text']}</p>", "raw": sent["text"]}
            self.server.comments[int(rest[0])][int(rest[1]) - 1]["content"] = content
            self._say({})


if __name__ == "__main__":
    Sites(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])).serve_forever()
