"""The dates of a removal notice on Heute and in the morning mail: send it, look what became of it, go to court."""

from datetime import timedelta

import pytest

from monitor import awaited, evidence
from monitor.notify.digest import body
from monitor.notify.figures import figures
from replies.care import removal
from replies.care.removal import Request
from replies.care.words import Ground, NoticeStand

SEND, LOOK = "Löschantrag melden oder zurückziehen", "hat die Plattform entschieden?"
URGENT = "so lange gilt es vor Gericht als eilig"


@pytest.fixture
def notice(shop):
    """A notice that Anna has prepared for a post that was seen two hours ago."""
    post = shop.post("Nie wieder, das Essen war kalt.", duty=False)
    with shop.house.transaction() as session:
        digest = evidence.secure(session, post, shop.actor("Anna"), shop.clock())
        asked = Request(Ground.SPAM, "Kein Erlebnis bei uns.", good_faith=True)
        row = removal.prepare(session, post, "", 1, asked, digest, shop.actor("Anna"), shop.clock())
        return row.id


def move(shop, notice, stand):
    """Bernd writes down what became of it."""
    with shop.house.transaction() as session:
        removal.move(session, notice, stand, shop.actor("Bernd"), shop.house.timing, shop.clock())


def said(shop):
    """Which of the three lines Heute shows to Anna."""
    page = shop.client("Anna").get("/").text
    return [words for words in (SEND, LOOK, URGENT) if words in page]


def mailed(shop):
    """The owner's morning mail."""
    now = shop.clock()
    with shop.house.reading() as session:
        return body(figures(session, now, now + timedelta(hours=12), shop.house.timing), "http://x", owner=True)


def test_a_prepared_notice_is_to_be_sent(shop, notice):
    """Until an owner has done it, or taken it back."""
    assert said(shop) == [SEND]
    assert f'href="/loeschantrag/{notice}"' in shop.client("Anna").get("/").text
    move(shop, notice, NoticeStand.SENT)
    assert said(shop) == []


def test_after_three_days_somebody_looks_what_the_platform_decided(shop, notice):
    """On Heute and in the mail, which says a number and no word of the post."""
    move(shop, notice, NoticeStand.SENT)
    assert "Löschanträge" not in mailed(shop)
    shop.clock.move(days=3)
    assert said(shop) == [LOOK]
    assert "nach denen heute zu sehen ist: 1, http://x/" in mailed(shop)
    assert "Essen" not in mailed(shop)
    move(shop, notice, NoticeStand.KEPT)
    assert said(shop) == []


@pytest.mark.parametrize(("days", "shown"), [(20, False), (24, True), (29, True), (31, False)])
def test_the_courts_clock_is_shown_a_week_before_it_runs_out(shop, notice, days, shown):
    """Also where the platform has refused; afterwards it would be of no use."""
    for stand in (NoticeStand.SENT, NoticeStand.KEPT):
        move(shop, notice, stand)
    shop.clock.move(days=days)
    assert said(shop) == ([URGENT] if shown else [])


def test_what_is_off_the_platform_waits_for_nothing(shop, notice):
    """Removed: no date is left."""
    for stand in (NoticeStand.SENT, NoticeStand.REMOVED):
        move(shop, notice, stand)
    shop.clock.move(days=25)
    with shop.house.reading() as session:
        now = shop.clock()
        assert awaited.awaited(session, shop.house.timing, now, now + timedelta(days=400)) == []
