"""A shop with one scripted source, for every test that wants one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor import cli
from tests.monitor.shop import Shop, open_shop


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has its own key, and a password for the scripted source."""
    monkeypatch.setenv("WIDERHALL_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("WIDERHALL_TEST_PASSWORD", "kanarienvogel-4711")
    monkeypatch.delenv("WIDERHALL_CONFIG", raising=False)
    monkeypatch.delenv("WIDERHALL_DEBUG", raising=False)
    return tmp_path / "key"


@pytest.fixture
def shop(tmp_path: Path, engine: str) -> Iterator[Shop]:
    """A house with one scripted source called blog, on each database."""
    with open_shop(tmp_path) as found:
        yield found


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command in the test's folder; its stdout."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> str:
        cli.run(list(words))
        return capfd.readouterr().out

    return call
