"""Beitrag: what was said, the work in the guideline's order, and what helps."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import Session

from connectors.core.text import length
from monitor.temper import temper
from monitor.web import queue
from monitor.web.access import EVERYONE, PEOPLE, Acts, Reads, Visit
from monitor.web.background import marks_of, read_course
from monitor.web.care_words import WORDS
from monitor.web.case import Case, read_case
from monitor.web.difference import difference
from monitor.web.fact_cards import card_source, cards_beside
from monitor.web.holding import greeting, wording
from monitor.web.labels import not_sendable
from monitor.web.people_view import read_people
from monitor.web.playbook import pages_for
from monitor.web.read_over import read_over
from monitor.web.shield import begin, read_shield
from monitor.web.steps import LONGEST_TEXT, Id, Problem, duty_of, go, line, problem_of, subject, take, typed
from replies import fact_cards
from replies.care.words import Ground
from replies.errors import ReplyError
from replies.going_out import Text, newest_facts
from replies.lifecycle import Cause, FactVerdict, ReplyKind, State
from replies.moves import get_reply
from replies.tables import Duty, FactCheck, Reply

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Typed:
    """What the forms of the page carry: what was typed, else what is stored."""

    kind: ReplyKind
    text: str = ""
    reply_id: int = 0
    version: int = 0
    verdict: str = ""
    source: str = ""
    our_share: str = ""
    cause: str = Cause.UNKNOWN
    waited: bool = False
    note: str = ""
    cards: frozenset[int] = frozenset()
    fact_card: int = 0
    unsaved: bool = False


def show_post(
    visit: Visit,
    post_id: int,
    *,
    typed: Typed | None = None,
    problem: Problem | None = None,
    at: str = "",
    part: int = 1,
    kind: str = "",
    gut: str = "",
    whole: bool = False,
    about: int = 0,
) -> Response:
    """Draw the page; after a problem with everything that was typed, and the sentence at the form `at`."""
    with visit.house.reading() as session:
        try:
            case = read_case(session, visit, post_id, part)
        except ReplyError as error:
            missing = problem_of(error)
            return visit.show("message.html", missing.status, title="", words=missing.words, back="/")
        form = typed or _stored(session, visit, case, kind)
        around = _around(session, visit, case, form)
        around |= {"shield": read_shield(session, visit, case, part, whole=whole), "about": subject(session, about)}
        before = session.get(Reply, form.reply_id) if problem and problem.status == 409 and form.reply_id else None
    if before is not None and before.state == State.DRAFT:
        form = replace(form, version=before.version)  # seen now: the next attempt is a decision
    return visit.show(
        "post.html",
        problem.status if problem else 200,
        case=case,
        form=form,
        problem=problem,
        at=at,
        part=part,
        changed=difference(form.text, before.text) if before and before.text != form.text else (),
        gut=gut,
        whole=whole,
        **around,
    )


def _around(session: Session, visit: Visit, case: Case, form: Typed) -> dict[str, Any]:
    """What the page has beside the forms to work with: rules and facts for the text, the course, words to choose."""
    course = read_course(session, case.post, visit.now)
    return {
        "over": read_over(
            session, visit, case.duty if case.may_answer else None, Text(form.kind, form.text, form.cards)
        ),
        "beside": cards_beside(session, visit, case, form.cards, form.fact_card),
        "people": read_people(session, visit, case),
        "course": course,
        "plays": pages_for(marks_of(case, course)),
        "count": length(form.text, case.card.length_unit),
        "verdicts": list(FactVerdict),
        "causes": list(Cause),
        "grounds": WORDS[Ground],
        "settings": visit.house.config.care,
        "cool_off": visit.house.timing.span("cool_off"),
        "gone_gap": visit.house.timing.span("gone_gap"),
    }


def _stored(session: Session, visit: Visit, case: Case, wanted: str) -> Typed:
    """The forms as they are before anybody types: the draft, or the wording that fits."""
    facts = case.facts
    checked = Typed(ReplyKind.FINAL)
    if facts is not None:
        checked = replace(checked, verdict=facts.verdict.value, source=facts.source, our_share=facts.our_share)
        checked = replace(checked, fact_card=facts.card_id or 0, cause=facts.cause.value, waited=facts.waited_before)
    draft = case.draft
    if draft is not None and not wanted:
        checked = replace(checked, cards=fact_cards.cited(session, draft.id or 0))
        return replace(checked, kind=draft.kind, text=draft.text, reply_id=draft.id or 0, version=draft.version)
    kind = ReplyKind(wanted) if wanted in list(case.kinds) else _likely(case)
    if not case.may_answer or case.duty is None:
        return replace(checked, kind=kind)
    return replace(checked, kind=kind, text=starting_text(session, visit, case.duty, kind))


def _likely(case: Case) -> ReplyKind:
    """Facts known: the answer. Else a holding reply, if there is none yet, else a question."""
    if case.facts is not None and case.facts.verdict != FactVerdict.UNCLEAR:
        return ReplyKind.FINAL
    return case.kinds[0]


@router.get("/beitrag/{post_id}")
def show(
    visit: Annotated[Visit, Depends(Reads(EVERYONE))],
    post_id: Id,
    teil: int = 1,
    art: str = "",
    gut: str = "",
    ganz: str = "",
    zu: int = 0,
) -> Response:
    """The page; `ganz` shows the full text of a hostile post to whoever has opened it."""
    return show_post(visit, post_id, part=max(1, teil), kind=art, gut=gut, whole=bool(ganz), about=zu)


@dataclass(frozen=True, slots=True)
class WorkForm:
    """The one form of the middle column: facts and text travel together, so that neither is lost for the other."""

    verdict: str
    source: str
    our_share: str
    cause: str
    waited: bool
    kind: ReplyKind
    text: str
    reply_id: int
    version: int
    do: str
    cards: frozenset[int] = frozenset()
    fact_card: int = 0


def work_form(
    *,
    verdict: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "",
    our_share: Annotated[str, Form()] = "",
    cause: Annotated[str, Form()] = Cause.UNKNOWN.value,
    waited: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    reply: Annotated[int, Form()] = 0,
    version: Annotated[int, Form()] = 0,
    do: Annotated[str, Form()] = "save",
    card: Annotated[list[str] | None, Form()] = None,
    fact_card: Annotated[str, Form()] = "",
) -> WorkForm:
    """What was typed, line breaks put right."""
    wanted = ReplyKind(kind) if kind in list(ReplyKind) else ReplyKind.FINAL
    cards = frozenset(int(one) for one in card or () if one.isdecimal() and len(one) < 16)
    leaning = int(fact_card) if fact_card.isdecimal() and len(fact_card) < 16 else 0
    return WorkForm(
        verdict, source, our_share, cause, bool(waited), wanted, typed(text), reply, version, do, cards, leaning
    )


def typed_form(form: WorkForm) -> Typed:
    """The same, to be shown again; nothing of it is stored."""
    return Typed(
        form.kind,
        form.text,
        form.reply_id,
        form.version,
        form.verdict,
        form.source,
        form.our_share,
        form.cause,
        form.waited,
        cards=form.cards,
        fact_card=form.fact_card,
        unsaved=True,
    )


@router.post("/beitrag/{post_id}")
def work(
    visit: Annotated[Visit, Depends(Acts(PEOPLE))], post_id: Id, form: Annotated[WorkForm, Depends(work_form)]
) -> Response:
    """Record the facts, keep the draft, or hand it over for approval; then the next duty."""
    duty_id, at = 0, "facts"

    def step(session: Session) -> None:
        nonlocal duty_id, at
        duty = duty_of(session, post_id)
        duty_id = duty.id or 0
        _record_facts(session, visit, duty_id, form)
        at = "reply"
        if form.do != "facts" or _is_typed(session, visit, duty, form):
            _write(session, visit, duty_id, form)

    problem = (begin(visit, post_id, form.kind) if form.do == "submit" else None) or take(visit, step)
    if problem is not None:
        kept = _kept(visit, post_id, form) if duty_id and at == "facts" else form
        return show_post(
            visit, post_id, typed=typed_form(kept), problem=_explained(visit, post_id, problem, form.text), at=at
        )
    if form.do != "submit":
        return go(f"/beitrag/{post_id}", gut="facts" if form.do == "facts" else "saved")
    with visit.house.reading() as session:
        if form.kind != ReplyKind.HOLDING and temper(session, post_id).hostile:
            return go(f"/beitrag/{post_id}/geschafft", gut="submitted", zu=post_id)
        following = queue.next_post(session, visit.user_id, visit.now, not_duty=duty_id)
    return go(f"/beitrag/{following}" if following else "/", gut="submitted", zu=post_id)


def _record_facts(session: Session, visit: Visit, duty_id: int, form: WorkForm) -> None:
    """Facts that were typed and are not recorded yet; half of them are told, or an answer leaves with older ones."""
    source, share = line(form.source), line(form.our_share)
    if form.fact_card and not source:
        source = card_source(session, form.fact_card)
    known = newest_facts(session, duty_id)
    typed_now = (form.verdict, source, share, form.cause, form.waited, form.fact_card)
    if known is not None and _as_typed(known) == typed_now:
        return
    if form.do != "facts" and not (form.verdict or source or share):
        return
    if form.verdict not in list(FactVerdict):
        raise Problem("verdict_missing")
    if form.cause not in list(Cause):
        raise Problem("cause_missing")
    desk, verdict = visit.house.desk, FactVerdict(form.verdict)
    check = desk.check_facts(session, duty_id, verdict, source, share, visit.actor, visit.now,
                             cause=Cause(form.cause), waited_before=form.waited)  # fmt: skip
    if form.fact_card:
        fact_cards.lean_on(session, check, form.fact_card, visit.now)


def _kept(visit: Visit, post_id: int, form: WorkForm) -> WorkForm:
    """Whoever asked to save the text finds it saved, although the facts beside it are not whole yet."""
    drafts: list[Reply] = []

    def step(session: Session) -> None:
        duty = duty_of(session, post_id)
        if _is_typed(session, visit, duty, form):
            drafts.append(_write(session, visit, duty.id or 0, form))

    if form.do != "save" or take(visit, step) is not None or not drafts:
        return form
    return replace(form, reply_id=drafts[0].id or 0, version=drafts[0].version)


def _as_typed(known: FactCheck) -> tuple[str, str, str, str, bool, int]:
    """A fact check as the form would carry it."""
    values = (known.verdict.value, known.source, known.our_share, known.cause.value)
    return (*values, known.waited_before, known.card_id or 0)


def _is_typed(session: Session, visit: Visit, duty: Duty, form: WorkForm) -> bool:
    """Did a person write something that must not be lost with the facts?"""
    if form.reply_id:
        row = session.get(Reply, form.reply_id)
        return row is not None and row.text != form.text
    return bool(form.text.strip()) and form.text.strip() != starting_text(session, visit, duty, form.kind).strip()


def starting_text(session: Session, visit: Visit, duty: Duty, kind: ReplyKind) -> str:
    """What stands in the box before anybody types."""
    world = visit.house.world
    if kind == ReplyKind.HOLDING:
        return wording(session, world, visit.house.timing, duty, visit.now)
    return greeting(session, world, world.post(session, duty.post_id))


def _write(session: Session, visit: Visit, duty_id: int, form: WorkForm) -> Reply:
    if len(form.text) > LONGEST_TEXT:
        raise Problem("too_long_form")
    desk = visit.house.desk
    if form.reply_id:
        row = get_reply(session, form.reply_id)
        if row.duty_id != duty_id or row.state != State.DRAFT:
            raise Problem("notallowed", status=409)
        row = desk.edit(session, form.reply_id, form.text, visit.actor, visit.now, seen_version=form.version)
    else:
        row = desk.draft(session, duty_id, form.kind, form.text, visit.actor, visit.now)
    if row.state != State.DRAFT:  # a double click: it was handed over a moment ago
        return row
    fact_cards.cite(session, row, form.cards, visit.actor, visit.now)
    if form.do == "submit":
        desk.submit(session, row.id or 0, visit.actor, visit.now, seen_version=row.version)
    return row


def _explained(visit: Visit, post_id: int, problem: Problem, text: str) -> Problem:
    """What the platform would not take, in a sentence with figures."""
    if problem.code != "not_sendable":
        return problem
    with visit.house.reading() as session:
        account = visit.house.world.post(session, post_id).account
    return Problem(problem.code, not_sendable(text, visit.house.world.card(account)))
