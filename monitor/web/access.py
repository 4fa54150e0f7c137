"""Who comes in, and what they may do: logins as rows, roles declared at every route.

Each route depends on exactly one gate, `Public`, `Reads(roles)` or `Acts(roles)`; a test walks the router and fails for
a route without one. `Reads` never changes anything; auditors pass no `Acts` but of their own login. `Fresh(roles)`
is an `Acts` for what an unattended browser must not do: the own password was typed a short time ago, or is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, cast
from urllib.parse import unquote, urlsplit

from fastapi import Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy import update
from sqlmodel import col, select

from monitor.logins import WebSession
from monitor.tables import User
from monitor.web import brake
from monitor.web.brake import token_hash
from monitor.web.csrf import same_token
from monitor.web.entry import confirm
from monitor.web.kept import sent
from monitor.web.ports import House
from replies.lifecycle import Role
from replies.people import Actor

if TYPE_CHECKING:
    from monitor.web.views import Views

EVERYONE = frozenset({Role.STAFF, Role.OWNER, Role.AUDITOR})
PEOPLE = frozenset({Role.STAFF, Role.OWNER})
OWNERS = frozenset({Role.OWNER})

SET_UP = "/ich/code"  # the page where the code from the telephone is set up
AGAIN = "_password"  # the field in which a form brings the own password along
FRESH_FOR = timedelta(minutes=30)
_TOUCH_EVERY = timedelta(minutes=1)


class NotLoggedIn(Exception):
    """Nobody is logged in."""


class Forbidden(Exception):
    """Not for this person, or not from a form of this login (`code`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CodeNeeded(Exception):
    """An owner has not set up the code from the telephone that the house asks of owners."""


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
    has_code: bool  # is a code from the telephone asked for at the login?
    now: datetime
    path: str
    sent: Mapping[str, str] = field(default_factory=dict)  # the form that came along, without its secrets

    def again(self, action: str) -> Mapping[str, str]:
        """What was just sent to this address and could not be taken: its form, and no other, is drawn with it."""
        return self.sent if self.path == action else {}

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
    def lacks_code(self) -> bool:
        """Does the house ask owners for a code that this one has not set up? Then only that page opens."""
        wanted = self.is_owner and not self.has_code and self.house.config.web.owners_need_second_factor
        return wanted and self.path != "/abmelden" and not self.path.startswith(SET_UP)

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
        if visit.lacks_code:
            raise CodeNeeded
        return visit


async def sent_with(request: Request) -> dict[str, str]:
    """The form of this request, without its secrets."""
    return sent((await request.form()).multi_items())


Sent = Annotated[dict[str, str], Depends(sent_with)]


@dataclass(frozen=True, slots=True)
class Acts:
    """The gate of routes that change something: role, and the token that this login's forms carry."""

    roles: frozenset[Role]

    def __call__(self, request: Request, form: Sent, token: Annotated[str, Form(alias="_token")] = "") -> Visit:
        """The visit, if this person may do it."""
        visit = visit_of(request)
        if visit is None:
            raise NotLoggedIn
        if visit.role not in self.roles:
            raise Forbidden("not_your_role")
        if not same_token(token, visit.csrf):
            raise Forbidden("form_expired")
        if visit.lacks_code:
            raise CodeNeeded
        return replace(visit, sent=form)


@dataclass(frozen=True, slots=True)
class Fresh(Acts):
    """The gate of what changes a login. The page that asks for the password sends the same form again, with it."""

    def __call__(
        self,
        request: Request,
        form: Sent,
        token: Annotated[str, Form(alias="_token")] = "",
        again: Annotated[str, Form(alias=AGAIN)] = "",
    ) -> Visit:
        """The visit, if this person may do it and has just shown that it is they.

        Raises:
            PasswordNeeded: the password was typed too long ago, or wrong.
        """
        visit = Acts.__call__(self, request, form, token)
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


def half_cookie(house: House) -> str:
    """The cookie of a login whose code is still to come."""
    return "__Host-widerhall-half" if is_secure(house) else "widerhall-half"


def language_cookie(house: House) -> str:
    """The cookie that says which language the pages speak."""
    return "__Host-widerhall-language" if is_secure(house) else "widerhall-language"


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
        col(User.second_factor_at),
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
    session_id, csrf, password_at, seen_at, user_id, name, role, code_since = row
    if now - seen_at > _TOUCH_EVERY:
        with house.transaction() as session:
            session.execute(update(WebSession).where(col(WebSession.id) == session_id).values(seen_at=now))
    views, path = request.app.state.views, request.url.path
    return Visit(house, views, user_id, name, role, session_id, csrf, password_at, code_since is not None, now, path)


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
