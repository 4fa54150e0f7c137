"""The code from the telephone: set up, asked for after the right password alone, good for one login."""

import re
import threading
from datetime import timedelta

import pyotp
import pytest
from sqlmodel import select

from monitor import second_factor, vault
from monitor.listening import Web
from monitor.logins import HalfLogin, LoginFailure, RecoveryCode
from monitor.people import NotPossible
from monitor.tables import Secret, User
from monitor.verify import verify
from monitor.web import entry
from monitor.web.brake import CODES_A_DAY, FREE_TRIES, Caller, attempt
from monitor.web.entry import Entered, Halfway, answer, log_in
from replies.tables import Journal
from tests.monitor.web.shop import PASSWORD
from tests.peers.axe import findings, source

CODE = re.compile(r"<li>([0-9a-z]{4}(?:-[0-9a-z]{4}){3})</li>")


class Phone:
    """A telephone with the secret that the page showed."""

    def __init__(self, shop, html):
        """Type the letters below the picture."""
        letters = re.search(r'<p class="mono">([A-Z2-7 ]+)</p>', html)[1]
        self.shop, self.totp, self.codes = shop, pyotp.TOTP(letters.replace(" ", "")), []

    def shows(self, steps=0):
        """The six digits, so many steps from now."""
        return self.totp.at(self.shop.clock(), counter_offset=steps)


def set_up(shop, client):
    """Through the page, as a person does it; then half a minute passes."""
    phone = Phone(shop, client.post("/ich/code", data=client.form()).text)
    shown = client.post("/ich/code/an", data=client.form(code=phone.shows()))
    assert shown.status_code == 200
    phone.codes = CODE.findall(shown.text)
    shop.clock.move(seconds=30)
    return phone


@pytest.fixture
def phone(shop, bernd):
    """Bernd's telephone."""
    return set_up(shop, bernd)


def halfway(shop, client=None):
    """Bernd's browser after the right password."""
    client = client or shop.stranger()
    done = client.post("/anmelden", data={"name": "Bernd", "password": PASSWORD})
    assert done.headers["location"] == "/anmelden/code"
    return client


def type_code(client, code="", recovery=""):
    """The status of the second form."""
    return client.post("/anmelden/code", data={"code": code, "recovery": recovery}).status_code


def events(shop):
    """What the journal says of people, oldest first."""
    with shop.house.reading() as session:
        rows = session.exec(select(Journal.event).where(Journal.event.like("user.%")).order_by(Journal.seq)).all()
    return [event for event in rows if event != "user.add"]


def test_the_password_alone_is_not_enough(shop, phone):
    """No session, no page and no known browser before the code; then all of it, and the journal has both."""
    client = halfway(shop)
    assert {"widerhall", "widerhall-device"}.isdisjoint(client.cookies)
    assert client.get("/").headers["location"] == "/anmelden"
    assert shop.count("known_device") == 0
    done = client.post("/anmelden/code", data={"code": phone.shows(), "next": "/freigaben"})
    assert done.headers["location"] == "/freigaben"
    assert client.get("/freigaben").status_code == 200
    assert (shop.count("known_device"), shop.count("half_login")) == (1, 0)
    assert events(shop) == ["user.second_on", "user.login"]


def test_the_second_question_comes_after_the_right_password_alone(shop, phone):
    """A wrong password and a name that does not exist look the same, with and without a second factor."""
    answers = [
        shop.stranger().post("/anmelden", data={"name": name, "password": "falsch"})
        for name in ("Bernd", "Anna", "Zoe")
    ]
    assert {answer.status_code for answer in answers} == {401}
    pages = {answer.text.replace(name, "") for answer, name in zip(answers, ("Bernd", "Anna", "Zoe"), strict=True)}
    assert len(pages) == 1
    assert shop.stranger().get("/anmelden/code").headers["location"].startswith("/anmelden?")
    assert type_code(shop.stranger(), phone.shows()) == 303


def test_a_wrong_code_says_nothing_more(shop, phone):
    """Wrong, too old, used before, no digits, braked: word for word the same page."""
    client = halfway(shop)
    wrong = [f"{(int(phone.shows()) + 1) % 10**6:06d}", phone.shows(-9), phone.shows(-1), "", "१२३४५६", "x" * 500]
    pages = {client.post("/anmelden/code", data={"code": code}).text for code in wrong}
    assert len(pages) == 1
    assert type_code(client, phone.shows()) == 401  # the brake


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_wrong_by_one_step(shop, phone, steps, fits):
    """Half a minute either way, and no more."""
    shop.clock.move(minutes=5)
    assert type_code(halfway(shop), phone.shows(steps)) == (303 if fits else 401)


def test_a_code_is_good_for_one_login(shop, phone):
    """Not a second time, not an older one afterwards, not the one that set it up; the next one is."""
    shop.clock.move(minutes=5)
    shoulder, before = phone.shows(), phone.shows(-1)
    assert type_code(halfway(shop), shoulder) == 303
    assert type_code(halfway(shop), shoulder) == 401
    assert type_code(halfway(shop), before) == 401
    assert type_code(halfway(shop), phone.shows(1)) == 303


def test_two_who_type_the_same_code_at_once(shop, phone):
    """One gets in."""
    tokens = [log_in(shop.house, "Bernd", PASSWORD).token for _ in range(4)]
    start, got, code = threading.Barrier(4), [], phone.shows()

    def enter(token):
        start.wait(30)
        got.append(answer(shop.house, token, code, ""))

    threads = [threading.Thread(target=enter, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(isinstance(one, Entered) for one in got) == 1


def test_wrong_codes_are_braked(shop, phone):
    """After five the right one waits too, the right password sets nothing back, and the journal names the person."""
    client = halfway(shop)
    for _ in range(FREE_TRIES):
        assert type_code(client, "000000") == 401
    assert type_code(halfway(shop, client), phone.shows()) == 401
    shop.clock.move(seconds=30)
    assert type_code(client, phone.shows()) == 303
    assert "user.code_braked" in events(shop)


def test_twenty_wrong_codes_a_day_from_all_strangers_together(shop, phone):
    """Six digits are few: many addresses and much patience are no way round; a known browser passes."""
    mine = Caller(
        "192.0.2.7", answer(shop.house, log_in(shop.house, "Bernd", PASSWORD).token, phone.shows(), "").device
    )
    who, kind = "Bernd", {"kind": "strange_code", "at": shop.clock()}
    with shop.house.transaction() as session:
        name_hash = attempt(session, who, None, Caller(), shop.clock()).who
        session.add_all([LoginFailure(name_hash=name_hash, place_hash=f"{n}", **kind) for n in range(CODES_A_DAY)])
    shop.clock.move(hours=20)
    strange = log_in(shop.house, who, PASSWORD, caller=Caller("203.0.113.9"))
    assert isinstance(strange, Halfway)
    assert answer(shop.house, strange.token, phone.shows(), "", caller=Caller("203.0.113.9")) is None
    known = log_in(shop.house, who, PASSWORD, caller=mine)
    assert answer(shop.house, known.token, phone.shows(), "", caller=mine)


def test_a_recovery_code_works_once(shop, phone):
    """However it is typed; then it is gone, the page says how many are left, and the journal says so."""
    first, second = phone.codes[:2]
    assert len(set(phone.codes)) == second_factor.RECOVERY_CODES
    client = halfway(shop)
    typed = first.upper().replace("-", " ").replace("0", "O").replace("1", "l")
    done = client.post("/anmelden/code", data={"recovery": typed})
    assert done.headers["location"] == "/ich/code?gut=recovery"
    assert "noch 9 Notfallcodes" in client.get("/ich/code?gut=recovery").text
    assert type_code(halfway(shop), recovery=first) == 401
    assert type_code(halfway(shop), recovery=second) == 303
    assert events(shop).count("user.recovery_used") == 2


def test_recovery_codes_are_stored_as_hashes_and_the_secret_encrypted(shop, phone):
    """Who reads the database can make no code; a secret copied to another person is none."""
    with shop.house.reading() as session:
        stored = " ".join(session.exec(select(RecoveryCode.code_hash)).all())
        row = session.exec(select(Secret)).one()
    assert not any(code.replace("-", "") in stored for code in phone.codes)
    assert phone.totp.secret.encode() not in row.cipher
    with shop.house.transaction() as session:
        session.add(Secret(source="user:4", field="totp", cipher=row.cipher, updated_at=shop.clock()))
        dora, bernd = session.get_one(User, 4), session.get_one(User, 2)
        assert second_factor.secret_of(session, bernd) == phone.totp.secret
        with pytest.raises(NotPossible):
            second_factor.secret_of(session, dora)


def test_another_persons_recovery_code_is_none(shop, phone, dora):
    """Each code is of one person."""
    other = set_up(shop, dora)
    assert type_code(halfway(shop), recovery=other.codes[0]) == 401


def test_without_the_key_nobody_is_let_in_but_by_a_recovery_code(shop, phone, key_file, caplog):
    """The lost key fails closed and is named in the log."""
    key_file.unlink()
    vault.open_vault(key_file)
    client = halfway(shop)
    assert type_code(client, phone.shows()) == 401
    assert "WIDERHALL_KEY_FILE" in caplog.text
    assert type_code(client, recovery=phone.codes[0]) == 303


def test_the_first_code_must_be_right(shop, bernd):
    """A mistyped one is said, the same picture stays, and nothing is asked for yet."""
    phone = Phone(shop, bernd.post("/ich/code", data=bernd.form()).text)
    wrong = bernd.post("/ich/code/an", data=bernd.form(code="12345"))
    assert wrong.status_code == 422
    assert Phone(shop, wrong.text).totp.secret == phone.totp.secret
    assert isinstance(log_in(shop.house, "Bernd", PASSWORD), Entered)


def test_setting_it_up_ends_the_other_sessions(shop):
    """Whoever was in with the password alone is out; this browser stays."""
    thief = log_in(shop.house, "Bernd", PASSWORD).session
    bernd = shop.client("Bernd")
    set_up(shop, bernd)
    other = shop.stranger()
    other.cookies.set("widerhall", thief)
    assert (other.get("/").status_code, bernd.get("/").status_code) == (303, 200)


def test_new_codes_replace_the_old_and_off_is_off(shop, bernd, phone):
    """With a row in the journal for each; afterwards the password is enough."""
    fresh = CODE.findall(bernd.post("/ich/code/notfall", data=bernd.form()).text)
    assert type_code(halfway(shop), recovery=phone.codes[0]) == 401
    assert type_code(halfway(shop), recovery=fresh[0]) == 303
    assert bernd.post("/ich/code/aus", data=bernd.form()).headers["location"] == "/ich/code?gut=second_off"
    assert isinstance(log_in(shop.house, "Bernd", PASSWORD), Entered)
    assert (shop.count("secret"), shop.count("recovery_code")) == (0, 0)
    wanted = [
        "user.second_on",
        "user.recovery_new",
        "user.code_failed",
        "user.recovery_used",
        "user.login",
        "user.second_off",
        "user.login",
    ]
    assert events(shop) == wanted


@pytest.mark.parametrize("path", ["/ich/code", "/ich/code/an"])
def test_it_is_not_set_up_over_another(shop, bernd, phone, path):
    """A second telephone needs the first to be taken out, so that nobody swaps it quietly."""
    assert bernd.post(path, data=bernd.form(code=phone.shows())).status_code == 422
    assert type_code(halfway(shop), phone.shows()) == 303


def test_a_half_login_ends(shop, phone):
    """After ten minutes, and at once when the password changes."""
    late, cut = halfway(shop), halfway(shop)
    with shop.house.transaction() as session:
        session.add(HalfLogin(token_hash="x", user_id=1, at=shop.clock()))
    dora = shop.client("Dora")
    dora.post(f"/menschen/{shop.users['Bernd']}/passwort", data=dora.form(password="neun blaue Fahrräder"))
    assert cut.post("/anmelden/code", data={"code": phone.shows()}).headers["location"].startswith("/anmelden?")
    shop.clock.move(seconds=entry.HALF_FOR.total_seconds() + 1)
    assert late.get("/anmelden/code").headers["location"].startswith("/anmelden?")
    assert shop.count("half_login") == 1  # Anna's


def test_an_owner_cannot_take_it_from_somebody(shop, dora, phone):
    """A new password for Bernd does not let Dora in as Bernd; no page takes out another person's code."""
    dora.post(f"/menschen/{shop.users['Bernd']}/passwort", data=dora.form(password="neun blaue Fahrräder"))
    assert isinstance(log_in(shop.house, "Bernd", "neun blaue Fahrräder"), Halfway)
    assert "Code vom Telefon" in dora.get("/menschen").text


def test_taken_out_by_hand_it_shows(shop, phone):
    """`verify` has nothing to say before, and names the person after."""
    assert not [one for one in found(shop) if one.subject == "user:2"]
    with shop.house.transaction() as session:
        session.get_one(User, 2).second_factor_at = None
    assert [one.rule for one in found(shop) if one.subject == "user:2"] == ["user_seal"]


def found(shop):
    """What `verify` finds."""
    with shop.house.reading() as session:
        return verify(session, shop.clock(), shop.house.timing)


@pytest.fixture
def strict(shop):
    """The house asks owners for a second factor."""
    web = Web(base_url="http://testserver", owners_need_second_factor=True)
    object.__setattr__(shop.house.config, "web", web)
    return shop


def test_an_owner_sets_it_up_before_anything_else(strict, bernd, anna):
    """Every page leads there, nothing can be done, logging out can; then all is open. Staff are not asked."""
    reply = strict.submitted(strict.post())
    assert bernd.get("/freigaben").headers["location"] == "/ich/code"
    refused = bernd.post(f"/freigaben/{reply}", data=bernd.form(shown=strict.digest(reply), text="mein Text"))
    assert (refused.status_code, strict.reply(reply).state) == (403, "submitted")
    assert "mein Text" in refused.text
    assert "Sobald er eingerichtet ist" in bernd.get("/ich/code").text
    set_up(strict, bernd)
    assert (bernd.get("/freigaben").status_code, anna.get("/").status_code) == (200, 200)


def test_without_the_switch_nobody_is_asked(shop, bernd):
    """The control of the test above."""
    assert bernd.get("/freigaben").status_code == 200


@pytest.mark.parametrize(("small", "javascript"), [(False, True), (True, True), (True, False)])
def test_the_whole_way_by_keyboard(shop, address, person, small, javascript):
    """Set up and logged in without a mouse, with and without JavaScript; axe, which is some, finds nothing."""
    bernd = person(address, "Bernd", PASSWORD, phone=small, javascript=javascript)
    page, script = bernd.go("/ich/code"), source()
    look = findings if javascript else lambda *_: []
    steps = [look(page, script)]
    page.locator("main button").press("Enter")
    page.locator("main summary").press("Enter")
    field = page.locator("[name=code]")
    assert (field.get_attribute("inputmode"), field.get_attribute("autocomplete")) == ("numeric", "one-time-code")
    steps.append(look(page, script))
    phone = Phone(shop, page.content())
    field.fill(phone.shows())
    field.press("Enter")
    page.locator(".mono li").first.wait_for()
    steps.append(look(page, script))
    page.locator(".me form button").press("Enter")
    page.locator("[name=name]").fill("Bernd")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.locator("[name=code]:focus").wait_for()
    steps.append(look(page, script))
    shop.clock.now += timedelta(seconds=30)
    page.keyboard.type(phone.shows())
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Heute").wait_for()
    assert steps == [[], [], [], []]
