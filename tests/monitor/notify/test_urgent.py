"""A threat wakes an owner: at once, at night too, once per post, by a real mail server; no word of the post is told."""

from datetime import timedelta

import pytest
from sqlmodel import select

from monitor import jobs
from monitor.tables import Alarm, PostRow, Verdict
from monitor.triage import default_judge
from tests.monitor.notify.test_telling import NIGHT
from tests.monitor.shop import ANNA, COMPLAINT, post

THREAT = "Die Lieferung kam zu spät. Ich weiß, wo Sie wohnen, und ich komme heute Abend bei Ihnen vorbei!"
EXTORTION = "Gegen einen Gutschein über 500 Euro lösche ich meine Bewertung, sonst bleibt sie stehen."
SUBJECT = "Widerhall: bitte sofort ansehen"


@pytest.fixture
def night(shop):
    """Eleven in the evening, and a judge who knows threats."""
    shop.clock.now = NIGHT
    shop.house.ingest._judge = default_judge()
    return shop


def told(shop):
    """One pass of the job."""
    return jobs.tell(shop.house, shop.clock())


def number(shop, ref):
    """Our number of a post."""
    return next(row.id for row in shop.all(PostRow) if row.ref == ref)


def mark(shop, ref, **words):
    """Anna says what the judge should have said."""
    judging = shop.house.ingest.judging
    with shop.house.transaction() as session:
        verdict = session.exec(select(Verdict).where(Verdict.post_id == number(shop, ref))).all()[-1]
        judging.looked_at(session, verdict, words, ANNA, shop.clock(), note="")


@pytest.mark.parametrize("text", [THREAT, EXTORTION], ids=["threat", "extortion"])
def test_a_threat_is_told_to_owners_at_night(night, office, text):
    """With the way to the post and its evidence; staff sleep on."""
    night.round([post("1", text)])
    assert told(night) == 1
    (mail,) = office.mails
    assert (mail["To"], mail["Subject"]) == ("bernd@example.de", SUBJECT)
    whole = mail.as_string() + mail.get_content()
    assert f"/beitrag/{number(night, '1')}/belege" in mail.get_content()
    assert not any(word in whole for word in ("Karin", "Lieferung", "wohnen", "500", "Bewertungen"))


def test_a_complaint_wakes_nobody(night, office):
    """The control: it waits for the morning."""
    night.round([post("1", COMPLAINT)])
    assert told(night) == 0


def test_each_post_is_told_once_however_often_it_is_judged_and_marked(night, office):
    """Judged, edited, marked: one message; the next post is another one, and not in the same mail."""
    night.round([post("1", THREAT)])
    told(night)
    night.clock.wait(minutes=5)
    night.round([post("1", THREAT + " Warten Sie nur.")])
    mark(night, "1", threat="yes")
    told(night)
    night.round([post("2", THREAT)])
    told(night)
    assert office.subjects() == [SUBJECT, SUBJECT]
    assert len(night.all(Alarm)) == 2


def test_a_post_that_a_person_marks_is_told_too(night, office):
    """However old it is; what the judge finds in an old history is not."""
    old = night.clock() - timedelta(days=60)
    night.round([post("1", COMPLAINT, created=old), post("2", THREAT, created=old)])
    assert told(night) == 0
    mark(night, "1", threat="yes")
    assert told(night) == 1
    assert f"/beitrag/{number(night, '1')}" in office.mails[0].get_content()


def test_a_mail_server_that_is_away_is_asked_again_in_the_same_night(night, office):
    """Quiet hours hold nothing back, not even the second try."""
    office.faults[:] = ["451 later"]
    night.round([post("1", THREAT)])
    assert told(night) == 0
    night.clock.wait(minutes=2)
    assert told(night) == 1
