"""A simulated year of the scheduler: no source missed, no morning mail twice, none left out (issue 3, must-show 6)."""

from datetime import date, timedelta

import pytest

from monitor import health
from monitor.notify import digest
from monitor.notify.hours import digest_day
from monitor.tables import Notice
from tests.monitor.notify.post_office import PASSWORD, certificate, open_office
from tests.monitor.year import BERLIN, CHANGES, Year, start_of

NIGHTLY = 'morning = "02:30"\nquiet_hours = ""\ndays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]\n'
WEEK = timedelta(days=7)


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A mail server whose certificate is one that we trust."""
    (tmp_path / "mail-password").write_text(PASSWORD)
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with open_office(pem) as found:
        yield found


def fortnight(folder, office, change):
    """A week before a clock change and a week after it, with a mail at half past two in the night."""
    return Year(folder, office, start_of(change - WEEK), NIGHTLY).live(14)


def test_a_year_misses_no_source_and_no_morning(tmp_path, office):
    """With daily restarts, a lid that is closed for hours and a clock that is set back now and then."""
    year = Year(tmp_path, office, start_of(date(2026, 6, 1))).live(365)
    assert (year.late(), year.early()) == ([], [])
    assert year.mails() == year.mornings(8)
    assert len(year.mails()) > 230
    assert min(len(site.times) for site in year.sites.values()) > 300


@pytest.mark.parametrize("change", CHANGES)
def test_a_clock_change_changes_nothing(tmp_path, engine, office, change):
    """Half past two comes twice in October and not at all in March: one mail a date, and every round in time."""
    weeks = fortnight(tmp_path, office, change)
    assert (weeks.late(), weeks.early()) == ([], [])
    assert weeks.mails() == weeks.mornings(2.5, days=7)
    assert change in weeks.mails()


def test_the_control_a_mark_in_memory_sends_twice(tmp_path, office, monkeypatch):
    """Every restart of a morning forgets that the mail has been sent."""
    marks = set()

    def write(session, notify, people, base_url, _timing, now):
        day = digest_day(notify, now)
        if day is None or (year.house.worker, day) in marks:
            return
        marks.add((year.house.worker, day))
        occasion = f"{digest.OCCASION}{day}:{year.house.worker}"
        mail = {"recipient": people[0].key, "subject": "Widerhall", "body": "Guten Morgen,"}
        session.add(Notice(occasion=occasion, **mail, created_at=now, not_before=now))

    monkeypatch.setattr(digest, "write", write)
    year = Year(tmp_path, office, start_of(CHANGES[0] - WEEK), NIGHTLY)
    year.live(14)
    assert len(year.mails()) > len(set(year.mails()))


def test_the_control_local_time_without_a_zone_comes_an_hour_late(tmp_path, office, monkeypatch):
    """In October four hours on the wall's clock are five."""

    def naive(at):
        return at.astimezone(BERLIN).replace(tzinfo=None)

    def following(source, now):
        return (naive(now) + timedelta(seconds=source.every_seconds)).replace(tzinfo=BERLIN).astimezone(now.tzinfo)

    monkeypatch.setattr(health, "is_due", lambda source, now: naive(source.next_due_at) <= naive(now))
    monkeypatch.setattr(health, "next_due", following)
    assert fortnight(tmp_path, office, CHANGES[0]).late() != []
