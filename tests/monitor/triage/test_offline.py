"""No text leaves the computer, and nothing is fetched or written at run time: a guard inside a child process."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

GUARD = """
import os
import sys

HOME = os.environ["HOME"]

REACHING = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg",
            "socket.bind", "urllib.Request", "ftplib.connect", "subprocess.Popen", "os.system", "os.exec", "os.fork")

def guard(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event.startswith(REACHING) or (writes and arguments[0] != HOME):  # a file without a name is nothing that stays
        print("CAUGHT", event, str(arguments[0])[:200], file=sys.stderr, flush=True)
        os._exit(97)

sys.addaudithook(guard)
"""
SEALED = """
import ctypes
import platform

SOCKET = {"x86_64": 41, "aarch64": 198}[platform.machine()]  # Linux' number of socket(2)

def step(code, value, yes=0, no=0):
    return code.to_bytes(2, "little") + bytes((yes, no)) + value.to_bytes(4, "little")

steps = [
    step(0x20, 0), step(0x15, SOCKET, 0, 4),  # another call: allow
    step(0x20, 16), step(0x15, 2, 1, 0), step(0x15, 10, 0, 1),  # its family: IPv4, IPv6
    step(0x06, 0x80000000), step(0x06, 0x7FFF0000),  # kill, allow
]
code = ctypes.create_string_buffer(b"".join(steps))
program = (ctypes.c_uint64 * 2)(len(steps), ctypes.addressof(code))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0, ctypes.get_errno()
"""
"""The kernel ends the process at the first internet socket, whoever opens it: Python's guard does not see C code."""
JUDGE = "import sys; sys.argv[1:] = ['judge', '-']\nfrom monitor.__main__ import main\nraise SystemExit(main())"
LEAKS = {
    "asks a server": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/?text=geheim', timeout=1)",
    "asks for a name": "import socket; socket.getaddrinfo('modelle.example', 443)",
    "sends a datagram": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'geheim', ('127.0.0.1', 9))",
    "calls a program": "import subprocess; subprocess.run(['true'])",
    "keeps a download": "open('modell.bin', 'wb').write(b'x')",
}
POSTS = [
    {"id": 1, "text": "Die Lieferung kam vier Tage zu spät, ich will mein Geld zurück!", "author_id": "a", "rating": 1},
    {"id": 2, "text": "Great service, thank you!", "created": "2026-11-30T09:00:00Z"},
    {"id": 3, "text": "Die Lieferung kam vier Tage zu spät, ich will mein Geld zurück!!", "author_id": "a"},
    {"id": 4, "text": "Ihr 4r5chl0ch3r, I d i o t e n! https://example.org/ruf/mich"},
]


def guarded(code, folder, stdin="", seal=SEALED):
    """Run code in a process of its own that ends at the first try to reach anybody, with an empty home."""
    names = {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("proxy")}
    return subprocess.run(  # noqa: PLW1510 - the test looks at the exit code
        [sys.executable, "-c", seal + GUARD + code],
        input=stdin,
        env={**kept, **names},
        cwd=Path.cwd(),
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize("strong", ["true", "false"])
def test_judging_reaches_nobody_and_leaves_nothing_behind(tmp_path, tmp_path_factory, strong):
    """The whole command, every library that it loads, four kinds of texts, both tiers."""
    config = tmp_path_factory.mktemp("config") / "config.toml"
    config.write_text(f'[business]\nname = "Laden"\n[judging]\nstrong = {strong}\n')
    code = JUDGE.replace("'judge'", f"'--config', {str(config)!r}, 'judge'")
    done = guarded(code, tmp_path, "".join(json.dumps(post) + "\n" for post in POSTS))
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 2, 3, 4]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", LEAKS.values(), ids=LEAKS)
def test_a_judge_that_reaches_out_is_caught(tmp_path, code):
    """The control: the guard above sees each way of telling somebody, or of fetching something."""
    done = guarded(code, tmp_path, seal="")
    assert done.returncode == 97
    assert done.stderr.startswith("CAUGHT")


def test_a_library_in_c_that_reaches_out_is_ended(tmp_path):
    """The control of the seal: a socket that no Python code opens."""
    done = guarded("ctypes.CDLL(None).socket(2, 1, 0)", tmp_path)
    assert (done.returncode, done.stderr) == (-signal.SIGSYS, "")


def test_the_runtime_of_the_strong_tier_is_silenced_before_it_loads(tmp_path):
    """Also where somebody installed one that reports to its maker."""
    code = "import os; from monitor.triage.model import strong; strong.shipped(); "
    done = guarded(code + "print(os.environ['ORT_DISABLE_TELEMETRY'])", tmp_path)
    assert (done.stdout, list(tmp_path.iterdir())) == ("1\n", [])


def test_each_verdict_comes_before_the_next_text_is_read():
    """`judge` streams: a program may ask line by line and wait for each answer."""
    command = [sys.executable, "-m", "monitor", "judge", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as asked:
        for post in POSTS[:3]:
            asked.stdin.write(json.dumps(post) + "\n")
            asked.stdin.flush()
            said = json.loads(asked.stdout.readline())
            assert said["id"] == post["id"]
        assert said["repeats"] == [1]
        asked.stdin.close()
        assert asked.wait(60) == 0
