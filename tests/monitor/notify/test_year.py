"""The morning mail over a year by its own clock: both clock changes, restarts; no date twice, none left out."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.exc import IntegrityError

from monitor.db import Database
from monitor.notify import digest
from monitor.notify.hours import after_quiet, digest_day
from monitor.notify.recipients import MAIL, Recipient
from monitor.notify.settings import Notify
from monitor.tables import Notice
from replies.lifecycle import Role
from replies.timing import Timing
from tests.peers.sqlite import hurry, ready

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 10, 1, tzinfo=UTC)
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ANNA = Recipient(MAIL + "anna@example.de", "anna@example.de", frozenset({Role.STAFF}))


@pytest.fixture
def database(tmp_path):
    """An empty one."""
    found = Database(f"sqlite:///{ready(tmp_path / 'year.db')}")
    hurry(found)
    yield found
    found.close()


def dates_of(rows) -> list[date]:
    """The local dates of digests, in the order of their writing."""
    return [date.fromisoformat(row.removeprefix(digest.OCCASION)) for row in rows]


@pytest.mark.parametrize("morning", ["08:00", "02:30"])
def test_each_date_of_a_year_has_one_morning_mail(database, morning):
    """Half past two comes twice in October and never in March; the daemon restarts daily and is off for hours."""
    notify = Notify(morning=morning, days=EVERY_DAY, quiet_hours="")
    written = []
    for day in range(366):
        with database.transaction() as session:  # what a day's passes wrote is there on the next one
            for minute in range(0, 24 * 60, 20):
                now = START + timedelta(days=day, minutes=minute)
                if now.astimezone(BERLIN).hour in (3, 9):
                    continue  # it is being restarted
                if digest.write(session, notify, [ANNA], "http://x", Timing(), now):
                    written.append(digest_day(notify, now))
    assert len(written) == len(set(written)) == 366
    assert {date(2026, 10, 25), date(2027, 3, 28)} <= set(written)
    with database.reading() as session:
        assert (
            sorted(dates_of(session.connection().exec_driver_sql("SELECT occasion FROM notice").scalars())) == written
        )


def test_the_control_a_wall_clock_trigger_rings_twice_in_october():
    """What the row by date is for: the bell alone would send two."""
    trigger, rings, last = CronTrigger(hour=2, minute=30, timezone=BERLIN), [], None
    now = datetime(2026, 10, 24, 12, tzinfo=UTC)
    for _ in range(2):
        last = trigger.get_next_fire_time(last, now)
        now = last.astimezone(UTC) + timedelta(seconds=1)
        rings.append(last)
    assert [ring.astimezone(BERLIN).date() for ring in rings] == [date(2026, 10, 25)] * 2


def test_a_clock_that_is_set_back_a_day_sends_nothing_a_second_time(database):
    """And nothing when it has come to that day again."""
    notify = Notify(days=EVERY_DAY)
    times = [datetime(2026, 11, day, 7, 30, tzinfo=UTC) for day in (24, 23, 24)]
    counts = []
    for now in times:
        with database.transaction() as session:
            counts.append(digest.write(session, notify, [ANNA], "http://x", Timing(), now))
    assert counts == [1, 1, 0]


@pytest.mark.parametrize(
    ("local", "until"),
    [
        ("2026-11-23 18:59", "2026-11-23 18:59"),
        ("2026-11-23 19:00", "2026-11-24 07:00"),
        ("2026-11-24 06:59", "2026-11-24 07:00"),
        ("2026-10-24 23:00", "2026-10-25 07:00"),
        ("2027-03-28 03:00", "2027-03-28 07:00"),
    ],
)
def test_quiet_hours_end_by_the_wall_clock(local, until):
    """Over midnight and over a clock change."""
    now, then = (datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC) for text in (local, until))
    assert after_quiet(Notify(), now) == then


def test_weekends_and_afternoons_have_no_morning_mail():
    """A daemon that starts at three in the afternoon does not wish a good morning."""
    saturday, monday = datetime(2026, 11, 21, 8, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert digest_day(Notify(), saturday) is None
    assert digest_day(Notify(), monday) == date(2026, 11, 23)
    assert digest_day(Notify(), monday + timedelta(hours=6)) is None


def test_the_database_itself_refuses_a_second_one(database):
    """Whoever writes."""
    values = {"occasion": "digest:2026-11-23", "recipient": ANNA.key, "subject": "", "body": ""}
    with database.transaction() as session:
        session.add(Notice(**values, created_at=START, not_before=START))
        session.flush()
        session.add(Notice(**values, created_at=START, not_before=START))
        with pytest.raises(IntegrityError, match="UNIQUE"):
            session.flush()
        session.rollback()
