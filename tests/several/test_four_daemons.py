"""Four real daemons on one PostgreSQL for a minute, with everything that machines do to them (issue 3, must-show 3).

SIGKILL with a publication on the wire; SIGSTOP past the lease of a publication and of a round, then SIGCONT; the power
failure of PostgreSQL, and a daemon that starts while it is away. The platform, a process of its own, writes down what
reached it. The same checks judge daemons without leases and fencing, and have to find them guilty.
"""

import signal
import time

import pytest

from monitor.tables import PostVersion, Run
from replies.lifecycle import Outcome
from replies.tables import Reply
from tests.peers.postgres import PostgreSQL
from tests.several.fleet import BLOGS, EVERY, Fleet
from tests.several.record import public_twice, read_too_often

pytestmark = pytest.mark.day
NAMES = ("a", "b", "c", "d")
PATIENT = 180  # seconds for what takes two on an idle machine
NOT_THERE = "Die Datenbank ist nicht zu erreichen"
TAKEN_OVER = "another worker has taken over this source"


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL that waits for the disk: what it has confirmed is there after its power failure."""
    peer = PostgreSQL(durable=True)
    try:
        yield peer.start()
    finally:
        peer.stop()


@pytest.fixture
def fleet(tmp_path, server, monkeypatch):
    """Four daemons that have begun to work."""
    yield from started(Fleet(tmp_path, server), monkeypatch, NAMES)


@pytest.fixture
def careless(tmp_path, server, monkeypatch):
    """Two daemons that respect no lease and have no fencing."""
    yield from started(Fleet(tmp_path, server, "tests.several.careless"), monkeypatch, NAMES[:2])


def started(fleet, monkeypatch, names):
    """Run them until the test is over."""
    for name, value in fleet.environment.items():
        monkeypatch.setenv(name, value)
    try:
        for name in names:
            fleet.start(name)
        assert fleet.wait(fleet.running, seconds=PATIENT, what="the daemons")
        yield fleet
    finally:
        fleet.close()


def answer(fleet, *blogs):
    """One more complaint on each blog, answered and agreed to."""
    written = [(blog, fleet.complain(blog)) for blog in blogs]
    done = lambda: all(fleet.answered(blog, ref) for blog, ref in written)  # noqa: E731
    assert fleet.wait(done, seconds=PATIENT, what="the duties")


def on_the_wire(fleet, blog):
    """An answer that the platform has and does not confirm yet; returns the daemon that waits."""
    fleet.hold("post", blog, 2)
    before = len(fleet.record.times("held", blog))
    answer(fleet, blog)
    assert fleet.wait(lambda: len(fleet.record.times("held", blog)) > before, seconds=PATIENT, what="the answer")
    return fleet.sending(blog)


def stopped(fleet, name, until):
    """SIGSTOP until something has happened without it, or until it holds everybody up."""
    fleet.send(name, signal.SIGSTOP)
    time.sleep(0.5)
    end = time.monotonic() + 10
    while not fleet.in_the_way() and time.monotonic() < end and not until():
        time.sleep(0.1)
    fleet.send(name, signal.SIGCONT)


def repeat(step, until):
    """A slow machine may spoil a try; four times it does not."""
    for _ in range(4):
        step()
        if until():
            return
    pytest.fail("what was to be shown did not come about")


def a_publisher_is_stopped(fleet, blog):
    """SIGSTOP past the lease of what it has on the wire; the others find it; SIGCONT."""
    name = on_the_wire(fleet, blog)
    if name is None:
        return
    late = len(fleet.attempts(Outcome.LATE))
    stopped(fleet, name, lambda: fleet.sending(blog) is None and fleet.settled())
    fleet.wait(lambda: len(fleet.attempts(Outcome.LATE)) > late, seconds=15, what="the late receipt")


def a_reader_is_stopped(fleet, blog):
    """SIGSTOP past the lease of a round whose page is out of date by then; the others read the site; SIGCONT."""
    ref = fleet.complain(blog)
    assert fleet.wait(lambda: fleet.post(blog, ref) is not None, seconds=PATIENT, what="the post")
    fleet.hold("list", blog, 1.5)
    before = len(fleet.record.times("held", blog))
    assert fleet.wait(lambda: len(fleet.record.times("held", blog)) > before, seconds=PATIENT, what="the round")
    name = fleet.who(fleet.source(blog).worker)
    fleet.ask(f"/{blog}/{ref}", text="Jetzt kam sie noch einmal zu spät, und niemand ging ans Telefon!")
    if name is not None:
        stopped(fleet, name, lambda: fleet.post(blog, ref).version == 2)
    edited = lambda: fleet.post(blog, ref).version >= 2  # noqa: E731 - nobody answers the words of before
    assert fleet.wait(edited, seconds=PATIENT, what="the edit")
    fleet.wait(lambda: fleet.source(blog).lease_until is None, seconds=15, what="the end of the round")


def versions(fleet):
    """How many texts each post has had."""
    return [row.n for row in fleet.all(PostVersion)]


def taken_over(fleet):
    """Rounds whose late result was refused."""
    return [run for run in fleet.all(Run) if TAKEN_OVER in run.note]


def the_power_fails(fleet):
    """PostgreSQL is gone at once for a while; one daemon is killed and has to start without it."""
    answer(fleet, 1, 2, 3, 4)
    fleet.server.kill()
    fleet.kill("d")
    assert fleet.wait(lambda: bool(fleet.ended), seconds=PATIENT, what="the daemon that cannot start")
    fleet.server.start()
    assert fleet.wait(fleet.running, seconds=PATIENT, what="all daemons")


def test_four_daemons_hold_together(fleet):
    """Killed, stopped, cut off; every answer stands there once, nothing late was heard, and verify is clean."""
    began = time.monotonic()
    the_power_fails(fleet)
    fleet.kill(on_the_wire(fleet, 1) or "a")
    repeat(lambda: a_publisher_is_stopped(fleet, 2), lambda: fleet.attempts(Outcome.LATE))
    repeat(lambda: a_reader_is_stopped(fleet, 3), lambda: taken_over(fleet))
    answer(fleet, 1, 2, 3, 4)
    fleet.wait(lambda: time.monotonic() - began > 45, seconds=60, what="the minute")
    fleet.agree()
    assert fleet.wait(fleet.settled, seconds=PATIENT, what="every answer")
    fleet.tend()
    assert fleet.stop() == [0, 0, 0, 0]

    assert public_twice(fleet.ask()) == []
    assert {row.text for row in fleet.all(Reply)} == standing(fleet)
    assert max(versions(fleet)) == 2
    for blog in range(1, BLOGS + 1):
        assert read_too_often(fleet.record.rounds(blog), EVERY, fleet.lost_rounds(blog)) == []
    assert {(code, NOT_THERE in words) for _name, code, words in fleet.ended} == {(1, True)}
    done = fleet.verify()
    assert (done.stdout, done.returncode) == ("", 0)


def standing(fleet):
    """Texts of the business that the public can read."""
    return {one["content"]["raw"] for comments in fleet.ask().values() for one in comments if one["author"]}


def test_the_control_daemons_without_leases_do_all_of_it(careless):
    """The same stops: a source is read twice, an answer stands there twice, an old page wins over a new one."""
    old_page = lambda: max(versions(careless)) > 2  # noqa: E731
    repeat(
        lambda: a_reader_is_stopped(careless, 3), lambda: careless.wait(old_page, seconds=10, what="the old page again")
    )
    twice = lambda: bool(public_twice(careless.ask()))  # noqa: E731
    repeat(
        lambda: a_publisher_is_stopped(careless, 2), lambda: careless.wait(twice, seconds=10, what="the second copy")
    )
    assert any(read_too_often(careless.record.rounds(blog), EVERY, 0) for blog in range(1, BLOGS + 1))
