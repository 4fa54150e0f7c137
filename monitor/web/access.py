"""Who comes in, and what they may do: logins as rows, roles declared at every route, a brake on guessing.

Each route depends on exactly one gate, `Public`, `Reads(roles)` or `Acts(roles)`; a test walks the router and fails for
a route without one. `Reads` never changes anything; auditors pass no `Acts`.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, cast
from urllib.parse import unquote, urlsplit

from fastapi import Form, Request
from fastapi.responses import Response
from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from monitor.tables import LoginFailure, User, WebSession
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

FREE_TRIES = 5
_TRIES_COUNT_FOR = timedelta(minutes=15)
_FAILURES_KEPT = timedelta(days=1)
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


def cookie_name(house: House) -> str:
    """`__Host-` where there is TLS; browsers keep that name for us alone."""
    return "__Host-widerhall" if is_secure(house) else "widerhall"


def is_secure(house: House) -> bool:
    """Is the page reached by https?"""
    return house.config.base_url.startswith("https://")


def token_hash(token: str) -> str:
    """What is stored of a session's token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


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
    session_id, csrf, seen_at, user_id, name, role = row
    if now - seen_at > _TOUCH_EVERY:
        with house.transaction() as session:
            session.execute(update(WebSession).where(col(WebSession.id) == session_id).values(seen_at=now))
    return Visit(house, request.app.state.views, user_id, name, role, session_id, csrf, now, request.url.path)


def name_hash(name: str) -> str:
    """How a failed login is remembered: no name is stored that might be a mistyped password."""
    return hashlib.sha256(name.strip().casefold().encode("utf-8", "replace")).hexdigest()


def _braked(session: Session, who: str, now: datetime) -> bool:
    """Must this name wait? After five wrong tries each further one doubles the wait, up to 15 minutes."""
    rows = select(func.count(), func.max(col(LoginFailure.at))).where(
        col(LoginFailure.name_hash) == who, col(LoginFailure.at) > now - _TRIES_COUNT_FOR
    )
    failures, last = session.exec(rows).one()
    if failures < FREE_TRIES or last is None:
        return False
    wait = min(timedelta(seconds=2 ** min(failures - FREE_TRIES + 1, 12)), _TRIES_COUNT_FOR)
    return bool(now < last + wait)


def log_in(house: House, name: str, password: str, old_token: str = "") -> str | None:
    """A new session's token, or None: wrong name, wrong password and braked are the same answer after the same work."""
    now, who = house.now(), name_hash(name)
    with house.reading() as session:
        braked = _braked(session, who, now)
        user = session.exec(
            select(User).where(col(User.name) == name.strip(), col(User.active).is_(True))
        ).one_or_none()
    fits = matches(user.password_hash if user else None, password)
    if braked or not fits or user is None or user.id is None:
        _remember_failure(house, who, now, count=not braked)
        return None
    better = hash_password(password) if outdated(user.password_hash) else None
    token = secrets.token_urlsafe(32)
    with house.transaction() as session:
        if better:
            session.execute(update(User).where(col(User.id) == user.id).values(password_hash=better))
        if old_token:
            revoke(session, now, WebSession.token_hash == token_hash(old_token))
        session.execute(delete(LoginFailure).where(col(LoginFailure.name_hash) == who))
        session.add(
            WebSession(
                token_hash=token_hash(token),
                user_id=user.id,
                csrf=secrets.token_urlsafe(24),
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(hours=house.config.web.absolute_hours),
            )
        )
        journal.write(session, now, Actor(user.id, user.role), "user.login", f"user:{user.id}")
    return token


def _remember_failure(house: House, who: str, now: datetime, *, count: bool) -> None:
    with house.transaction() as session:
        session.execute(delete(LoginFailure).where(col(LoginFailure.at) < now - _FAILURES_KEPT))
        if not count:
            return
        session.add(LoginFailure(name_hash=who, at=now))
        session.flush()
        recent = select(func.count()).where(
            col(LoginFailure.name_hash) == who, col(LoginFailure.at) > now - _TRIES_COUNT_FOR
        )
        if session.exec(recent).one() == FREE_TRIES:  # once, so that guessing does not fill the journal
            journal.write(session, now, DAEMON, "user.login_braked", f"login:{who[:12]}")


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
