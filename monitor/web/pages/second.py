"""Ich, Code vom Telefon: the own second factor is set up, looked at, renewed and taken out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import Session, col

from monitor import second_factor
from monitor.logins import WebSession
from monitor.tables import User
from monitor.web import entry
from monitor.web.access import EVERYONE, SET_UP, Fresh, Reads, Visit
from monitor.web.steps import Problem, go, take

router = APIRouter()
Own = Annotated[Visit, Depends(Fresh(EVERYONE))]


@router.get("/ich/code")
def show(visit: Annotated[Visit, Depends(Reads(EVERYONE))], gut: str = "") -> Response:
    """Is it on, since when, and how many recovery codes are left."""
    return _show(visit, gut=gut)


def _show(
    visit: Visit, problem: Problem | None = None, *, gut: str = "", secret: str = "", codes: tuple[str, ...] = ()
) -> Response:
    """`secret`: while it is being set up; `codes`: the one time they are shown."""
    with visit.house.reading() as session:
        user = session.get_one(User, visit.user_id)
        left = second_factor.codes_left(session, user)
    address = second_factor.address(user, secret, visit.house.config.business.name) if secret else ""
    status, drawn = problem.status if problem else 200, _picture(address) if secret else None
    context = {"since": user.second_factor_at, "left": left, "needed": _is_needed(visit), "secret": _by_four(secret)}
    return visit.show(
        "second.html", status, problem=problem, gut=gut, picture=drawn, address=address, codes=codes, **context
    )


def _is_needed(visit: Visit) -> bool:
    return visit.is_owner and visit.house.config.web.owners_need_second_factor


def _picture(address: str) -> tuple[int, str]:
    """A QR code: squares on each side, the quiet zone with them, and the path of an SVG over the black ones."""
    import segno

    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=4))
    black = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, square in enumerate(row) if square]
    return len(rows), "".join(black)


def _by_four(secret: str) -> str:
    """As one types it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


@router.post("/ich/code")
def begin(visit: Own) -> Response:
    """A new secret, as a picture and in letters; it counts once a code of it has been typed."""
    made: list[str] = []

    def step(session: Session) -> None:
        made.append(second_factor.begin(session, session.get_one(User, visit.user_id), visit.now))

    problem = take(visit, step)
    return _show(visit, problem, secret="" if problem else made[0])


@router.post("/ich/code/an")
def switch_on(visit: Own, code: Annotated[str, Form()] = "") -> Response:
    """The first code; then the recovery codes, this once. Every other session of this person ends."""
    made: list[str] = []

    def step(session: Session) -> None:
        user = session.get_one(User, visit.user_id)
        made.extend(second_factor.switch_on(session, user, code, visit.actor, visit.now))
        entry.revoke(
            session, visit.now, col(WebSession.user_id) == visit.user_id, col(WebSession.id) != visit.session_id
        )

    problem = take(visit, step)
    if problem is None or problem.code != "first_code_wrong":
        return _show(visit, problem, codes=tuple(made))
    with visit.house.reading() as session:
        secret = second_factor.secret_of(session, session.get_one(User, visit.user_id))
    return _show(visit, problem, secret=secret or "")


@router.post("/ich/code/notfall")
def renew(visit: Own) -> Response:
    """Ten new recovery codes, shown this once."""
    made: list[str] = []

    def step(session: Session) -> None:
        user = session.get_one(User, visit.user_id)
        made.extend(second_factor.renew_codes(session, user, visit.actor, visit.now))

    problem = take(visit, step)
    return _show(visit, problem, codes=tuple(made))


@router.post("/ich/code/aus")
def switch_off(visit: Own) -> Response:
    """The password is enough again."""

    def step(session: Session) -> None:
        second_factor.switch_off(session, session.get_one(User, visit.user_id), visit.actor, visit.now)

    problem = take(visit, step)
    return go(SET_UP, gut="second_off") if problem is None else _show(visit, problem)
