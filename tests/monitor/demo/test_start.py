"""The start: folder, port, and a second start that goes on where the first stopped."""

import json
import os
import select
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor.demo import run
from monitor.demo.folder import MARK, DemoFolder, FolderRefused
from monitor.demo.start import open_platform

ROOT = Path(__file__).resolve().parents[3]


def free_port():
    """A port that nobody has at the moment."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


@pytest.mark.parametrize("port", [99999, -1])
def test_a_port_that_cannot_be_is_a_clear_message(tmp_path, capsys, port):
    """Nothing is touched, and no error of Python's reaches a person."""
    assert run(port=port, data=tmp_path / "demo", fresh=False) == 1
    assert f"Den Port {port} gibt es nicht" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_a_busy_port_is_a_clear_message_that_names_the_option(tmp_path, capsys):
    """Nothing is touched before the port is ours."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(port, tmp_path / "data", False) == 1
    told = capsys.readouterr().err
    assert str(port) in told
    assert "--port" in told
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("fresh", [True, False])
def test_a_foreign_folder_is_refused_and_left_as_it_is(tmp_path, capsys, fresh):
    """`--fresh` empties only what a demo has made."""
    (tmp_path / "steuer.txt").write_text("wichtig")
    assert run(free_port(), tmp_path, fresh) == 1
    assert "nicht leer" in capsys.readouterr().err
    assert [entry.name for entry in tmp_path.iterdir()] == ["steuer.txt"]


def test_a_file_in_the_folders_place_is_refused(tmp_path):
    """A sentence, not a trace."""
    (tmp_path / "data").write_text("x")
    with pytest.raises(FolderRefused, match="ist eine Datei"):
        DemoFolder(tmp_path / "data").claim()


def test_fresh_empties_a_demo_folder(tmp_path):
    """Everything goes but the mark."""
    folder = DemoFolder(tmp_path / "data")
    folder.claim()
    folder.write("widerhall.db", "old")
    (folder.path / "exports").mkdir()
    folder.empty()
    assert [entry.name for entry in folder.path.iterdir()] == [MARK]


def test_a_second_demo_in_the_same_folder_is_told_so(tmp_path, capsys):
    """And `--fresh` does not pull the floor from under the first one."""
    from monitor.lock import Lock

    folder = DemoFolder(tmp_path / "data")
    folder.claim()
    kept = folder.write("widerhall.db", "in use")
    with Lock(folder.path / "widerhall.db.lock"):
        assert run(free_port(), folder.path, True) == 1
    assert "läuft schon" in capsys.readouterr().err
    assert kept.read_text() == "in use"


def test_passwords_are_random_kept_and_readable_for_their_owner_only(tmp_path):
    """Printed at each start, so kept in plain words, but not for others."""
    folders = [DemoFolder(tmp_path / name) for name in ("one", "two")]
    for folder in folders:
        folder.claim()
    assert folders[0].logins() == folders[0].logins() != folders[1].logins()
    assert stat.S_IMODE((folders[0].path / "logins.json").stat().st_mode) == 0o600


def test_the_passwords_are_good_enough_for_the_page(tmp_path):
    """The same rule as for everybody."""
    from monitor.web.passwords import weakness

    folder = DemoFolder(tmp_path / "data")
    folder.claim()
    assert {weakness(password, name) for name, password in folder.logins().items()} == {""}


def test_the_platform_keeps_its_token_over_a_restart(tmp_path):
    """Else a second start could not sign in."""
    folder = DemoFolder(tmp_path / "data")
    folder.claim()
    tokens = []
    for _start in range(2):
        platform = open_platform(folder, lambda: None)
        tokens.append(platform.stage.kept.token)
        platform.stop()
    assert tokens[0] == tokens[1] != ""


class Demo:
    """A real `widerhall demo` in a process of its own."""

    def __init__(self, data: Path, port: int, *more: str) -> None:
        """Start it; `text` collects what it prints."""
        command = [sys.executable, "-m", "monitor", "demo", "--port", str(port), "--data", str(data), *more]
        self.port = port
        self.text = ""
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def until(self, words: str, seconds: float = 90) -> str:
        """Read on until `words` were printed."""
        end = time.monotonic() + seconds
        out = self.process.stdout.fileno()
        while words not in self.text:
            assert time.monotonic() < end, self.text
            if select.select([out], [], [], 0.5)[0]:
                part = os.read(out, 65536)
                assert part, self.text
                self.text += part.decode()
        return self.text

    def stop(self, number: int) -> float:
        """Signal it; returns how many seconds it took to leave."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        self.text += self.process.stdout.read().decode()
        self.process.stdout.close()
        return time.monotonic() - began


@pytest.fixture(scope="module")
def two_starts(tmp_path_factory):
    """The demo is started, stopped by SIGTERM, started again, stopped by SIGINT."""
    data = tmp_path_factory.mktemp("start") / "data"
    first = Demo(data, free_port())
    first.until("--fresh")
    first_left = first.stop(signal.SIGTERM)
    kept = json.loads((data / "stadtfunk.json").read_text())
    second = Demo(data, free_port())
    second.until("--fresh")
    second_left = second.stop(signal.SIGINT)
    return first, second, first_left, second_left, kept, data


@pytest.mark.day
def test_both_signals_end_the_demo_cleanly_within_seconds(two_starts):
    """Exit code 0 and a last sentence."""
    first, second, first_left, second_left, _kept, _data = two_starts
    assert (first.process.returncode, second.process.returncode) == (0, 0)
    assert max(first_left, second_left) < 15
    assert "beendet" in second.text


@pytest.mark.day
def test_the_start_prints_address_logins_and_what_to_try(two_starts):
    """Everything that one needs in the first minute, in German."""
    first, _second, *_rest, data = two_starts
    logins = json.loads((data / "logins.json").read_text())
    assert f"http://127.0.0.1:{first.port}/" in first.text
    assert all(name in first.text and password in first.text for name, password in logins.items())
    assert "erfunden" in first.text


@pytest.mark.day
def test_the_second_start_goes_on_where_the_first_stopped(two_starts):
    """Same logins, same platform, no second history."""
    first, second, _a, _b, kept, data = two_starts
    now = json.loads((data / "stadtfunk.json").read_text())
    assert "Vorgeschichte" in first.text
    assert "Vorgeschichte" not in second.text
    assert now["port"] == kept["port"]
    assert set(kept["statuses"]) <= set(now["statuses"])
    assert now["seconds"] >= kept["seconds"]


@pytest.mark.day
def test_the_queue_of_a_demo_can_be_asked_for_without_its_key(two_starts, monkeypatch):
    """`--config` alone is enough for what needs no token."""
    *_rest, data = two_starts
    monkeypatch.delenv("WIDERHALL_KEY_FILE", raising=False)
    command = [sys.executable, "-m", "monitor", "queue", "--json", "--config", str(data / "config.toml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) > 5
