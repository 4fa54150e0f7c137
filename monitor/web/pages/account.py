"""Ich: the own password, mail address and language."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlmodel import Session, col

from monitor import people
from monitor.logins import WebSession
from monitor.tables import User
from monitor.web import entry
from monitor.web.access import EVERYONE, PEOPLE, Acts, Fresh, Reads, Visit, caller_of, is_secure, language_cookie
from monitor.web.language import remember
from monitor.web.passwords import hash_password, weakness
from monitor.web.steps import Problem, address_of, go, take

router = APIRouter()


@router.get("/ich")
def show(visit: Annotated[Visit, Depends(Reads(EVERYONE))], gut: str = "") -> Response:
    """The forms."""
    return _show(visit, gut=gut)


def _show(visit: Visit, problem: Problem | None = None, *, gut: str = "", mail: str | None = None) -> Response:
    with visit.house.reading() as session:
        user = session.get_one(User, visit.user_id)
    mail = (user.mail or "") if mail is None else mail
    status = problem.status if problem else 200
    return visit.show("account.html", status, problem=problem, gut=gut, mail=mail, chosen=user.language)


@router.post("/ich/mail")
def set_mail(visit: Annotated[Visit, Depends(Fresh(PEOPLE))], mail: Annotated[str, Form()] = "") -> Response:
    """Where this person is told something; empty: nowhere."""

    def step(session: Session) -> None:
        user = session.get_one(User, visit.user_id)
        people.set_mail(session, user, address_of(mail), visit.actor, visit.now)

    problem = take(visit, step)
    return go("/ich", gut="mail") if problem is None else _show(visit, problem, mail=mail)


@router.post("/ich/sprache")
def set_language(visit: Annotated[Visit, Depends(Acts(EVERYONE))], language: Annotated[str, Form()] = "") -> Response:
    """What this person's pages and messages speak, from now on and in every browser."""
    problem = take(visit, lambda session: people.set_language(session, session.get_one(User, visit.user_id), language))
    if problem is not None:
        return _show(visit, problem)
    response = go("/ich", gut="saved")
    remember(response, language_cookie(visit.house), language, secure=is_secure(visit.house))
    return response


@router.post("/ich")
def change(
    request: Request,
    visit: Annotated[Visit, Depends(Acts(PEOPLE))],
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
) -> Response:
    """A new password, for who knows the old one; every other session of this person ends."""
    if not entry.confirm(visit, old, caller_of(request)):
        return _show(visit, Problem("password_wrong"))
    weak = weakness(new, visit.name)
    if weak:
        return _show(visit, Problem("password_weak", weak))
    hashed = hash_password(new)

    def step(session: Session) -> None:
        people.set_password(session, session.get_one(User, visit.user_id), hashed, visit.actor, visit.now)
        entry.revoke(
            session, visit.now, col(WebSession.user_id) == visit.user_id, col(WebSession.id) != visit.session_id
        )

    problem = take(visit, step)
    return go("/ich", gut="password") if problem is None else _show(visit, problem)
