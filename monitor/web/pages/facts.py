"""Fakten: what the business can prove, from when to when. An edit is a new version; nothing is ever rewritten."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import Session, col, select

from monitor.tables import User
from monitor.triage.judgement import Topic
from monitor.web.access import EVERYONE, PEOPLE, Acts, Reads, Visit
from monitor.web.steps import Id, Problem, go, line, problem_of, take
from replies import fact_cards
from replies.errors import ReplyError
from replies.fact_cards import Statement
from replies.finding_cards import fitting
from replies.tables import FactCard

router = APIRouter()
_MOST = 200
_LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class CardForm:
    """What was typed; the days as the browser sends them."""

    statement: str = ""
    source: str = ""
    topics: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""

    def statement_of(self) -> Statement:
        """The same as a statement.

        Raises:
            Problem: a day is no day.
        """
        try:
            begin = date.fromisoformat(self.valid_from)
            end = date.fromisoformat(self.valid_to) if self.valid_to else None
        except ValueError:
            raise Problem("date_wrong") from None
        topics = tuple(topic for topic in self.topics if topic in list(Topic))
        return Statement(line(self.statement), line(self.source), topics, begin, end)


def card_form(
    *,
    statement: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "",
    topic: Annotated[list[str] | None, Form()] = None,
    valid_from: Annotated[str, Form()] = "",
    valid_to: Annotated[str, Form()] = "",
) -> CardForm:
    """The form as it came."""
    return CardForm(statement, source, tuple(topic or ()), valid_from, valid_to)


def _as_form(card: FactCard) -> CardForm:
    end = card.valid_to.isoformat() if card.valid_to else ""
    return CardForm(card.statement, card.source, tuple(card.topics), card.valid_from.isoformat(), end)


def _cards(session: Session, visit: Visit, wanted: str) -> list[FactCard]:
    if wanted:
        return fitting(session, wanted, (), fact_cards.valid_at(visit.now), limit=_MOST)
    rows = select(FactCard).where(col(FactCard.replaced_by).is_(None)).order_by(col(FactCard.id).desc()).limit(_MOST)
    return sorted(session.exec(rows).all(), key=lambda card: not fact_cards.is_valid(card, visit.now))


def _show(
    visit: Visit, *, wanted: str = "", form: CardForm | None = None, problem: Problem | None = None, gut: str = ""
) -> Response:
    with visit.house.reading() as session:
        cards = _cards(session, visit, wanted)
        people = dict(session.exec(select(User.id, User.name)).all())
    return visit.show(
        "facts.html",
        problem.status if problem else 200,
        cards=[(card, fact_cards.is_valid(card, visit.now)) for card in cards],
        people=people,
        wanted=wanted,
        form=form or CardForm(valid_from=fact_cards.today(visit.now).isoformat()),
        topics=list(Topic),
        problem=problem,
        gut=gut,
    )


@router.get("/fakten")
def show(visit: Annotated[Visit, Depends(Reads(EVERYONE))], q: str = "", gut: str = "") -> Response:
    """All cards, those in force first; with `q`, the valid ones that fit."""
    return _show(visit, wanted=q.strip()[:_LONGEST_SEARCH], gut=gut)


@router.post("/fakten")
def add(visit: Annotated[Visit, Depends(Acts(PEOPLE))], form: Annotated[CardForm, Depends(card_form)]) -> Response:
    """A new card."""
    problem = take(visit, lambda s: fact_cards.write(s, form.statement_of(), visit.actor, visit.now))
    return go("/fakten", gut="fact_written") if problem is None else _show(visit, form=form, problem=problem)


@router.get("/fakten/{card_id}")
def show_one(visit: Annotated[Visit, Depends(Reads(EVERYONE))], card_id: Id) -> Response:
    """One card with its versions, and the form for the next one."""
    return _show_one(visit, card_id)


def _show_one(visit: Visit, card_id: int, *, form: CardForm | None = None, problem: Problem | None = None) -> Response:
    with visit.house.reading() as session:
        try:
            card = fact_cards.get(session, card_id)
        except ReplyError as error:
            missing = problem_of(error)
            return visit.show("message.html", missing.status, title="", words=missing.words, back="/fakten")
        earlier = fact_cards.earlier(session, card)
        people = dict(session.exec(select(User.id, User.name)).all())
    return visit.show(
        "fact.html",
        problem.status if problem else 200,
        card=card,
        valid=fact_cards.is_valid(card, visit.now),
        earlier=earlier,
        people=people,
        form=form or _as_form(card),
        topics=list(Topic),
        problem=problem,
    )


@router.post("/fakten/{card_id}")
def replace(
    visit: Annotated[Visit, Depends(Acts(PEOPLE))], card_id: Id, form: Annotated[CardForm, Depends(card_form)]
) -> Response:
    """The next version of a card."""
    problem = take(visit, lambda s: fact_cards.write(s, form.statement_of(), visit.actor, visit.now, replaces=card_id))
    return (
        go("/fakten", gut="fact_written") if problem is None else _show_one(visit, card_id, form=form, problem=problem)
    )


@router.post("/fakten/{card_id}/beenden")
def end(visit: Annotated[Visit, Depends(Acts(PEOPLE))], card_id: Id) -> Response:
    """It does not hold any more."""
    problem = take(visit, lambda s: fact_cards.end(s, card_id, visit.actor, visit.now))
    return go("/fakten", gut="fact_ended") if problem is None else _show_one(visit, card_id, problem=problem)
