"""The places of the page beyond the daily four: in the rail of a wide screen, behind "Mehr" on a telephone."""

from typing import NamedTuple

from monitor.web.access import Visit
from monitor.words import _, later


class Place(NamedTuple):
    """One entry: its address, its name, its icon, and what one finds there."""

    path: str
    name: str
    icon: str
    says: str

    def spoken(self) -> "Place":
        """The same in the language of whoever reads it."""
        return self._replace(name=_(self.name), says=_(self.says))


PEOPLE = Place("/menschen", later("Menschen"), "people", later("Wer mitarbeitet, wer freigibt, wer prüft"))
PLAYBOOK = Place("/vorgehen", later("Vorgehen"), "facts", later("Was bei Drohung, Beleidigung oder Anwalt zu tun ist"))
OWN = Place("/ich", later("Mein Zugang"), "people", later("Passwort und Mailadresse"))
SELDOM = (
    Place("/lernen", later("Lernen"), "learning", later("Die Woche in fünf Sätzen, Anlässe, und was wir ändern")),
    Place("/quellen", later("Quellen"), "sources", later("Wo wir zuhören, und ob es klappt")),
    Place("/einschaetzung", later("Einschätzung"), "judgement", later("Wie oft Widerhall richtig liegt")),
    Place("/protokoll", later("Protokoll"), "journal", later("Jeder Schritt, lückenlos")),
    PEOPLE,
)
BEHIND = (*SELDOM, PLAYBOOK, OWN)
_PATHS = frozenset({"/mehr", *(place.path for place in BEHIND)})


def may_open(visit: Visit, place: Place) -> bool:
    """Only owners see the people's page."""
    return visit.is_owner or place is not PEOPLE


def seldom(visit: Visit) -> list[Place]:
    """The entries below the daily four."""
    return [place.spoken() for place in SELDOM if may_open(visit, place)]


def is_elsewhere(visit: Visit) -> bool:
    """Does this page stand behind "Mehr" on a telephone?"""
    return visit.path in _PATHS
