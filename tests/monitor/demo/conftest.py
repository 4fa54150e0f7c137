"""A demo folder of its own, a made-up platform on loopback, and the real connector to it; the past is made once."""

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import urlencode

import pytest

from connectors.core import registry
from monitor import vault
from monitor.bootstrap import House, open_house
from monitor.demo import business, start
from monitor.demo.folder import DemoFolder
from monitor.demo.history import Clock
from monitor.demo.platform import HOST, Platform
from monitor.demo.stage import Stage
from monitor.ingest import utc_now

TOKEN = "token-of-the-test"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """The made-up platform, started, with our own account and nobody else."""
    stage = Stage(tmp_path / "stadtfunk.json", business.ACCOUNT, utc_now)
    stage.meet(business.ACCOUNT, business.NAME)
    stage.kept.token = TOKEN
    running = Platform(stage)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def connection(platform: Platform) -> Iterator[Any]:
    """The real mastodon connector, signed in as our business."""
    settings = registry.settings_class("mastodon").model_validate(
        {"url": platform.address, "token": TOKEN, "allow_networks": ["127.0.0.0/8"]}
    )
    opened = registry.open_connection("mastodon", settings)
    yield opened
    opened._http.close()


@pytest.fixture
def ask(platform: Platform) -> Callable[..., tuple[int, dict[str, str], Any]]:
    """One plain request to the platform: (status, headers, JSON or text)."""

    def send(
        method: str, path: str, *, form: dict[str, str] | None = None, token: str | None = TOKEN, **headers: str
    ) -> Any:
        door = http.client.HTTPConnection(HOST, platform.stage.kept.port, timeout=60)
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        door.request(method, path, urlencode(form) if form is not None else None, sent)
        answer = door.getresponse()
        text = answer.read().decode()
        door.close()
        told = dict(answer.getheaders())
        return answer.status, told, json.loads(text) if "json" in told.get("Content-Type", "") else text

    return send


@dataclass(frozen=True, slots=True)
class Made:
    """A past that has been made: where it lies, when it ended, and how long it took to make."""

    folder: DemoFolder
    config: Path
    platform: Platform
    at: datetime
    seconds: float


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The demo's past, made once for all tests that only look at it."""
    folder = DemoFolder(tmp_path_factory.mktemp("demo") / "data")
    folder.claim()
    clock = Clock(utc_now())
    platform = start.open_platform(folder, clock)
    platform.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(vault.KEY_VARIABLE, "set by the demo")
        config = start.prepare(folder, 8080, platform)
        began, busy = utc_now(), process_time()
        start.make_past(folder, config, platform.stage, clock)
    yield Made(folder, config, platform, began, process_time() - busy)
    platform.stop()


@pytest.fixture
def house(made: Made) -> Iterator[House]:
    """The house of the made past, to look at."""
    opened = open_house(made.config)
    yield opened
    opened.close()
