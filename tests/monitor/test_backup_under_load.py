"""A backup taken while the daemon publishes and posts come in: what comes back is sound and does nothing by itself."""

import threading

import pytest
from sqlmodel import col, func, select

from monitor.backup import write
from monitor.daemon import Daemon
from monitor.db import Database
from monitor.ingest import utc_now
from monitor.restore import restore
from monitor.verify import verify
from monitor.world import PAUSED, RUNNING, outbox_state, set_outbox
from replies.lifecycle import ReplyKind, State
from replies.people import DAEMON
from replies.tables import Reply
from tests.monitor.shop import ANNA, BERND, CONFIG, Platform, open_shop, post
from tests.monitor.test_daemon import until
from tests.monitor.test_judging import people
from tests.peers.postgres import database_for

QUICK = "per_hour = 0\nfirst_look = 0.05\nlater_looks = [3600.0]\nsettle = 0.1\nabsent_gap = 0.1\nfetch_every = 3600\n"
QUICK += "send_deadline = 15\nsend_lease = 20\n"


class Gate(Platform):
    """Takes four answers at once; the fifth hangs until it is opened."""

    def __init__(self):
        """Closed."""
        super().__init__()
        self.hanging, self.opened = threading.Event(), threading.Event()

    def publish(self, post, text, key):
        """Take the answer, sooner or later."""
        if len(self.published) >= 4:
            self.hanging.set()
            self.opened.wait(60)
        return super().publish(post, text, key)


def people_work(shop, stop):
    """Posts come in and are answered, until somebody says stop."""
    number, answered = 0, 0
    while not stop.is_set():
        number += 1
        shop.round([post(str(number)), post(f"{number} and another")])  # by this thread, or by the daemon's next round
        while (duty := shop.duty(str(answered + 1))) is not None:
            answered += 1
            answer(shop, duty)


def answer(shop, duty):
    """Anna writes, Bernd agrees."""
    desk, now = shop.house.desk, shop.house.now()
    with shop.house.transaction() as session:
        reply = desk.draft(session, duty.id, ReplyKind.HOLDING, f"Wir melden uns bis Dienstag, {duty.id}.", ANNA, now)
        desk.submit(session, reply.id, ANNA, now, seen_version=1)
        desk.approve(session, reply.id, desk.to_agree(session, reply), BERND, now)


def count(shop, *states):
    """Replies in these states."""
    with shop.house.reading() as session:
        return session.exec(select(func.count()).where(col(Reply.state).in_(states))).one()


def connect(shop, platform):
    """The platform in place of the scripted one."""
    shop.platforms["blog"] = platform
    shop.house.world.forget("blog")


@pytest.fixture
def saved(tmp_path, engine):
    """A platform, and the backup of a house whose fifth answer was on the wire and more were waiting."""
    platform, stop = Gate(), threading.Event()
    (tmp_path / "old").mkdir()
    with open_shop(tmp_path / "old", config=CONFIG + QUICK, clock=utc_now) as shop:
        connect(shop, platform)
        with shop.house.transaction() as session:
            people(session)
        daemon, staff = Daemon(shop.house), threading.Thread(target=people_work, args=(shop, stop))
        daemon.start()
        staff.start()
        try:
            until(lambda: platform.hanging.is_set() and count(shop, State.APPROVED) >= 2, seconds=300)
            write(shop.house.database, tmp_path / "backup", utc_now())
        finally:
            stop.set()
            shop.house.outbox.stopping.set()  # this house ends with the answer that is on the wire
            platform.opened.set()
            daemon.stop()
            staff.join()
    return platform, tmp_path / "backup"


@pytest.fixture
def restored(saved, tmp_path):
    """The same house in an empty database elsewhere; its daemon runs."""
    (tmp_path / "new").mkdir()
    database = Database(database_for(tmp_path / "new"))
    restore(database, saved[1], utc_now())
    database.close()
    with open_shop(tmp_path / "new", config=CONFIG + QUICK, clock=utc_now) as shop:
        connect(shop, saved[0])
        daemon = Daemon(shop.house)
        daemon.start()
        yield shop
        daemon.stop()


def broken(shop):
    """What verify finds."""
    with shop.house.reading() as session:
        return [f"{found.rule} {found.subject}" for found in verify(session, utc_now(), shop.house.timing)]


def test_a_backup_taken_under_load_comes_back_and_publishes_nothing_by_itself(saved, restored):
    """What the old house sent is found, what it did not send waits; only "resume" lets it go out."""
    before = list(saved[0].published)
    assert len(before) == 5
    assert broken(restored) == []
    until(lambda: count(restored, State.UNCLEAR, State.SENDING, State.DELIVERED) == 0, seconds=300)
    waiting = count(restored, State.APPROVED)
    assert (count(restored, State.PUBLISHED), waiting >= 2, saved[0].published) == (5, True, before)
    with restored.house.transaction() as session:
        assert outbox_state(session) == PAUSED
        set_outbox(session, RUNNING, DAEMON, utc_now())
    until(lambda: len(saved[0].published) == 5 + waiting, seconds=300)
    assert broken(restored) == []
