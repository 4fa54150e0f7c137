"""Abwägung: an owner compares what an option costs with what a dispute costs (RULES K11, 001-15)."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import Session

from monitor.web.access import OWNERS, Reads, Visit
from monitor.web.case import Case, read_case
from monitor.web.steps import Id, Owner, Problem, Words, duty_of, go, line, problem_of, take, typed
from monitor.words import GERMAN, language
from replies.care import sheet
from replies.care.sheet import Costs
from replies.errors import ReplyError

router = APIRouter()
_EUROS = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,9})(?:,(\d{1,2}))?(?: ?(?:€|EUR|Euro))?", re.IGNORECASE)
_HOURS = re.compile(
    r"(?P<hours>\d{1,5})(?:[.,](?P<part>\d{1,2})|:(?P<minutes>[0-5]\d))?(?: ?(?:h|Std\.?|Stunden?))?", re.IGNORECASE
)
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_FIELDS = ("demand", "option", "option_cost", "dispute_cost", "hours", "hour_cost", "reach", "decision")


@router.get("/beitrag/{post_id}/abwaegung")
def show(visit: Annotated[Visit, Depends(Reads(OWNERS))], post_id: Id, gut: str = "") -> Response:
    """The form, with the demand as it stands in the post, and what was decided before."""
    return draw(visit, post_id, {}, gut=gut)


def draw(
    visit: Visit, post_id: int, said: dict[str, str], *, problem: Problem | None = None, gut: str = ""
) -> Response:
    """The page; after a problem with everything that was typed."""
    try:
        with visit.house.reading() as session:
            duty = duty_of(session, post_id)
            case = read_case(session, visit, post_id)
            sheets = sheet.of_duty(session, duty.id or 0)
    except ReplyError as error:
        missing = problem_of(error)
        return visit.show("message.html", missing.status, title="", words=missing.words, back="/")
    form = dict.fromkeys(_FIELDS, "") | {"demand": demanded(case)} | said
    return visit.show(
        "sheet.html",
        problem.status if problem else 200,
        case=case,
        form=form,
        sheets=[(row, sheet.costs_of(row)) for row in sheets],
        problem=problem,
        gut=gut,
    )


def demanded(case: Case) -> str:
    """What the post demands, word by word: the places that triage found (RULES 001-15)."""
    text = case.post.text
    places = sorted(
        (int(reason["start"]), int(reason["end"]))
        for reason in case.reasons
        if str(reason.get("rule", "")).partition(".")[0] == "demand" and reason.get("end")
    )
    return " … ".join(dict.fromkeys(" ".join(text[start:end].split()) for start, end in places))


@router.post("/beitrag/{post_id}/abwaegung")
def weigh_up(
    visit: Owner,
    post_id: Id,
    *,
    demand: Words = "",
    option: Words = "",
    option_cost: Words = "",
    dispute_cost: Words = "",
    hours: Words = "",
    hour_cost: Words = "",
    reach: Words = "",
    decision: Words = "",
) -> Response:
    """Store the comparison and what was decided."""

    def step(session: Session) -> None:
        costs = Costs(cents(option_cost), cents(dispute_cost), minutes(hours), cents(hour_cost), number(reach))
        duty = duty_of(session, post_id)
        sheet.weigh_up(session, duty, line(demand), line(option), costs, line(decision), visit.actor, visit.now)

    problem = take(visit, step)
    if problem is None:
        return go(f"/beitrag/{post_id}/abwaegung", gut="weighed")
    values = (demand, option, option_cost, dispute_cost, hours, hour_cost, reach, decision)
    return draw(
        visit, post_id, {name: typed(value) for name, value in zip(_FIELDS, values, strict=True)}, problem=problem
    )


def cents(text: str) -> int:
    """Euros as people write them: "1.200,50 €" is 120050, on an English page "€1,200.50"; nothing is 0.

    Raises:
        Problem: it is no amount.
    """
    found = _EUROS.fullmatch(_in_german(text).removeprefix("€").strip() or "0")
    if found is None:
        raise Problem("cost_wrong")
    return int(found[1].replace(".", "")) * 100 + int((found[2] or "0").ljust(2, "0"))


def _in_german(text: str) -> str:
    """Points and commas as the German page writes them; each language reads its own writing and guesses nothing."""
    return text if language() == GERMAN else text.translate({ord(","): ".", ord("."): ","})


def minutes(text: str) -> int:
    """Hours as people write them, in minutes: "1,5" and "1:30" are 90, "6" is 360; nothing is 0.

    Raises:
        Problem: it is no length of time.
    """
    found = _HOURS.fullmatch(text.strip() or "0")
    if found is None:
        raise Problem("hours_wrong")
    if found["minutes"]:
        return int(found["hours"]) * 60 + int(found["minutes"])
    part = (found["part"] or "0").ljust(2, "0")
    return int(found["hours"]) * 60 + round(int(part) * 60 / 100)


def number(text: str) -> int:
    """A whole number, with points between the thousands, commas on an English page: "1.000"; nothing is 0.

    Raises:
        Problem: it is none.
    """
    plain = _in_german(text).strip() or "0"
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(".", "")
    if not plain.isdecimal() or len(plain) > 12:
        raise Problem("cost_wrong")
    return int(plain)
