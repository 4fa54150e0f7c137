"""After a restore nobody is sent what waited when the backup was made; what is still wrong is told anew, once."""

from contextlib import contextmanager

from connectors.core.errors import LoginExpired
from monitor import jobs
from monitor.backup import write
from monitor.db import Database
from monitor.notify import digest
from monitor.notify.recipients import recipients
from monitor.restore import restore
from monitor.tables import Alarm, Notice, NoticeState
from replies.timing import Timing
from tests.monitor.notify.post_office import PASSWORD
from tests.monitor.shop import MONDAY, open_shop, post
from tests.peers.postgres import database_for

EIGHT = MONDAY.replace(hour=7)  # 8 o'clock in Berlin
NIGHT = MONDAY.replace(hour=22)


@contextmanager
def moved(shop):
    """The same house, from its backup, in another folder."""
    folder = shop.folder / "new"
    folder.mkdir()
    (folder / "mail-password").write_text(PASSWORD)
    write(shop.house.database, shop.folder / "backup", shop.clock())
    database = Database(database_for(folder))
    restore(database, shop.folder / "backup", shop.clock())
    database.close()
    config = (shop.folder / "config.toml").read_text().replace(database_for(shop.folder), "sqlite:///widerhall.db")
    with open_shop(folder, sources="", config=config, clock=shop.clock) as found:
        yield found


def test_a_morning_mail_that_waited_is_not_sent(shop, office):
    """The old house may have sent it; and this day gets no second one."""
    shop.round([post("1")])
    notify = shop.house.config.notify
    with shop.house.transaction() as session:
        digest.write(session, notify, recipients(session, notify, shop.folder), "https://example.de", Timing(), EIGHT)
    with moved(shop) as new:
        assert [row.state for row in new.all(Notice)] == [NoticeState.DROPPED] * 2
        jobs.tell(new.house, new.clock())
    assert [subject for subject in office.subjects() if "offen" in subject] == []


def test_what_is_still_wrong_is_told_once(shop, office):
    """A login lost at night, nobody told yet: its alarm begins anew, with messages of its own."""
    shop.clock.now = NIGHT
    shop.round(LoginExpired("401"))
    assert jobs.tell(shop.house, NIGHT) == 0
    with moved(shop) as new:
        for _ in range(2):
            jobs.tell(new.house, new.clock.wait(hours=4, minutes=40))
        lost = [alarm for alarm in new.all(Alarm) if alarm.name.startswith("login")]
    assert [alarm.ended_at is None for alarm in lost] == [False, True]
    assert office.subjects().count("Widerhall: eine Anmeldung ist abgelaufen") == 2
