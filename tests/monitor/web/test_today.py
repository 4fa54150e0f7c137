"""Heute: groups, masking, what breaks first, and a queue of any length."""

import re

import pytest
from sqlmodel import select

from monitor.tables import Problem, Source
from monitor.web import queue
from monitor.web.queue import Group
from replies.lifecycle import Action, ReplyKind
from replies.moves import get_reply, move_reply
from replies.people import DAEMON
from replies.tables import Duty


def headings(html):
    """The list's headings in order."""
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", html.partition("<dialog")[0])


def listed(html):
    """The posts of the list in order."""
    return [int(number) for number in re.findall(r'data-post="(\d+)"', html)]


def test_what_breaks_first_stands_first(shop, anna):
    """Overdue, then the next deadline, then later."""
    later, next_one, late = shop.post(ago=0), shop.post(ago=0, occasion=2), shop.post(ago=100)
    html = anna.get("/").text
    assert listed(html) == [late, next_one, later]
    assert headings(html) == ["Überfällig", "Bis 11:30", "Heute"]
    assert "<b>3</b> offen" in html
    assert re.search(r'<b class="late">1</b>\s*überfällig', html)
    assert "längstes Warten <b>4 T 4 h</b>" in html


def test_the_row_says_what_and_why(shop, anna):
    """The words without insults, the repetition, the demand, the topic."""
    shop.post(rating=2, occasion=3, source=2)
    html = anna.get("/").text
    assert "Ihr seid […]. Das Paket kam vier Tage zu spät" in html
    assert "Betrüger" not in html
    for words in (
        "Google · Filiale Nord",
        "★★☆☆☆",
        "3. Mal dasselbe Anliegen",
        "scharfer Ton",
        "Geld zurück",
        "Lieferung",
    ):
        assert words in html


def test_groups(shop, anna):
    """Unsure, waiting for others, not sighted yet, and the backlog each in their place."""
    unsure, waits, taken, sent = shop.post("?", unsure=True), shop.post(), shop.post(), shop.post()
    old, mine = shop.post(backlog=True), shop.post()
    shop.submitted(waits)
    reply = shop.approved(shop.submitted(sent))
    with shop.house.transaction() as session:
        move_reply(session, get_reply(session, reply), Action.CLAIM, DAEMON, shop.clock())
        move_reply(session, get_reply(session, reply), Action.DELIVER, DAEMON, shop.clock(), delivered_at=shop.clock())
        session.exec(select(Duty).where(Duty.post_id == taken)).one().assignee_id = shop.users["Bernd"]
    html = anna.get("/").text
    assert headings(html)[1:] == ["Bitte einordnen", "Wartet auf andere", "Beantwortet, noch nicht gesichtet"]
    assert listed(html) == [mine, unsure, waits, taken, sent]
    assert "Altbestand: ein Beitrag ohne Frist" in html
    assert listed(anna.get("/?gruppe=altbestand").text) == [old]
    assert listed(anna.get("/?gruppe=wartet").text) == [waits, taken]


def test_what_is_overdue_is_never_hidden_in_another_group(shop, anna):
    """Even when it waits for an approval."""
    post = shop.post(ago=100)
    shop.submitted(post)
    html = anna.get("/").text
    assert headings(html) == ["Überfällig"]
    assert "wartet auf Freigabe" in html


def test_praise_is_not_in_the_queue(shop, anna):
    """It has no duty; it is found under Anliegen."""
    shop.post("Super!", rating=5, duty=False)
    assert listed(anna.get("/").text) == []
    assert "Super!" in anna.get("/anliegen?stand=ohne").text


def test_an_empty_queue_is_kind(shop, anna):
    """And says when the next look is."""
    html = anna.get("/").text
    assert "Im Moment wartet niemand auf Sie." in html
    assert "Widerhall sieht wieder nach:" in html


def test_the_red_line_says_what_is_broken(shop, anna, bernd):
    """Overdue, a dead source, a paused outbox; on every page."""
    assert "redline" not in anna.get("/anliegen").text
    shop.post(ago=100)
    with shop.house.transaction() as session:
        session.get_one(Source, 2).problem = Problem.LOGIN
    bernd.post("/postausgang/anhalten", data=bernd.form())
    html = anna.get("/anliegen").text
    for words in (
        "Eine Antwort ist überfällig.",
        "Eine Quelle braucht Aufmerksamkeit.",
        "Es geht keine Antwort hinaus",
        "Postausgang angehalten",
    ):
        assert words in html
    assert "/postausgang/weiter" in bernd.get("/").text
    assert "/postausgang" not in html


def test_a_holding_reply_is_offered_once(shop, anna):
    """Not again where one waits, and not where the answer is on its way."""
    held, final, free = shop.post(), shop.post(), shop.post()
    shop.submitted(held)
    shop.submitted(final, kind=ReplyKind.FINAL)
    html = anna.get("/").text
    assert re.findall(r"/beitrag/(\d+)/halteantwort", html) == [str(free)]
    assert anna.post(f"/beitrag/{held}/halteantwort", data=anna.form()).status_code == 422


@pytest.mark.parametrize("number", [0, 1, 50, 5000])
def test_a_queue_of_any_length_is_one_page(shop, anna, number):
    """Bounded in size, whatever the number; test_bench counts its statements."""
    shop.fill(number)
    answer = anna.get("/")
    assert len(answer.content) < 60_000
    assert f"<b>{number:,}</b> offen".replace(",", ".") in answer.text
    assert len(listed(answer.text)) <= queue.PAGE + 3 * queue.SIDE


def test_pages_by_key_show_every_duty_once(shop, anna):
    """Also where many are due at the same moment."""
    posts = [shop.post(ago=3) for _ in range(queue.PAGE * 2 + 5)]
    seen, address = [], "/"
    while address:
        html = anna.get(address).text
        seen += listed(html)
        more = re.search(r'href="(/\?nach=[^"]+)"', html)
        address = more[1] if more else ""
    assert sorted(seen) == sorted(posts)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    "query",
    [
        "nach=x",
        "nach=1_",
        "nach=1e999_1",
        "nach=nan_1",
        "nach=-1e30_1",
        "gruppe=alles",
        "nach=1_99999999999999999999999",
    ],
)
def test_a_made_up_address_shows_the_queue(shop, anna, query):
    """Never an error."""
    shop.post()
    assert anna.get(f"/?{query}").status_code == 200


def test_the_groups_part_the_queue(shop):
    """Every open duty stands in exactly one group, for each person."""
    for n in range(24):
        post = shop.post(ago=n * 5, unsure=n % 3 == 0, backlog=n % 7 == 0)
        if n % 4 == 0:
            reply = shop.submitted(post)
            if n % 8 == 0:
                shop.approved(reply)
    with shop.house.reading() as session:
        groups = [
            {row.duty_id for row in queue.read(session, group, 1, shop.clock(), limit=99).rows} for group in Group
        ]
    assert sum(len(group) for group in groups) == len(set().union(*groups)) == 24


def test_a_post_that_nobody_can_see_offers_no_holding_reply(shop, anna):
    """The row says why, and so does its page, where the box for an answer would stand."""
    post = shop.post(visible=False)
    html = anna.get("/").text
    assert "zurzeit nicht öffentlich" in html
    assert f"/beitrag/{post}/halteantwort" not in html
    page = anna.get(f"/beitrag/{post}").text
    assert "lässt er sich nicht beantworten" in page
    assert 'id="work"' not in page
