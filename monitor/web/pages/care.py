"""What protects the people at the desk: opening a hostile post."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from monitor.web.access import PEOPLE, Acts, Visit
from monitor.web.pages.post import show_post
from monitor.web.shield import open_post
from monitor.web.steps import Id, go, take

router = APIRouter()
Worker = Annotated[Visit, Depends(Acts(PEOPLE))]


@router.post("/beitrag/{post_id}/oeffnen")
def unveil(visit: Worker, post_id: Id, nevertheless: Annotated[str, Form()] = "") -> Response:
    """The one deliberate click: show the full text of a hostile post; the cooling-off begins."""
    problem = take(visit, lambda session: open_post(session, visit, post_id, nevertheless=bool(nevertheless)))
    if problem is not None:
        return show_post(visit, post_id, problem=problem, at="shield")
    return go(f"/beitrag/{post_id}", ganz=1, gut="opened")
