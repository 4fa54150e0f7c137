"""Menschen: who works here. Owners only; no numbers about anybody."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import Session, col, select

from monitor.names import alike
from monitor.tables import User, WebSession
from monitor.web import access
from monitor.web.access import OWNERS, Acts, Reads, Visit
from monitor.web.passwords import hash_password, weakness
from monitor.web.steps import Id, Problem, go, take
from replies import journal
from replies.lifecycle import Role

router = APIRouter()
Owner = Annotated[Visit, Depends(Acts(OWNERS))]
ROLES = (Role.STAFF, Role.OWNER, Role.AUDITOR)
_LONGEST_NAME = 60


def _show(
    visit: Visit, problem: Problem | None = None, *, name: str = "", role: str = "staff", at: int = 0, gut: str = ""
) -> Response:
    with visit.house.reading() as session:
        people = session.exec(select(User).order_by(col(User.active).desc(), col(User.name))).all()
    status = problem.status if problem else 200
    return visit.show(
        "people.html", status, people=people, roles=ROLES, problem=problem, name=name, role=role, at=at, gut=gut
    )


@router.get("/menschen")
def show(visit: Annotated[Visit, Depends(Reads(OWNERS))], gut: str = "") -> Response:
    """Everybody with a login."""
    return _show(visit, gut=gut)


@router.post("/menschen")
def add(
    visit: Owner,
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """A new person with a first password, which they change themselves."""
    name = " ".join(name.split())

    def step(session: Session) -> None:
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise Problem("name_missing")
        if alike(name, session.exec(select(User.name)).all()):
            raise Problem("name_taken", status=409)
        _check(password, name)
        user = User(name=name, role=_role(role), password_hash=hash_password(password), created_at=visit.now)
        session.add(user)
        session.flush()
        journal.write(session, visit.now, visit.actor, "user.add", f"user:{user.id}", role=user.role)

    problem = take(visit, step)
    return go("/menschen", gut="added") if problem is None else _show(visit, problem, name=name, role=role)


def _change(visit: Visit, user_id: int, step: Callable[[Session, User], None]) -> Response:
    """Change another person's login; all their sessions end."""

    def whole(session: Session) -> None:
        user = session.get(User, user_id)
        if user is None:
            raise Problem("unknown", status=404)
        if user.id == visit.user_id:
            raise Problem("own_account", status=409)
        step(session, user)
        session.add(user)
        access.revoke(session, visit.now, col(WebSession.user_id) == user_id)

    problem = take(visit, whole)
    return go("/menschen", gut="person") if problem is None else _show(visit, problem, at=user_id)


@router.post("/menschen/{user_id}/sperren")
def disable(visit: Owner, user_id: Id) -> Response:
    """No login any more; what the person wrote and approved stays."""

    def step(session: Session, user: User) -> None:
        user.active = False
        journal.write(session, visit.now, visit.actor, "user.disable", f"user:{user_id}")

    return _change(visit, user_id, step)


@router.post("/menschen/{user_id}/entsperren")
def enable(visit: Owner, user_id: Id) -> Response:
    """The login works again."""

    def step(session: Session, user: User) -> None:
        user.active = True
        journal.write(session, visit.now, visit.actor, "user.enable", f"user:{user_id}")

    return _change(visit, user_id, step)


@router.post("/menschen/{user_id}/rolle")
def set_role(visit: Owner, user_id: Id, role: Annotated[str, Form()] = "") -> Response:
    """Another role from now on."""

    def step(session: Session, user: User) -> None:
        user.role = _role(role)
        journal.write(session, visit.now, visit.actor, "user.role", f"user:{user_id}", role=user.role)

    return _change(visit, user_id, step)


@router.post("/menschen/{user_id}/passwort")
def reset(visit: Owner, user_id: Id, password: Annotated[str, Form()] = "") -> Response:
    """A new password for somebody who lost theirs."""

    def step(session: Session, user: User) -> None:
        _check(password, user.name)
        user.password_hash = hash_password(password)
        journal.write(session, visit.now, visit.actor, "user.password", f"user:{user_id}")

    return _change(visit, user_id, step)


def _role(name: str) -> Role:
    if name not in list(ROLES):
        raise Problem("role_missing")
    return Role(name)


def _check(password: str, name: str) -> None:
    weak = weakness(password, name)
    if weak:
        raise Problem("password_weak", weak)
