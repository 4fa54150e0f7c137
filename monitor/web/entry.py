"""How somebody gets in: the password, then, for who wants it so, a code from the telephone; both behind the brake."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from monitor import people, second_factor
from monitor.logins import HalfLogin, WebSession
from monitor.tables import User
from monitor.web import brake
from monitor.web.brake import token_hash
from monitor.web.passwords import hash_password, matches, outdated
from monitor.web.ports import House
from replies import journal
from replies.people import DAEMON, Actor

if TYPE_CHECKING:
    from monitor.web.access import Visit

NOBODY = brake.Caller()
HALF_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Entered:
    """A login that worked: the tokens of the session and of the device and the person's language, for their cookies."""

    session: str
    device: str
    language: str


@dataclass(frozen=True, slots=True)
class Halfway:
    """The password was right, and now a code is asked for; the token of this login, for its cookie."""

    token: str


def log_in(
    house: House, name: str, password: str, old_token: str = "", caller: brake.Caller = NOBODY
) -> Entered | Halfway | None:
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
        user = _still(session, user)
        if user is None or user.id is None:
            return None
        if better:
            people.set_password(session, user, better, DAEMON, now)
        brake.forgive(session, one)
        if user.second_factor_at is not None:
            return _halfway(session, user.id, now)
        return _come_in(session, house, user, one, caller, old_token, now)


def _still(session: Session, checked: User) -> User | None:
    """The person as they are now; None: argon2 took its time, and meanwhile the password or the login was taken away.

    Locked, so that whoever takes it away in this very moment ends what begins here too.
    """
    user = session.get(User, checked.id, populate_existing=True, with_for_update=True)
    return user if user and user.active and user.password_hash == checked.password_hash else None


def _halfway(session: Session, user_id: int, now: datetime) -> Halfway:
    token = secrets.token_urlsafe(32)
    session.add(HalfLogin(token_hash=token_hash(token), user_id=user_id, at=now))
    return Halfway(token)


def half(session: Session, token: str, now: datetime) -> User | None:
    """Whose code is asked for; None: nobody's, or it has taken too long."""
    rows = (
        select(User)
        .join(HalfLogin, col(HalfLogin.user_id) == col(User.id))
        .where(
            col(HalfLogin.token_hash) == token_hash(token),
            col(HalfLogin.at) > now - HALF_FOR,
            col(User.active).is_(True),
        )
    )
    return session.exec(rows).one_or_none()


def answer(
    house: House, token: str, code: str, recovery: str, old_token: str = "", caller: brake.Caller = NOBODY
) -> Entered | None:
    """The second question answered. None: wrong, used before, too late and braked are the same answer."""
    now = house.now()
    with house.transaction() as session:
        user = half(session, token, now)
        if user is None or user.id is None:
            return None
        one = replace(brake.attempt(session, user.name, user.id, caller, now), code_of=user.id)
        braked = brake.braked(session, one, now)
        if braked or not _fits(session, user, code, recovery, now):
            brake.remember(session, one, now, count=not braked)
            if not braked:
                journal.write(session, now, DAEMON, "user.code_failed", f"user:{user.id}")
            return None
        brake.forgive(session, one)
        session.execute(delete(HalfLogin).where(col(HalfLogin.token_hash) == token_hash(token)))
        return _come_in(session, house, user, one, caller, old_token, now)


def _fits(session: Session, user: User, code: str, recovery: str, now: datetime) -> bool:
    if recovery.strip():
        return second_factor.use_recovery(session, user, recovery, now)
    return second_factor.is_right(session, user, code, now)


def _come_in(
    session: Session, house: House, user: User, one: brake.Try, caller: brake.Caller, old_token: str, now: datetime
) -> Entered:
    """A new session, a known browser, a row in the journal; what was logged in here before ends."""
    if old_token:
        revoke(session, now, WebSession.token_hash == token_hash(old_token))
    user_id = user.id or 0
    token, device = _open_session(session, house, user_id, now), brake.know(session, user_id, caller, one, now)
    journal.write(session, now, Actor(user_id, user.role), "user.login", f"user:{user_id}")
    return Entered(token, device, user.language)


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


def confirm(visit: "Visit", password: str, caller: brake.Caller) -> bool:
    """Is this the own password of whoever is logged in? Braked like a login; then the session is fresh from now on."""
    with visit.house.reading() as session:
        user = session.get_one(User, visit.user_id)
    one = _try(visit.house, visit.name, user, password, caller, visit.now)
    if one is None:
        return False
    with visit.house.transaction() as session:
        if _still(session, user) is None:
            return False
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
