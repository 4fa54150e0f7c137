"""Who may be let in, under which name, and what is said when an owner lets somebody in alone."""

import pytest
from sqlmodel import select

from monitor import people
from monitor.lookalikes import is_one_script, skeleton
from monitor.notify.occasions import current
from monitor.people import NotPossible, owner_made
from monitor.tables import User
from monitor.verify import verify
from monitor.verify.notes import notes
from monitor.web import queue
from replies.lifecycle import Role
from replies.people import DAEMON, Actor
from replies.tables import Journal
from tests.monitor.web.conftest import anna, bernd, clara, dora, shop
from tests.monitor.web.shop import PASSWORD

__all__ = ["anna", "bernd", "clara", "dora", "shop"]


@pytest.mark.parametrize(
    ("name", "other"),
    [("Anna", "anna"), ("Anna", "Аnnа"), ("Bernd", "Bemd"), ("Clara", "C1ara"), ("Lilli", "LiIIi"),
     ("Müller", "Muller"), ("Anna", "A n n a"), ("Otto", "0tto"), ("Paul", "Ｐａｕｌ"), ("Bernd", "Bérnd"),
     ("Bernd", "Ber nd")],
)  # fmt: skip
def test_names_that_look_alike_have_one_skeleton(name, other):
    """Case, other scripts, digits, accents, blanks, full width."""
    assert skeleton(name) == skeleton(other)


def test_names_that_differ_have_two_skeletons():
    """The control: everybody of the tests, and what is near."""
    names = ["Anna", "Anne", "Bernd", "Bernt", "Clara", "Dora", "Emil", "Cora", "Anna B.", "Hanna", "Иван", "Ольга"]
    assert len({skeleton(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("Zoë Groß-Öztürk", True), ("Иван", True), ("O’Neill 2", True), ("山田たろう", True), ("Аnna", False),
     ("Ann\u0251", False), ("😀", False), ("42", False), ("Anna\u200b", False), ("Ꭺnna", False), ("", False)],
)  # fmt: skip
def test_a_name_is_written_in_one_script(name, allowed):
    """Mixed letters, phonetic letters, pictures and what nobody sees are no name."""
    assert is_one_script(name) is allowed


def test_a_name_like_another_is_refused(shop):
    """With a code that says what to do."""
    with shop.house.transaction() as session, pytest.raises(NotPossible) as refused:
        people.add(session, "ВЕRND", Role.STAFF, "x", DAEMON, shop.clock())
    assert refused.value.code == "name_letters"
    with shop.house.transaction() as session, pytest.raises(NotPossible) as refused:
        people.add(session, "bernd", Role.STAFF, "x", DAEMON, shop.clock())
    assert refused.value.code == "name_alike"


def test_the_last_owner_stays(shop):
    """Locked or made staff, nobody could approve any more."""
    with shop.house.transaction() as session:
        bernd, dora = (session.get_one(User, shop.users[name]) for name in ("Bernd", "Dora"))
        people.disable(session, dora, DAEMON, shop.clock())
        for step in (
            lambda: people.disable(session, bernd, DAEMON, shop.clock()),
            lambda: people.set_role(session, bernd, Role.STAFF, DAEMON, shop.clock()),
        ):
            with pytest.raises(NotPossible) as refused:
                step()
            assert refused.value.code == "last_owner"
        people.enable(session, dora, DAEMON, shop.clock())
        people.disable(session, bernd, DAEMON, shop.clock())


@pytest.mark.parametrize("leave", [("sperren", {}), ("rolle", {"role": "auditor"})])
def test_who_leaves_the_desk_leaves_their_work_behind(shop, anna, bernd, dora, leave):
    """Before the deadline, too, Anna finds Emil's case and the question to him; the journal says it of the open one."""
    shop.hire("Emil", Role.STAFF)
    emil = shop.client("Emil")
    post, done = shop.post("Das Paket kam zu spät.", ago=0), shop.post("Alles gut.", ago=0)
    for one in (post, done):
        emil.post(f"/beitrag/{one}/uebernehmen", data=emil.form())
    until = {"note": "Anwalt", "until": "2026-12-01"}
    assert bernd.post(f"/beitrag/{done}/sperre", data=bernd.form(**until)).status_code == 303
    asked = bernd.form(note="War der Ofen an?", to=str(shop.users["Emil"]))
    assert bernd.post(f"/beitrag/{post}/fragen", data=asked).status_code == 303
    assert waiting(shop) == ([], [post])
    path, words = leave
    assert bernd.post(f"/menschen/{shop.users['Emil']}/{path}", data=bernd.form(**words)).status_code == 303
    assert waiting(shop) == ([post], [])
    assert (shop.duty(post).assignee_id, shop.duty(done).assignee_id) == (None, None)
    assert "War der Ofen an?" in anna.get("/").text
    with shop.house.reading() as session:
        rows = session.exec(select(Journal).where(Journal.event == "duty.assign").order_by(Journal.seq)).all()
        assert [row.actor for row in rows] == ["staff:5", "staff:5", "owner:2"]
        assert rows[-1].subject == f"duty:{shop.duty(post).id}"
        assert verify(session, shop.clock(), shop.house.timing) == []


def test_another_role_at_the_desk_keeps_the_work(shop, anna, bernd):
    """The control: Anna becomes an owner, and her case stays hers."""
    post = shop.post("Das Paket kam zu spät.", ago=0)
    anna.post(f"/beitrag/{post}/uebernehmen", data=anna.form())
    bernd.post(f"/menschen/{shop.users['Anna']}/rolle", data=bernd.form(role="owner"))
    assert shop.duty(post).assignee_id == shop.users["Anna"]


def test_the_command_line_gives_back_the_work_too(shop, anna):
    """There nobody at the desk acts."""
    post = shop.post("Das Paket kam zu spät.", ago=0)
    anna.post(f"/beitrag/{post}/uebernehmen", data=anna.form())
    with shop.house.transaction() as session:
        people.disable(session, session.get_one(User, shop.users["Anna"]), DAEMON, shop.clock())
    assert shop.duty(post).assignee_id is None


def waiting(shop):
    """What Bernd has to do, and what waits for others."""
    with shop.house.reading() as session:
        groups = [queue.read(session, group, 2, shop.clock()) for group in (queue.Group.MAIN, queue.Group.WAITING)]
    return tuple([row.post_id for row in group.rows] for group in groups)


def test_a_login_that_an_owner_made_is_said_everywhere(shop, bernd):
    """On two pages in red, to all owners, and as a note of `verify`; after a fortnight it is quiet."""
    bernd.post("/menschen", data=bernd.form(name="Emil", role="staff", password=PASSWORD, mail="emil@example.de"))
    told = "Person angelegt durch Bernd"
    assert told in " ".join(bernd.get("/menschen").text.split())
    assert "Den Zugang von Emil hat Bernd" in bernd.get("/freigaben").text
    assert '<tr class="error">' in bernd.get("/protokoll").text
    with shop.house.reading() as session:
        assert [one.sentence for one in current(session, shop.clock()) if one.name.startswith("person:")]
        assert [(name, subject) for name, subject, _ in notes(session, shop.clock())] == [
            ("owner_made_login", "user:5")
        ]
        assert session.exec(select(User.mail).where(User.name == "Emil")).one() == "emil@example.de"
    shop.clock.move(days=15)
    with shop.house.reading() as session:
        assert list(notes(session, shop.clock())) == []


def test_what_was_approved_between_an_owner_and_their_second_login_is_named(shop, bernd):
    """Bernd sets Anna's password, writes under her name and approves: no rule is broken, and it is said."""
    bernd.post(f"/menschen/{shop.users['Anna']}/passwort", data=bernd.form(password=PASSWORD + "!"))
    reply = shop.approved(shop.submitted(shop.post()))
    with shop.house.reading() as session:
        found = {(name, subject) for name, subject, _ in notes(session, shop.clock())}
    assert ("owner_made_approval", f"reply:{reply}") in found


def test_a_login_from_the_command_line_is_no_news(shop):
    """Whoever has the server has everything; owners are told what another owner did on the page."""
    with shop.house.transaction() as session:
        people.set_password(session, session.get_one(User, 1), "x", DAEMON, shop.clock())
        people.set_password(session, session.get_one(User, 2), "x", Actor(2, Role.OWNER), shop.clock())
    with shop.house.reading() as session:
        assert owner_made(session, shop.clock()) == []


def test_an_address_can_be_changed_later(shop, bernd, anna):
    """By an owner, and by oneself; what is no address is refused and stays in the field."""
    assert bernd.post("/menschen/1/mail", data=bernd.form(mail="anna@example.de")).status_code == 303
    assert "anna@example.de" in anna.get("/ich").text
    wrong = anna.post("/ich/mail", data=anna.form(mail="anna@@example"))
    assert wrong.status_code == 422
    assert "anna@@example" in wrong.text
    assert anna.post("/ich/mail", data=anna.form(mail="")).status_code == 303
    with shop.house.reading() as session:
        assert session.get_one(User, 1).mail is None
