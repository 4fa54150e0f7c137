"""The brake on guessing passwords, in the form of OWASP's device cookies.

A brake per name alone lets any stranger lock an owner out for as long as they go on guessing. So a browser that has
logged in once gets a cookie of its own (a row, revocable) and from then on its own counter: nobody else can use it up,
and the right password of a known device always counts. Everybody else is braked per name and address, and all unknown
devices together have a ceiling per name, so that many addresses are no way round. What is braked is never told.
"""

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, func, select

from monitor.logins import KnownDevice, LoginFailure
from replies import journal
from replies.people import DAEMON

FREE_TRIES = 5
CEILING = 50  # wrong tries for one name from all unknown devices together, in TRIES_COUNT_FOR
TRIES_COUNT_FOR = timedelta(minutes=15)
DEVICE_KNOWN_FOR = timedelta(days=180)
_FAILURES_KEPT = timedelta(days=1)
_KNOWN, _STRANGE = "known", "strange"


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a login comes from: the address, and the token of the device cookie, either may be empty."""

    address: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Try:
    """One try to log in, as it is counted: no name and no address is stored, only hashes."""

    who: str
    place: str
    known: bool

    @property
    def kind(self) -> str:
        """The word in the table."""
        return _KNOWN if self.known else _STRANGE


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def name_hash(name: str) -> str:
    """How a failed login is remembered: no name is stored that might be a mistyped password."""
    return token_hash(name.strip().casefold())


def attempt(session: Session, name: str, user_id: int | None, caller: Caller, now: datetime) -> Try:
    """This try, on the counter where it belongs."""
    who = name_hash(name)
    if user_id is not None and _knows(session, user_id, caller.device, now):
        return Try(who, token_hash(caller.device), known=True)
    return Try(who, token_hash(f"{who} {_network(caller.address)}"), known=False)


def _network(address: str) -> str:
    """An IPv6 customer has a whole /64 to call from; it counts as one place."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _knows(session: Session, user_id: int, device: str, now: datetime) -> bool:
    rows = select(KnownDevice.id).where(
        col(KnownDevice.token_hash) == token_hash(device),
        col(KnownDevice.user_id) == user_id,
        col(KnownDevice.seen_at) > now - DEVICE_KNOWN_FOR,
    )
    return bool(device) and session.exec(rows).first() is not None


def braked(session: Session, one: Try, now: datetime) -> bool:
    """Must this try wait? After five wrong ones each further one doubles the wait, up to 15 minutes."""
    failures, last = session.exec(
        select(func.count(), func.max(col(LoginFailure.at))).where(*_same_place(one), _recent(now))
    ).one()
    if failures >= FREE_TRIES and last is not None:
        wait = min(timedelta(seconds=2 ** min(failures - FREE_TRIES + 1, 12)), TRIES_COUNT_FOR)
        if now < last + wait:
            return True
    return not one.known and _strange(session, one.who, now) >= CEILING


def _strange(session: Session, who: str, now: datetime) -> int:
    rows = select(func.count()).where(
        col(LoginFailure.name_hash) == who, col(LoginFailure.kind) == _STRANGE, _recent(now)
    )
    return session.exec(rows).one()


def _same_place(one: Try) -> tuple[ColumnElement[bool], ...]:
    return (
        col(LoginFailure.name_hash) == one.who,
        col(LoginFailure.place_hash) == one.place,
        col(LoginFailure.kind) == one.kind,
    )


def _recent(now: datetime) -> ColumnElement[bool]:
    return col(LoginFailure.at) > now - TRIES_COUNT_FOR


def remember(session: Session, one: Try, now: datetime, *, count: bool) -> None:
    """A wrong password; while the brake holds, nothing is counted. The journal is told once per place and name."""
    session.execute(delete(LoginFailure).where(col(LoginFailure.at) < now - _FAILURES_KEPT))
    if not count:
        return
    session.add(LoginFailure(name_hash=one.who, place_hash=one.place, kind=one.kind, at=now))
    session.flush()
    here = session.exec(select(func.count()).where(*_same_place(one), _recent(now))).one()
    everywhere = 0 if one.known else _strange(session, one.who, now)
    if here == FREE_TRIES or everywhere == CEILING:
        journal.write(session, now, DAEMON, "user.login_braked", f"login:{one.who[:12]}", everywhere=everywhere)


def forgive(session: Session, one: Try) -> None:
    """The right password: this place starts anew, the others do not."""
    session.execute(delete(LoginFailure).where(*_same_place(one)))


def know(session: Session, user_id: int, caller: Caller, one: Try, now: datetime) -> str:
    """The token of this browser's device cookie, a new one if it is not known yet for this person."""
    if one.known:
        seen = update(KnownDevice).where(col(KnownDevice.token_hash) == one.place)
        session.execute(seen.values(seen_at=now))
        return caller.device
    token = secrets.token_urlsafe(32)
    session.add(KnownDevice(token_hash=token_hash(token), user_id=user_id, created_at=now, seen_at=now))
    return token
