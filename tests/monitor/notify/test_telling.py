"""Who is told what, by a real mail server: once, without a word of a post, and again when the server was away."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from connectors.core.errors import LoginExpired, Unavailable
from monitor import jobs
from monitor.notify import alarms
from monitor.notify.delivery import failing
from monitor.saying import of_message
from monitor.tables import Notice, NoticeState, User
from monitor.verify import record
from replies.lifecycle import ReplyKind
from tests.monitor.notify.post_office import PASSWORD
from tests.monitor.shop import ANNA, COMPLAINT, MONDAY, post
from tests.monitor.web.english import GERMAN

EIGHT = MONDAY.replace(hour=7)  # 8 o'clock in Berlin
NIGHT = MONDAY.replace(hour=22)


def told(shop, at=None) -> int:
    """One pass of the job."""
    shop.clock.now = at or shop.clock.now
    return jobs.tell(shop.house, shop.clock())


def why(shop) -> str:
    """What the page says about messages."""
    with shop.house.reading() as session:
        return failing(session, shop.clock())


def test_the_morning_mail_has_the_numbers_and_no_word_of_a_post(shop, office):
    """Both get one, at eight and not before; names of authors stand nowhere."""
    shop.clock.now = MONDAY - timedelta(days=3)
    shop.round([post("1", COMPLAINT), post("2", COMPLAINT)])
    assert told(shop, EIGHT - timedelta(minutes=1)) == 1  # the owner: overdue since Friday
    office.mails.clear()
    assert told(shop, EIGHT) == 2
    assert sorted(mail["To"] for mail in office.mails) == ["anna@example.de", "bernd@example.de"]
    assert office.subjects() == ["Widerhall: 2 offen, 2 überfällig"] * 2
    whole = "".join(mail.as_string() + mail.get_content() for mail in office.mails)
    assert "Karin" not in whole
    assert "Lieferung" not in whole
    assert shop.house.config.base_url in office.mails[0].get_content()


def test_the_owners_mail_remembers_where_the_journal_ended(shop, office):
    """Outside of the database: whoever cuts the journal and its head together is found by it."""
    told(shop, EIGHT)
    known = {mail["To"]: re.findall(r"--known (\d+:[0-9a-f]{16})", mail.get_content()) for mail in office.mails}
    assert known["anna@example.de"] == []
    (word,) = known["bernd@example.de"]
    shop.round([post("1", COMPLAINT)])
    with shop.house.reading() as session:
        assert list(record.known(session, word)) == []
        assert [subject for subject, _ in record.known(session, f"999999{word}")] != []


def test_only_the_owner_is_told_of_what_waits_for_approval(shop, office):
    """At once, once, with a link."""
    shop.round([post("1", COMPLAINT)])
    with shop.house.transaction() as session:
        desk, now = shop.house.desk, shop.clock()
        reply = desk.draft(session, shop.duty("1").id, ReplyKind.HOLDING, "Wir melden uns bis Dienstag.", ANNA, now)
        desk.submit(session, reply.id, ANNA, now, seen_version=1)
    told(shop, shop.clock.wait(hours=6))  # the morning is long over
    told(shop)
    about = [mail for mail in office.mails if "/freigaben" in mail.get_content()]
    assert [mail["To"] for mail in about] == ["bernd@example.de"]


def test_a_lost_login_is_told_once_and_once_more_when_it_is_over(shop, office):
    """However often it is met."""
    shop.clock.wait(hours=5)
    for _ in range(3):
        shop.round(LoginExpired("401"))
        told(shop, shop.clock.wait(minutes=30))
    shop.round([])
    told(shop)
    mine = [mail["Subject"] for mail in office.mails if mail["To"] == "anna@example.de"]
    assert mine == ["Widerhall: eine Anmeldung ist abgelaufen", "Widerhall: eine Anmeldung ist abgelaufen – vorbei"]


def test_the_next_lost_login_is_another_occasion(shop, office):
    """Twice lost, twice told."""
    for problem in (LoginExpired("401"), None, LoginExpired("401")):
        shop.round(problem) if problem else shop.round([])
        told(shop, MONDAY + timedelta(hours=6))
    assert office.subjects().count("Widerhall: eine Anmeldung ist abgelaufen") == 4


def test_at_night_nobody_is_woken_and_what_is_over_by_morning_is_not_told(shop, office):
    """A login lost at eleven is told at seven; one that came back at six is not."""
    shop.clock.now = NIGHT
    shop.round(LoginExpired("401"))
    assert told(shop) == 0
    assert told(shop, NIGHT + timedelta(hours=8, minutes=1)) == 2
    office.mails.clear()
    shop.clock.now = NIGHT + timedelta(days=1)
    shop.round([])
    shop.round(LoginExpired("401"))
    told(shop)
    shop.round([])
    told(shop, NIGHT + timedelta(days=1, hours=8, minutes=1))
    assert [words for words in office.subjects() if "– vorbei" not in words] == []


def test_sources_that_nobody_read_while_we_were_off_are_not_dead(shop, office):
    """After a weekend without a daemon every one is stale; only one that fails now is told of."""
    shop.round([])
    shop.clock.wait(hours=30)
    jobs.mark_sources(shop.house, shop.clock())
    assert shop.source().stale
    told(shop)
    assert office.subjects() == []
    shop.round(Unavailable("502"))
    told(shop)
    assert set(office.subjects()) == {"Widerhall: eine Quelle wird nicht gelesen"}


def test_no_mail_has_a_bare_line_feed(shop, office):
    """RFC 5321 2.3.8: some servers refuse it, others may be led to see two mails in one."""
    told(shop, EIGHT)
    assert len(office.wire) == 2
    for wire in office.wire:
        assert wire.count(b"\n") == wire.count(b"\r\n") > 10


@pytest.mark.parametrize(("part", "says"), [("recipient", "Empfänger"), ("content", "Inhalt")])
def test_a_550_says_which_part_of_the_message_was_refused(shop, office, part, says):
    """An address to correct, or a server to ask."""
    if part == "recipient":
        office.refuses = {"anna@example.de": "550 no such user"}
    else:
        office.faults[:] = ["550 looks like spam"] * 2
    told(shop, EIGHT)
    assert why(shop) == f"{part} refused: 550"
    assert says in of_message(why(shop))


def test_one_kind_of_message_that_breaks_does_not_silence_the_others(shop, office, monkeypatch):
    """Alarms and the morning mail are queued each for itself; what broke is still told to the daemon."""
    monkeypatch.setattr(alarms, "note", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        told(shop, EIGHT)
    assert sorted(mail["To"] for mail in office.mails) == ["anna@example.de", "bernd@example.de"]


@pytest.mark.parametrize("fault", ["451 later", "421 busy"])
def test_a_mail_server_that_refuses_is_asked_again_and_shown(shop, office, fault):
    """Nothing is lost, nobody gets it twice, and the page says so meanwhile."""
    office.faults[:] = [fault]
    assert told(shop, EIGHT) == 1
    assert why(shop)
    assert told(shop, EIGHT + timedelta(minutes=2)) == 1
    assert sorted(mail["To"] for mail in office.mails) == ["anna@example.de", "bernd@example.de"]
    assert why(shop) == ""


def test_a_digest_that_may_have_left_is_not_sent_again(shop, office):
    """The line broke after the last byte."""
    office.faults[:] = ["hang up", "hang up"]
    assert told(shop, EIGHT) == 0
    assert told(shop, EIGHT + timedelta(hours=1)) == 0
    assert len(office.mails) == 2
    assert {row.state for row in shop.all(Notice)} == {NoticeState.UNKNOWN}


def test_a_digest_that_was_on_its_way_when_the_daemon_died_is_not_sent_again(shop, office):
    """An alarm is: better twice in the same thread than never."""
    told(shop, EIGHT - timedelta(hours=1, minutes=30))
    shop.round(LoginExpired("401"))
    told(shop, EIGHT)
    with shop.house.transaction() as session:
        for row in session.exec(select(Notice)).all():
            row.state, row.not_before = NoticeState.SENDING, EIGHT + timedelta(minutes=10)
            session.add(row)
    office.mails.clear()
    told(shop, EIGHT + timedelta(minutes=11))
    assert set(office.subjects()) == {"Widerhall: eine Anmeldung ist abgelaufen"}


def test_a_wrong_password_never_stops_the_daemon_and_is_written_nowhere(shop, office, caplog):
    """It is shown by its kind."""
    (shop.folder / "mail-password").write_text("falsch-" + PASSWORD)
    assert told(shop, EIGHT) == 0
    assert "SMTPAuthenticationError 535" in why(shop)
    assert PASSWORD not in caplog.text + str(shop.all(Notice))


def test_a_server_without_tls_gets_neither_mail_nor_password(shop, office, monkeypatch):
    """No fallback to plain text: the certificate that nobody vouches for is as bad as none."""
    monkeypatch.delenv("SSL_CERT_FILE")
    assert told(shop, EIGHT) == 0
    assert "SSLCertVerificationError" in why(shop)
    assert office.mails == []


def test_people_who_left_and_auditors_are_told_nothing(shop, office):
    """Only who works here, as things are now."""
    with shop.house.transaction() as session:
        bernd = session.get_one(User, 2)
        bernd.active = False
        session.add(bernd)
    told(shop, EIGHT)
    assert [mail["To"] for mail in office.mails] == ["anna@example.de"]


def test_several_alarms_at_once_are_one_mail(shop, office):
    """A bad morning is one message, not five."""
    shop.clock.now = NIGHT
    shop.round([post("1", COMPLAINT)])
    shop.round(LoginExpired("401"))
    told(shop)
    told(shop, datetime(2026, 11, 24, 10, 0, tzinfo=UTC) + timedelta(hours=5))
    owner = [mail["Subject"] for mail in office.mails if mail["To"] == "bernd@example.de"]
    assert owner == ["Widerhall: 2 Meldungen"]


def test_each_person_is_written_to_in_their_own_language(shop, office):
    """Anna reads English: her morning mail, an alarm and its end; Bernd's stay German."""
    with shop.house.transaction() as session:
        session.get_one(User, 1).language = "en"
    shop.clock.now = MONDAY - timedelta(days=3)
    shop.round([post("1", COMPLAINT)])
    told(shop, EIGHT)
    shop.round(LoginExpired("401"))
    told(shop, EIGHT + timedelta(hours=2))
    shop.round([])
    told(shop, EIGHT + timedelta(hours=4))
    said = {
        name: [mail["Subject"] for mail in office.mails if mail["To"].startswith(name)] for name in ("anna", "bernd")
    }
    assert said["anna"] == [
        "Widerhall: 1 open, 1 overdue",
        "Widerhall: a login has expired",
        "Widerhall: a login has expired – over",
    ]
    assert "Widerhall: eine Anmeldung ist abgelaufen – vorbei" in said["bernd"]
    words = [mail.get_content() for mail in office.mails if mail["To"].startswith("anna")]
    assert [text for text in words if GERMAN.search(text.replace("„Blog“", ""))] == []
