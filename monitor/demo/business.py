"""The made-up business of the demo: a bicycle shop with two branches, its reviews, and what was done about them.

Nobody and nothing in it exists. The words are data (`data/*.toml`); here they become values and files as a German
spreadsheet would export them.
"""

import csv
import io
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

from monitor import words
from replies.lifecycle import Cause, Role

NAME = "Radhaus Pappelgrund"
ACCOUNT = "radhaus_pappelgrund"
ZONE = ZoneInfo("Europe/Berlin")
PLACES = {"lindenau": "google-lindenau", "halle": "google-halle"}  # place -> name of its source
PLATFORM = "stadtfunk"  # name of the source on the made-up platform
PEOPLE = (("Anna", Role.STAFF), ("Bernd", Role.OWNER), ("Clara", Role.AUDITOR))

_WEEK = {**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-18:00"), "sat": "10:00-14:00"}
_HOURS = "hours = { " + ", ".join(f'{day} = "{span}"' for day, span in _WEEK.items()) + " }"
_OURS = f'own_accounts = ["{NAME}"]\n{_HOURS}'
_COLUMNS = ("Bewertungs-ID", "Datum", "Sterne", "Name", "Kommentar", "Antwort", "Link")


@dataclass(frozen=True, slots=True)
class Review:
    """One review.

    Written `hours` before its round; `answer` stood there before Widerhall came; `left` waits for the visitor.
    """

    name: str
    round: str
    hours: float
    place: str
    stars: int
    who: str
    text: str
    answer: str = ""
    left: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """One post on the made-up platform that stood there before the demo starts."""

    name: str
    round: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Work:
    """What was done about one post; times in business hours. See the head of `data/work.toml`."""

    on: str
    after: float
    verdict: str = ""
    source: str = ""
    share: str = ""
    cause: str = Cause.UNKNOWN  # what the last fact check found
    verdict_then: str = ""
    source_then: str = ""
    share_then: str = ""
    holding: str = ""
    question: str = ""
    pause: float = 8.0
    before: str = ""
    returned: str = ""
    final: str = ""
    owner: str = ""
    seen: str = ""
    stop: str = ""
    release: str = ""
    note: str = ""
    second: str = ""
    card: str = ""  # the fact card of `data/care.toml` that the answer rests on


@dataclass(frozen=True, slots=True)
class Past:
    """Everything that happened before the demo starts."""

    reviews: tuple[Review, ...]
    mentions: tuple[Mention, ...]
    work: tuple[Work, ...]


def past() -> Past:
    """The past that comes with the demo."""
    written = _read("reviews.toml")
    return Past(
        tuple(Review(**record) for record in written["review"]),
        tuple(Mention(**record) for record in written["mention"]),
        tuple(Work(**record) for record in _read("work.toml")["work"]),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(_words(name))


def _words(name: str) -> str:
    return resources.files("monitor.demo").joinpath("data", name).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Row:
    """A review as it stands on the platform at one moment."""

    review: Review
    written: datetime
    answer: str


def as_csv(rows: Iterable[Row]) -> bytes:
    """Reviews as German Excel exports them: semicolons, local dates, CRLF, UTF-8 with a mark."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        date = row.written.astimezone(ZONE).strftime("%d.%m.%Y %H:%M")
        link = f"https://bewertungen.example/{row.review.place}/{row.review.name}"
        review = row.review
        writer.writerow((f"G-{review.name}", date, review.stars, review.who, review.text, row.answer, link))
    return sheet.getvalue().encode("utf-8-sig")


def config_text(port: int, platform: str) -> str:
    """The demo's configuration: two imports, one live source, everything quick.

    Args:
        port: of the page.
        platform: base address of the made-up platform.
    """
    filled = {"name": NAME, "language": words.house(), "port": port, "url": platform, "ours": _OURS, "hours": _HOURS}
    return Template(_words("config.toml.in")).substitute(filled, **PLACES, platform=PLATFORM)
