# ruff: noqa: E501 - tables of cases
"""Every page: what hostile posts can do (nothing), how large it gets, and what Clara sees."""

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

import monitor.web
from monitor.tables import MARKED, Problem, Quarantine, Source, Switch
from replies.lifecycle import Action
from replies.moves import change_reply, get_reply, move_reply
from replies.people import DAEMON
from replies.tables import Journal

TEMPLATES = Path(monitor.web.__file__).parent / "templates"
PAYLOADS = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>", "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "{{7*7}}{% raw %}", "${7*7}#{7*7}", "javascript:alert(1)", "<!--", "]]>", "&lt;script&gt;",
    "<a href=//evil.example>x</a>", "\u202e<b>", "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "%(x)s {x} %s",
]  # fmt: skip
PAGES = [
    "/",
    "/beitrag/1",
    "/beitrag/1/fassung/1",
    "/freigaben",
    "/halteantworten",
    "/anliegen",
    "/fakten",
    "/quellen",
    "/protokoll",
    "/ich",
]
TAGS = re.compile(r"<(script|img|svg|math|style|a|iframe|form|b|mglyph)\b([^>]*)>", re.IGNORECASE)


def poison(shop, payload):
    """The payload in every field that a platform or a person fills."""
    post = shop.post(payload, author=payload, thread=payload, rating=1, permalink=payload, lang=payload[:5])
    reply = shop.submitted(post, text=payload.replace("\u202e", ""))
    with shop.house.transaction() as session:
        source = session.get_one(Source, 1)
        source.title, source.location, source.problem, source.problem_note = payload, payload, Problem.CHANGED, payload
        change_reply(
            session,
            get_reply(session, reply),
            "submitted",
            trouble="refused",
            platform_said=payload,
            permalink=payload,
            returned_note=payload,
        )
        session.add(
            Quarantine(
                source_id=1, digest=str(post), reason=payload, raw=payload, at=shop.clock(), last_at=shop.clock()
            )
        )
    return post


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_what_others_write_is_text(shop, bernd, payload):
    """In every field, on every page: no tag, no attribute and no link comes out of it."""
    poison(shop, payload)
    for path in PAGES:
        text = bernd.get(path).text
        for tag, attributes in TAGS.findall(text):
            assert tag.lower() in {"script", "svg", "a", "form", "b"}, (path, tag)
            assert not re.search("alert|evil|onerror", html.unescape(attributes)), (path, attributes)
        assert text.count("<script") == 1
        assert "${49}" not in text
        assert "&gt;49" not in text


def test_the_search_is_no_pattern(shop, anna):
    """Percent, underscore and quotes are characters like others."""
    shop.post("100 % Wolle")
    shop.post("ganz anders")
    assert "100 % Wolle" in anna.get("/anliegen", params={"suche": "100 %"}).text
    assert "ganz anders" not in anna.get("/anliegen", params={"suche": "%"}).text
    for words in ("_", "'; DROP TABLE post; --", '"', "NEAR(", "\\", "x" * 5000, "\u202e"):
        answer = anna.get("/anliegen", params={"suche": words})
        assert answer.status_code == 200
        assert "ganz anders" not in answer.text


def test_templates_have_no_way_around_escaping():
    """No `safe`, no Markup but of words in the source, no inline script or style, no third-party address."""
    sources = {path: path.read_text() for path in [*TEMPLATES.iterdir(), *TEMPLATES.parent.rglob("*.py")]}
    for path, text in sources.items():
        drawn = text.replace("return Markup(templates().get_template(template).render(", "")  # a part, escaped already
        assert not re.search(r"\|\s*safe\b|\bMarkup\((?!['\"])|autoescape\s+false|autoescape=False", drawn), path
        if path.suffix == ".html":
            assert not re.search(r"<style|style=|\son\w+=|<script(?! type=\"module\" src=)|https?://", text), path


@pytest.mark.parametrize(
    "text",
    ["?", "Zu spät! " * 2222, "الطرد وصل متأخرا " * 1200, "Z̸̢͓̈́ä̶" * 2500, "😡👨‍👩‍👧" * 60, "<" * 20_000, "😡" * 20_000],
    ids=lambda text: ascii(text[:6]),
)
def test_no_page_grows_beyond_bounds(shop, bernd, text):
    """Whatever somebody writes; and all of it can be read."""
    shop.post(text, rating=1)
    shop.submitted(1)
    shop.edit_post(1, text + "!")
    for path in [*PAGES, "/beitrag/1/fassung/2", "/menschen"]:
        answer = bernd.get(path)
        assert answer.status_code == 200, path
        assert len(answer.content) < 60_000, (path, len(answer.content))


def test_a_long_post_is_read_in_parts(shop, anna):
    """Nothing is cut: the parts are the whole."""
    text = "".join(f"Satz {n} über die Lieferung. " for n in range(1500))
    post = shop.post(text)
    parts = int(re.search(r"Teil 1 von (\d+)", anna.get(f"/beitrag/{post}").text)[1])
    said = ""
    for part in range(1, parts + 1):
        page = anna.get(f"/beitrag/{post}?teil={part}").text
        said += html.unescape(re.search(r'<div class="said" dir="auto">(.*?)</div>', page, re.DOTALL)[1])
    assert parts > 1
    assert said == text


@pytest.mark.parametrize("path", PAGES)
def test_clara_reads_and_has_nothing_to_press(shop, clara, path):
    """An auditor sees every page; what she may post logs her out, or chooses the language of her own pages."""
    poison(shop, "Text")
    page = clara.get(path)
    assert page.status_code == 200
    assert set(re.findall(r'method="post" action="([^"]+)"', page.text)) - {"/ich/sprache"} == {"/abmelden"}
    assert "formaction" not in page.text


def test_clara_does_not_see_who_may_log_in(clara):
    """Menschen is for owners."""
    assert clara.get("/menschen").status_code == 403
    assert "/menschen" not in clara.get("/").text


def test_quellen_says_what_to_do(shop, anna):
    """Plain words, no status code in sight, open networks and unreadable records marked."""
    with shop.house.transaction() as session:
        source = session.get_one(Source, 1)
        source.problem, source.problem_since, source.open_networks = Problem.LOGIN, shop.clock(), True
        source.waits_until = None
        session.add(Quarantine(source_id=1, digest="x", reason="r", raw="{}", at=shop.clock(), last_at=shop.clock()))
        source.unkept = 7
    page = anna.get("/quellen").text
    for words in (
        "Die Plattform hat die Anmeldung beendet",
        "melden Sie sich dort neu an",
        "unverschlüsselte oder private Adressen erlaubt",
        "aufgehoben, bis Widerhall sie lesen kann",
        "7 weitere hatten keinen Platz und sind nur gezählt",
    ):
        assert words in page


def test_a_page_without_a_daemon_says_so(shop, clara):
    """Ten minutes after it last kept the house; a daemon at work, and a house that never had one, are no news."""
    said = "Widerhall liest und veröffentlicht zurzeit nichts, zuletzt vor 11 min."
    assert "zurzeit nichts" not in clara.get("/").text
    for ago, there in ((9, False), (11, True)):
        with shop.house.transaction() as session:
            session.merge(Switch(name=MARKED, value="", at=shop.clock() - timedelta(minutes=ago)))
        assert (said in clara.get("/").text) is there


def test_quellen_names_the_broken_lines_of_a_file(shop, anna):
    """Which line, what is wrong with it, and that a corrected file ends it."""
    with shop.house.transaction() as session:
        bad = {"reason": "created: not a time: '30.2.26'", "raw": "{}", "at": shop.clock(), "last_at": shop.clock()}
        session.add(Quarantine(source_id=2, digest="x", line=11, **bad))
    page = anna.get("/quellen").text
    for words in ("Zeile 11:", "Das Datum lässt sich nicht lesen.", "Berichtigen Sie die Zeilen in der Datei."):
        assert words in page


def test_the_journal_names_people_and_pages_by_number(shop, anna):
    """Newest first, one subject alone, and the chain can be checked."""
    for _ in range(30):
        shop.submitted(shop.post())
    page = anna.get("/protokoll").text
    assert "zur Freigabe gegeben" in page
    assert "Anna" in page
    assert "vor=" in page
    assert page.count("<tr>") == 1 + 50
    older = anna.get(html.unescape(re.search(r'href="(/protokoll\?[^"]*vor=[^"]+)"', page)[1])).text
    assert not set(re.findall(r'class="num">(\d+)', page)) & set(re.findall(r'class="num">(\d+)', older))
    assert anna.get("/protokoll?betreff=reply:1").text.count("<tr>") == 1 + 2
    assert "Die ganze Kette ist geprüft und unversehrt." in anna.get("/protokoll?pruefen=1").text


@pytest.mark.parametrize("typed", ["Antwort 1", "antwort 1", "reply:1", " Antwort  1 "])
def test_the_journal_speaks_german_and_understands_it(shop, anna, typed):
    """What a row is about, and what may be typed to find it; one click leads to the post."""
    post = shop.post()
    shop.submitted(post)
    page = anna.get("/protokoll", params={"betreff": typed}).text
    assert page.count(">Antwort 1</a>") == page.count(f'href="/beitrag/{post}">ansehen') == 2
    assert ">Antwortpflicht 1</a>" in anna.get("/protokoll").text
    assert "reply:1<" not in page


def test_words_that_are_no_subject_are_told_how_one_looks(shop, anna):
    """With an example that works."""
    assert "Ein Betreff sieht so aus: Antwort 12" in anna.get("/protokoll?betreff=lieferung").text
    assert "Ein Betreff" not in anna.get("/protokoll?betreff=Postausgang").text


def test_a_forged_journal_is_noticed(shop, anna):
    """By the rows on the page, and by the walk over the whole chain."""
    shop.submitted(shop.post())
    with shop.house.transaction() as session:
        session.connection().exec_driver_sql("DROP TRIGGER journal_no_update")
        row = session.exec(select(Journal).where(Journal.event == "reply.submit")).one()
        row.actor = "owner:2"
        session.add(row)
    for path in ("/protokoll", "/protokoll?pruefen=1"):
        assert "Die Kette des Protokolls ist beschädigt." in anna.get(path).text


@pytest.mark.parametrize(
    "query", ["betreff=%00", "betreff='; --", "vor=99999999999999999999999", "vor=-1", "vor=abc", "pruefen=x"]
)
def test_made_up_addresses_of_the_journal(anna, query):
    """A page or a kind 404."""
    assert anna.get(f"/protokoll?{query}").status_code in {200, 404}


def test_names_of_authors_stand_for_themselves(shop, anna):
    """Isolated, without direction overrides and ticks."""
    post = shop.post(author="Inhaber\u202e ✔")
    assert '<bdi class="author">Inhaber</bdi>' in anna.get(f"/beitrag/{post}").text


def test_a_foreign_link_gives_nothing_away(shop, anna):
    """And a hostile one is no link."""
    good, bad = shop.post(permalink="https://social.example/1"), shop.post(permalink="javascript:alert(1)")
    assert 'href="https://social.example/1" rel="noopener noreferrer nofollow"' in anna.get(f"/beitrag/{good}").text
    assert "javascript:" not in anna.get(f"/beitrag/{bad}").text


def test_a_reply_that_needs_somebody_stands_out(shop, bernd):
    """In the list and at the post, with what to do."""
    post = shop.post()
    reply = shop.approved(shop.submitted(post))
    with shop.house.transaction() as session:
        move_reply(session, get_reply(session, reply), Action.CLAIM, DAEMON, shop.clock())
        lost = move_reply(session, get_reply(session, reply), Action.LOSE, DAEMON, shop.clock())
        change_reply(session, lost, "unclear", needs_human=True, trouble="several_found")
    assert "bitte nachsehen und entscheiden" in bernd.get("/").text
    page = bernd.get(f"/beitrag/{post}").text
    assert "mehrere passende Antworten" in page
    assert "Entscheidung festhalten" in page
