"""What holds for every request: headers, where it comes from, how large it is, and errors that tell nothing."""

import pytest

from monitor.web.app import create_app
from monitor.web.csrf import same_origin
from monitor.web.guard import CSP, MAX_BODY
from tests.monitor.web.shop import open_shop

EXPECTED = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
PATHS = [
    "/",
    "/anmelden",
    "/beitrag/1",
    "/beitrag/99",
    "/freigaben",
    "/halteantworten",
    "/anliegen",
    "/quellen",
    "/protokoll",
    "/menschen",
    "/ich",
    "/nichts",
]
OWN_PAGE = "http://testserver"


@pytest.mark.parametrize("path", PATHS)
def test_the_headers_stand_on_every_page(shop, bernd, path):
    """Also on pages that do not exist."""
    shop.post()
    answer = bernd.get(path)
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    assert "<script>" not in answer.text
    assert "style=" not in answer.text
    assert " onclick" not in answer.text


def test_the_policy_is_this_one():
    """Word for word as RELIABILITY S3 wants it."""
    assert CSP == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    )


def test_style_and_script_may_be_kept(shop):
    """Their address changes with their content."""
    answer = shop.stranger().get("/static/widerhall.css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert int(answer.headers["content-length"]) < 15 * 1024  # PAGE: one stylesheet under 15 KB
    assert shop.stranger().get("/static/..%2fapp.py").status_code == 404


def test_only_style_and_script_travel_compressed(shop, anna):
    """A page holds a token beside words of others; its length would tell of it."""
    packed, plain = ("gzip", "br;q=1.0, GZIP ; q=0.2"), ("br", "gzip;q=0", "identity, gzip; q=0.000", "x-gzip-like")
    styled = {
        wanted: anna.get("/static/widerhall.css", headers={"accept-encoding": wanted}) for wanted in (*packed, *plain)
    }
    assert len({answer.content for answer in styled.values()}) == 1
    assert {styled[wanted].headers.get("content-encoding") for wanted in packed} == {"gzip"}
    assert not any("content-encoding" in styled[wanted].headers for wanted in plain)
    assert {answer.headers["vary"] for answer in styled.values()} == {"accept-encoding"}
    assert "content-encoding" not in anna.get("/", headers={"accept-encoding": "gzip"}).headers


def test_an_error_of_ours_is_a_kind_page_with_an_id(shop, caplog):
    """The person gets an id, the log the trace; the headers stand there too."""
    app = create_app(shop.house)

    @app.get("/kaputt")
    def broken():
        raise RuntimeError("the secret of the database")

    answer = shop.stranger(app).get("/kaputt")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == CSP
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    event = caplog.records[-1].args[0]
    assert event in answer.text
    assert "Es liegt nicht an Ihnen" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
    ids=str,
)
def test_a_form_from_elsewhere_is_refused(shop, anna, headers):
    """Even with the login's cookie and the right token."""
    post = shop.post()
    del anna.headers["Sec-Fetch-Site"]
    answer = anna.post(f"/beitrag/{post}/uebernehmen", data=anna.form(), headers=headers)
    assert answer.status_code == 403
    assert shop.duty(post).assignee_id is None


@pytest.mark.parametrize("token", ["", "falsch", "csrf of Bernd", "é"])
def test_a_form_needs_the_token_of_its_login(shop, anna, token):
    """The second line behind the origin; what was typed comes back."""
    post = shop.post()
    answer = anna.post(f"/beitrag/{post}", data={"_token": token, "text": "Guten Tag"})
    assert answer.status_code == 403
    assert "Guten Tag" in answer.text
    assert shop.count("reply") == 0


@pytest.mark.parametrize(
    ("headers", "fits"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"origin": OWN_PAGE, "host": "testserver"}, True),
        ({"origin": "http://127.0.0.1:8080", "host": "127.0.0.1:8080"}, True),
        ({"origin": "http://testserver.evil.example", "host": "testserver"}, False),
        ({"origin": "http://[", "host": "testserver"}, False),
        ({"origin": "", "host": ""}, False),
    ],
)
def test_where_a_request_comes_from(headers, fits):
    """Browsers say it in one of two headers."""
    assert same_origin(headers, OWN_PAGE) is fits


def test_a_form_that_is_too_large_is_refused(shop, anna):
    """With and without an announced length."""
    big = b"text=" + b"x" * MAX_BODY
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert anna.post("/beitrag/1", content=big, headers=kind).status_code == 413
    assert anna.post("/beitrag/1", content=iter([big, b"y"]), headers=kind).status_code in {400, 413}
    assert shop.count("reply") == 0


def test_other_bodies_than_forms_are_refused(shop, anna):
    """No page of ours sends them."""
    assert anna.post("/beitrag/1", json={"text": "x"}).status_code == 415


def test_an_unknown_host_is_refused(shop, anna):
    """A name that points at us is not us."""
    assert anna.get("/", headers={"host": "evil.example"}).status_code == 400
    assert anna.get("/", headers={"host": "127.0.0.1:8080"}).status_code == 200


def test_behind_tls_the_cookie_is_for_this_host_alone(tmp_path):
    """`__Host-`, Secure, and HSTS."""
    shop = open_shop(tmp_path, base_url="https://antworten.example")
    client = shop.stranger()
    client.base_url = "https://antworten.example"
    answer = client.post("/anmelden", data={"name": "Anna", "password": "vier kühle Bretter"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-widerhall=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    shop.house.close()


@pytest.mark.parametrize(
    "path",
    [
        "/beitrag/0",
        "/beitrag/abc",
        "/beitrag/99999999999999999999",
        "/beitrag/1%00",
        "/openapi.json",
        "/docs",
        "/antwort/1",
    ],
)
def test_addresses_that_do_not_exist(shop, bernd, path):
    """A kind page, never a trace."""
    answer = bernd.get(path)
    assert answer.status_code == 404
    assert "text/html" in answer.headers["content-type"]
