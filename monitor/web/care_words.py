"""The words and sentences of care: what labels.py and sentences.py are for the rest. They take these in."""

from enum import StrEnum

from monitor.words import _

WORDS: dict[type[StrEnum], dict[str, str]] = {}

ERRORS: dict[str, str] = {
    "cool_off": _(
        "Dieser Beitrag ist scharf im Ton. Ihre Antwort darf noch etwas liegen; ab wann sie zur Freigabe gehen kann, "
        "steht oben. Eine Halteantwort geht sofort. Die Fristen laufen weiter."
    ),
    "hear_out": _(
        "Vielleicht folgt noch ein Satz: Der letzte Beitrag zu diesem Anliegen ist ganz frisch. Wir lassen ausreden; "
        "ab wann die Antwort zur Freigabe gehen kann, steht oben. Eine Halteantwort geht sofort."
    ),
    "hostile_limit": _(
        "Für heute haben Sie genug scharfe Beiträge gelesen. Bitte lassen Sie diesen einem anderen. Morgen zählt "
        "niemand mehr, wie viele es waren."
    ),
}

EVENTS: dict[str, str] = {}

NOTES: dict[str, str] = {
    "opened": _("Hier steht jetzt der ganze Text. Er meint nicht Sie. Lesen Sie in Ruhe, Abgeben geht jederzeit."),
}
