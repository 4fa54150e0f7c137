# ruff: noqa: E501 - tables of cases
"""Login, sessions and the brake on guessing."""

import http.client
import threading

import pytest
from argon2 import PasswordHasher
from sqlmodel import select

from monitor import people
from monitor.bootstrap import build, open_house
from monitor.logins import LoginFailure, WebSession
from monitor.tables import Alarm, Notice, NoticeState, User
from monitor.web import entry, passwords
from monitor.web.access import next_path
from monitor.web.brake import CEILING, FREE_TRIES, Caller, attempt, token_hash
from monitor.web.entry import log_in
from replies.tables import Journal
from tests.monitor.shop import CONFIG
from tests.monitor.web.shop import OWN, PASSWORD
from tests.peers.processes import wait_until

HERE = Caller()
FORM = "application/x-www-form-urlencoded"


def enter(shop, name="Anna", password=PASSWORD, client=None, **fields):
    """Use the form."""
    client = client or shop.stranger()
    return client, client.post("/anmelden", data={"name": name, "password": password, **fields})


def test_only_the_hash_of_a_token_is_stored(shop):
    """Who reads the database cannot log in with it."""
    token = log_in(shop.house, "Anna", PASSWORD).session
    with shop.house.reading() as session:
        stored = session.exec(select(WebSession)).one()
    assert stored.token_hash == token_hash(token)
    assert token not in str(stored)
    assert len(token) >= 22


def test_wrong_and_unknown_get_the_same_answer(shop):
    """Nobody learns which names there are."""
    _, wrong = enter(shop, "Anna", "falsch")
    _, unknown = enter(shop, "Zoe", "falsch")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("Anna", "Zoe") == unknown.text


def test_an_unknown_name_costs_the_same_work(shop, monkeypatch):
    """One verification either way, so that the time tells nothing."""
    checked = []
    monkeypatch.setattr(
        passwords._hasher.__class__, "verify", lambda _self, stored, _given: checked.append(stored) or False
    )
    log_in(shop.house, "Anna", "falsch")
    log_in(shop.house, "Zoe", "falsch")
    assert len(checked) == 2


def test_the_brake_holds_the_right_password_too(shop):
    """After five wrong tries even the right one must wait; then it works."""
    for _ in range(FREE_TRIES):
        assert log_in(shop.house, "Anna", "falsch") is None
    assert log_in(shop.house, "Anna", PASSWORD) is None
    assert log_in(shop.house, "Bernd", PASSWORD)
    shop.clock.move(seconds=3)
    assert log_in(shop.house, "Anna", PASSWORD)


def test_the_brake_grows_and_ends(shop):
    """Each further wrong try doubles the wait; a quarter of an hour without tries forgets them."""
    fail(shop, FREE_TRIES + 6)
    shop.clock.move(seconds=100)
    assert log_in(shop.house, "Anna", PASSWORD) is None
    shop.clock.move(minutes=15)
    assert log_in(shop.house, "Anna", PASSWORD)


def test_each_wrong_password_that_counts_is_in_the_journal(shop):
    """Without a name; what the brake holds back, and names that are nobody's, fill nothing."""
    for word in ("falsch", "auch falsch"):
        log_in(shop.house, "Anna", word)
    log_in(shop.house, "Niemand", "falsch")
    fail(shop, FREE_TRIES)
    log_in(shop.house, "Anna", "braucht Geduld")
    with shop.house.reading() as session:
        rows = session.exec(select(Journal).where(Journal.event == "user.login_failed")).all()
    assert [row.subject for row in rows] == [f"user:{shop.users['Anna']}"] * 2


def fail(shop, times, name="Anna", caller=HERE):
    """So many wrong passwords that counted, from one place."""
    with shop.house.transaction() as session:
        one = attempt(session, name, shop.users.get(name), caller, shop.clock())
        kind, at = one.kind, shop.clock()
        session.add_all([LoginFailure(name_hash=one.who, place_hash=one.place, kind=kind, at=at) for _ in range(times)])


def test_a_stranger_cannot_lock_out_whoever_calls_from_elsewhere(shop):
    """The brake is for a name and an address; one /64 is one address."""
    fail(shop, FREE_TRIES, caller=Caller("2001:db8::1"))
    assert log_in(shop.house, "Anna", PASSWORD, caller=Caller("2001:db8::2")) is None
    assert log_in(shop.house, "Anna", PASSWORD, caller=Caller("192.0.2.7"))


def test_a_stranger_with_many_addresses_cannot_lock_out_a_known_device(shop):
    """Beyond the ceiling every unknown device waits; who has logged in here before is let in."""
    known = Caller("192.0.2.7", log_in(shop.house, "Bernd", PASSWORD).device)
    for number in range(CEILING):
        fail(shop, 1, "Bernd", Caller(f"198.51.100.{number}"))
    assert log_in(shop.house, "Bernd", PASSWORD, caller=Caller("203.0.113.9")) is None
    assert log_in(shop.house, "Bernd", PASSWORD, caller=known)
    assert log_in(shop.house, "Anna", PASSWORD, caller=Caller("203.0.113.9"))


def test_a_known_device_is_braked_by_itself_alone(shop):
    """A stolen laptop does not guess for ever; another person's cookie opens nothing."""
    mine = Caller("192.0.2.7", log_in(shop.house, "Bernd", PASSWORD).device)
    fail(shop, FREE_TRIES, "Bernd", mine)
    assert log_in(shop.house, "Bernd", PASSWORD, caller=mine) is None
    with shop.house.reading() as session:
        assert not attempt(session, "Anna", shop.users["Anna"], mine, shop.clock()).known


def test_the_browser_is_known_after_the_first_login(shop):
    """It gets its cookie once, keeps it, and with it passes while a stranger is braked."""
    client, answer = enter(shop)
    device = answer.cookies["widerhall-device"]
    again, _ = enter(shop, client=client)
    assert again.cookies["widerhall-device"] == device
    for number in range(CEILING):
        fail(shop, 1, caller=Caller(f"198.51.100.{number}"))
    assert enter(shop)[1].status_code == 401
    assert enter(shop, client=client)[1].status_code == 303


def test_a_thousand_guesses(shop, monkeypatch):
    """One a second for over a quarter of an hour: some twenty are looked at, and the owner's own browser is free."""
    known = Caller("192.0.2.7", log_in(shop.house, "Bernd", PASSWORD).device)
    with monkeypatch.context() as quick:
        quick.setattr(entry, "matches", lambda *_: False)
        for _ in range(1000):
            log_in(shop.house, "Bernd", "falsch", caller=HERE)
            shop.clock.move(seconds=1)
    assert FREE_TRIES < shop.count("login_failure") < 25
    assert log_in(shop.house, "Bernd", PASSWORD, caller=known)


def test_the_brake_survives_a_restart(shop):
    """The counters are rows: a program that starts anew forgets nothing."""
    fail(shop, FREE_TRIES + 6)
    again = build(shop.house.config, shop.clock)
    assert log_in(again, "Anna", PASSWORD) is None
    again.close()


def test_there_is_no_account_that_comes_with_it(tmp_path):
    """A new house has nobody in it; the first person is made on the server."""
    (tmp_path / "config.toml").write_text(CONFIG)
    house = open_house(tmp_path / "config.toml")
    with house.reading() as session:
        assert session.exec(select(User)).all() == []
    house.close()


def test_a_storm_of_guesses_leaves_few_rows(shop):
    """While the brake holds nothing is stored."""
    before = shop.count("journal")
    for _ in range(FREE_TRIES + 3):
        log_in(shop.house, "Anna", "falsch")
    with shop.house.reading() as session:
        assert len(session.exec(select(LoginFailure)).all()) == FREE_TRIES
    assert shop.count("journal") == before + FREE_TRIES + 1  # each that counted, and the brake


def test_a_login_begins_a_new_session(shop):
    """A token that somebody planted before is worth nothing afterwards."""
    client = shop.stranger()
    client.cookies.set("widerhall", "planted")
    _, answer = enter(shop, client=client)
    assert "planted" not in answer.headers["set-cookie"]
    again = shop.stranger()
    again.cookies.set("widerhall", "planted")
    assert again.get("/").status_code == 303


def test_a_second_login_ends_the_first_of_this_browser(shop):
    """The old token dies."""
    client, answer = enter(shop)
    old = answer.cookies["widerhall"]
    enter(shop, client=client)
    thief = shop.stranger()
    thief.cookies.set("widerhall", old)
    assert thief.get("/").status_code == 303


def test_after_logging_out_the_token_is_dead(shop, anna):
    """Here and in a copy of the cookie."""
    assert anna.post("/abmelden", data=anna.form()).headers["location"] == "/anmelden?gut=out"
    anna.cookies.set("widerhall", "token of Anna")
    assert anna.get("/").status_code == 303


@pytest.mark.parametrize(("wait", "alive"), [({"hours": 7}, True), ({"hours": 9}, False)])
def test_a_login_ends_when_nobody_clicks(shop, anna, wait, alive):
    """Eight hours of nothing."""
    shop.clock.move(**wait)
    assert (anna.get("/").status_code == 200) is alive


def test_a_login_ends_in_any_case(shop, anna):
    """However busy somebody is."""
    for _ in range(10):
        shop.clock.move(hours=7)
        assert anna.get("/").status_code == 200
    shop.clock.move(hours=3)
    assert anna.get("/").status_code == 303


def test_disabling_a_person_ends_their_sessions(shop, anna, bernd):
    """At once, with a live session, and the login too."""
    assert (
        bernd.post(f"/menschen/{shop.users['Anna']}/sperren", data=bernd.form()).headers["location"]
        == "/menschen?gut=person"
    )
    assert anna.get("/").status_code == 303
    assert log_in(shop.house, "Anna", PASSWORD) is None


def test_a_new_role_holds_from_the_next_login(shop, anna, bernd):
    """The old session does not live on with the old role."""
    bernd.post(f"/menschen/{shop.users['Anna']}/rolle", data=bernd.form(role="auditor"))
    assert anna.get("/").status_code == 303


def test_an_old_hash_is_renewed_at_login(shop):
    """Passwords follow today's parameters."""
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with shop.house.transaction() as session:
        session.get_one(User, shop.users["Anna"]).password_hash = weak
    assert log_in(shop.house, "Anna", PASSWORD)
    with shop.house.reading() as session:
        assert not passwords.outdated(session.get_one(User, shop.users["Anna"]).password_hash)


def meanwhile(shop, monkeypatch, change):
    """While argon2 is at work on the next password, somebody changes Anna's login."""

    def slow(stored, password):
        monkeypatch.setattr(entry, "matches", passwords.matches)
        fits = passwords.matches(stored, password)
        with shop.house.transaction() as session:
            change(session, session.get_one(User, shop.users["Anna"]))
        return fits

    monkeypatch.setattr(entry, "matches", slow)


def taken_away(shop):
    """An owner gives her a new password and ends what she has open."""

    def change(session, user):
        people.set_password(
            session, user, passwords.hash_password("neun blaue Räder"), shop.actor("Bernd"), shop.clock()
        )
        people.revoke(session, user, shop.clock())

    return change


@pytest.mark.parametrize("outdated", [False, True])
def test_a_password_that_is_reset_while_it_is_checked_opens_nothing(shop, monkeypatch, outdated):
    """And its hash, were it to be renewed, does not replace the new one."""
    monkeypatch.setattr(entry, "outdated", lambda _hash: outdated)
    meanwhile(shop, monkeypatch, taken_away(shop))
    assert log_in(shop.house, "Anna", PASSWORD) is None
    assert shop.count("web_session") == 0
    assert log_in(shop.house, "Anna", PASSWORD) is None
    assert log_in(shop.house, "Anna", "neun blaue Räder")


def test_a_person_who_is_shut_out_while_the_password_is_checked_stays_out(shop, monkeypatch):
    """The row is read again before the session begins."""
    meanwhile(shop, monkeypatch, lambda s, user: people.disable(s, user, shop.actor("Bernd"), shop.clock()))
    assert log_in(shop.house, "Anna", PASSWORD) is None


def test_a_second_question_switched_on_meanwhile_is_asked(shop, monkeypatch):
    """The password alone opened the door a moment ago; now it does not."""
    meanwhile(shop, monkeypatch, lambda _s, user: setattr(user, "second_factor_at", shop.clock()))
    assert isinstance(log_in(shop.house, "Anna", PASSWORD), entry.Halfway)


def test_a_password_that_is_reset_confirms_nothing(shop, anna, monkeypatch):
    """The same for the question before a change of logins."""
    meanwhile(shop, monkeypatch, taken_away(shop))
    assert anna.post("/ich", data=anna.form(old=PASSWORD, new="sieben rote Äpfel")).status_code == 422
    assert log_in(shop.house, "Anna", "neun blaue Räder")


@pytest.mark.parametrize("wanted", ["/beitrag/7", "/anliegen?suche=a%20b&stand=offen", "/"])
def test_after_the_login_one_is_where_one_wanted_to_be(shop, wanted):
    """Only paths of our own."""
    _, answer = enter(shop, next=wanted)
    assert answer.headers["location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "%2f%2fevil.example", "/%2fevil.example", "/%252fevil.example",
     "javascript:alert(1)", "/\t/evil.example", "\n//evil.example", "evil", "", "/a//b", "/%5cevil.example", "/\u202eevil"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(wanted):
    """Parsed, not compared by its beginning (RELIABILITY S19)."""
    assert next_path(wanted) == "/"


@pytest.mark.parametrize(
    "password", ["kurz", "passwort123", "aaaaaaaaaaaa", "anna anna anna", "Anna1234567890", "anna-am-meer", "x" * 300]
)
def test_what_may_not_be_a_password(password):
    """Short, common, one letter, the own name, endless."""
    assert passwords.weakness(password, "Anna")


def test_a_long_sentence_may_be_a_password():
    """At least 64 characters are allowed."""
    assert passwords.weakness("Im Februar schmeckt der Kaffee am besten, sagt Tante Hilde immer.", "Anna") == ""


@pytest.mark.parametrize(
    ("password", "name"), [("Gestern gab es gute Suppe", "Ute"), ("vier kalte Bretter am Haus", "Al")]
)
def test_a_short_name_is_part_of_many_words(password, name):
    """What is left without it is long enough."""
    assert passwords.weakness(password, name) == ""


def test_the_own_password(shop, anna, monkeypatch):
    """Only who knows the old one; other sessions of the same person end."""
    other = entry.log_in(shop.house, "Anna", PASSWORD).session
    assert anna.post("/ich", data=anna.form(old="falsch", new="neun blaue Fahrräder")).status_code == 422
    assert (
        anna.post("/ich", data=anna.form(old=PASSWORD, new="neun blaue Fahrräder")).headers["location"]
        == "/ich?gut=password"
    )
    thief = shop.stranger()
    thief.cookies.set("widerhall", other)
    assert thief.get("/").status_code == 303
    assert anna.get("/").status_code == 200
    assert log_in(shop.house, "Anna", "neun blaue Fahrräder")


def test_people_are_added_by_owners(shop, bernd):
    """With a first password that is worth its name; nobody twice, nobody themselves."""
    assert bernd.post("/menschen", data=bernd.form(name="Emil", role="staff", password="kurz")).status_code == 422
    assert bernd.post("/menschen", data=bernd.form(name="Emil", role="daemon", password=PASSWORD)).status_code == 422
    assert (
        bernd.post("/menschen", data=bernd.form(name="Emil", role="staff", password=PASSWORD)).headers["location"]
        == "/menschen?gut=added"
    )
    assert bernd.post("/menschen", data=bernd.form(name="Emil", role="staff", password=PASSWORD)).status_code == 422
    assert bernd.post(f"/menschen/{shop.users['Bernd']}/sperren", data=bernd.form()).status_code == 409
    assert log_in(shop.house, "Emil", PASSWORD)


@pytest.mark.parametrize(
    ("recipient", "state", "said"),
    [("mail:dora@radhaus.example", "SENT", True), ("push:0123456789abcdef", "SENT", True), ("mail:dora@radhaus.example", "QUEUED", False),
     ("mail:bernd@radhaus.example", "SENT", False), (None, "", False)],
)  # fmt: skip
def test_that_the_other_owners_were_told_is_said_only_if_they_were(shop, bernd, recipient, state, said):
    """Bernd lets Emil in: a message to Dora that has gone out, not one to himself, not one that waits."""
    bernd.post("/menschen", data=bernd.form(name="Emil", role="owner", password="neun blaue Räder"))
    with shop.house.transaction() as session:
        session.get_one(User, shop.users["Dora"]).mail = "dora@radhaus.example"
        alarm = Alarm(name=f"person:{people.owner_made(session, shop.clock())[0].seq}", began_at=shop.clock())
        session.add(alarm)
        session.flush()
        if recipient:
            at = {"created_at": shop.clock(), "not_before": shop.clock(), "state": NoticeState[state]}
            session.add(Notice(occasion=f"alarm:{alarm.id}", recipient=recipient, subject="", body="", **at))
    page = bernd.get("/menschen").text
    assert "Solange das neu ist" in page
    assert ("die anderen Inhaber haben eine Nachricht bekommen" in page) is said


def test_a_storm_of_logins_gets_an_answer_at_once(shop, monkeypatch):
    """When no turn is free, the page says so instead of holding a thread for every stranger."""
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    with passwords._turns, passwords._turns:
        _, answer = enter(shop, "Zoe", "falsch")
    assert answer.status_code == 503
    assert "in einer Minute" in answer.text


class Stuck:
    """A hundred logins whose passwords are being checked for as long as this test wants."""

    def __init__(self, monkeypatch, address):
        """Nobody has called yet."""
        self.host = address.removeprefix("http://")
        self.go_on, self.answers = threading.Event(), []
        slow = lambda *_: self.go_on.wait(30) and False  # noqa: E731
        monkeypatch.setattr(passwords._hasher.__class__, "verify", slow)
        self.threads = [threading.Thread(target=self.call) for _ in range(100)]

    def call(self):
        """One login."""
        line = http.client.HTTPConnection(self.host, timeout=60)
        line.request("POST", "/anmelden", "name=Zoe&password=x", {**OWN, "Content-Type": FORM})
        answer = line.getresponse()
        self.answers.append((answer.status, answer.headers["Retry-After"]))
        line.close()

    def page_comes(self):
        """Does somebody else's page come within three seconds?"""
        line = http.client.HTTPConnection(self.host, timeout=3)
        try:
            line.request("GET", "/anmelden")
            return line.getresponse().status == 200
        except TimeoutError:
            return False
        finally:
            line.close()


@pytest.mark.parametrize("limited", [True, False])
def test_a_hundred_logins_at_once_do_not_hold_up_the_pages(shop, address, monkeypatch, limited):
    """Eight are inside, the others are told at once to come back. The control, without the limit: the page waits."""
    monkeypatch.setattr(passwords, "PATIENCE", 30)
    if not limited:
        monkeypatch.setattr(passwords, "_places", threading.BoundedSemaphore(1000))
    storm = Stuck(monkeypatch, address)
    for thread in storm.threads:
        thread.start()
    if limited:
        wait_until(lambda: len(storm.answers) == 92, seconds=30, what="the refusals")
    else:
        wait_until(lambda: passwords._places._value <= 960, seconds=30, what="forty in work")
    comes = storm.page_comes()
    storm.go_on.set()
    for thread in storm.threads:
        thread.join(60)
    assert comes is limited
    assert storm.answers.count((503, "60")) == (92 if limited else 0)
    assert len(storm.answers) == 100
