"""The fault server: a platform in a process of its own, over real HTTP on loopback.

    POST /posts/REF/replies            LIST, BLIND; KEY with an Idempotency-Key
    PUT  /posts/REF/reply              PUT
    PUT  /posts/REF/records/KEY        RKEY
    GET  /posts/REF/replies            what a reader is shown
    GET  /feed?after=N                 posts of customers, for the cursor suite
    GET  /control/truth|quiet          for the judge, never faulted

A worker names itself and the place where it wants to die in its User-Agent: `worker/PID die/PLACE`. Then the server
kills it, so that a request is really on the wire at that moment.
"""

import contextlib
import ctypes
import json
import os
import random
import re
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.crash import faults
from tests.crash.clock import SharedClock
from tests.crash.shelf import Shelf, Write

BEFORE, AFTER = "platform-before-commit", "platform-after-commit"
_WISH = re.compile(r"worker/(\d+) die/([\w-]+)")
_WRITE = re.compile(r"/posts/([^/]+)/(?:replies|reply|records/([^/]+))")
PAGE = 25


@dataclass(slots=True)
class Script:
    """What the platform does: how often which fault, and which posts its feed has."""

    writes: Mapping[str, float] = field(default_factory=lambda: faults.WRITES)
    reads: Mapping[str, float] = field(default_factory=lambda: faults.READS)
    feed: int = 0
    seed: int = 1


def die_with_parent() -> None:
    """A process of these tests never outlives the one that started it (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _kill(worker: int) -> None:
    """SIGKILL a worker of this run; one that gave up long ago may have left its number to a stranger."""
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(worker) == os.getpgrp():
            os.kill(worker, signal.SIGKILL)


class Server(ThreadingHTTPServer):
    """One platform. `serve` runs it in a forked process."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, shelf: Shelf, clock: SharedClock, script: Script) -> None:
        """Listen on a free port; nothing answers yet."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.shelf, self.clock, self.script = shelf, clock, script
        self.chance = random.Random(script.seed)
        self.lock = threading.Condition()
        self.undecided = 0  # connections whose first request has had no effect yet
        self.url = f"http://127.0.0.1:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Count it before its thread begins: `quiet` must not overlook it."""
        with self.lock:
            self.undecided += 1
        super().process_request(request, client_address)

    def decided(self) -> None:
        """The first request of a connection has had its effect, or will never have one."""
        with self.lock:
            self.undecided -= 1
            self.lock.notify_all()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """A client that hangs up is what this is about."""

    def fork(self) -> int:
        """Answer from now on, in a process of its own; returns its number."""
        child = os.fork()
        if child:
            self.socket.close()
            return child
        die_with_parent()
        self.serve_forever(poll_interval=5)
        os._exit(0)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_words: object) -> None:
        """Say nothing."""

    def setup(self) -> None:
        """A connection begins."""
        super().setup()
        self.open = True

    def finish(self) -> None:
        """A connection ends, perhaps in the middle of its first request."""
        self._decide()
        with contextlib.suppress(OSError):
            super().finish()

    def _decide(self) -> None:
        if self.open:
            self.open = False
            self.server.decided()

    def do_GET(self) -> None:
        """Read."""
        self._decide()
        url = urlsplit(self.path)
        if url.path.startswith("/control/"):
            self._control(url.path)
            return
        fault = self._draw(self.server.script.reads)
        if fault == "500":
            faults.send(self, 500, {}, b"{}", "ok")
        elif fault.startswith("429-"):
            faults.send(self, *faults.limited(fault[4:]), "ok")
        elif fault == "drop":
            self.close_connection = True
        else:
            faults.send(self, 200, {}, json.dumps(self._readable(url.path, url.query)).encode(), fault)

    def _readable(self, path: str, query: str) -> Any:
        if path == "/feed":
            after = int(parse_qs(query)["after"][0])
            return [
                {"id": n, "text": f"Beitrag {n} kam zu spät"} for n in range(after + 1, self.server.script.feed + 1)
            ][:PAGE]
        with self.server.lock:
            self.server.shelf.catch_up(self.server.clock.seconds)
            return self.server.shelf.readable(unquote(path.split("/")[2]), self.server.clock.seconds)

    def _control(self, path: str) -> None:
        with self.server.lock:
            if path == "/control/quiet":
                self.server.lock.wait_for(lambda: self.server.undecided == 0, 20)
            self.server.shelf.catch_up(self.server.clock.seconds)
            truth = {**self.server.shelf.truth(), "undecided": self.server.undecided}
        faults.send(self, 200, {}, json.dumps(truth).encode(), "ok")

    def do_POST(self) -> None:
        """Publish."""
        size = int(self.headers["Content-Length"])
        body = self.rfile.read(size)
        self.close_connection = True
        if len(body) < size:
            return
        found = _WRITE.match(self.path)
        post, record = (unquote(part) if part else "" for part in found.groups()) if found else ("", "")
        key = record or self.headers.get("Idempotency-Key", "")
        write = Write(post, json.loads(body)["text"], key, self.headers["X-Nonce"])
        fault, pid, place = self._draw(self.server.script.writes), *self._wish()
        if place == BEFORE:
            _kill(pid)
        ref = self._effect(fault, write)
        if place == AFTER:
            _kill(pid)
        self._decide()
        self._answer(fault, ref)

    do_PUT = do_POST  # noqa: N815

    def _effect(self, fault: str, write: Write) -> str:
        """Carry it out, now, later or never."""
        now = self.server.clock.seconds
        with self.server.lock:
            self.server.shelf.catch_up(now)
            self.server.shelf.asked.append(write.nonce)
            if "late" in fault:
                self.server.shelf.later(write, now)
            elif fault in {"ok", "keep-then-drop", *faults.GARBLED} or fault.endswith("-after"):
                return self.server.shelf.keep(write, now).ref
        return ""

    def _answer(self, fault: str, ref: str) -> None:
        if fault.endswith("hang"):
            faults.hang(self)
        elif fault.startswith("429-"):
            faults.send(self, *faults.limited(fault[4:]), "ok")
        elif fault[:3].isdigit():
            faults.send(self, int(fault[:3]), {}, b'{"error": "internal"}', "ok")
        elif not fault.endswith("drop"):
            faults.send(self, 201, {}, json.dumps({"id": ref, "ok": True}).encode(), fault)

    def _draw(self, weights: Mapping[str, float]) -> str:
        with self.server.lock:
            return self.server.chance.choices(list(weights), list(weights.values()))[0]

    def _wish(self) -> tuple[int, str]:
        found = _WISH.search(self.headers.get("User-Agent", ""))
        return (int(found[1]), found[2]) if found else (0, "")
