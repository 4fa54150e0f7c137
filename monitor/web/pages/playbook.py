"""Vorgehen: one short, kind page for each mark of a post."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from monitor.web.access import EVERYONE, Reads, Visit
from monitor.web.playbook import PLAYS
from monitor.web.steps import problem_of
from replies.errors import Unknown

router = APIRouter()


@router.get("/vorgehen")
def show_all(visit: Annotated[Visit, Depends(Reads(EVERYONE))]) -> Response:
    """Every mark with what it means."""
    return visit.show("playbook.html", play=None, plays={name: play.spoken() for name, play in PLAYS.items()})


@router.get("/vorgehen/{name}")
def show(visit: Annotated[Visit, Depends(Reads(EVERYONE))], name: str, zu: int = 0) -> Response:
    """One mark; `zu` is the post that somebody came from."""
    play = PLAYS.get(name)
    if play is None:
        missing = problem_of(Unknown(f"no playbook page {name}"))
        return visit.show("message.html", missing.status, title="", words=missing.words, back="/vorgehen")
    return visit.show("playbook.html", play=play.spoken(), plays={}, back=zu if 0 < zu < 2**53 else 0,
                      emergency=visit.house.config.care.emergency if name == "drohung" else ())  # fmt: skip
