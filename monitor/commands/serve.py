"""`run`, `daemon`, `web`: the long-running commands."""

import argparse
import logging
import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from monitor import memory
from monitor.bootstrap import House, open_house
from monitor.listening import Web
from monitor.lock import AlreadyRunning, Lock
from monitor.log import start_logging
from monitor.words import _

log = logging.getLogger(__name__)
_AGREE = 2  # people, where four eyes are on


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


class Stop:
    """Somebody asked to stop, by SIGTERM or SIGINT.

    A pipe and no `threading.Event`: a signal that comes in the moment before the main thread begins to wait for a lock,
    or while another thread runs, is written down and wakes nobody up; and `Event.set` in a handler may wait for the
    very thread that it interrupted. Into the pipe the signal itself writes.
    """

    def __init__(self) -> None:
        """Listen to both signals from now on. In the main thread only."""
        self.asked = False
        self._ear, self._mouth = os.pipe()
        os.set_blocking(self._mouth, False)
        signal.set_wakeup_fd(self._mouth, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn repeats the signal at its end: it must find us ready
            signal.signal(number, self._ask)

    def _ask(self, *_signal: object) -> None:
        self.asked = True

    def wait(self) -> None:
        """Until somebody asks."""
        while not self.asked:
            select.select([self._ear], [], [])
            os.read(self._ear, 64)


def serve(house: House, *, daemon: bool, web: bool) -> int:
    """Run until a signal asks to stop; then drain.

    Raises:
        AlreadyRunning: another daemon works on this SQLite file.
    """
    stop = Stop()
    memory.few_arenas()
    if not daemon:
        return serve_page(house, stop)
    from monitor.daemon import Daemon

    with one_daemon(house):
        worker, judge = Daemon(house), house.ingest.judge_aside()
        worker.start()
        try:
            code = serve_page(house, stop) if web else _wait_for(stop)
        finally:
            worker.stop()
            judge.close()
        if worker.hanging:
            _leave_behind(house, worker.hanging, code)
        return code


def _wait_for(stop: Stop) -> int:
    stop.wait()
    return 0


def _leave_behind(house: House, hanging: tuple[str, ...], code: int) -> NoReturn:
    """End now: a thread that waits for a platform holds nothing, and Python would wait for it."""
    log.warning("left behind while waiting for an answer: %s", ", ".join(hanging))
    house.database.close()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def welcome(house: House) -> list[str]:
    """Where the page is, and what is missing before anybody can use it."""
    from sqlmodel import col, select

    from monitor.tables import User
    from replies.lifecycle import Role

    lines = [_("Die Seite: {url}/ (Strg+C beendet)").format(url=house.config.base_url)]
    with house.reading() as session:
        roles = session.exec(select(User.role).where(col(User.active).is_(True), col(User.role) != Role.AUDITOR)).all()
        anybody = session.exec(select(User.id).where(col(User.active).is_(True)).limit(1)).first()
    if anybody is None:
        lines.append(_("Noch kann sich niemand anmelden: widerhall user add NAME --role owner"))
    elif house.config.business.four_eyes and (len(roles) < _AGREE or Role.OWNER not in roles):
        lines.append(
            _(
                "Noch kann niemand freigeben: Vier Augen brauchen eine zweite Person, eine davon Inhaberin oder "
                "Inhaber (widerhall user add). Wer allein arbeitet, setzt four_eyes = false."
            )
        )
    return lines


def listening(web: Web) -> dict[str, Any]:
    """What uvicorn is told. Without trusted proxies no forwarded header is read, whatever the environment says."""
    return {
        "host": web.host,
        "port": web.port,
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(web.trusted_proxies),
        "forwarded_allow_ips": list(web.trusted_proxies),
        "timeout_graceful_shutdown": 5,
    }


def serve_page(house: House, stop: Stop) -> int:
    """The page, in the main thread, until a signal asks to stop."""
    import uvicorn

    from monitor.web.app import create_app

    web = house.config.web
    config = uvicorn.Config(create_app(house), **listening(web))
    server = uvicorn.Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):  # until uvicorn listens to signals itself, and after it has ended
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    if stop.asked:
        return 0
    for line in welcome(house):
        print(line, flush=True)
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
