"""The brake on guessing passwords, in the form of OWASP's device cookies.

A brake per name alone lets any stranger lock an owner out for as long as they go on guessing. So a browser that has
logged in once gets a cookie of its own (a row, revocable) and from then on its own counter: nobody else can use it up,
and the right password of a known device always counts. Everybody else is braked per name and address, and all unknown
devices together have a ceiling per name, so that many addresses are no way round. What is braked is never told.

Codes from a telephone have counters of their own, which the right password does not set back; a code has six digits
only, so there are twenty wrong ones a day for whoever has the password, and the journal names whose password that is.
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
CODES_A_DAY = 20  # wrong codes for one person, from one known device, or from all unknown ones together
TRIES_COUNT_FOR = timedelta(minutes=15)
DEVICE_KNOWN_FOR = timedelta(days=180)
_FAILURES_KEPT = timedelta(days=1)
_KNOWN, _STRANGE, _CODE = "known", "strange", "_code"


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
    code_of: int | None = None  # the person whose code it was; None: a password was typed

    @property
    def kind(self) -> str:
        """The word in the table."""
        return (_KNOWN if self.known else _STRANGE) + ("" if self.code_of is None else _CODE)

    @property
    def subject(self) -> str:
        """Whom the journal names: a person whose password is known to whoever tried, else only a hash of the name."""
        return f"login:{self.who[:12]}" if self.code_of is None else f"user:{self.code_of}"


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
    return _together(session, one, now) >= _ceiling(one)


def _ceiling(one: Try) -> int:
    return CEILING if one.code_of is None else CODES_A_DAY


def _together(session: Session, one: Try, now: datetime) -> int:
    """What counts toward the ceiling: tries of all unknown devices, of a known one its own wrong codes."""
    if one.known and one.code_of is None:
        return 0
    since = TRIES_COUNT_FOR if one.code_of is None else _FAILURES_KEPT
    here = (
        _same_place(one) if one.known else (col(LoginFailure.name_hash) == one.who, col(LoginFailure.kind) == one.kind)
    )
    return session.exec(select(func.count()).where(*here, col(LoginFailure.at) > now - since)).one()


def _same_place(one: Try) -> tuple[ColumnElement[bool], ...]:
    return (
        col(LoginFailure.name_hash) == one.who,
        col(LoginFailure.place_hash) == one.place,
        col(LoginFailure.kind) == one.kind,
    )


def _recent(now: datetime) -> ColumnElement[bool]:
    return col(LoginFailure.at) > now - TRIES_COUNT_FOR


def remember(session: Session, one: Try, now: datetime, *, count: bool) -> None:
    """A wrong password or code; while the brake holds, nothing is counted. The journal hears once of each place."""
    session.execute(delete(LoginFailure).where(col(LoginFailure.at) < now - _FAILURES_KEPT))
    if not count:
        return
    session.add(LoginFailure(name_hash=one.who, place_hash=one.place, kind=one.kind, at=now))
    session.flush()
    here = session.exec(select(func.count()).where(*_same_place(one), _recent(now))).one()
    everywhere = _together(session, one, now)
    if here == FREE_TRIES or everywhere == _ceiling(one):
        event = "user.login_braked" if one.code_of is None else "user.code_braked"
        journal.write(session, now, DAEMON, event, one.subject, everywhere=everywhere)


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
