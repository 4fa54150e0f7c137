"""The misdeeds of a platform, as words, and the ways to send an answer that is not quite HTTP."""

import gzip
import select
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

PATIENCE = 3.0  # seconds until a hanging or dripping answer ends, if the client has not gone before
LIMITS = ("seconds", "date", "epoch", "reset-date", "reset-seconds", "nothing", "flood")
GARBLED = ("drip", "long", "short", "gzip")

# What may happen to a write, with its weight: about a third of them meet a fault.
WRITES: Mapping[str, float] = {
    "ok": 68,
    "keep-then-drop": 5,
    "drop": 3,
    "late-then-drop": 5,
    "late-then-hang": 1,
    "hang": 0.5,
    "500-before": 3,
    "500-after": 3,
    "503-late": 2,
    "502-before": 1,
    "408-after": 1,
    **{f"429-{dialect}": 0.7 for dialect in LIMITS},
    "drip": 0.6,
    "long": 1,
    "short": 1,
    "gzip": 1,
}
READS: Mapping[str, float] = {
    "ok": 90,
    "drop": 2,
    "500": 2,
    "429-date": 2,
    "drip": 0.3,
    "long": 1,
    "short": 1,
    "gzip": 1,
}


def limited(dialect: str) -> tuple[int, dict[str, str], bytes]:
    """One "too many requests" in a platform's own way: status, headers, body. All of them mean three seconds."""
    until = datetime.now(UTC) + timedelta(seconds=3)
    headers = {
        "seconds": {"Retry-After": "3"},
        "date": {"Retry-After": format_datetime(until, usegmt=True)},
        "epoch": {"X-RateLimit-Reset": str(int(until.timestamp()))},
        "reset-date": {"X-RateLimit-Reset": until.isoformat().replace("+00:00", "Z")},
        "reset-seconds": {"RateLimit-Reset": "3"},
    }
    if dialect == "flood":
        return 400, {}, b'{"code": "comment_flood", "message": "Slow down."}'
    return 429, headers.get(dialect, {}), b'{"error": "Too many requests"}'


def send(handler: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes, how: str) -> None:
    """Send an answer, honestly or `how`."""
    handler.close_connection = handler.close_connection or how in GARBLED
    length = {"long": len(body) + 400, "short": max(len(body) - 5, 1)}.get(how, len(body))
    if how == "gzip":
        packed = gzip.compress(body * 40)
        body, length, headers = packed[:-9], len(packed) - 9, {**headers, "Content-Encoding": "gzip"}
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(length), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    if how == "drip":
        _drip(handler, body)
    else:
        handler.wfile.write(body)


def _drip(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """One byte each twentieth of a second, and never the last one."""
    end = time.monotonic() + PATIENCE
    for byte in body[:-1]:
        handler.wfile.write(bytes([byte]))
        if client_left(handler, 0.05) or time.monotonic() > end:
            return
    hang(handler)


def hang(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing until the client goes away."""
    client_left(handler, PATIENCE)


def client_left(handler: BaseHTTPRequestHandler, seconds: float) -> bool:
    """Wait for the end of the connection, at most so long."""
    readable, _, _ = select.select([handler.connection], [], [], seconds)
    return bool(readable)
