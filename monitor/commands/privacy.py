"""`export` and `erase`: Auskunft and Löschung for one person who has written about us."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from monitor.words import _, ngettext

if TYPE_CHECKING:
    from monitor.privacy.person import Person

_AMBIGUOUS = 2


def export(arguments: argparse.Namespace) -> int:
    """Print everything about one author as JSON; 1 if there is nobody, 2 if more than one is meant."""
    from monitor.bootstrap import open_house
    from monitor.privacy.export import export as everything

    house = open_house(arguments.config)
    try:
        with house.transaction() as session:
            person = _one(session, arguments)
            if isinstance(person, int):
                return person
            found = everything(session, person, house.now())
    finally:
        house.close()
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return 0


def erase(arguments: argparse.Namespace) -> int:
    """Erase one author; 1 if there is nobody or something must be settled first, 2 if more than one is meant."""
    from monitor.bootstrap import open_house
    from monitor.privacy.shred import shred

    house = open_house(arguments.config)
    try:
        code = _erase(house, arguments)
        if code == 0 and not shred(house.database):
            print(
                _(
                    "Gelöscht ist es, aber Reste können noch in der Datenbankdatei stehen, weil sie gerade benutzt "
                    "wurde. Halten Sie Widerhall an und rufen Sie noch einmal auf: widerhall erase --sweep"
                ),
                file=sys.stderr,
            )
            return 1
        return code
    finally:
        house.close()


def _erase(house: Any, arguments: argparse.Namespace) -> int:
    from monitor.privacy.erase import NotNow
    from monitor.privacy.erase import erase as forget_all

    if arguments.sweep and not arguments.author:
        return 0
    with house.reading() as session:
        person = _one(session, arguments)
    if isinstance(person, int):
        return person
    if not (arguments.yes or _agreed(person)):
        print(_("Es wurde nichts gelöscht."), file=sys.stderr)
        return 1
    try:
        with house.transaction() as session:
            done = forget_all(session, person, house.now())
    except NotNow as obstacle:
        _explain(obstacle)
        return 1
    sentence = ngettext("{n} Beitrag ist gelöscht", "{n} Beiträge sind gelöscht", done.posts).format(n=done.posts)
    print(_("{posts}: Text, Name, Adressen, Rohdaten und Antworten. Das Protokoll bleibt.").format(posts=sentence))
    if done.still_open:
        numbers = ", ".join(map(str, done.still_open))
        print(_("Noch offen, bitte zu zweit mit Grund schließen („keine Beschwerde“): Beitrag {n}").format(n=numbers))
    return 0


def _one(session: Any, arguments: argparse.Namespace) -> "Person | int":
    """The one person that is meant, or the exit code after a sentence."""
    from monitor.privacy.person import find
    from monitor.repeats import name_key

    who = (arguments.author or "").strip()
    if not who:
        print(_("Es fehlt noch der Name oder die Kennung."), file=sys.stderr)
        return _AMBIGUOUS
    found = find(session, who, arguments.source)
    if not found:
        print(_("Von {who} ist nichts gespeichert.").format(who=who), file=sys.stderr)
        return 1
    if len(found) > 1:
        print(_("Das sind mehrere. Nennen Sie die Kennung oder --source:"), file=sys.stderr)
        for person in found:
            print(f"  {person.source}  {person.author_id or '–'}  {person.name}", file=sys.stderr)
        return _AMBIGUOUS
    if found[0].author_id is None and not name_key(found[0].name):
        print(_("{who} ist kein Name, so heißen viele.").format(who=who), file=sys.stderr)
        return _AMBIGUOUS
    return found[0]


def _agreed(person: "Person") -> bool:
    """A person at a terminal is asked; a program knows what it does."""
    if not sys.stdin.isatty():
        return True
    question = _("Alles von {name} bei {source} endgültig löschen? [ja/nein] ")
    said = input(question.format(name=person.name or person.author_id, source=person.source)).strip().lower()
    return said in {"ja", _("ja")}


def _explain(obstacle: Any) -> None:
    if obstacle.found.on_the_way:
        numbers = ", ".join(map(str, obstacle.found.on_the_way))
        sentence = _(
            "Zu Beitrag {n} ist eine Antwort unterwegs. Warten Sie, bis sie gesichtet oder geklärt ist (widerhall "
            "outbox list); bis dahin wurde nichts gelöscht."
        )
        print(sentence.format(n=numbers), file=sys.stderr)
    if obstacle.found.legal_hold:
        numbers = ", ".join(map(str, obstacle.found.legal_hold))
        sentence = _(
            "Beitrag {n} steht unter rechtlicher Sperre (Art. 17 Abs. 3 Buchst. e DSGVO). Erst wenn sie endet, kann "
            "gelöscht werden; bis dahin wurde nichts gelöscht."
        )
        print(sentence.format(n=numbers), file=sys.stderr)
