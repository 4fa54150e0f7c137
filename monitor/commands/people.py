"""`user add|list|disable|password`: the people who work with Widerhall."""

import argparse
import getpass
import sys
from datetime import datetime
from typing import Any

from monitor.words import _

_LONGEST_NAME = 80


def user(arguments: argparse.Namespace) -> int:
    """Do what the verb says; wrong usage is exit 2."""
    from monitor.bootstrap import open_house

    if arguments.verb != "list" and not (arguments.name or "").strip():
        print(_("Es fehlt noch der Name."), file=sys.stderr)
        return 2
    if arguments.verb == "add" and not arguments.role:
        print(_("Es fehlt noch --role: staff, owner oder auditor."), file=sys.stderr)
        return 2
    arguments.name = " ".join((arguments.name or "").split())
    if arguments.verb == "add" and not (arguments.name.isprintable() and len(arguments.name) <= _LONGEST_NAME):
        print(_("Der Name hat höchstens {n} Zeichen und keine Steuerzeichen.").format(n=_LONGEST_NAME), file=sys.stderr)
        return 2
    if arguments.mail and not _is_address(arguments.mail):
        print(_("{mail} ist keine Mailadresse.").format(mail=arguments.mail), file=sys.stderr)
        return 2
    house = open_house(arguments.config)
    try:
        return _do(house, arguments)
    finally:
        house.close()


def _is_address(text: str) -> bool:
    from monitor.notify.settings import is_address

    return is_address(text)


def _do(house: Any, arguments: argparse.Namespace) -> int:
    """Ask for the password first: while somebody types, nobody must have to wait for the database."""
    if arguments.verb in {"add", "password"}:
        with house.reading() as session:
            known = _known(session, arguments.name, adding=arguments.verb == "add")
        if known == (arguments.verb == "add"):
            print(
                (
                    _("{name} oder einen Namen, der ebenso aussieht, gibt es schon.")
                    if known
                    else _("{name} gibt es nicht.")
                ).format(name=arguments.name),
                file=sys.stderr,
            )
            return 1
        arguments.password = _new_password(arguments)
        if arguments.password is None:
            return 1
    with house.transaction() as session:
        verbs = {"add": _add, "disable": _disable, "password": _password, "list": _list}
        return verbs[arguments.verb](session, arguments, house.now())


def _new_password(arguments: argparse.Namespace) -> str | None:
    """From the file, else asked twice; None after a sentence about what is wrong."""
    from monitor.web.passwords import weakness

    if arguments.password_file:
        try:
            password = arguments.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or _("kein Text in UTF-8")
            print(
                _("{path} lässt sich nicht lesen: {why}").format(path=arguments.password_file, why=why),
                file=sys.stderr,
            )
            return None
    else:
        password = getpass.getpass(_("Kennwort: "))
        if getpass.getpass(_("Noch einmal: ")) != password:
            print(_("Die beiden Eingaben sind verschieden."), file=sys.stderr)
            return None
    if complaint := weakness(password, arguments.name):
        print(complaint, file=sys.stderr)
        return None
    return str(password)


def _known(session: Any, name: str, *, adding: bool) -> bool:
    """Is there such a person; or, for a new one, somebody with whom they could be confused?"""
    from sqlmodel import select

    from monitor.names import alike
    from monitor.tables import User

    return alike(name, session.exec(select(User.name)).all()) if adding else _find(session, name) is not None


def _find(session: Any, name: str) -> Any:
    from sqlmodel import col, select

    from monitor.tables import User

    return session.exec(select(User).where(col(User.name) == name)).one_or_none()


def _add(session: Any, arguments: argparse.Namespace, now: datetime) -> int:
    from monitor.tables import User
    from monitor.web.passwords import hash_password
    from replies import journal
    from replies.lifecycle import Role
    from replies.people import DAEMON

    person = User(
        name=arguments.name,
        role=Role(arguments.role),
        password_hash=hash_password(arguments.password),
        mail=arguments.mail or None,
        created_at=now,
    )
    session.add(person)
    session.flush()
    journal.write(session, now, DAEMON, "user.add", f"user:{person.id}", role=person.role)
    print(_("{name} kann sich jetzt anmelden.").format(name=arguments.name))
    return 0


def _password(session: Any, arguments: argparse.Namespace, now: datetime) -> int:
    from monitor.web.passwords import hash_password
    from replies import journal
    from replies.people import DAEMON

    person = _find(session, arguments.name)
    person.password_hash, person.active = hash_password(arguments.password), True
    session.add(person)
    _revoke(session, person.id, now)
    journal.write(session, now, DAEMON, "user.password", f"user:{person.id}")
    print(_("Das Kennwort von {name} ist gesetzt; alle Anmeldungen sind beendet.").format(name=person.name))
    return 0


def _disable(session: Any, arguments: argparse.Namespace, now: datetime) -> int:
    from replies import journal
    from replies.people import DAEMON

    person = _find(session, arguments.name)
    if person is None:
        print(_("{name} gibt es nicht.").format(name=arguments.name), file=sys.stderr)
        return 1
    person.active = False
    session.add(person)
    _revoke(session, person.id, now)
    journal.write(session, now, DAEMON, "user.disable", f"user:{person.id}")
    print(_("{name} kann sich nicht mehr anmelden.").format(name=person.name))
    return 0


def _revoke(session: Any, user_id: int, now: datetime) -> None:
    from sqlalchemy import update
    from sqlmodel import col

    from monitor.tables import WebSession

    session.execute(update(WebSession).where(col(WebSession.user_id) == user_id).values(revoked_at=now))


def _list(session: Any, _arguments: argparse.Namespace, _now: datetime) -> int:
    from sqlmodel import col, select

    from monitor.tables import User

    for person in session.exec(select(User).order_by(col(User.name))).all():
        state = _("aktiv") if person.active else _("gesperrt")
        print(f"{person.name:<24} {person.role.value:<8} {state:<9} {person.mail or ''}".rstrip())
    return 0
