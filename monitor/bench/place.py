"""A house in a folder that goes away again, and processes that are measured from outside."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from monitor.bootstrap import House, open_house

_PATIENCE = 300.0  # seconds a process has to begin to answer
_CONFIG = """[business]
name = "Messhaus"
[storage]
database = "sqlite:///bench.db"
[web]
port = {port}
{sources}
"""
FILES = """[sources.files]
kind = "csv_import"
title = "Bewertungen"
"""


def write_config(folder: Path, sources: str = FILES, *, port: int = 0) -> Path:
    """A configuration in a new folder; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.toml"
    path.write_text(_CONFIG.format(sources=sources, port=port), encoding="utf-8")
    return path


@contextmanager
def house_in(folder: Path, sources: str = FILES, *, port: int = 0) -> Iterator[House]:
    """A house on the SQLite file in this folder, empty if there is none."""
    house = open_house(write_config(folder, sources, port=port))
    try:
        yield house
    finally:
        house.close()


def free_port() -> int:
    """A port of loopback that nobody listens on, below those that the system gives to outgoing connections."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as door, suppress(OSError):
            door.bind(("127.0.0.1", port))
            return port


@contextmanager
def process(words: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process with these arguments; ended with SIGTERM, killed if it does not hear."""
    with (folder / "process.log").open("ab") as log:
        child = subprocess.Popen([sys.executable, *words], cwd=folder, stdout=log, stderr=log, env=_environment())
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(35)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _environment() -> dict[str, str]:
    """The same code, wherever the process stands."""
    here = str(Path(__file__).resolve().parents[2])
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH", ""))))}


def answering(port: int, child: "subprocess.Popen[bytes]", folder: Path) -> None:
    """Wait until a server in this folder answers on this port of loopback.

    Raises:
        RuntimeError: it ended, or did not answer in time.
    """
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    said = (folder / "process.log").read_text(encoding="utf-8", errors="replace").splitlines()
    raise RuntimeError(f"{child.args!r} does not answer on port {port}: {' / '.join(said[-3:])}")


class Client:
    """One kept connection to a server on loopback."""

    def __init__(self, port: int, cookie: str = "") -> None:
        """Connects with the first request."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        self._headers = {"Cookie": cookie} if cookie else {}

    def get(self, path: str) -> bytes:
        """The body of a page.

        Raises:
            RuntimeError: the status is not 200.
        """
        try:
            answer = self._ask(path)
        except (http.client.RemoteDisconnected, ConnectionError):  # it had been idle for too long
            self._connection.close()
            answer = self._ask(path)
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"GET {path}: {answer.status}")
        return body

    def _ask(self, path: str) -> http.client.HTTPResponse:
        self._connection.request("GET", path, headers=self._headers)
        return self._connection.getresponse()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
