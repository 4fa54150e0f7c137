"""Believable German posts without end: the same number always gives the same words."""

from datetime import UTC, datetime, timedelta
from typing import Any

BEGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_OPENERS = (
    "Bestellt habe ich am {day}.,", "Nach {n} Tagen Warten:", "Wir waren am {day}. dort,", "Zum zweiten Mal schon:",
    "Ich bin seit {n} Jahren Kundin,", "Eigentlich ein schöner Laden,", "Kurz und knapp:", "Ganz ehrlich,",
)  # fmt: skip
_SUBJECTS = (
    "die Lieferung kam {n} Tage zu spät", "das Essen war kalt und lieblos angerichtet", "am Telefon ging niemand ran",
    "die Beratung war freundlich und kenntnisreich", "der Schrank hat einen Kratzer an der linken Tür",
    "die Rechnung stimmt um {n} Euro nicht", "alles kam pünktlich und gut verpackt", "die App hängt beim Bezahlen",
    "der Tisch wackelt seit dem ersten Tag", "das Personal an der Kasse war patzig", "die Toilette war nicht sauber",
    "der Preis ist seit dem Frühjahr um {n} Prozent gestiegen", "die Öffnungszeiten im Netz stimmen nicht",
)  # fmt: skip
_MIDDLES = (
    "und auf meine Mail vom {day}. hat sich niemand gemeldet.", "und das bei dem Preis.", "aber der Rest war gut.",
    "und die Kollegin im Laden hat sofort geholfen.", "obwohl mir etwas anderes zugesagt war.", "wie immer eigentlich.",
    "und dann hieß es, ich solle mich selbst kümmern.", "das kenne ich von Ihnen anders.",
)  # fmt: skip
_ENDINGS = (
    "Ich hätte gern mein Geld zurück.", "Gerne wieder!", "Bitte um Rückruf.", "So sieht man mich nicht wieder.",
    "Vorgang {number}.", "Schade.", "Vielen Dank dafür.", "Was sagen Sie dazu?", "Frist bis zum {day}. des Monats.",
)  # fmt: skip
_NAMES = ("Karin", "Uwe", "Aylin", "Jörg", "Merle", "Tobias", "Gül", "Sabine", "Piotr", "Lena", "Heinz", "Björn")


def words(number: int) -> str:
    """The text of the post with this number, 100 to 250 characters."""
    values = {"day": 1 + number % 28, "n": 2 + number % 17, "number": 40_000 + number}
    parts = (
        _OPENERS[number % len(_OPENERS)],
        _SUBJECTS[number // 3 % len(_SUBJECTS)],
        _MIDDLES[number // 5 % len(_MIDDLES)],
        _SUBJECTS[number // 7 % len(_SUBJECTS)].capitalize() + ".",
        _ENDINGS[number // 11 % len(_ENDINGS)],
    )
    return " ".join(parts).format(**values)


def record(number: int) -> dict[str, Any]:
    """One record as `csv_import` reads it from a line of JSON."""
    return {
        "id": f"bench-{number}",
        "text": words(number),
        "rating": 1 + number % 5,
        "author": f"{_NAMES[number % len(_NAMES)]} {number // 4}",
        "author_id": f"a{number // 4}",
        "created": written(number).isoformat(),
        "permalink": f"https://bewertungen.example/{number}",
    }


def written(number: int) -> datetime:
    """When the post with this number was written: every few seconds one, over the year."""
    return BEGIN + timedelta(seconds=25 * number)
