"""Who comes in, and what they may do: logins as rows, roles declared at every route.

Each route depends on exactly one gate, `Public`, `Reads(roles)` or `Acts(roles)`; a test walks the router and fails for
a route without one. `Reads` never changes anything; auditors pass no `Acts` but of their own login. `Fresh(roles)`
is an `Acts` for what an unattended browser must not do: the own password was typed a short time ago, or is asked for.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, cast
from urllib.parse import unquote, urlsplit

from fastapi import Form, Request
from fastapi.responses import Response
from sqlalchemy import update
from sqlmodel import Session, col, select

from monitor import people
from monitor.logins import WebSession
from monitor.tables import User
from monitor.web import brake
from monitor.web.brake import token_hash
from monitor.web.csrf import same_token
from monitor.web.passwords import hash_password, matches, outdated
from monitor.web.ports import House
from replies import journal
from replies.lifecycle import Role
from replies.people import DAEMON, Actor

if TYPE_CHECKING:
    from monitor.web.views import Views

EVERYONE = frozenset({Role.STAFF, Role.OWNER, Role.AUDITOR})
PEOPLE = frozenset({Role.STAFF, Role.OWNER})
OWNERS = frozenset({Role.OWNER})

NOBODY = brake.Caller()
AGAIN = "_password"  # the field in which a form brings the own password along
FRESH_FOR = timedelta(minutes=30)
_TOUCH_EVERY = timedelta(minutes=1)


class NotLoggedIn(Exception):
    """Nobody is logged in; `text` is what was typed, so that it is not lost."""

    def __init__(self, text: str = "") -> None:
        super().__init__("nobody is logged in")
        self.text = text


class Forbidden(Exception):
    """Not for this person, or not from a form of this login (`code`)."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code)
        self.code, self.text = code, text


class PasswordNeeded(Exception):
    """The step waits until this person has typed their own password; `wrong`: they just did, and it was not it."""

    def __init__(self, visit: "Visit", *, wrong: bool) -> None:
        super().__init__("the own password is needed")
        self.visit, self.wrong = visit, wrong


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one person who is logged in. `now` is taken once."""

    house: House
    views: "Views"
    user_id: int
    name: str
    role: Role
    session_id: int
    csrf: str
    password_at: datetime
    now: datetime
    path: str

    @property
    def actor(self) -> Actor:
        """This person, as the promise sees them."""
        return Actor(self.user_id, self.role, self.name)

    @property
    def is_owner(self) -> bool:
        """May this person approve, pause and manage people?"""
        return self.role == Role.OWNER

    @property
    def is_fresh(self) -> bool:
        """Was the own password typed a short time ago?"""
        return self.now - self.password_at < FRESH_FOR

    @property
    def may_act(self) -> bool:
        """False for auditors."""
        return self.role in PEOPLE

    def show(self, template: str, status: int = 200, **context: object) -> Response:
        """The page, drawn for this person."""
        return self.views.page(self, template, status, context)


class Public:
    """The gate of routes that need no login."""

    def __call__(self) -> None:
        """Let everybody pass."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The gate of routes that only show something."""

    roles: frozenset[Role]

    def __call__(self, request: Request) -> Visit:
        """The visit, if this person may see the page."""
        visit = visit_of(request)
        if visit is None:
            raise NotLoggedIn
        if visit.role not in self.roles:
            raise Forbidden("not_your_role")
        return visit


@dataclass(frozen=True, slots=True)
class Acts:
    """The gate of routes that change something: role, and the token that this login's forms carry."""

    roles: frozenset[Role]

    def __call__(
        self, request: Request, token: Annotated[str, Form(alias="_token")] = "", text: Annotated[str, Form()] = ""
    ) -> Visit:
        """The visit, if this person may do it."""
        visit = visit_of(request)
        if visit is None:
            raise NotLoggedIn(text)
        if visit.role not in self.roles:
            raise Forbidden("not_your_role", text)
        if not same_token(token, visit.csrf):
            raise Forbidden("form_expired", text)
        return visit


@dataclass(frozen=True, slots=True)
class Fresh(Acts):
    """The gate of what changes a login. The page that asks for the password sends the same form again, with it."""

    def __call__(
        self,
        request: Request,
        token: Annotated[str, Form(alias="_token")] = "",
        text: Annotated[str, Form()] = "",
        again: Annotated[str, Form(alias=AGAIN)] = "",
    ) -> Visit:
        """The visit, if this person may do it and has just shown that it is they.

        Raises:
            PasswordNeeded: the password was typed too long ago, or wrong.
        """
        visit = Acts.__call__(self, request, token, text)
        if not visit.is_fresh and not (again and confirm(visit, again, caller_of(request))):
            raise PasswordNeeded(visit, wrong=bool(again))
        return visit


def caller_of(request: Request) -> brake.Caller:
    """Where a request comes from."""
    device = request.cookies.get(device_cookie(request.app.state.house), "")
    return brake.Caller(request.client.host if request.client else "", device)


def cookie_name(house: House) -> str:
    """`__Host-` where there is TLS; browsers keep that name for us alone."""
    return "__Host-widerhall" if is_secure(house) else "widerhall"


def device_cookie(house: House) -> str:
    """The cookie that says: somebody has logged in from this browser before (monitor/web/brake.py)."""
    return "__Host-widerhall-device" if is_secure(house) else "widerhall-device"


def is_secure(house: House) -> bool:
    """Is the page reached by https?"""
    return house.config.base_url.startswith("https://")


def visit_of(request: Request) -> Visit | None:
    """The login that this request belongs to; None if there is none that still holds."""
    house = cast("House", request.app.state.house)
    token = request.cookies.get(cookie_name(house), "")
    if not token:
        return None
    now = house.now()
    columns = (
        col(WebSession.id),
        col(WebSession.csrf),
        col(WebSession.password_at),
        col(WebSession.seen_at),
        col(User.id),
        col(User.name),
        col(User.role),
    )
    rows = (
        select(*columns)  # type: ignore[call-overload]
        .join(User, col(User.id) == col(WebSession.user_id))
        .where(
            col(WebSession.token_hash) == token_hash(token),
            col(WebSession.revoked_at).is_(None),
            col(WebSession.expires_at) > now,
            col(WebSession.seen_at) > now - timedelta(minutes=house.config.web.idle_minutes),
            col(User.active).is_(True),
        )
    )
    with house.reading() as session:
        row = session.exec(rows).one_or_none()
    if row is None:
        return None
    session_id, csrf, password_at, seen_at, user_id, name, role = row
    if now - seen_at > _TOUCH_EVERY:
        with house.transaction() as session:
            session.execute(update(WebSession).where(col(WebSession.id) == session_id).values(seen_at=now))
    views, path = request.app.state.views, request.url.path
    return Visit(house, views, user_id, name, role, session_id, csrf, password_at, now, path)


@dataclass(frozen=True, slots=True)
class Entered:
    """A login that worked: the tokens of the session and of the device, for their cookies."""

    session: str
    device: str


def log_in(
    house: House, name: str, password: str, old_token: str = "", caller: brake.Caller = NOBODY
) -> Entered | None:
    """None: wrong name, wrong password and braked are the same answer after the same work."""
    now = house.now()
    with house.reading() as session:
        user = session.exec(
            select(User).where(col(User.name) == name.strip(), col(User.active).is_(True))
        ).one_or_none()
    one = _try(house, name, user, password, caller, now)
    if one is None or user is None or user.id is None:
        return None
    better = hash_password(password) if outdated(user.password_hash) else None
    with house.transaction() as session:
        if better:
            people.set_password(session, session.get_one(User, user.id, populate_existing=True), better, DAEMON, now)
        if old_token:
            revoke(session, now, WebSession.token_hash == token_hash(old_token))
        brake.forgive(session, one)
        token, device = _open_session(session, house, user.id, now), brake.know(session, user.id, caller, one, now)
        journal.write(session, now, Actor(user.id, user.role), "user.login", f"user:{user.id}")
    return Entered(token, device)


def _try(
    house: House, name: str, user: User | None, password: str, caller: brake.Caller, now: datetime
) -> brake.Try | None:
    """The try, if the password is this person's and counts; a wrong one is remembered. The same work either way."""
    with house.reading() as session:
        one = brake.attempt(session, name, user.id if user else None, caller, now)
        braked = brake.braked(session, one, now)
    if matches(user.password_hash if user else None, password) and not braked:
        return one
    with house.transaction() as session:
        brake.remember(session, one, now, count=not braked)
        if user is not None and not braked:  # so many as the brake counts: a guesser cannot fill the journal
            journal.write(session, now, DAEMON, "user.login_failed", f"user:{user.id}")
    return None


def confirm(visit: Visit, password: str, caller: brake.Caller) -> bool:
    """Is this the own password of whoever is logged in? Braked like a login; then the session is fresh from now on."""
    with visit.house.reading() as session:
        user = session.get_one(User, visit.user_id)
    one = _try(visit.house, visit.name, user, password, caller, visit.now)
    if one is None:
        return False
    with visit.house.transaction() as session:
        brake.forgive(session, one)
        this = update(WebSession).where(col(WebSession.id) == visit.session_id)
        session.execute(this.values(password_at=visit.now))
    return True


def _open_session(session: Session, house: House, user_id: int, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_hash=token_hash(token),
            user_id=user_id,
            csrf=secrets.token_urlsafe(24),
            password_at=now,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=house.config.web.absolute_hours),
        )
    )
    return token


def revoke(session: Session, now: datetime, *which: object) -> int:
    """End the sessions that the conditions name; returns how many."""
    where = (col(WebSession.revoked_at).is_(None), *which)
    done = session.execute(update(WebSession).where(*where).values(revoked_at=now))  # type: ignore[arg-type]
    return int(done.rowcount)  # type: ignore[attr-defined]


def next_path(wanted: str) -> str:
    """A path of our own to go to after the login, "/" for anything else; parsed, not prefix-checked (S19)."""
    plain = unquote(unquote(wanted))
    if not plain.startswith("/") or any(char in plain for char in "\\\r\n\t\0") or not plain.isprintable():
        return "/"
    try:
        parts = urlsplit(plain)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.startswith("//") or "//" in parts.path:
        return "/"
    asked = urlsplit(wanted)
    return asked.path + (f"?{asked.query}" if asked.query else "")
