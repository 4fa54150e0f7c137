"""Beneath the door: names are looked up, checked and dialled here, and every step ends at the request's deadline.

The check happens where the connection is made, on the very IP that is dialled, so a name that changes its answer in
between gains nothing (RELIABILITY 3.4, S11).
"""

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore
import httpx

from connectors.core.access import Limits
from connectors.core.network import Guard, Resolve

_DEADLINE: ContextVar[float] = ContextVar("deadline")


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """What happens inside ends in so many seconds, counted from now."""
    token = _DEADLINE.set(time.perf_counter() + seconds)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def time_left() -> float:
    """Seconds until the deadline; below 0 after it."""
    return _DEADLINE.get() - time.perf_counter()


@cache
def shared_tls() -> ssl.SSLContext:
    """One TLS context for the process; building one costs 32 ms (RELIABILITY 4.3)."""
    return httpx.create_ssl_context(trust_env=False)


class Backend(httpcore.NetworkBackend):
    """Resolves, checks and dials; what is dialled is what was checked."""

    def __init__(self, guard: Guard, resolve: Resolve, limits: Limits) -> None:
        self._guard = guard
        self._resolve = resolve
        self._limits = limits
        self._dial = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Dial the first allowed address that answers.

        Raises:
            httpcore.ConnectError: the name or every address failed.
            httpcore.ConnectTimeout: neither answered in time.
            ConfigProblem: an address that may not be dialled.
        """
        seconds = step(timeout, httpcore.ConnectTimeout)
        error: Exception
        try:
            found = self._resolve(host.strip("[]"), port, min(seconds, self._limits.connect))
        except TimeoutError as problem:
            raise httpcore.ConnectTimeout(str(problem)) from None
        except OSError as problem:
            raise httpcore.ConnectError(f"name look-up: {problem}") from None
        for address in self._guard.allowed(host, found):
            try:
                seconds = step(timeout, httpcore.ConnectTimeout)
                return _Stream(self._dial.connect_tcp(address, port, seconds, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
                error = problem
        raise error


class _Stream(httpcore.NetworkStream):
    """A connection whose every step also ends at the request's deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, step(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, step(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = step(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, seconds))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def step(timeout: float | None, late: type[Exception] = TimeoutError) -> float:
    """Seconds for the next step: its own limit or what is left until the deadline; `late` is raised after it."""
    left = time_left()
    if left <= 0:
        raise late("deadline")
    return left if timeout is None else min(timeout, left)
