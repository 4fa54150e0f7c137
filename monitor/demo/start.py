"""`widerhall demo`: folder, port, platform, past, and then the real daemon and the real page until a signal."""

import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from monitor import people, vault
from monitor.bootstrap import House, open_house
from monitor.demo import business, scenario
from monitor.demo.folder import LOCK, DemoFolder, FolderRefused
from monitor.demo.history import Clock, History
from monitor.demo.platform import HOST, Platform
from monitor.demo.stage import Stage
from monitor.ingest import utc_now
from monitor.lock import AlreadyRunning, Lock
from monitor.log import OneLine
from monitor.tables import User
from monitor.words import _
from replies.people import DAEMON, Actor

_BEFORE_EVERYTHING = timedelta(days=43)  # the business was set up this long before the demo starts


class PortTaken(Exception):
    """Another program listens where the page should stand."""


class NoPort(Exception):
    """There is no such port, or this user may not have it."""


def run(port: int, data: Path, fresh: bool) -> int:  # noqa: FBT001 - the command's own signature
    """Run the demo until SIGINT or SIGTERM.

    Args:
        port: of the page, on loopback; 0 takes a free one.
        data: the demo's folder; made if it is not there.
        fresh: empty the folder first, if it belongs to a demo.

    Returns:
        The exit code: 0 after a clean end, 1 with a sentence on stderr.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the making of the past like Ctrl+C
    folder = DemoFolder(data)
    try:
        with ExitStack() as stack:
            door = stack.enter_context(_door(port))
            folder.claim()
            stack.enter_context(Lock(folder.path / LOCK))
            if fresh or not folder.complete:
                folder.empty()
            _run(folder, door, stack)
    except PortTaken:
        sentence = _("Der Port {port} ist schon belegt. Nehmen Sie einen anderen: widerhall demo --port {other}")
        return _refuse(sentence.format(port=port, other=port + 1 if port < 65535 else 8080))
    except NoPort:
        sentence = _("Den Port {port} gibt es nicht oder nur für den Systemverwalter. Möglich ist 1024 bis 65535.")
        return _refuse(sentence.format(port=port))
    except FolderRefused as refusal:
        return _refuse(str(refusal))
    except AlreadyRunning as other:
        sentence = _(
            "In {path} läuft schon eine Vorführung (Prozess {pid}). "
            "Beenden Sie sie oder nennen Sie mit --data einen anderen Ordner."
        )
        return _refuse(sentence.format(path=folder.path, pid=other.pid or "?"))
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


@contextmanager
def _door(port: int) -> Iterator[socket.socket]:
    """The page's port, taken before anything else is done, so that nobody takes it meanwhile.

    Raises:
        PortTaken: somebody has it.
        NoPort: nobody can have it, or we may not.
    """
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        try:
            door.bind((HOST, port))
        except (OverflowError, PermissionError) as error:
            raise NoPort from error
        except OSError as error:
            raise PortTaken from error
        yield door
    finally:
        door.close()


def _run(folder: DemoFolder, door: socket.socket, stack: ExitStack) -> None:
    _log_to(folder.path / "demo.log")
    clock = Clock(utc_now())
    platform = open_platform(folder, clock)
    stack.callback(platform.stop)
    platform.start()
    config = prepare(folder, door.getsockname()[1], platform)
    if not folder.complete:
        print(_("Die Vorgeschichte wird angelegt, das dauert einige Sekunden …"), flush=True)
        make_past(folder, config, platform.stage, clock)
    platform.stage.clock = utc_now
    house = open_demo(config, platform.stage.kept.token, utc_now)
    stack.callback(house.close)
    player = scenario.Scenario(platform.stage, scenario.load())
    stack.callback(player.stop)
    _serve(house, door, lambda: _announce(house, folder, platform), player)


def open_platform(folder: DemoFolder, clock: Callable[[], datetime]) -> Platform:
    """The made-up platform with everything that stands on it so far; not started yet."""
    stage = Stage(folder.path / "stadtfunk.json", business.ACCOUNT, clock)
    stage.meet(business.ACCOUNT, business.NAME)
    stage.kept.token = stage.kept.token or secrets.token_urlsafe(24)
    return Platform(stage)


def prepare(folder: DemoFolder, port: int, platform: Platform) -> Path:
    """Write the configuration of this start and name the key file; returns the configuration's path."""
    os.environ[vault.KEY_VARIABLE] = str(folder.path / "key")
    return folder.write("config.toml", business.config_text(port, platform.address))


def open_demo(config: Path, token: str, clock: Callable[[], datetime]) -> House:
    """The house, with the platform's token in its vault: so that `verify` and others need no key file."""
    house = open_house(config, clock)
    with house.transaction() as session:
        vault.store(session, business.PLATFORM, "token", token, clock())
    return house


def make_past(folder: DemoFolder, config: Path, stage: Stage, clock: Clock) -> None:
    """Set the clock back and play the past up to the present moment."""
    now = utc_now()
    clock.now = now - _BEFORE_EVERYTHING
    for who, shown in scenario.load().people.items():
        stage.meet(who, shown)
    exports = folder.path / "exports"
    exports.mkdir(exist_ok=True)
    house = open_demo(config, stage.kept.token, clock)
    try:
        people = _people(house, folder.logins(), clock.now)
        History(house, stage, clock, people, now, exports).build()
    finally:
        house.close()
    folder.mark_complete()


def _people(house: House, logins: dict[str, str], now: datetime) -> dict[str, Actor]:
    from monitor.web.passwords import hash_password

    with house.transaction() as session:
        for name, role in business.PEOPLE:
            people.add(
                session,
                name,
                role,
                hash_password(logins[name]),
                DAEMON,
                now,
                language=house.config.business.language,
            )
        rows = session.exec(select(User).order_by(col(User.id))).all()
        return {row.name: Actor(row.id, row.role, row.name) for row in rows}


def _serve(house: House, door: socket.socket, ready: Callable[[], None], player: scenario.Scenario) -> None:
    """The real daemon and the real page; signals end the page first, then the daemon drains."""
    import uvicorn

    from monitor.daemon import Daemon
    from monitor.web.app import create_app

    class Page(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

    app = create_app(house)
    settings = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=3)
    daemon = Daemon(house)
    daemon.start()
    player.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn repeats the signal when it is done, and the rest is still to be closed
        signal.signal(number, lambda *_: None)
    try:
        Page(settings).run(sockets=[door])
    finally:
        daemon.stop()
    print(_("Die Vorführung ist beendet. Der nächste Start geht hier weiter."), flush=True)


def _log_to(file: Path) -> None:
    handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "httpcore", "apscheduler", "uvicorn.error", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _program() -> str:
    """How this command was called."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "widerhall" else f"{sys.executable} -m monitor"


def _announce(house: House, folder: DemoFolder, platform: Platform) -> None:
    from monitor.web.labels import word

    logins = folder.logins()
    people = "\n".join(f"    {name:<7}{word(role):<12}{logins[name]}" for name, role in business.PEOPLE)
    print(
        _(
            """
{name}: eine Vorführung von Widerhall. Betrieb, Menschen und Plattform sind erfunden.

  Seite        {page}
  Plattform    {platform}   (so sehen es Fremde)

  Anmelden als
{people}

  Zum Anfangen
    1. Als Anna: unter „Heute“ liegen Überfälliges und Neues. Einen Beitrag öffnen, Sachverhalt festhalten,
       antworten, zur Freigabe geben.
    2. Als Bernd: unter „Freigaben“ freigeben. Zehn Sekunden lang lässt es sich zurücknehmen, dann geht die
       Antwort hinaus; ist sie auf der Plattform zu sehen, wird sie als gesichtet vermerkt.
    3. Eine Antwort an Frau Ritzel ging unterwegs verloren und steht als „unklar“ da. Widerhall sieht nach, und
       erst nach zwei vergeblichen Blicken sendet es noch einmal.
    4. Alle paar Sekunden schreibt jemand Neues. Clara darf alles lesen und nichts ändern.
    5. In einem zweiten Fenster: {program} verify --config {folder}/config.toml

  Beenden mit Strg+C; der nächste Start geht hier weiter, --fresh beginnt von vorn. Meldungen: {folder}/demo.log
"""
        ).format(
            name=business.NAME,
            page=f"http://{HOST}:{house.config.web.port}/",
            platform=f"{platform.address}/",
            people=people,
            folder=folder.path,
            program=_program(),
        ),
        flush=True,
    )
