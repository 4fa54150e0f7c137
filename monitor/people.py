"""The people who work with Widerhall: the one place where a login is made or changed, for the page and the command.

Every change has its row in the journal with the person's seal, so that a role or a password set by hand in the
database shows in `verify`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from monitor import seals
from monitor.logins import HalfLogin, WebSession
from monitor.lookalikes import is_one_script, skeleton
from monitor.tables import User
from monitor.words import GERMAN, LANGUAGES
from replies import journal
from replies.errors import ReplyError
from replies.leaving import hand_back
from replies.lifecycle import Role
from replies.people import AT_THE_DESK, Actor
from replies.tables import Journal

LONGEST_NAME = 60
ROLES = (Role.STAFF, Role.OWNER, Role.AUDITOR)


class NotPossible(ReplyError):
    """A login cannot be made or changed so; `code` says why."""


def write_down(session: Session, now: datetime, actor: Actor, event: str, user: User, **data: Any) -> None:
    """The journal row of one change of a login."""
    session.add(user)
    session.flush()
    session.refresh(user)
    journal.write(session, now, actor, event, f"user:{user.id}", **data, seals=seals.of_user(user))


def find(session: Session, name: str) -> User | None:
    """The person with exactly this name."""
    return session.exec(select(User).where(col(User.name) == name)).one_or_none()


def check_name(session: Session, name: str) -> None:
    """May somebody new have this name?

    Raises:
        NotPossible: it is empty, too long, taken, or looks like one that is taken.
    """
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise NotPossible("no usable name", code="name_missing")
    if not is_one_script(name):
        raise NotPossible("letters of several scripts, or none", code="name_letters")
    taken = session.exec(select(User.name)).all()
    if name in taken:
        raise NotPossible("the name is taken", code="name_taken")
    if skeleton(name) in {skeleton(other) for other in taken}:
        raise NotPossible("the name looks like another", code="name_alike")


def add(
    session: Session,
    name: str,
    role: Role,
    password_hash: str,
    actor: Actor,
    now: datetime,
    *,
    mail: str | None = None,
    language: str = GERMAN,
) -> User:
    """Somebody new.

    Raises:
        NotPossible: not with this name.
    """
    check_name(session, name)
    user = User(name=name, role=role, password_hash=password_hash, mail=mail, language=language, created_at=now)
    write_down(session, now, actor, "user.add", user, role=role)
    return user


def disable(session: Session, user: User, actor: Actor, now: datetime) -> None:
    """No login any more; what the person wrote and approved stays, what they had in hand goes back.

    Raises:
        NotPossible: nobody could approve any more.
    """
    _keep_an_owner(session, user)
    user.active = False
    write_down(session, now, actor, "user.disable", user)
    hand_back(session, user.id or 0, actor, now)
    revoke(session, user, now)


def enable(session: Session, user: User, actor: Actor, now: datetime) -> None:
    """The login works again."""
    user.active = True
    write_down(session, now, actor, "user.enable", user)
    revoke(session, user, now)


def set_role(session: Session, user: User, role: Role, actor: Actor, now: datetime) -> None:
    """Another role from now on; who leaves the desk with it gives back what they had in hand.

    Raises:
        NotPossible: nobody could approve any more.
    """
    if role != Role.OWNER:
        _keep_an_owner(session, user)
    user.role = role
    write_down(session, now, actor, "user.role", user, role=role)
    if role not in AT_THE_DESK:
        hand_back(session, user.id or 0, actor, now)
    revoke(session, user, now)


def set_password(session: Session, user: User, password_hash: str, actor: Actor, now: datetime) -> None:
    """Another password; the caller ends the sessions that are to end. A login begun with the old one ends here."""
    session.execute(delete(HalfLogin).where(col(HalfLogin.user_id) == user.id))
    user.password_hash = password_hash
    write_down(session, now, actor, "user.password", user)


def set_language(session: Session, user: User, language: str) -> None:
    """What this person's pages and messages speak; a matter of taste, so the journal does not hold it.

    Raises:
        NotPossible: not a language of ours.
    """
    if language not in LANGUAGES:
        raise NotPossible("no language of ours", code="unknown")
    user.language = language
    session.add(user)


def set_mail(session: Session, user: User, mail: str | None, actor: Actor, now: datetime) -> None:
    """Where this person is told something; None: nowhere."""
    user.mail = mail
    write_down(session, now, actor, "user.mail", user)


def revoke(session: Session, user: User, now: datetime) -> None:
    """All logins of this person end."""
    live = update(WebSession).where(col(WebSession.user_id) == user.id, col(WebSession.revoked_at).is_(None))
    session.execute(live.values(revoked_at=now))
    session.execute(delete(HalfLogin).where(col(HalfLogin.user_id) == user.id))


FRESH = timedelta(days=14)
_LETS_IN = ("user.add", "user.password", "user.enable", "user.role")


@dataclass(frozen=True, slots=True)
class OwnerMade:
    """A login that an owner made, or took in hand, a short time ago: alone, one could be two people with it."""

    user_id: int
    name: str
    by_id: int
    by: str
    event: str
    at: datetime
    seq: int


def owner_made(session: Session, now: datetime) -> list[OwnerMade]:
    """Whom an owner has let in within the last fortnight, newest step of each person; oldest person first."""
    names = {user_id: name for user_id, name in session.exec(select(User.id, User.name)).all() if user_id is not None}
    rows = select(Journal).where(
        col(Journal.subject).in_([f"user:{number}" for number in names]),
        col(Journal.event).in_(_LETS_IN),
        col(Journal.actor).like("owner:%"),
        col(Journal.at) > journal.stamp(now - FRESH),
    )
    found: dict[int, OwnerMade] = {}
    for row in session.exec(rows.order_by(col(Journal.seq))).all():
        user_id, by_id = int(row.subject.removeprefix("user:")), int(row.actor.removeprefix("owner:"))
        if user_id != by_id:
            at = datetime.fromisoformat(row.at)
            by = names.get(by_id, "")
            found[user_id] = OwnerMade(user_id, names[user_id], by_id, by, row.event, at, row.seq)
    return sorted(found.values(), key=lambda made: made.user_id)


def _keep_an_owner(session: Session, user: User) -> None:
    if user.role != Role.OWNER or not user.active:
        return
    others = select(func.count()).where(
        col(User.role) == Role.OWNER, col(User.active).is_(True), col(User.id) != user.id
    )
    if session.exec(others).one() == 0:
        raise NotPossible("the last owner", code="last_owner")
