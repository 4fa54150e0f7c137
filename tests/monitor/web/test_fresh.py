"""Before a login changes, the own password was typed within half an hour; otherwise a calm page asks for it."""

import html
import re

import pytest

from monitor.web.access import AGAIN, FRESH_FOR, Fresh
from monitor.web.app import PAGES
from monitor.web.brake import FREE_TRIES
from monitor.web.entry import log_in
from tests.monitor.web.shop import PASSWORD
from tests.peers.axe import findings, source

FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
NEW = {"name": "Emil", "role": "staff", "password": "Kaffee & <Kuchen> um drei", "mail": "emil@example.de"}


def main_part(answer):
    """The page without its frame."""
    return answer.text.partition("<main")[2]


def brought_along(answer):
    """What the page's form would send again."""
    return {name: html.unescape(value) for name, value in FIELD.findall(main_part(answer))}


def test_whatever_changes_a_login_wants_it_fresh():
    """Each route of Menschen, and of one's own account all but the password, whose form asks for the old one."""
    routes = [(method, route) for page in PAGES for route in page.router.routes for method in route.methods]
    fresh = {
        route.path
        for _method, route in routes
        if any(isinstance(found.call, Fresh) for found in route.dependant.dependencies)
    }
    changing = {route.path for method, route in routes if method == "POST" and "/menschen" in route.path}
    assert fresh == changing | {"/ich/mail"} | {f"/ich/code{more}" for more in ("", "/an", "/aus", "/notfall")}


def test_what_was_asked_is_done_after_the_password(shop, bernd):
    """Every field comes along word for word, nothing happens before, and for half an hour nobody asks again."""
    shop.clock.move(minutes=31)
    asked = bernd.post("/menschen", data=bernd.form(**NEW))
    assert (asked.status_code, shop.count("user")) == (401, 4)
    assert 'action="/menschen"' in main_part(asked)
    assert brought_along(asked) == bernd.form(**NEW)
    done = bernd.post("/menschen", data={**brought_along(asked), AGAIN: PASSWORD})
    assert done.headers["location"] == "/menschen?gut=added"
    shop.clock.move(minutes=29)
    assert bernd.post(f"/menschen/{shop.users['Anna']}/sperren", data=bernd.form()).status_code == 303
    assert log_in(shop.house, "Emil", NEW["password"])


def test_a_login_counts_as_the_password(shop):
    """Whoever has just come in is not asked; the control above is."""
    client = shop.stranger()
    client.post("/anmelden", data={"name": "Bernd", "password": PASSWORD})
    token = re.search(r'name="_token" value="([^"]*)"', client.get("/menschen").text)[1]
    shop.clock.move(seconds=FRESH_FOR.total_seconds() - 1)
    assert client.post("/menschen/1/sperren", data={"_token": token}).status_code == 303


def test_a_wrong_password_changes_nothing_and_is_not_sent_back(shop, bernd):
    """It is asked for again; what was typed stands in no field."""
    shop.clock.move(hours=1)
    asked = bernd.post("/menschen/1/sperren", data=bernd.form(**{AGAIN: "falsch geraten"}))
    assert asked.status_code == 401
    assert "Das Passwort stimmt nicht" in asked.text
    assert "falsch geraten" not in asked.text
    assert brought_along(asked) == bernd.form()
    assert shop.client("Anna").get("/").status_code == 200


@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [("/menschen/1/sperren", {}, AGAIN), ("/ich", {"new": "neun blaue Fahrräder"}, "old")],
)
def test_guessing_in_somebody_elses_session_is_braked(shop, bernd, path, fields, field):
    """As at the login: after five wrong ones even the right one waits."""
    shop.clock.move(hours=1)
    for _ in range(FREE_TRIES):
        bernd.post(path, data=bernd.form(**fields, **{field: "falsch"}))
    assert bernd.post(path, data=bernd.form(**fields, **{field: PASSWORD})).status_code in {401, 422}
    shop.clock.move(seconds=3)
    assert bernd.post(path, data=bernd.form(**fields, **{field: PASSWORD})).status_code == 303


@pytest.mark.parametrize("token", ["", "csrf of Anna"])
def test_the_password_does_not_replace_the_token(shop, bernd, token):
    """A form of another page does nothing, even with the right password, and asks for none."""
    shop.clock.move(hours=1)
    answer = bernd.post("/menschen/1/sperren", data={"_token": token, AGAIN: PASSWORD})
    assert (answer.status_code, AGAIN in answer.text) == (403, False)
    assert shop.client("Anna").get("/").status_code == 200


def test_who_may_not_do_it_is_not_asked(shop, anna):
    """The role comes first."""
    shop.clock.move(hours=1)
    assert anna.post("/menschen/2/sperren", data=anna.form()).status_code == 403


@pytest.mark.parametrize(("phone", "javascript"), [(False, True), (True, True), (True, False)])
def test_the_question_by_keyboard_and_without_javascript(shop, address, person, phone, javascript):
    """The field has the focus, Enter does what was asked, and axe, which is JavaScript, finds nothing."""
    bernd = person(address, "Bernd", PASSWORD, phone=phone, javascript=javascript)
    page = bernd.go("/menschen")
    shop.clock.move(minutes=31)
    page.locator("#user-1 summary").click()
    page.locator("#user-1 form[action$='/sperren'] button").click()
    page.locator(f"[name={AGAIN}]:focus").wait_for(timeout=9_000)
    assert not javascript or findings(page, source()) == []
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/menschen?gut=person")
    assert page.locator("#user-1 .pill.bad").inner_text() == "gesperrt"
