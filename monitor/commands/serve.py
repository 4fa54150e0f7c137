"""`run`, `daemon`, `web`: the long-running commands."""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from monitor.bootstrap import House, open_house
from monitor.lock import AlreadyRunning, Lock
from monitor.log import start_logging
from monitor.words import _

log = logging.getLogger(__name__)


@contextmanager
def one_daemon(house: House) -> Iterator[None]:
    """On SQLite only one process fetches and publishes; PostgreSQL has leases.

    Raises:
        AlreadyRunning: another process does it already.
    """
    file = house.database.file
    if file is None:
        yield
        return
    with Lock(file.with_name(file.name + ".lock")):
        yield


def run(arguments: argparse.Namespace) -> int:
    """Daemon and page in one process."""
    return _with_house(arguments, daemon=True, web=True)


def daemon(arguments: argparse.Namespace) -> int:
    """The daemon alone."""
    return _with_house(arguments, daemon=True, web=False)


def web(arguments: argparse.Namespace) -> int:
    """The page alone."""
    return _with_house(arguments, daemon=False, web=True)


def _with_house(arguments: argparse.Namespace, *, daemon: bool, web: bool) -> int:
    start_logging()
    house = open_house(arguments.config)
    for warning in house.config.warnings():
        print(warning, file=sys.stderr)
    try:
        return serve(house, daemon=daemon, web=web)
    except AlreadyRunning as busy:
        sentence = _("Für diese Datenbank läuft schon ein Daemon (Prozess {pid}). Es darf nur einen geben.")
        print(sentence.format(pid=busy.pid or "?"), file=sys.stderr)
        return 1
    finally:
        house.close()


def serve(house: House, *, daemon: bool, web: bool) -> int:
    """Run until a signal asks to stop; then drain.

    Raises:
        AlreadyRunning: another daemon works on this SQLite file.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn repeats the signal at its end: it must find us ready
        signal.signal(number, lambda *_: stop.set())
    if not daemon:
        return serve_page(house, stop)
    from monitor.daemon import Daemon

    with one_daemon(house):
        worker = Daemon(house)
        worker.start()
        try:
            code = serve_page(house, stop) if web else _wait_for(stop)
        finally:
            worker.stop()
        if worker.hanging:
            _leave_behind(house, worker.hanging, code)
        return code


def _wait_for(stop: threading.Event) -> int:
    while not stop.wait(3600):
        pass
    return 0


def _leave_behind(house: House, hanging: tuple[str, ...], code: int) -> NoReturn:
    """End now: a thread that waits for a platform holds nothing, and Python would wait for it."""
    log.warning("left behind while waiting for an answer: %s", ", ".join(hanging))
    house.database.close()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def serve_page(house: House, stop: threading.Event) -> int:
    """The page, in the main thread, until a signal asks to stop."""
    import uvicorn

    from monitor.web.app import create_app

    web = house.config.web
    config = uvicorn.Config(
        create_app(house),
        host=web.host,
        port=web.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):  # until uvicorn listens to signals itself, and after it has ended
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    if stop.is_set():
        return 0
    try:
        server.run()
    except SystemExit:
        sentence = _(
            "Die Seite kann auf {host}:{port} nicht starten. Ist der Port schon belegt? "
            "Ein anderer steht unter [web] port."
        )
        print(sentence.format(host=web.host, port=web.port), file=sys.stderr)
        return 1
    return 0
