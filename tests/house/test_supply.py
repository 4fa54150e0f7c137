"""RELIABILITY S25, S26, S28: what we install, what we never load, and that an address is read by one parser."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from connectors.core.errors import ConfigProblem, Unavailable
from connectors.core.http import Http
from tests.house import packages

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-dev.lock"]
REQUIREMENT = re.compile(
    r"^([\w.-]+)==(\S+)((?: ;[^\\]*)?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
ODD = [
    "https://good.example/", "https://GOOD.example.", "https://good.example:8443/x", "https://good.example@evil.example/",
    "https://good.example\\@evil.example/", "https://good.example#@evil.example", "https://good.example?@evil.example",
    "https://good.example%2f@evil.example", "https://good.example:443@evil.example", "https:///good.example",
    "https://[::1]/",
    "https://good.example\t.evil.example", "https://0x7f.1/", "https://2130706433/", "//evil.example",
    "https:good.example",
    "https://good.example;evil.example", "https://good.example%00.evil.example", "https://good.example:99999/",
    "https://good。example/", "https://good.example /", "https://[good.example]/", "https://good.example:80:90/", "https://",
]  # fmt: skip


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_with_its_hashes(lock):
    """Not one line of a lock file is left out of account, and pip is told to insist."""
    text = lock.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert len(REQUIREMENT.findall(text)) == len(lines) > 50
    assert "--require-hashes" in (ROOT / ".ci" / "venv").read_text(encoding="utf-8")


def test_the_control_a_package_without_a_hash_is_counted():
    """The same look at a line of somebody's own."""
    assert REQUIREMENT.findall("left-pad==1.0\n") == []


@pytest.mark.parametrize("line", ["pickle.load(f)", "marshal.loads(b'')", "eval(x)", "shelve.open('x')"])
def test_the_linter_refuses_what_runs_foreign_bytes(tmp_path, line):
    """Planted in a module of ours, under our own settings, `make check` would end here."""
    name = line.partition(".")[0]
    module = (
        f'"""Nothing."""\n\nimport {name}\n\nprint({line})\n' if "." in line else f'"""Nothing."""\n\nprint({line})\n'
    )
    command = [sys.executable, "-m", "ruff", "check", "--config", ROOT / "pyproject.toml", "--select", "S3", "-"]
    done = subprocess.run(command, input=module, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"\bS3\d\d\b", done.stdout)


@pytest.mark.parametrize("address", ODD)
def test_the_host_that_is_checked_is_the_host_that_is_dialled(address):
    """Either the address is refused, or the name that is looked up, and then checked, is the one that a reader sees."""
    asked = []

    def look_up(host, _port, _seconds):
        asked.append(host)
        raise Unavailable("seen")

    try:
        door = Http(address, resolve=look_up)
        with pytest.raises((Unavailable, ConfigProblem)):
            door.get("x")
    except ConfigProblem:
        return
    seen = (urlsplit(address).hostname or "").replace(" ", "%20").encode("idna").decode()
    assert {host.strip("[]").lower() for host in asked} <= {seen}


def test_the_page_of_packages_names_what_is_locked():
    """A package that comes in is seen: `python -m tests.house.packages` writes the page anew."""
    assert packages.listed() == packages.locked()


def test_the_control_a_package_that_nobody_listed_is_seen():
    """The same reading of a lock with one line more."""
    assert packages.LOCKED.findall("left-pad==1.0 \\\n    --hash=sha256:0\n") == [("left-pad", "1.0")]
