"""The daemon: a real process against a platform on loopback."""

import logging
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import daemon as the_daemon
from monitor import jobs
from monitor.bootstrap import open_house
from monitor.commands.serve import welcome
from monitor.daemon import Daemon
from monitor.lock import AlreadyRunning, Lock
from monitor.tables import PostRow, Problem, Run, Source
from replies.lifecycle import DutyState, State
from replies.tables import Attempt, Reply, ReplyKind
from tests.monitor.loopback import Blog
from tests.monitor.shop import ANNA, BERND, COMPLAINT, CONFIG, PRAISE, Clock, Shop, hire, open_shop, post, python
from tests.monitor.test_judging import people

ROOT = Path(__file__).resolve().parents[2]
QUICK = "fetch_every = 1\nfirst_look = 0\nlater_looks = [60.0]\nabsent_gap = 1\n"
SOURCE = """
[sources.blog]
kind = "wordpress"
url = "{url}"
username = "redaktion"
application_password_env = "WIDERHALL_TEST_PASSWORD"
allow_networks = ["127.0.0.0/8"]
"""


@pytest.fixture
def blog():
    """A platform on loopback."""
    with Blog() as found:
        yield found


@pytest.fixture
def house(tmp_path, blog):
    """The same database as the daemon's, seen from the test."""
    (tmp_path / "config.toml").write_text(CONFIG + QUICK + SOURCE.format(url=blog.url))
    found = open_house(tmp_path / "config.toml")
    yield Shop(found, Clock(datetime.now(UTC)), {}, tmp_path)
    found.close()


@contextmanager
def running(folder, command="daemon"):
    """`widerhall daemon` in a process of its own; its stderr goes to a file."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", command], cwd=folder, stderr=log, stdout=log,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def until(true, seconds=120):
    """Wait for something to become true; what it then is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def test_it_fetches_publishes_looks_and_stops_within_seconds(house, blog):
    """From a comment to an answer that was seen, and a clean end on SIGTERM."""
    blog.add(COMPLAINT)
    with running(house.folder) as process:
        duty = until(lambda: house.duty("1"))
        with house.house.transaction() as session:
            people(session)
            desk, now = house.house.desk, house.house.now()
            reply = desk.draft(session, duty.id, ReplyKind.HOLDING, "Wir melden uns bis Dienstag.", ANNA, now)
            desk.submit(session, reply.id, ANNA, now, seen_version=1)
            desk.approve(session, reply.id, desk.to_agree(session, reply), BERND, now)
        until(lambda: house.all(Reply)[0].state == State.PUBLISHED)
        assert house.duty("1").state == DutyState.HELD
        assert [comment["parent"] for comment in blog.comments] == [0, 1]
        process.send_signal(signal.SIGTERM)
        begin = time.monotonic()
        assert process.wait(20) == 0
        assert time.monotonic() - begin < 8
    assert [attempt.outcome for attempt in house.all(Attempt)] == ["delivered"]
    assert house.source().lease_until is None


def test_the_page_says_where_it_is_and_who_is_missing(house):
    """And once somebody has a login, only where it is."""
    url = house.house.config.base_url
    assert welcome(house.house) == [
        f"Die Seite: {url}/ (Strg+C beendet)",
        "Noch kann sich niemand anmelden: widerhall user add NAME --role owner",
    ]
    with house.house.transaction() as session:
        people(session)
    assert len(welcome(house.house)) == 1


def test_the_start_says_that_one_person_alone_cannot_approve(house):
    """Four eyes need two people, one of them an owner; whoever works alone is told the switch."""
    with house.house.transaction() as session:
        hire(session, BERND, house.house.now())
    assert welcome(house.house)[1].startswith("Noch kann niemand freigeben")
    with house.house.transaction() as session:
        hire(session, ANNA, house.house.now())
    assert len(welcome(house.house)) == 1


@pytest.mark.parametrize("command", ["daemon", "run"])
def test_a_platform_that_hangs_does_not_keep_the_end_waiting(house, blog, command):
    """Its lease is free, its round goes on with the next start; SIGTERM ends the page and the daemon in order."""
    blog.hanging.set()
    with running(house.folder, command) as process:
        assert blog.asked.wait(60)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        begin = time.monotonic()
        assert process.wait(25) == 0
        assert time.monotonic() - begin < 15
    log = (house.folder / "log").read_text()
    assert "stopped; 0 publications recorded as unclear" in log
    assert "Traceback" not in log
    assert house.source().lease_until is None


def test_a_signal_that_another_thread_takes_wakes_the_one_that_waits():
    """As does one in the moment before the waiting begins: Python only writes both down (found by tests/crash)."""
    done = python(
        """
import signal, threading, time
from monitor.commands.serve import Stop
def take():
    time.sleep(0.2)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    time.sleep(600)
stop = Stop()
threading.Thread(target=take, daemon=True).start()
stop.wait()
print(stop.asked)
"""
    )
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr


def test_a_second_daemon_leaves_with_a_sentence(house):
    """With the number of the first one's process, and exit 1."""
    with running(house.folder) as first:
        until(lambda: "started" in (house.folder / "log").read_text())
        done = subprocess.run(
            [sys.executable, "-m", "monitor", "daemon"], cwd=house.folder, capture_output=True, timeout=60, check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        said = done.stderr.decode()
        assert (done.returncode, f"schon ein Daemon (Prozess {first.pid})" in said) == (1, True)
        assert first.poll() is None


def test_the_lock_of_a_killed_daemon_is_free(house):
    """The kernel gives it back."""
    lock = house.folder / "widerhall.db.lock"
    with running(house.folder) as process:
        until(lambda: lock.exists() and lock.read_text())
        with pytest.raises(AlreadyRunning) as busy, Lock(lock):
            pass
        assert busy.value.pid == str(process.pid)
        process.kill()
        process.wait()
        with Lock(lock):
            assert lock.read_text() == str(os.getpid())


@pytest.fixture
def quick(tmp_path):
    """A scripted house with seconds for intervals, and its daemon."""
    with open_shop(tmp_path, config=CONFIG + QUICK, clock=None) as shop:
        shop.house.ingest.world.config = shop.house.config
        found = Daemon(shop.house)
        yield shop, found
        found.stop()


def test_a_job_that_breaks_ends_neither_the_daemon_nor_the_other_jobs(quick, monkeypatch, caplog):
    """It is in the log with its place, each time."""
    shop, daemon = quick
    broken = []

    def breaks(*_arguments):
        broken.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(the_daemon, "_QUICK", (breaks, jobs.tidy))
    for name in ("send_due", "look_due"):
        monkeypatch.setattr(jobs, name, breaks)
    shop.platform.rounds.append([[post("1", PRAISE)]])
    with caplog.at_level(logging.ERROR):
        daemon.start()
        until(lambda: len(broken) > 6)
        until(lambda: shop.all(Run))
    assert "a job of the daemon broke" in caplog.text


def test_the_bell_only_rings(quick, monkeypatch):
    """RELIABILITY 4.2: no look at a platform is made in the scheduler's threads, and none makes it late."""
    shop, daemon = quick
    threads = set()

    def where(*_arguments):
        import threading

        threads.add(threading.current_thread().name)

    monkeypatch.setattr(the_daemon, "_LONG", (("absence", where), ("judging", where)))
    monkeypatch.setattr(shop.house.ingest, "read", where)
    monkeypatch.setattr(jobs, "send_due", where)
    monkeypatch.setattr(jobs, "look_due", where)
    daemon.start()
    until(lambda: len(threads) >= 3)
    daemon.stop()
    assert all(re.match(r"reader|outbox|watch", name) for name in threads)


def test_a_mended_source_is_read_at_the_start(quick):
    """Whoever corrects an address or a login and starts again does not wait for the next round."""
    shop, daemon = quick
    with shop.house.transaction() as session:
        source = session.get_one(Source, 1)
        source.problem, source.every_seconds = Problem.CONFIG, 3600
        source.next_due_at = shop.house.now() + timedelta(minutes=50)
    shop.platform.rounds.append([[post("1", PRAISE)]])
    daemon.start()
    until(lambda: shop.all(PostRow), 20)


def test_it_can_be_stopped_before_it_began_to_do_anything(quick):
    """And twice."""
    _, daemon = quick
    daemon.start()
    daemon.stop()
    assert daemon.hanging == ()
