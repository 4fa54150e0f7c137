"""Each person has a language, each request speaks one, and what is stored or sealed speaks none of them."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import SQLModel

from monitor.people import find
from monitor.web.access import language_cookie
from monitor.web.pages.sheet import cents
from monitor.web.steps import Problem
from monitor.words import speaking
from tests.monitor.web.shop import PASSWORD, open_shop

COOKIE = "widerhall-language"


def lang(answer):
    """What the page says it is in."""
    return answer.text.partition('<html lang="')[2][:2]


def log_in(client, name):
    """With the password of all; the cookies are those that a browser would have then."""
    client.cookies.clear()
    return client.post("/anmelden", data={"name": name, "password": PASSWORD})


@pytest.mark.parametrize(
    ("value", "spoken"), [("", "de"), ("en", "en"), ("de", "de"), ("xx", "de"), ("EN", "de"), ('"><b>', "de")]
)
def test_the_cookie_says_it_and_anything_else_is_german(anna, value, spoken):
    """It is no input that a page shows."""
    anna.cookies.set(COOKIE, value)
    assert lang(anna.get("/")) == spoken


@pytest.mark.parametrize("address", ["/gibtesnicht", "/anmelden", "/beitrag/9999"])
def test_the_login_and_the_error_pages_speak_it_too(shop, address):
    """What the guard draws is inside the same layer."""
    stranger = shop.stranger()
    stranger.cookies.set(COOKIE, "en")
    answer = stranger.get(address, follow_redirects=True)
    assert (lang(answer), "Log in" in answer.text or "does not exist" in answer.text) == ("en", True)


def test_the_guards_refusals_speak_it(shop):
    """A form from elsewhere."""
    stranger = shop.stranger()
    stranger.cookies.set(COOKIE, "en")
    answer = stranger.post("/anmelden", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, lang(answer)) == (403, "en")


def test_the_login_page_has_a_switch(shop):
    """And it leads back to where one wanted to go."""
    stranger = shop.stranger()
    answer = stranger.post("/anmelden/sprache", data={"language": "en", "next": "/fakten"})
    assert answer.headers["location"] == "/anmelden?next=%2Ffakten"
    assert lang(stranger.get("/anmelden")) == "en"


@pytest.mark.parametrize("wrong", ["", "fr", "de; Path=/x"])
def test_the_switch_takes_no_other_language(shop, wrong):
    """Nothing a form brings comes into a header."""
    assert "set-cookie" not in shop.stranger().post("/anmelden/sprache", data={"language": wrong}).headers


@pytest.mark.parametrize("name", ["Anna", "Clara"])
def test_a_person_chooses_once_for_every_browser(shop, name):
    """Auditors, too: it changes nothing but what they see."""
    client = shop.client(name)
    assert client.post("/ich/sprache", data=client.form(language="en")).status_code == 303
    assert lang(client.get("/ich")) == "en"
    elsewhere = shop.stranger()
    assert f"{COOKIE}=en" in log_in(elsewhere, name).headers["set-cookie"]


def test_a_person_cannot_choose_what_is_no_language(shop, anna):
    """The row stays as it was."""
    assert anna.post("/ich/sprache", data=anna.form(language="fr")).status_code != 303
    with shop.house.reading() as session:
        assert find(session, "Anna").language == "de"


def test_the_cookie_is_as_closed_as_that_of_the_session(shop):
    """HttpOnly and SameSite; behind TLS Secure, under a name that browsers keep for us."""
    (cookie,) = [one for one in log_in(shop.stranger(), "Anna").headers.get_list("set-cookie") if COOKIE in one]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_behind_tls_the_cookie_is_secure(tmp_path):
    """`__Host-`, as the others."""
    shop = open_shop(tmp_path, base_url="https://feedback.example")
    answer = shop.stranger().post("https://feedback.example/anmelden/sprache", data={"language": "en"})
    shop.house.close()
    told = answer.headers["set-cookie"]
    assert told.startswith(f"{language_cookie(shop.house)}=en; HttpOnly;")
    assert (language_cookie(shop.house)[:7], told.endswith("Secure")) == ("__Host-", True)


def test_two_at_once_each_in_their_language(shop):
    """Requests that overlap, in threads of one process: none speaks the other's language."""
    meet = threading.Barrier(2)

    def visit(value):
        client = shop.client({"de": "Anna", "en": "Bernd"}[value])
        client.cookies.set(COOKIE, value)
        meet.wait(10)
        return [lang(client.get(address)) for address in ("/", "/quellen", "/gibtesnicht") * 8]

    with ThreadPoolExecutor(2) as pool:
        german, english = pool.map(visit, ("de", "en"))
    assert (set(german), set(english)) == ({"de"}, {"en"})


STEPS = (
    ("Anna", "/beitrag/1/uebernehmen", {}),
    ("Anna", "/beitrag/2/halteantwort", {}),
    ("Anna", "/beitrag/1/oeffnen", {}),
    ("Anna", "/beitrag/1/stufe", {"level": "call", "note": "Sie bat um einen Anruf."}),
    ("Anna", "/beitrag/1/fragen", {"note": "War die Post offen?"}),
    ("Anna", "/beitrag/1/aufgabe", {"kind": "call", "note": "Frau Lang.", "until": "2026-11-24"}),
    ("Anna", "/beitrag/1/loeschantrag", {"ground": "spam", "good_faith": "1", "searched": "1"}),
    ("Anna", "/beitrag/2/loeschantrag", {"ground": "opinion"}),
    ("Anna", "/beitrag/2/keine-beschwerde", {"note": "Ein Lob.", "version": "1"}),
    (
        "Anna",
        "/beitrag/1",
        {"verdict": "justified", "source": "Lieferschein", "our_share": "Zu spät.", "do": "facts", "kind": "final"},
    ),
    ("Anna", "/beitrag/1", {"kind": "holding", "text": "Wir haben uns Ihres Anliegens angenommen.", "do": "submit"}),
    (
        "Anna",
        "/fakten",
        {
            "statement": "Die Lieferung dauert zwei Tage.",
            "source": "Versandseite",
            "topics": "delivery",
            "valid_from": "2026-11-01",
        },
    ),
    ("Bernd", "/postausgang/anhalten", {}),
    ("Bernd", "/beitrag/2/sperre", {"note": "Klage angekündigt.", "until": "2026-12-01"}),
    ("Bernd", "/massnahme", {"cause": "delivery", "what": "Zweite Abholung.", "owner": "2", "until": "2026-12-01"}),
    ("Bernd", "/menschen", {"name": "Emil", "role": "staff", "password": "fünf kühle Bretter"}),
)


def worked(folder, language):
    """Every row of a database after a day on the page in a language; numbers that are drawn anew each time left out."""
    shop = open_shop(folder)
    shop.post(rating=1)
    shop.post("Das Paket kam zu spät.")
    for name, path, form in STEPS:
        client = shop.client(name)
        client.cookies.set(COOKIE, language)
        assert client.post(path, data=client.form(**form)).status_code == 303, path
    drafted = shop.client("Anna").post(
        "/beitrag/1/entwurf", data={"_token": "csrf of Anna", "kind": "final", "do": "propose"}
    )
    with shop.house.reading() as session:
        found = {
            name: sorted(map(str, session.execute(table.select()).all()))
            for name, table in SQLModel.metadata.tables.items()
        }
    shop.house.close()
    found["draft"] = drafted.text.partition("<textarea")[2].partition("</textarea>")[0]
    return {name: re.sub(r"[0-9a-f]{16,64}|b'.*?'|\$argon2[^']*", "…", str(rows)) for name, rows in found.items()}


def test_what_is_stored_and_sealed_depends_on_no_language(tmp_path):
    """The same day in both languages leaves the same rows, journal and drafts."""
    (tmp_path / "de").mkdir()
    (tmp_path / "en").mkdir()
    german, english = worked(tmp_path / "de", "de"), worked(tmp_path / "en", "en")
    assert len(german["journal"]) > 3000
    assert {name for name in german if german[name] != english[name]} == set()


@pytest.mark.parametrize(("text", "amount"), [("€1,200.50", 120_050), ("49.90", 4990), ("1,000", 100_000), ("3", 300)])
def test_an_english_page_takes_amounts_as_it_writes_them(text, amount):
    """And refuses what would mean something else in German, instead of guessing."""
    with speaking("en"):
        assert cents(text) == amount
        with pytest.raises(Problem):
            cents("1.200,50")
