"""The places of the page beyond the daily four: in the rail of a wide screen, behind "Mehr" on a telephone."""

from typing import NamedTuple

from monitor.web.access import Visit
from monitor.words import _


class Place(NamedTuple):
    """One entry: its address, its name, its icon, and what one finds there."""

    path: str
    name: str
    icon: str
    says: str


PEOPLE = Place("/menschen", _("Menschen"), "people", _("Wer mitarbeitet, wer freigibt, wer prüft"))
PLAYBOOK = Place("/vorgehen", _("Vorgehen"), "facts", _("Was bei Drohung, Beleidigung oder Anwalt zu tun ist"))
OWN = Place("/ich", _("Mein Zugang"), "people", _("Passwort und Mailadresse"))
SELDOM = (
    Place("/lernen", _("Lernen"), "learning", _("Die Woche in fünf Sätzen, Anlässe, und was wir ändern")),
    Place("/quellen", _("Quellen"), "sources", _("Wo wir zuhören, und ob es klappt")),
    Place("/einschaetzung", _("Einschätzung"), "judgement", _("Wie oft Widerhall richtig liegt")),
    Place("/protokoll", _("Protokoll"), "journal", _("Jeder Schritt, lückenlos")),
    PEOPLE,
)
BEHIND = (*SELDOM, PLAYBOOK, OWN)
_PATHS = frozenset({"/mehr", *(place.path for place in BEHIND)})


def may_open(visit: Visit, place: Place) -> bool:
    """Only owners see the people's page."""
    return visit.is_owner or place is not PEOPLE


def seldom(visit: Visit) -> list[Place]:
    """The entries below the daily four."""
    return [place for place in SELDOM if may_open(visit, place)]


def is_elsewhere(visit: Visit) -> bool:
    """Does this page stand behind "Mehr" on a telephone?"""
    return visit.path in _PATHS
