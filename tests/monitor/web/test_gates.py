"""Every route says who may use it; auditors change nothing; nothing changes by looking."""

import re

import pytest
from fastapi.routing import APIRoute
from sqlmodel import SQLModel

from monitor.web.access import EVERYONE, OWNERS, PEOPLE, Acts, Public, Reads
from monitor.web.app import PAGES

OPEN = {("GET", "/anmelden"), ("POST", "/anmelden"), ("GET", "/static/{name}")}
OPEN |= {("GET", "/anmelden/code"), ("POST", "/anmelden/code"), ("POST", "/anmelden/sprache")}
OWN_LOGIN = {"/abmelden", "/ich/sprache", *(f"/ich/code{more}" for more in ("", "/an", "/aus", "/notfall"))}
OWNER_ONLY = {
    "/postausgang/anhalten",
    "/postausgang/weiter",
    "/beitrag/{post_id}/erpressung",
    "/beitrag/{post_id}/sperre",
}
OWNER_ONLY |= {
    "/antwort/{reply_id}/entscheiden",
    "/beitrag/{post_id}/abwaegung",
    "/freigaben/{reply_id}/zurueck",
    "/freigaben/{reply_id}/aendern",
    "/menschen",
    "/loeschantrag/{notice_id}/stand",
}
OWNER_ONLY |= {f"/menschen/{{user_id}}/{verb}" for verb in ("sperren", "entsperren", "rolle", "passwort", "mail")}
ROUTES = [(method, route) for page in PAGES for route in page.router.routes for method in sorted(route.methods)]
IDS = [f"{method} {route.path}" for method, route in ROUTES]


def gates(route: APIRoute):
    """The gates that a route depends on."""
    return [found.call for found in route.dependant.dependencies if isinstance(found.call, Public | Reads | Acts)]


def address(route, number="1"):
    """A real address of the route."""
    return re.sub(r"{\w+}", number, route.path)


def rows(shop):
    """Everything in the database but the last-seen times of logins."""
    with shop.house.reading() as session:
        return {
            name: sorted(str(row) for row in session.exec(table.select()).all())
            for name, table in SQLModel.metadata.tables.items()
            if name != "web_session"
        }


@pytest.mark.parametrize(("method", "route"), ROUTES, ids=IDS)
def test_a_route_declares_exactly_one_gate(method, route):
    """A new route without a declared role fails here."""
    (gate,) = gates(route)
    assert isinstance(gate, Public) == ((method, route.path) in OPEN)
    if not isinstance(gate, Public):
        assert isinstance(gate, Acts) == (method != "GET")
        expected = (
            OWNERS if route.path in OWNER_ONLY else EVERYONE if method == "GET" or route.path in OWN_LOGIN else PEOPLE
        )
        assert gate.roles == expected


def test_a_route_without_a_gate_is_found():
    """The control: the test above can fail."""
    route = APIRoute("/neu", lambda: None)
    assert gates(route) == []


@pytest.mark.parametrize(
    ("method", "route"),
    [pair for pair in ROUTES if (pair[0], pair[1].path) not in OPEN and pair[1].path != "/abmelden"],
)
def test_roles_times_routes(shop, method, route):
    """Each person at each route: 403 exactly where the gate says so, and then nothing has changed."""
    shop.submitted(shop.post())
    for name, role in (("Anna", "staff"), ("Bernd", "owner"), ("Clara", "auditor")):
        client, before = shop.client(name), rows(shop)
        answer = client.request(method, address(route), data=client.form() if method == "POST" else None)
        assert (answer.status_code == 403) == (role not in gates(route)[0].roles), name
        if answer.status_code == 403 or method == "GET":
            assert rows(shop) == before


@pytest.mark.parametrize(("method", "route"), [pair for pair in ROUTES if (pair[0], pair[1].path) not in OPEN])
def test_a_stranger_comes_nowhere(shop, method, route):
    """Without a login a page leads to the login, and a form keeps what was typed."""
    shop.post()
    answer = shop.stranger().request(
        method, address(route), data={"text": "Mein langer Text"} if method == "POST" else None
    )
    if method == "GET":
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/anmelden")
    else:
        assert answer.status_code == 401
        assert "Mein langer Text" in answer.text


@pytest.mark.parametrize("path", [route.path for method, route in ROUTES if method == "POST"])
def test_nothing_is_done_by_get(shop, bernd, path):
    """The address of a form is a page, or nothing."""
    shop.submitted(shop.post())
    before = rows(shop)
    assert bernd.get(re.sub(r"{\w+}", "1", path)).status_code in {200, 303, 404, 405}
    assert rows(shop) == before


def test_fields_that_nobody_asked_for_change_nothing(shop, anna):
    """Author, state and approver cannot be brought along (RELIABILITY S7)."""
    post = shop.post()
    extra = {"state": "approved", "approver_id": "2", "author_id": "2", "approved_digest": "x", "alone": "1"}
    anna.post(f"/beitrag/{post}", data=anna.form(kind="question", text="Wann war das?", do="submit", **extra))
    reply = shop.reply(1)
    assert (reply.state, reply.author_id, reply.approver_id, reply.alone) == (
        "submitted",
        shop.users["Anna"],
        None,
        False,
    )
