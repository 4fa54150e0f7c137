"""What a person typed into a form that could not be taken: collected to be shown and copied, never a secret.

A test walks the templates: every field in which somebody types stands in `LABELS` or in `NEVER`.
"""

from collections.abc import Iterable
from urllib.parse import parse_qsl

from monitor.words import _

LABELS: dict[str, str] = {
    "text": _("Ihr Text"),
    "note": _("Ihre Notiz"),
    "source": _("Quelle"),
    "our_share": _("Unser Anteil"),
    "statement": _("Was gilt"),
    "understood": _("Was haben wir verstanden?"),
    "agreed": _("Was ist vereinbart, bis wann?"),
    "spoken": _("Wann gesprochen?"),
    "passage": _("Um welche Worte geht es?"),
    "reference": _("Zeichen der Plattform"),
    "lawyer": _("Was sagt die Anwältin oder der Anwalt?"),
    "what": _("Was ändern wir?"),
    "sentence": _("Das haben wir geändert"),
    "until": _("bis"),
    "valid_from": _("gilt ab"),
    "valid_to": _("gilt bis"),
    "demand": _("Was wird verlangt?"),
    "option": _("Was könnten wir anbieten?"),
    "option_cost": _("Das kostet (Euro)"),
    "dispute_cost": _("Ein Streit kostet (Euro)"),
    "hours": _("Unsere Stunden im Streit"),
    "hour_cost": _("Eine Stunde kostet (Euro)"),
    "reach": _("Wie viele lesen mit?"),
    "decision": _("Was machen wir?"),
    "permalink": _("Adresse der Antwort"),
    "name": _("Name"),
    "mail": _("Mailadresse"),
}
NEVER = frozenset({"password", "old", "new", "code", "recovery"})

Kept = list[tuple[str, str]]
"""(label, what was typed)."""


def kept(fields: Iterable[tuple[str, object]]) -> Kept:
    """The fields in which somebody typed something, in the order of the form."""
    return [
        (LABELS[name], value) for name, value in fields if name in LABELS and isinstance(value, str) and value.strip()
    ]


def sent(fields: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Every field of a form that may be drawn again, choices included; of a name that stands twice the last."""
    return {
        name: value
        for name, value in fields
        if isinstance(value, str) and not name.startswith("_") and name not in NEVER
    }


def kept_of_body(body: bytes) -> Kept:
    """The same of a form as it came in."""
    return kept(parse_qsl(body.decode("utf-8", "replace"), errors="replace"))
