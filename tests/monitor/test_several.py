"""Several daemons at one database: nothing is read twice, nothing goes out twice, and who comes late is not heard.

On SQLite a lock file lets one daemon in; the rules below it hold there all the same.
"""

import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from monitor import jobs
from monitor.tables import Source
from monitor.verify import verify
from replies.lifecycle import FactVerdict, Outcome, ReplyKind, State
from replies.tables import Attempt, Journal, Reply
from tests.monitor.several import FilePlatform
from tests.monitor.shop import ANNA, BERND, BLOG, CONFIG, hire, open_shop, post
from tests.peers.processes import wait_until

QUICK = CONFIG + "send_lease = 1.5\nsettle = 0.5\nabsent_gap = 0.1\nfirst_look = 0\nbackoff = 0.1\nfetch_every = 600\n"


@pytest.fixture
def shop(tmp_path, engine):
    """A house with two sources, on the wall's clock, without a daemon."""
    sources = BLOG + BLOG.replace("sources.blog", "sources.other")
    with open_shop(tmp_path, sources, QUICK, clock=lambda: datetime.now(UTC)) as found:
        yield found


def approved(shop, number):
    """So many complaints with an answer that may go out now."""
    house = shop.house
    house.ingest.take_items("blog", [post(f"p{n}") for n in range(number)], house.now())
    with house.transaction() as session:
        for actor in (ANNA, BERND):
            hire(session, actor, house.now())
    for n in range(number):
        duty = shop.duty(f"p{n}")
        with house.transaction() as session:
            house.desk.check_facts(session, duty.id, FactVerdict.JUSTIFIED, "Lieferschein", "wir", ANNA, house.now())
            reply = house.desk.draft(session, duty.id, ReplyKind.FINAL, f"Antwort {n}.", ANNA, house.now())
            house.desk.submit(session, reply.id, ANNA, house.now(), seen_version=1)
            house.desk.approve(session, reply.id, house.desk.to_agree(session, reply), BERND, house.now())
    with house.transaction() as session:  # its time has not come: nobody reads while the platform is another one
        for source in session.exec(select(Source)).all():
            source.next_due_at = house.now()
            session.add(source)


@contextmanager
def daemon(shop, name, slow="0.05"):
    """One more daemon, ready to work; told to stop at the end."""
    out = shop.folder / name
    words = [str(shop.folder / "config.toml"), str(out), str(shop.folder / "platform"), slow]
    with (shop.folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "tests.monitor.several", *words], stderr=log)
    try:
        yield process
    finally:
        (shop.folder / f"{name}.stop").touch()
        process.send_signal(signal.SIGCONT)
        process.wait(60)


def states(shop):
    """Where every reply stands."""
    return {reply.state for reply in shop.all(Reply)}


def ready(shop, *names):
    """They have all opened the house."""
    wait_until(lambda: all((shop.folder / f"{name}.ready").exists() for name in names), seconds=180, what="the daemons")


def broken(shop):
    """What verify finds."""
    with shop.house.reading() as session:
        return [(found.rule, found.subject) for found in verify(session, shop.house.now(), shop.house.timing)]


def test_four_daemons_send_everything_once_and_read_no_source_twice(shop):
    """Claims pass each other by; a source that another one has just read is not due any more."""
    approved(shop, 12)
    platform, names = FilePlatform(shop.folder / "platform"), ("a", "b", "c", "d")
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(daemon(shop, name))
        wait_until(lambda: states(shop) == {State.PUBLISHED}, seconds=180, what="every answer")
        ready(shop, *names)
    assert sorted(platform.lines("text")) == sorted(f"text p{n}" for n in range(12))
    assert len(platform.lines("read")) == len(shop.all(Source))
    assert (broken(shop), len(shop.all(Attempt))) == ([], 12)


@pytest.mark.parametrize(("only_if_due", "rounds"), [(True, 1), (False, 2)])
def test_what_was_due_a_moment_ago_may_just_have_been_read(shop, only_if_due, rounds):
    """Two daemons saw the same source as due. The control, which does not look again, reads it twice."""
    house = shop.house
    with house.reading() as session:
        name, kind = house.ingest.due(session, house.now())[0]
    for _ in range(2):
        house.ingest.read(name, kind, house.now, only_if_due=only_if_due)
    assert len([call for call in shop.platforms[name].calls if call.startswith("poll")]) == rounds


def test_a_daemon_that_was_stopped_past_its_lease_is_not_heard(shop):
    """RELIABILITY G14: SIGSTOP on the wire, somebody else settles, SIGCONT: one text, one late attempt."""
    approved(shop, 1)
    with daemon(shop, "slow", "3") as slow:
        platform = FilePlatform(shop.folder / "platform")
        wait_until(lambda: bool(platform.lines("text")), seconds=180, what="the first daemon's text")
        slow.send_signal(signal.SIGSTOP)
        with daemon(shop, "quick"):
            wait_until(lambda: states(shop) == {State.PUBLISHED}, seconds=180, what="the second daemon's look")
            slow.send_signal(signal.SIGCONT)
            late = lambda: [attempt.outcome for attempt in shop.all(Attempt)] == [Outcome.LATE]  # noqa: E731
            wait_until(late, seconds=180, what="the late result")
    assert (platform.lines("text"), states(shop), broken(shop)) == (["text p0"], {State.PUBLISHED}, [])


def test_one_of_several_keeps_the_house_until_it_is_gone(shop):
    """A lease, not a lock: who was stopped does not keep it."""
    now, span = shop.house.now(), shop.house.timing.span("send_lease")
    with open_shop(shop.folder, BLOG, QUICK) as other:
        assert jobs.keeps_house(shop.house, now, span)
        assert jobs.keeps_house(shop.house, now, span)
        assert not jobs.keeps_house(other.house, now, span)
        assert jobs.keeps_house(other.house, now + span, span)
        assert not jobs.keeps_house(shop.house, now + span, span)


def test_a_look_belongs_to_one_of_several(shop):
    """The second one finds it taken, and due again only after a lease."""
    approved(shop, 1)
    shop.platforms["blog"].there["p0"] = post("p0")
    shop.house.outbox.send(shop.all(Reply)[0].id)
    now = shop.house.now()
    took = []
    for _ in range(2):
        with shop.house.transaction() as session:
            took.append(shop.house.watch.take(session, shop.all(Reply)[0].id, now))
    assert took == [True, False]


def test_the_journal_of_several_writers_is_one_chain(shop):
    """Every step of every daemon has its place, without a gap."""
    approved(shop, 4)
    with daemon(shop, "a"), daemon(shop, "b"):
        wait_until(lambda: states(shop) == {State.PUBLISHED}, seconds=180, what="every answer")
    rows = shop.all(Journal)
    assert sorted(row.seq for row in rows) == list(range(1, len(rows) + 1))
    assert broken(shop) == []


def test_a_daemon_whose_clock_is_behind_respects_a_lease(shop):
    """Clocks of several machines differ; a lease from a little in the future is a lease."""
    ingest, now = shop.house.ingest, shop.house.now()
    with shop.house.database.claiming() as session:
        assert ingest._lease(session, "blog", now + timedelta(minutes=1)) is not None
    with shop.house.database.claiming() as session:
        assert ingest._lease(session, "blog", now) is None
