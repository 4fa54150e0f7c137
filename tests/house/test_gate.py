"""The gate does not let a test slip away unseen, and no test reaches the network."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

ROOT = Path(__file__).resolve().parents[2]
SLIPS = {
    "skip": "import pytest\n\ndef test_it():\n    pytest.skip('no time')\n",
    "expected failure": "import pytest\n\n@pytest.mark.xfail\ndef test_it():\n    assert False\n",
    "unexpected pass": "import pytest\n\n@pytest.mark.xfail(strict=False)\ndef test_it():\n    assert True\n",
    "module": "import pytest\npytest.skip('not here', allow_module_level=True)\n",
}


def outcome(folder, text, ci):
    """The exit status of a pytest run of its own on one test file, with our conftest."""
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_it.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    environment = {key: value for key, value in os.environ.items() if key not in {"CI", "PYTEST_ADDOPTS"}}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", str(folder)]
    return subprocess.run(
        command, cwd=ROOT, env=environment | ci, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("slip", SLIPS)
def test_what_does_not_run_is_a_failure_in_ci(tmp_path, slip):
    """Every way around a test ends red."""
    done = outcome(tmp_path, SLIPS[slip], {"CI": "true"})
    assert done.returncode in {1, 2}, done.stdout
    assert "in CI that is a failure" in done.stdout


def test_a_passing_test_passes_in_ci(tmp_path):
    """The control: the hook does not turn everything red."""
    assert outcome(tmp_path, "def test_it():\n    assert True\n", {"CI": "true"}).returncode == 0


def test_a_skip_at_home_is_only_a_skip(tmp_path):
    """On a person's own computer the hook keeps quiet."""
    done = outcome(tmp_path, SLIPS["skip"], {})
    assert "1 skipped" in done.stdout


def test_no_test_reaches_another_computer():
    """192.0.2.1 belongs to nobody; without the restriction this would be a time-out."""
    with socket.socket() as out:
        out.settimeout(0.2)
        with pytest.raises((SocketConnectBlockedError, UserWarning)):  # it warns first, and warnings are errors
            out.connect(("192.0.2.1", 80))
