"""The unit for systemd: it can be read, is as closed as it says, and agrees with the program."""

import re
import subprocess
from pathlib import Path

from monitor.config import load
from monitor.vault import open_vault
from replies.timing import Timing

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "docs" / "examples" / "widerhall.service"


def analyze(folder, *words, text=None):
    """Ask systemd-analyze about a copy of the unit whose command exists."""
    copy = folder / UNIT.name
    copy.write_text(text or UNIT.read_text().replace("/opt/widerhall/.venv/bin/widerhall", "/bin/true"))
    command = ["systemd-analyze", *words, str(copy)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def exposure(folder, text=None):
    """How open it is, 0 to 10, as systemd counts."""
    done = analyze(folder, "security", "--offline=yes", "--no-pager", text=text)
    return float(re.search(r"exposure level.*?: ([\d.]+)", done.stdout).group(1))


def test_systemd_understands_every_line(tmp_path):
    """Not a word that it does not know; the control has one."""
    said = analyze(tmp_path, "verify", "--man=no").stderr
    wrong = analyze(tmp_path, "verify", "--man=no", text="[Service]\nExecStart=/bin/true\nProtectHme=yes\n").stderr
    assert ("Unknown" in said, "Unknown" in wrong) == (False, True)


def test_it_is_closed(tmp_path):
    """RELIABILITY S30; without its lines the same service is wide open."""
    bare = "[Service]\nExecStart=/bin/true\n"
    assert exposure(tmp_path) < 2
    assert exposure(tmp_path, bare) > 8


def test_it_waits_for_what_is_on_the_wire():
    """Systemd is more patient than the daemon's own end."""
    patience = int(re.search(r"TimeoutStopSec=(\d+)", UNIT.read_text()).group(1))
    assert patience > Timing().drain + 10


def test_nothing_leaves_after_another_machine_may_conclude_that_it_never_will():
    """docs/operation.md says so of the defaults."""
    timing = Timing()
    assert timing.send_deadline < timing.send_lease + timing.settle


def test_the_lines_of_the_page_make_a_sound_installation(tmp_path):
    """docs/operation.md, as it is typed, with another folder than /etc: a configuration and a key that are believed."""
    page = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    block = re.search(r"## The service\n\n```\n(.*?)```", page, re.DOTALL).group(1)
    typed = [line for line in block.splitlines() if re.match(r"cp config|sed|\(umask", line)]
    script = "\n".join(["set -e", *typed]).replace("/etc/widerhall", str(tmp_path))
    subprocess.run(["bash", "-c", script], cwd=ROOT, check=True, timeout=60)
    found = load(tmp_path / "config.toml")
    assert (len(typed), found.database_url) == (3, "sqlite:////var/lib/widerhall/widerhall.db")
    assert open_vault(tmp_path / "key") is not None
