"""What a person typed into a form that could not be taken: collected to be shown and copied, never a secret.

A test walks the templates: every field in which somebody types stands in `LABELS` or in `NEVER`.
"""

from collections.abc import Iterable
from urllib.parse import parse_qsl

from monitor.words import Spoken, later

LABELS = Spoken(
    {
        "text": later("Ihr Text"),
        "note": later("Ihre Notiz"),
        "source": later("Quelle"),
        "our_share": later("Unser Anteil"),
        "statement": later("Was gilt"),
        "understood": later("Was haben wir verstanden?"),
        "agreed": later("Was ist vereinbart, bis wann?"),
        "spoken": later("Wann gesprochen?"),
        "passage": later("Um welche Worte geht es?"),
        "reference": later("Zeichen der Plattform"),
        "lawyer": later("Was sagt die Anwältin oder der Anwalt?"),
        "what": later("Was ändern wir?"),
        "sentence": later("Das haben wir geändert"),
        "until": later("bis"),
        "valid_from": later("gilt ab"),
        "valid_to": later("gilt bis"),
        "demand": later("Was wird verlangt?"),
        "option": later("Was könnten wir anbieten?"),
        "option_cost": later("Das kostet (Euro)"),
        "dispute_cost": later("Ein Streit kostet (Euro)"),
        "hours": later("Unsere Stunden im Streit"),
        "hour_cost": later("Eine Stunde kostet (Euro)"),
        "reach": later("Wie viele lesen mit?"),
        "decision": later("Was machen wir?"),
        "permalink": later("Adresse der Antwort"),
        "name": later("Name"),
        "mail": later("Mailadresse"),
    }
)
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
