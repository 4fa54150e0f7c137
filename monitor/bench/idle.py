"""`bench idle`: what a daemon costs that has nothing to do, and how much memory it holds with page and judge.

Before anything is read, every source has been fetched, every post judged (two are hostile) and a person has looked at
the pages. Read from /proc, beside a process that holds the same libraries, clients and bell and does nothing
(RELIABILITY P11).
"""

import os
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from monitor.bench.fetch import feeds, platform
from monitor.bench.outbox import environment, one_blog
from monitor.bench.page import log_in
from monitor.bench.place import Client, answering, free_port, house_in, process
from monitor.bench.ratio import Lines, Note, Options, Ratio
from monitor.words import _

SECONDS = 120.0  # the house is kept every two minutes when nobody writes: one whole turn
_LOOK, _LOOKS, _QUIET = 3.0, 40, 1.0  # seconds of a look at the CPU, looks at most, percent that is quiet
_PATIENCE = 300.0  # seconds until every post is judged
_PAGES = ("/", "/anliegen", "/beitrag/1", "/quellen", "/fakten", "/lernen")
_SOURCES = 20
_MISSING = """
SELECT (SELECT count(*) FROM source WHERE succeeded_at IS NULL),
       (SELECT count(*) FROM post LEFT JOIN verdict ON verdict.post_id = post.id WHERE verdict.id IS NULL)
"""
_BARE = """
import time
import fastapi, httpx, jinja2, sqlmodel
from apscheduler.schedulers.background import BackgroundScheduler
bell = BackgroundScheduler(timezone="UTC")
clients = [httpx.Client() for _ in range(20)]
for client in clients:
    bell.add_job(print, "interval", seconds=600)
bell.start()
time.sleep(3600)
"""


def idle(options: Options) -> Lines:
    """CPU of the daemon alone, memory of daemon and page in one, each beside the bare process."""
    watched = options.seconds or SECONDS
    with tempfile.TemporaryDirectory(prefix="widerhall-bench-") as name, ExitStack() as stack:
        folder, port = Path(name), free_port()
        stack.enter_context(environment(folder))
        base = stack.enter_context(platform(folder))
        sources = one_blog(base) + feeds([f"{base}/feed/{n}" for n in range(1, _SOURCES)])
        with house_in(folder / "daemon", sources):
            pass  # the schema: what is measured is a start like all but the first
        with house_in(folder / "run", sources, port=port) as house:
            cookie = log_in(house)
        commands = ((["-m", "monitor", "daemon"], "daemon"), (["-m", "monitor", "run"], "run"), (["-c", _BARE], "."))
        daemon, run, bare = (stack.enter_context(process(words, folder / place)) for words, place in commands)
        answering(port, run, folder / "run")
        for place in ("daemon", "run"):
            _judged(folder / place / "bench.db")
        with closing(Client(port, cookie)) as client:
            for path in _PAGES:
                client.get(path)
        _settle([daemon, run], min(_LOOK, watched))
        judging = _megabytes(run)
        _alone(daemon, run)
        own, theirs = _watch([daemon, bare], watched)
        words = _("{n} Quellen, {s:g} s beobachtet; nur mit den Bibliotheken: {cpu:.3f} % und {mb:.0f} MB")
        yield Note(words.format(n=_SOURCES, s=watched, cpu=theirs, mb=_megabytes(bare)))
        yield Ratio(_("ruhender Daemon ohne Seite: Prozent eines Kerns"), own, 0.1)
        yield Ratio(_("Daemon mit Seite und Einschätzung, ruhend: MB im Speicher"), _megabytes(run), 120.0)
        yield Ratio(_("dasselbe, solange eingeschätzt wird, mit dem Prozess dafür: MB"), judging, None)


def _judged(file: Path) -> None:
    """Wait until every source has been read and every post has its verdict.

    Raises:
        RuntimeError: that takes too long.
    """
    until = time.monotonic() + _PATIENCE
    with closing(sqlite3.connect(file)) as bare:
        while bare.execute(_MISSING).fetchone() != (0, 0):
            if time.monotonic() > until:
                raise RuntimeError(f"{file.parent.name}: not everything is fetched and judged")
            time.sleep(0.1)


def _settle(children: "Sequence[subprocess.Popen[bytes]]", span: float) -> None:
    """Wait until nothing works any more, but for the page's own tick."""
    quiet = 0
    for _look in range(_LOOKS):
        quiet = quiet + 1 if max(_watch(children, span)) < _QUIET else 0
        if quiet == 2:
            return


def _alone(*parents: "subprocess.Popen[bytes]") -> None:
    """End who judges, as that process does by itself after two minutes without a question (monitor/triage/aside.py)."""
    for parent in parents:
        for child in _children(parent.pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
    time.sleep(1)


def _children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(number) for task in tasks for number in task.read_text(encoding="ascii").split()]


def _watch(children: "Sequence[subprocess.Popen[bytes]]", watched: float) -> list[float]:
    """Percent of one core that each process used meanwhile."""
    before = [_ticks(child) for child in children]
    begin = time.perf_counter()
    time.sleep(watched)
    span = (time.perf_counter() - begin) * os.sysconf("SC_CLK_TCK")
    return [100 * (_ticks(child) - ticks) / span for child, ticks in zip(children, before, strict=True)]


def _ticks(child: "subprocess.Popen[bytes]") -> int:
    fields = Path(f"/proc/{child.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])  # utime and stime


def _megabytes(child: "subprocess.Popen[bytes]") -> float:
    """Resident memory of a process and its children; what they share counts twice."""
    kilobytes = 0
    for number in (child.pid, *_children(child.pid)):
        lines = Path(f"/proc/{number}/status").read_text(encoding="utf-8").splitlines()
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))  # none: it has just ended
    return kilobytes / 1024
