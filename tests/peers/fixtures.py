"""Fixtures for the real server and the real browser; tests/conftest.py names this module in `pytest_plugins`.

Playwright and the peers are imported by the fixtures that need them: this module is part of every test run.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

ENGINES = ("sqlite", "postgresql")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from tests.peers.browser import Person
    from tests.peers.postgres import PostgreSQL
    from tests.peers.wordpress import WordPress


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that says `engine`, itself or through its fixtures, runs on both databases."""
    said = any(mark.args and mark.args[0] == "engine" for mark in metafunc.definition.iter_markers("parametrize"))
    if "engine" in metafunc.fixturenames and not said:
        metafunc.parametrize("engine", ENGINES, indirect=True)


@pytest.fixture(scope="session")
def wordpress() -> Iterator["WordPress"]:
    """A real WordPress for the whole run; every test brings its own post or people."""
    from tests.peers.wordpress import WordPress

    peer = WordPress()
    try:
        yield peer.start()
    finally:
        peer.stop()


@pytest.fixture(scope="session")
def postgresql() -> Iterator["PostgreSQL"]:
    """A real PostgreSQL for the whole run; every test gets a database of its own (`engine`)."""
    from tests.peers.postgres import PostgreSQL

    peer = PostgreSQL()
    try:
        peer.start().template()
        yield peer
    finally:
        peer.stop()


@pytest.fixture
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Which database a test runs on; `database_for(folder)` then is of that kind."""
    from tests.peers.postgres import SERVER, wipe_all

    which: str = request.param
    if which == ENGINES[0]:
        monkeypatch.delenv(SERVER, raising=False)
        yield which
        return
    peer: PostgreSQL = request.getfixturevalue("postgresql")
    monkeypatch.setenv(SERVER, peer.address)
    yield which
    wipe_all(peer.address)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, started once."""
    from tests.peers.browser import chromium

    with chromium() as started:
        yield started


@pytest.fixture
def person(browser: "Browser") -> Iterator[Callable[..., "Person"]]:
    """`person(base_url, "Anna", "password")` sits before a fresh browser and is logged in; without a name, a stranger.

    `phone=True` gives a telephone's screen, `javascript=False` a browser without JavaScript.
    """
    from tests.peers.browser import meet

    opened: list[BrowserContext] = []

    def sit_down(
        base_url: str, name: str = "", password: str = "", *, phone: bool = False, javascript: bool = True
    ) -> "Person":
        someone, context = meet(browser, base_url, name, phone=phone, javascript=javascript)
        opened.append(context)
        if name:
            someone.login(password)
        return someone

    yield sit_down
    for context in opened:
        context.close()
