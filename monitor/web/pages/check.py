"""Prüfen and Entwurf vorschlagen: findings on the text in the box, a suggestion taken, a draft. Nothing is stored."""

from dataclasses import asdict, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from monitor.web.access import PEOPLE, Acts, Visit
from monitor.web.case import read_case
from monitor.web.pages.post import WorkForm, show_post, typed_form, work_form
from monitor.web.proposal import Wish, propose
from monitor.web.read_over import read_over, taken
from monitor.web.steps import LONGEST_TEXT, Id, Problem, duty_of, problem_of
from replies.errors import ReplyError
from replies.going_out import Text

router = APIRouter()
_TAKE = "take "


@router.post("/beitrag/{post_id}/pruefen")
def check(
    visit: Annotated[Visit, Depends(Acts(PEOPLE))],
    request: Request,
    post_id: Id,
    form: Annotated[WorkForm, Depends(work_form)],
) -> Response:
    """The page with the findings, or only the findings for a script that asks while somebody types."""
    if len(form.text) > LONGEST_TEXT:
        return show_post(visit, post_id, typed=typed_form(form), problem=Problem("too_long_form"), at="reply")
    text = Text(form.kind, form.text, form.cards)
    try:
        with visit.house.reading() as session:
            duty = duty_of(session, post_id)
            if request.headers.get("accept") == "application/json":
                notes = read_over(session, visit, duty, text).notes
                return JSONResponse({"notes": [asdict(note) for note in notes]})
            if form.do.startswith(_TAKE):
                form = replace(form, text=taken(session, visit, duty, text, form.do.removeprefix(_TAKE)))
    except ReplyError as error:
        missing = problem_of(error)
        return visit.show("message.html", missing.status, title="", words=missing.words, back="/")
    return show_post(visit, post_id, typed=typed_form(form), at="reply")


@router.post("/beitrag/{post_id}/entwurf")
def suggest(
    visit: Annotated[Visit, Depends(Acts(PEOPLE))], post_id: Id, form: Annotated[WorkForm, Depends(work_form)]
) -> Response:
    """A draft from the building blocks in the box; handing it over stays a person's step."""
    try:
        with visit.house.reading() as session:
            case = read_case(session, visit, post_id)
            text_now = Text(form.kind, form.text, form.cards)
            wish = Wish(text_now, form.verdict, form.fact_card, form.do == "options", form.cause)
            text = propose(session, visit, case, wish) if case.may_answer else None
    except ReplyError as error:
        missing = problem_of(error)
        return visit.show("message.html", missing.status, title="", words=missing.words, back="/")
    if text is None:
        return show_post(visit, post_id, typed=typed_form(form), problem=Problem("wordings_used_up"), at="reply")
    return show_post(visit, post_id, typed=typed_form(replace(form, text=text)), at="reply")
