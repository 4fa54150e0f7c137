"""The fault server does what its words say, and the real HTTP door understands each of them rightly."""

import random
import threading
from datetime import UTC, datetime, timedelta

import pytest

from connectors.core.contract import Capability, Post, PostKind, Receipt
from connectors.core.errors import Changed, RateLimited, Unavailable, Unclear
from tests.crash import faults
from tests.crash.clock import SharedClock
from tests.crash.connector import Connection, door
from tests.crash.history import History
from tests.crash.server import Script, Server
from tests.crash.shelf import Lags, Shelf

KEPT_AND_UNCLEAR = ("keep-then-drop", "500-after", "408-after", "drip", "long", "short", "gzip")
NEVER_KEPT_AND_UNCLEAR = ("drop", "hang", "500-before", "502-before")
LATE = ("late-then-drop", "late-then-hang", "503-late")
POST = Post(ref="p1", kind=PostKind.COMMENT, text="Das Brot war hart.")
TEXT = "Das tut uns leid. Antwort auf p1"
SLOW = ("hang", "late-then-hang", "drip")  # here the client has to give up
LONG, SHORT = 20.0, 1.5  # seconds of patience; a busy machine may take long for an honest answer


@pytest.fixture
def platform():
    """`platform("drop")` misbehaves in that one way, always; returns the server."""
    running = []

    def start(write="ok", read="ok", capability=Capability.LIST, lags=None):
        shelf = Shelf(capability, lags or Lags(late=(60, 60), read=(0, 0)), random.Random(1))
        server = Server(shelf, SharedClock(step=0), Script({write: 1}, {read: 1}))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        running.append((server, thread))
        return server

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


def connect(server, capability=Capability.LIST, history=None, patience=LONG):
    """A connector at the server's door."""
    return Connection(door(server.url, patience=patience), capability, history)


def outcome(server, folder, capability=Capability.LIST, key="k1"):
    """Publish once: the error's class, or the receipt's; and the history's last word."""
    history = History(folder / "history")
    patience = SHORT if set(server.script.writes) & set(SLOW) else LONG
    try:
        result = type(connect(server, capability, history, patience).publish(POST, TEXT, key))
    except (Unclear, RateLimited, Changed) as error:
        result = type(error)
    with server.lock:
        assert server.lock.wait_for(lambda: server.undecided == 0, LONG)
    return result, history.read()[-1][0]


def test_every_fault_is_one_of_those_tested_here():
    """A new word in the script needs a line below."""
    limited = tuple(f"429-{dialect}" for dialect in faults.LIMITS)
    assert {*KEPT_AND_UNCLEAR, *NEVER_KEPT_AND_UNCLEAR, *LATE, *limited, "ok"} == set(faults.WRITES)


@pytest.mark.parametrize("fault", KEPT_AND_UNCLEAR)
def test_what_was_carried_out_and_not_told_is_unclear(platform, tmp_path, fault):
    """The text stands there, and nobody was told so."""
    server = platform(fault)
    assert outcome(server, tmp_path) == (Unclear, "info")
    assert [copy.text for copy in server.shelf.copies] == [TEXT]


@pytest.mark.parametrize("fault", NEVER_KEPT_AND_UNCLEAR)
def test_what_was_not_carried_out_and_not_told_is_unclear_too(platform, tmp_path, fault):
    """From outside it looks the same."""
    server = platform(fault)
    assert outcome(server, tmp_path) == (Unclear, "info")
    assert server.shelf.copies == []


@pytest.mark.parametrize("fault", LATE)
def test_a_late_commit_arrives_when_nobody_waits_any_more(platform, tmp_path, fault):
    """Unclear, then nothing to be seen, then the text."""
    server = platform(fault)
    assert outcome(server, tmp_path) == (Unclear, "info")
    server.shelf.catch_up(server.clock.seconds + 59)
    assert server.shelf.copies == []
    server.shelf.catch_up(server.clock.seconds + 61)
    assert [copy.text for copy in server.shelf.copies] == [TEXT]


@pytest.mark.parametrize("dialect", faults.LIMITS)
def test_each_dialect_of_slow_down_is_understood(platform, dialect):
    """Not carried out; wait three seconds, or a minute where no time is named."""
    server = platform(f"429-{dialect}")
    before, second = datetime.now(UTC), timedelta(seconds=1)
    with pytest.raises(RateLimited) as asked:
        connect(server).publish(POST, TEXT, "k1")
    wait = timedelta(seconds=60 if dialect in {"nothing", "flood"} else 3)
    assert before + wait - second <= asked.value.until <= datetime.now(UTC) + wait + second
    assert server.shelf.copies == []


@pytest.mark.parametrize("fault", sorted(set(faults.READS) - {"ok"}))
def test_a_broken_read_is_never_taken_for_absence(platform, fault):
    """The text stands there; whatever happens to the answer, it is an error and not "not found"."""
    server = platform(read=fault)
    connect(server).publish(POST, TEXT, "k1")
    with pytest.raises((Unavailable, Changed, RateLimited)):
        connect(server, patience=SHORT).find(POST, Receipt(text=TEXT))


def test_a_reader_sees_a_text_only_after_the_lag(platform):
    """It stands there, and for 50 seconds nobody can see it."""
    server = platform(lags=Lags(read=(50, 50)))
    connection = connect(server)
    connection.publish(POST, TEXT, "k1")
    assert connection.find(POST, Receipt(text=TEXT)) is None
    server.clock.set(server.clock.seconds + 51)
    assert connection.find(POST, Receipt(text=TEXT)).text == TEXT


@pytest.mark.parametrize("capability", list(Capability))
def test_a_repetition_does_what_the_capability_class_says(platform, capability):
    """The same again: one text where the platform knows it, two where it does not."""
    server = platform(capability=capability)
    for _ in range(2):
        connect(server, capability).publish(POST, TEXT, "k1")
    assert len(server.shelf.copies) == (2 if capability in {Capability.LIST, Capability.BLIND} else 1)


def test_a_key_is_forgotten_after_an_hour(platform):
    """Then the same key makes a second text, as at Mastodon."""
    server = platform(capability=Capability.KEY)
    connect(server, Capability.KEY).publish(POST, TEXT, "k1")
    server.clock.set(server.clock.seconds + 3601)
    connect(server, Capability.KEY).publish(POST, TEXT, "k1")
    assert len(server.shelf.copies) == 2
