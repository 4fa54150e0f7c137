"""Anmelden, Abmelden."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import col

from monitor.logins import WebSession
from monitor.web import access
from monitor.web.access import EVERYONE, Acts, Public, Visit
from monitor.web.brake import DEVICE_KNOWN_FOR
from monitor.web.labels import error
from monitor.web.sentences import NOTES
from monitor.web.steps import go
from monitor.web.views import Views
from replies import journal

router = APIRouter()


@router.get("/anmelden", dependencies=[Depends(Public())])
def show(request: Request, next: str = "/", gut: str = "") -> Response:  # noqa: A002 - the word in the address
    """The form."""
    return cast("Views", request.app.state.views).bare(
        "login.html", next=access.next_path(next), name="", error="", note=NOTES.get(gut, "")
    )


@router.post("/anmelden", dependencies=[Depends(Public())])
def log_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """A new session at every login, or one sentence that does not say what was wrong."""
    house, target = request.app.state.house, access.next_path(next)
    cookie, device = access.cookie_name(house), access.device_cookie(house)
    entered = access.log_in(house, name, password, request.cookies.get(cookie, ""), access.caller_of(request))
    if entered is None:
        return cast("Views", request.app.state.views).bare(
            "login.html", 401, next=target, name=name[:60], error=error("login_wrong"), note=""
        )
    response = RedirectResponse(target, status_code=303)
    known_for = int(DEVICE_KNOWN_FOR.total_seconds())
    for key, value, longest in (
        (cookie, entered.session, int(house.config.web.absolute_hours * 3600)),
        (device, entered.device, known_for),
    ):
        response.set_cookie(
            key, value, max_age=longest, path="/", secure=access.is_secure(house), httponly=True, samesite="lax"
        )
    return response


@router.post("/abmelden")
def log_out(visit: Annotated[Visit, Depends(Acts(EVERYONE))]) -> Response:
    """End this session, here and in the database."""
    with visit.house.transaction() as session:
        access.revoke(session, visit.now, col(WebSession.id) == visit.session_id)
        journal.write(session, visit.now, visit.actor, "user.logout", f"user:{visit.user_id}")
    response = go("/anmelden", gut="out")
    response.delete_cookie(
        access.cookie_name(visit.house), path="/", secure=access.is_secure(visit.house), httponly=True, samesite="lax"
    )
    return response
