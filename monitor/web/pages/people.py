"""Menschen: who works here. Owners only; no numbers about anybody."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import Session, col, select

from monitor import people
from monitor.notify.owners import heard
from monitor.people import ROLES
from monitor.tables import User
from monitor.web.access import OWNERS, Fresh, Reads, Visit
from monitor.web.passwords import hash_password, weakness
from monitor.web.steps import Id, Problem, address_of, go, take
from replies.lifecycle import Role

router = APIRouter()
FreshOwner = Annotated[Visit, Depends(Fresh(OWNERS))]


def _show(
    visit: Visit,
    problem: Problem | None = None,
    *,
    name: str = "",
    role: str = "staff",
    mail: str = "",
    at: int = 0,
    gut: str = "",
) -> Response:
    with visit.house.reading() as session:
        everybody = session.exec(select(User).order_by(col(User.active).desc(), col(User.name))).all()
        made = {one.user_id: one for one in people.owner_made(session, visit.now)}
        told = {number for number, one in made.items() if heard(session, visit.house.config.notify, one)}
    status = problem.status if problem else 200
    typed = {"name": name, "role": role, "mail": mail}
    return visit.show(
        "people.html",
        status,
        people=everybody,
        made=made,
        told=told,
        roles=ROLES,
        problem=problem,
        at=at,
        gut=gut,
        **typed,
    )


@router.get("/menschen")
def show(visit: Annotated[Visit, Depends(Reads(OWNERS))], gut: str = "") -> Response:
    """Everybody with a login."""
    return _show(visit, gut=gut)


@router.post("/menschen")
def add(
    visit: FreshOwner,
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    mail: Annotated[str, Form()] = "",
) -> Response:
    """A new person with a first password, which they change themselves."""
    name = " ".join(name.split())
    weak, hashed = _hashed(password, name)

    def step(session: Session) -> None:
        people.check_name(session, name)
        if weak:
            raise Problem("password_weak", weak)
        people.add(
            session,
            name,
            _role(role),
            hashed,
            visit.actor,
            visit.now,
            mail=address_of(mail),
            language=visit.house.config.business.language,
        )

    problem = take(visit, step)
    return go("/menschen", gut="added") if problem is None else _show(visit, problem, name=name, role=role, mail=mail)


def _change(visit: Visit, user_id: int, step: Callable[[Session, User], None], note: str = "person") -> Response:
    """Change another person's login."""

    def whole(session: Session) -> None:
        user = session.get(User, user_id)
        if user is None:
            raise Problem("unknown", status=404)
        if user.id == visit.user_id:
            raise Problem("own_account", status=409)
        step(session, user)

    problem = take(visit, whole)
    return go("/menschen", gut=note) if problem is None else _show(visit, problem, at=user_id)


@router.post("/menschen/{user_id}/sperren")
def disable(visit: FreshOwner, user_id: Id) -> Response:
    """No login any more; what the person wrote and approved stays."""
    return _change(visit, user_id, lambda session, user: people.disable(session, user, visit.actor, visit.now))


@router.post("/menschen/{user_id}/entsperren")
def enable(visit: FreshOwner, user_id: Id) -> Response:
    """The login works again."""
    return _change(visit, user_id, lambda session, user: people.enable(session, user, visit.actor, visit.now))


@router.post("/menschen/{user_id}/rolle")
def set_role(visit: FreshOwner, user_id: Id, role: Annotated[str, Form()] = "") -> Response:
    """Another role from now on."""

    def step(session: Session, user: User) -> None:
        people.set_role(session, user, _role(role), visit.actor, visit.now)

    return _change(visit, user_id, step)


@router.post("/menschen/{user_id}/passwort")
def reset(visit: FreshOwner, user_id: Id, password: Annotated[str, Form()] = "") -> Response:
    """A new password for somebody who lost theirs; all their sessions end."""
    with visit.house.reading() as session:
        known = session.get(User, user_id)
    weak, hashed = _hashed(password, known.name if known else "")

    def step(session: Session, user: User) -> None:
        if weak:
            raise Problem("password_weak", weak)
        people.set_password(session, user, hashed, visit.actor, visit.now)
        people.revoke(session, user, visit.now)

    return _change(visit, user_id, step)


@router.post("/menschen/{user_id}/mail")
def set_mail(visit: FreshOwner, user_id: Id, mail: Annotated[str, Form()] = "") -> Response:
    """Where this person is told something; empty: nowhere."""

    def step(session: Session, user: User) -> None:
        people.set_mail(session, user, address_of(mail), visit.actor, visit.now)

    return _change(visit, user_id, step, note="mail")


def _role(name: str) -> Role:
    if name not in list(ROLES):
        raise Problem("role_missing")
    return Role(name)


def _hashed(password: str, name: str) -> tuple[str, str]:
    """Why it may not be a password, or its hash: made before the step, which keeps others from writing."""
    weak = weakness(password, name)
    return weak, "" if weak else hash_password(password)
