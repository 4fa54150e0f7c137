"""`user add|list|disable|enable|password|mail|second-factor-off`: the people who work with Widerhall."""

import argparse
import getpass
import sys
import warnings
from datetime import datetime
from typing import Any

from monitor.words import _, refusal

_LONGEST_NAME = 60


def user(arguments: argparse.Namespace) -> int:
    """Do what the verb says; wrong usage is exit 2."""
    from monitor.bootstrap import open_house

    if wrong := _wrong_usage(arguments):
        print(wrong, file=sys.stderr)
        return 2
    arguments.name = " ".join((arguments.name or "").split())
    house = open_house(arguments.config)
    arguments.language = house.config.business.language
    try:
        return _do(house, arguments)
    finally:
        house.close()


def _wrong_usage(arguments: argparse.Namespace) -> str:
    """What is missing or makes no sense, as a sentence."""
    if arguments.verb != "list" and not (arguments.name or "").strip():
        return _("Es fehlt noch der Name.")
    if arguments.verb == "add" and not (arguments.name.isprintable() and len(arguments.name) <= _LONGEST_NAME):
        return _("Der Name hat höchstens {n} Zeichen und keine Steuerzeichen.").format(n=_LONGEST_NAME)
    if arguments.verb == "add" and not arguments.role:
        return _("Es fehlt noch --role: staff, owner oder auditor.")
    if arguments.verb == "mail" and arguments.mail is None:
        return _('Es fehlt noch --mail ADRESSE; mit --mail "" bekommt die Person keine Nachrichten mehr.')
    if arguments.mail and not _is_address(arguments.mail):
        return str(_("{mail} ist keine Mailadresse.").format(mail=arguments.mail))
    return ""


def _is_address(text: str) -> bool:
    from monitor.notify.settings import is_address

    return is_address(text)


def _do(house: Any, arguments: argparse.Namespace) -> int:
    """Ask for the password first: while somebody types, nobody must have to wait for the database."""
    from monitor import people
    from monitor.web.labels import error

    verbs = {"add": _add, "disable": _disable, "enable": _enable, "mail": _mail, "password": _password}
    verbs["second-factor-off"] = _second_factor_off
    try:
        with house.reading() as session:
            if arguments.verb == "list":
                _list(session)
                return 0
            if arguments.verb == "add":
                people.check_name(session, arguments.name)
            elif people.find(session, arguments.name) is None:
                print(_("{name} gibt es nicht.").format(name=arguments.name), file=sys.stderr)
                return 1
        if arguments.verb in {"add", "password"}:
            arguments.password = _new_password(arguments)
            if arguments.password is None:
                return 1
        with house.transaction() as session:
            done = verbs[arguments.verb](session, arguments, house.now())
    except people.NotPossible as refused:
        print(error(refused.code), file=sys.stderr)
        return 1
    print(done.format(name=arguments.name, mail=arguments.mail))
    return 0


def _new_password(arguments: argparse.Namespace) -> str | None:
    """From the file, else asked twice; None after a sentence about what is wrong."""
    from monitor.web.passwords import weakness

    if arguments.password_file:
        try:
            password = arguments.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = refusal(error) if isinstance(error, OSError) else _("kein Text in UTF-8")
            print(
                _("{path} lässt sich nicht lesen: {why}").format(path=arguments.password_file, why=why),
                file=sys.stderr,
            )
            return None
    else:
        try:
            password, again = _typed_twice()
        except getpass.GetPassWarning:
            print(_("Ohne Terminal lässt sich kein Passwort eingeben: --password-file DATEI"), file=sys.stderr)
            return None
        if again != password:
            print(_("Die beiden Eingaben sind verschieden."), file=sys.stderr)
            return None
    if complaint := weakness(password, arguments.name):
        print(complaint, file=sys.stderr)
        return None
    return str(password)


def _typed_twice() -> tuple[str, str]:
    """What is typed, unseen; without a terminal it could be seen, so then not at all."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        return getpass.getpass(_("Passwort: ")), getpass.getpass(_("Noch einmal: "))


def _find(session: Any, name: str) -> Any:
    from monitor import people

    return people.find(session, name)


def _add(session: Any, arguments: argparse.Namespace, now: datetime) -> str:
    from monitor import people
    from monitor.web.passwords import hash_password
    from replies.lifecycle import Role
    from replies.people import DAEMON

    hashed, role = hash_password(arguments.password), Role(arguments.role)
    people.add(
        session,
        arguments.name,
        role,
        hashed,
        DAEMON,
        now,
        mail=arguments.mail or None,
        language=arguments.language,
    )
    return _("{name} kann sich jetzt anmelden.")


def _password(session: Any, arguments: argparse.Namespace, now: datetime) -> str:
    from monitor import people
    from monitor.web.passwords import hash_password
    from replies.people import DAEMON

    person = _find(session, arguments.name)
    people.set_password(session, person, hash_password(arguments.password), DAEMON, now)
    people.revoke(session, person, now)
    if person.active:
        return _("Das Passwort von {name} ist gesetzt; alle Anmeldungen sind beendet.")
    return _("Das Passwort von {name} ist gesetzt. {name} ist noch gesperrt: widerhall user enable.")


def _disable(session: Any, arguments: argparse.Namespace, now: datetime) -> str:
    from monitor import people
    from replies.people import DAEMON

    people.disable(session, _find(session, arguments.name), DAEMON, now)
    return _("{name} kann sich nicht mehr anmelden.")


def _enable(session: Any, arguments: argparse.Namespace, now: datetime) -> str:
    from monitor import people
    from replies.people import DAEMON

    people.enable(session, _find(session, arguments.name), DAEMON, now)
    return _("{name} kann sich wieder anmelden.")


def _second_factor_off(session: Any, arguments: argparse.Namespace, now: datetime) -> str:
    from monitor import people, second_factor
    from replies.people import DAEMON

    person = _find(session, arguments.name)
    if person.second_factor_at is None:
        return _("Bei {name} wird beim Anmelden kein Code verlangt.")
    second_factor.switch_off(session, person, DAEMON, now)
    people.revoke(session, person, now)
    return _("Bei {name} genügt wieder das Passwort; alle Anmeldungen sind beendet.")


def _mail(session: Any, arguments: argparse.Namespace, now: datetime) -> str:
    from monitor import people
    from replies.people import DAEMON

    people.set_mail(session, _find(session, arguments.name), arguments.mail or None, DAEMON, now)
    if arguments.mail:
        return _("{name} bekommt Nachrichten an {mail}.")
    return _("{name} bekommt keine Nachrichten mehr.")


def _list(session: Any) -> None:
    from sqlmodel import col, select

    from monitor.tables import User

    people = session.exec(select(User).order_by(col(User.name))).all()
    if not people:
        print(_("Noch kann sich niemand anmelden: widerhall user add NAME --role owner"))
    for person in people:
        code = _("Code") if person.second_factor_at else ""
        state = _("aktiv") if person.active else _("gesperrt")
        print(f"{person.name:<24} {person.role.value:<8} {state:<9} {code:<5} {person.mail or ''}".rstrip())
