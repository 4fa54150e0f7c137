"""Anmelden, Abmelden."""

from datetime import timedelta
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import col

from monitor.logins import WebSession
from monitor.web import access, entry
from monitor.web.access import EVERYONE, Acts, Public, Visit
from monitor.web.brake import DEVICE_KNOWN_FOR
from monitor.web.entry import Entered, Halfway
from monitor.web.labels import error
from monitor.web.language import remember
from monitor.web.ports import House
from monitor.web.sentences import NOTES
from monitor.web.steps import go
from monitor.web.views import Views
from monitor.words import LANGUAGES
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
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the field's name
) -> Response:
    """A new session in place of every login, the second question, or one sentence that does not say what was wrong."""
    house, target = request.app.state.house, access.next_path(next)
    old = request.cookies.get(access.cookie_name(house), "")
    entered = entry.log_in(house, name, password, old, access.caller_of(request))
    if entered is None:
        return cast("Views", request.app.state.views).bare(
            "login.html", 401, next=target, name=name[:60], error=error("login_wrong"), note=""
        )
    if isinstance(entered, Halfway):
        response = go("/anmelden/code", next=target) if target != "/" else go("/anmelden/code")
        _set(response, house, access.half_cookie(house), entered.token, entry.HALF_FOR)
        return response
    return _inside(house, entered, target)


def _inside(house: House, entered: Entered, target: str) -> Response:
    """To the page that was wanted, with the cookies of session and device."""
    response = RedirectResponse(target, status_code=303)
    longest = timedelta(hours=house.config.web.absolute_hours)
    _set(response, house, access.cookie_name(house), entered.session, longest)
    _set(response, house, access.device_cookie(house), entered.device, DEVICE_KNOWN_FOR)
    remember(response, access.language_cookie(house), entered.language, secure=access.is_secure(house))
    return response


def _set(response: Response, house: House, key: str, value: str, longest: timedelta) -> None:
    seconds, secure = int(longest.total_seconds()), access.is_secure(house)
    response.set_cookie(key, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


@router.post("/anmelden/sprache", dependencies=[Depends(Public())])
def choose_language(
    request: Request,
    language: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the field's name
) -> Response:
    """The login page in this language; after the login it is the person's own."""
    house, target = request.app.state.house, access.next_path(next)
    response = go("/anmelden", next=target) if target != "/" else go("/anmelden")
    if language in LANGUAGES:
        remember(response, access.language_cookie(house), language, secure=access.is_secure(house))
    return response


@router.get("/anmelden/code", dependencies=[Depends(Public())])
def ask_code(request: Request, next: str = "/") -> Response:  # noqa: A002 - the word in the address
    """The second question, for whoever has answered the first."""
    if not _is_half(request):
        return go("/anmelden", next=access.next_path(next), gut="half_over")
    return _code_page(request, next)


def _is_half(request: Request) -> bool:
    """Was the password right, a short time ago?"""
    house = request.app.state.house
    with house.reading() as session:
        return entry.half(session, request.cookies.get(access.half_cookie(house), ""), house.now()) is not None


def _code_page(request: Request, wanted: str, status: int = 200, words: str = "") -> Response:
    views = cast("Views", request.app.state.views)
    return views.bare("login_code.html", status, next=access.next_path(wanted), error=words)


@router.post("/anmelden/code", dependencies=[Depends(Public())])
def take_code(
    request: Request,
    code: Annotated[str, Form()] = "",
    recovery: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the field's name
) -> Response:
    """In, or one sentence that does not say what was wrong."""
    house, cookies = request.app.state.house, request.cookies
    old, token = cookies.get(access.cookie_name(house), ""), cookies.get(access.half_cookie(house), "")
    if not _is_half(request):
        return go("/anmelden", next=access.next_path(next), gut="half_over")
    entered = entry.answer(house, token, code, recovery, old, access.caller_of(request))
    if entered is None:
        return _code_page(request, next, 401, error("code_wrong"))
    response = _inside(house, entered, f"{access.SET_UP}?gut=recovery" if recovery.strip() else access.next_path(next))
    _set(response, house, access.half_cookie(house), "", timedelta())
    return response


@router.post("/abmelden")
def log_out(visit: Annotated[Visit, Depends(Acts(EVERYONE))]) -> Response:
    """End this session, here and in the database."""
    with visit.house.transaction() as session:
        entry.revoke(session, visit.now, col(WebSession.id) == visit.session_id)
        journal.write(session, visit.now, visit.actor, "user.logout", f"user:{visit.user_id}")
    response = go("/anmelden", gut="out")
    response.delete_cookie(
        access.cookie_name(visit.house), path="/", secure=access.is_secure(visit.house), httponly=True, samesite="lax"
    )
    return response
