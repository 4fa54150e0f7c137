"""No path leads from a note, a fact check or a suspicion into a public text: any form, any person, any order.

Every form of every page is found in the router, so a new one takes part without a word here. Whatever is typed into a
field that is not the answer itself carries a mark; it must never stand in a text that could go out, nor in the box.
"""

import html
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from monitor.web import proposal
from monitor.web.app import PAGES
from monitor.web.pages import account, login, outbox, people
from replies.going_out import newest_facts
from replies.lifecycle import FactVerdict, ReplyKind
from replies.moves import get_reply
from replies.tables import Reply

MARK = "Zwetschgenkern"
POST = "Die Lieferung kam zu spät, ich bin enttäuscht."
TEXTS = ["", "Guten Tag, danke für den Hinweis auf die Lieferung. Was würde die Sache für Sie in Ordnung bringen?"]
ANSWERS = {"text", "statement"}  # the answer's own box, and what a fact card is there to say in public
ELSEWHERE = (account, login, outbox, people)  # logins and the switch of the outbox: no text of theirs is kept
FORMS = [
    route
    for page in PAGES
    if page not in ELSEWHERE
    for route in page.router.routes
    if "POST" in route.methods
]  # fmt: skip
STEP = st.tuples(
    st.sampled_from(FORMS), st.sampled_from(["Anna", "Bernd", "Dora"]), st.sampled_from(TEXTS),
    st.sampled_from(["facts", "save", "submit", "propose", "check"]), st.sampled_from(list(ReplyKind)),
    st.sampled_from(list(FactVerdict)),
)  # fmt: skip


CARE = {"ask_id": 1, "task_id": 1, "notice_id": 1, "measure_id": 1}


def fields(route):
    """The names of everything that the form of a route may carry."""
    return _fields(route.dependant) - {"_token"}


def _fields(dependant):
    own = {field.alias for field in dependant.body_params}
    return own.union(*(_fields(inner) for inner in dependant.dependencies))


def filled(shop, route, post, step):
    """A form in which every free field carries the mark, and what must be right to come further is right."""
    _route, _name, text, do, kind, verdict = step
    reply = newest(shop, post)
    known = {"do": do, "kind": kind.value, "verdict": verdict.value, "text": text, "fact_card": "", "card": []}
    known |= {
        "valid_from": "2026-01-01",
        "valid_to": "",
        "topic": [],
        "statement": "Drei Werktage.",
        "ends": "2027-01-01",
    }
    known |= {"level": "call", "until": "2026-12-01", "ground": "spam", "stand": "sent", "passage": "", "owner": "1"}
    known |= {"reply": 0, "version": 0, "shown": "", "ticked": "", "cause": "delay", "waited": "1"}
    known |= dict.fromkeys(("option_cost", "dispute_cost", "hours", "hour_cost", "reach"), "12")
    if reply is not None:
        with shop.house.reading() as session:
            ticked = shop.house.desk.to_tick(session, get_reply(session, reply.id), shop.clock())
        draft = reply.id if reply.state == "draft" else 0
        known |= {"reply": draft, "version": reply.version, "shown": shop.digest(reply.id), "ticked": ticked}
    return {name: known.get(name, f"{MARK} {name}") for name in fields(route) if name in known or name not in ANSWERS}


def newest(shop, post):
    """The last reply of a post."""
    with shop.house.reading() as session:
        return session.exec(select(Reply).where(col(Reply.post_id) == post).order_by(col(Reply.id).desc())).first()


def walk(shop, steps):
    """Everybody clicks; what came of it where the mark must not be."""
    post, found = shop.post(POST), []
    for step in steps:
        route, name = step[:2]
        reply = newest(shop, post)
        path = route.path.format(post_id=post, reply_id=reply.id if reply else 1, card_id=1, n=1, user_id=1, **CARE)
        client = shop.client(name)
        answer = client.post(path, data=client.form(**filled(shop, route, post, step)))
        found += re.findall(r"<textarea id=\"text\".*?</textarea>", html.unescape(answer.text), re.DOTALL)
    with shop.house.reading() as session:
        found += session.exec(select(Reply.text)).all()
    return [text for text in found if MARK in text]


def form(path):
    """The route with this address."""
    return next(route for route in FORMS if route.path == path)


def test_the_walk_knows_the_forms():
    """Notes, sources, reasons: each is found, none is named here."""
    names = set().union(*(fields(route) for route in FORMS))
    assert {"source", "our_share", "note", "text", "statement"} <= names
    assert len(FORMS) > 20


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=2, max_size=7))
def test_what_is_internal_never_reaches_a_public_text(shop, steps):
    """Any seven steps of anybody."""
    assert walk(shop, steps) == []


WRONG = [
    (form("/beitrag/{post_id}"), "Anna", "", "facts", ReplyKind.FINAL, FactVerdict.UNJUSTIFIED),
    (form("/beitrag/{post_id}/entwurf"), "Anna", "", "propose", ReplyKind.FINAL, FactVerdict.UNJUSTIFIED),
]


@pytest.mark.parametrize("leaks", [False, True])
def test_a_draft_that_would_quote_a_source_is_noticed(shop, monkeypatch, leaks):
    """The control: with the source of the fact check among the statements, the walk finds the mark in the box."""

    def sources(session, _visit, duty, _wish):
        return (newest_facts(session, duty.id).source,)

    if leaks:
        monkeypatch.setattr(proposal, "_statements", sources)
    assert bool(walk(shop, WRONG)) == leaks
