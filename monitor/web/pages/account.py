"""Ich: the own password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import Session, col

from monitor.tables import User, WebSession
from monitor.web import access
from monitor.web.access import EVERYONE, PEOPLE, Acts, Reads, Visit
from monitor.web.passwords import hash_password, matches, weakness
from monitor.web.steps import Problem, go, take
from replies import journal

router = APIRouter()


@router.get("/ich")
def show(visit: Annotated[Visit, Depends(Reads(EVERYONE))], gut: str = "") -> Response:
    """The form."""
    return visit.show("account.html", problem=None, gut=gut)


@router.post("/ich")
def change(
    visit: Annotated[Visit, Depends(Acts(PEOPLE))], old: Annotated[str, Form()] = "", new: Annotated[str, Form()] = ""
) -> Response:
    """A new password, for who knows the old one; every other session of this person ends."""

    def step(session: Session) -> None:
        user = session.get_one(User, visit.user_id)
        if not matches(user.password_hash, old):
            raise Problem("password_wrong")
        weak = weakness(new, user.name)
        if weak:
            raise Problem("password_weak", weak)
        user.password_hash = hash_password(new)
        session.add(user)
        access.revoke(
            session, visit.now, col(WebSession.user_id) == visit.user_id, col(WebSession.id) != visit.session_id
        )
        journal.write(session, visit.now, visit.actor, "user.password", f"user:{visit.user_id}")

    problem = take(visit, step)
    return (
        go("/ich", gut="password")
        if problem is None
        else visit.show("account.html", problem.status, problem=problem, gut="")
    )
