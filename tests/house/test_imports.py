"""Imports point one way, and the contracts that say so are able to fail."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("monitor", "replies", "connectors")
CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
]
BANNED = {"utils", "util", "helpers", "helper", "manager", "service", "services", "common", "misc"}
# One sin against every contract, all planted in one copy of the house.
SINS = {
    "connectors/core/errors.py": "import monitor",
    "monitor/words.py": "import monitor.cli",
    "connectors/mastodon.py": "import connectors.wordpress",
    "connectors/wordpress.py": "import sqlmodel",
    "replies/lifecycle.py": "import sqlmodel",
    "monitor/tables.py": "import httpx",
}


def lint(folder):
    """What import-linter says about the packages in `folder`."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def sinful(tmp_path_factory):
    """The verdict on a copy of the house with a sin against every contract."""
    copy = tmp_path_factory.mktemp("sinful")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for module, sin in SINS.items():
        with (copy / module).open("a") as file:
            file.write(f"\n{sin}\n")
    return lint(copy)


def test_all_contracts_are_kept():
    """The house as it stands."""
    status, said = lint(ROOT)
    assert status == 0, said


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_contract_notices_a_sin(sinful, contract):
    """A contract that no import can break protects nothing."""
    _status, said = sinful
    assert f"{contract} BROKEN" in said, said


def test_no_module_has_a_name_that_says_nothing():
    """Such a module collects what nobody wanted to think about."""
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*")]
    assert [str(path.relative_to(ROOT)) for path in modules if path.stem in BANNED] == []


def loaded(words, *names):
    """Which of the modules `names` are there after `words` were imported, as a list that was printed."""
    look = f"import sys, {words}; print([name for name in {names} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout.strip() + done.stderr


def test_the_command_starts_without_the_heavy_packages():
    """`widerhall --help` answers at once; each command imports what it needs (DESIGN 3)."""
    heavy = ("sqlmodel", "sqlalchemy", "fastapi", "numpy", "textblob_de", "httpx", "alembic", "holidays", "nltk")
    assert loaded("monitor.__main__, monitor.cli", *heavy) == "[]"


def test_the_daemon_holds_only_what_it_works_with():
    """What judges, migrates or speaks to another database comes when it is needed; 120 MB are all there is."""
    house = "monitor.bootstrap, monitor.daemon, monitor.web.app"
    others = ("numpy", "textblob_de", "nltk", "alembic", "cryptography", "sqlalchemy.dialects.postgresql", "psycopg")
    assert loaded(house, *others) == "[]"
    assert loaded(house, "fastapi") == "['fastapi']"
