"""Who is told: people with an address, further addresses of the configuration, and the places that Apprise knows."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import Session, col, select

from monitor.notify.settings import Notify
from monitor.tables import User
from monitor.words import GERMAN
from replies.lifecycle import Role

MAIL, PUSH = "mail:", "push:"
TOLD = frozenset({Role.STAFF, Role.OWNER})  # auditors look when they want to


@dataclass(frozen=True, slots=True)
class Recipient:
    """One way to reach somebody. `key` may be stored and logged as far as it holds no secret: a push is a hash."""

    key: str
    address: str = field(repr=False)
    roles: frozenset[Role]
    language: str = GERMAN  # of the person whose address it is, else the house's

    def wants(self, roles: Iterable[Role]) -> bool:
        """Is this meant for them?"""
        return bool(self.roles & set(roles))


def recipients(session: Session, notify: Notify, folder: Path, house: str = GERMAN) -> list[Recipient]:
    """Everybody who can be reached as things are configured now; one address once, with all its roles.

    `house`: the language of an address that is no person's.
    """
    mails: dict[str, set[Role]] = {}
    spoken: dict[str, str] = {}
    if notify.smtp_host:
        for role, address, language in _mails(session, notify, house):
            mails.setdefault(address, set()).add(role)
            spoken.setdefault(address, language)
    found = [
        Recipient(MAIL + address, address, frozenset(roles), spoken[address])
        for address, roles in sorted(mails.items())
    ]
    pushes = dict.fromkeys(notify.addresses(folder))
    return found + [Recipient(push_key(address), address, TOLD, house) for address in pushes]


def push_key(address: str) -> str:
    """How the database names a push address, which is a secret."""
    return PUSH + hashlib.sha256(address.encode()).hexdigest()[:16]


def own_addresses(notify: Notify, person: User) -> list[str]:
    """Mail addresses that are this person's alone."""
    return [address for address in (person.mail, *notify.to.get(person.name, [])) if address]


def _mails(session: Session, notify: Notify, house: str) -> Iterator[tuple[Role, str, str]]:
    people = session.exec(select(User).where(col(User.active).is_(True), col(User.role).in_(TOLD))).all()
    for person in people:
        for address in own_addresses(notify, person):
            yield person.role, address, person.language
    for role in TOLD:
        yield from ((role, address, house) for address in notify.to.get(role.value, []))
