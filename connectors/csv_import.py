"""CSV and JSON lines: history, platforms without an API, a first look without any account.

Reads whole files: CSV in UTF-8, UTF-16 or cp1252 with `;`, `,`, tab or `|`, JSON lines, or one JSON list of objects.
Columns are known by German and English names (`COLUMNS`); `columns` in the settings names others.

History:
    2026-11  first version.

Notes:
    - Without an id a row is known by the hash of its author, time, stars, text, author's id and product or branch: the
      same file twice changes nothing, and two rows that agree in all of them are one post.
    - A broken row is reported with its line, all others are read. Formulas (`=HYPERLINK(…)`) stay text.
    - Dates without a zone are read in `timezone`; 03/04/2025 is 3 April, and Excel's long
      forms are understood too (Fr, 20.11.26; 20. November 2026).
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from connectors.core import fields
from connectors.core.contract import (
    Capability,
    Card,
    Cursor,
    Malformed,
    Page,
    Post,
    PostKind,
    PublicReply,
    Raw,
    ReplyMode,
    SourceSettings,
)
from connectors.core.errors import ConfigProblem
from connectors.core.exported import ERROR, LINE, records
from connectors.core.fields import BadField, Zone
from connectors.core.german_dates import iso
from connectors.core.text import fold

if TYPE_CHECKING:
    from connectors.core.http import Http

CARD = Card(
    kind="csv_import",
    name="CSV-Import",
    home="",
    reply=ReplyMode.MANUAL,
    capability=Capability.BLIND,
    one_reply=False,
    public_read=False,
    anonymous_authors=True,
    deletions=False,
    polls=False,
    sweep=None,
)
COLUMNS: Mapping[str, str] = {
    "ref": "ref id reviewid bewertungsid bewertungsnummer kommentarid beitragsid referenz commentid",
    "title": "titel title betreff ueberschrift headline subject",
    "text": "text kommentar comment bewertungstext kommentartext rezension review reviewtext inhalt content nachricht"
    " beitrag meinung feedback body message erfahrungsbericht",
    "rating": "bewertung sterne rating stars punkte score sternebewertung gesamtbewertung anzahlsterne starrating",
    "rating_max": "ratingmax maximum max maxsterne",
    "author": "author autor name verfasser kunde kundenname nutzer nutzername benutzer benutzername user username"
    " reviewer",
    "author_id": "authorid autorid nutzerid benutzerid userid kundennummer",
    "created": "created createdat datum date erstellt erstelltam zeit zeitpunkt timestamp datumuhrzeit published"
    " bewertungsdatum veroeffentlicht",
    "updated": "updated updatedat geaendert geaendertam modified bearbeitet",
    "permalink": "permalink link url webadresse",
    "thread": "thread produkt product artikel seite filiale standort",
    "parent": "parent antwortauf inreplyto",
    "lang": "lang sprache language",
    "kind": "kind art typ type",
    "own": "own eigen eigener",
    "visible": "visible sichtbar oeffentlich",
    "replies": "replies",
    "reply": "antwort reply response antworttext ownerreply antwortdesinhabers ownerresponse",
    "reply_created": "antwortdatum replydate antwortvom replycreated responsedate",
}
LARGEST = 64 * 1024 * 1024  # bytes of a file
PER_PAGE = 500
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_FIELD = {alias: name for name, aliases in COLUMNS.items() for alias in aliases.split()}
_YES, _NO = {"1", "true", "ja", "yes", "wahr", "x"}, {"0", "false", "nein", "no", "falsch", ""}
_STARS = re.compile(
    r"(\d{1,4}(?:[.,]\d{1,4})?)(?:\s*(?:/|von|of|out of)\s*(\d{1,4}(?:[.,]\d{1,2})?))?"
    r"\s*(?:sterne?n?|stars?|punkte?n?)?"
)
_SIGNS = frozenset("★☆✩⭐ \ufe0e\ufe0f")  # with the marks that make ⭐ a letter or a picture


class Settings(SourceSettings):
    """One file, or a source that is fed by `widerhall import`."""

    path: str = Field(
        default="", description="a file that is read whenever it changes; empty: `widerhall import` brings the files"
    )
    timezone: Zone = Field(default="Europe/Berlin", description="zone of dates that name none")
    rating_max: float = Field(default=5.0, gt=0, description="the best rating, where the file does not say it")
    columns: dict[str, str] = Field(
        default_factory=dict, description="own column names, like {text = 'Freitext', created = 'Tag'}"
    )


def polls(keys: Mapping[str, Any]) -> bool:
    """A source with a path is read like any other."""
    return bool(keys.get("path"))


_UNIX_TIME = re.compile(r"\d{10}|\d{13}")
_NO_TEXT = (bool, dict, list)


def split(body: bytes) -> Iterator[Raw]:
    """Rows of a CSV file, JSON lines or a JSON list; each record holds its line under `#line`.

    Raises:
        Changed: not a text file.
    """
    return records(body)


def parse(raw: Raw, settings: Settings) -> Post | Malformed:
    """One row. Pure: the same row gives the same ref."""
    line: int | None = None
    try:
        record = dict(fields.mapping(raw, "row"))
        line = record.pop(LINE, None)
        return _post(_known(record, settings), record, settings)
    except BadField as error:
        return Malformed(str(error), raw, line=line)


def _known(raw: Raw, settings: Settings) -> dict[str, Any]:
    """The record by our own field names; unknown columns stay in `raw` alone."""
    if raw.get(ERROR):
        raise BadField(str(raw[ERROR]))
    chosen = {_plain_name(theirs): ours for ours, theirs in settings.columns.items()}
    found: dict[str, Any] = {}
    for name, value in raw.items():
        plain = _plain_name(str(name))
        field = chosen.get(plain) or _FIELD.get(plain)
        if field:
            _take(found, field, value.strip() if isinstance(value, str) else value)
    return found


def _take(found: dict[str, Any], field: str, value: Any) -> None:
    """Put a cell into its field. Two columns may both be called a rating ("Sterne", "Bewertung"): words are the text.

    Raises:
        BadField: two columns say different things and neither is the words.
    """
    held = found.get(field)
    if held in (None, "") or value in (None, "", held):
        found[field] = value if held in (None, "") else held
    elif field == "rating" and _is_words(value) and "text" not in found:
        found["text"] = value
    elif field == "rating" and _is_words(held) and "text" not in found:
        found["text"], found["rating"] = held, value
    elif field in ("rating", "text"):
        raise BadField(f"two columns for {field}; name the right ones under `columns`")


def _is_words(value: Any) -> bool:
    return isinstance(value, str) and _drawn(value) is None and not _STARS.fullmatch(value.lower())


def _drawn(text: str) -> float | None:
    """How many stars are filled where they are drawn, like ★★★★☆; None for anything else."""
    return float(text.count("★") + text.count("⭐")) if text and set(text) <= _SIGNS else None


@lru_cache(4096)
def _plain_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold().translate(_UMLAUTS))


def _post(row: dict[str, Any], raw: Raw, settings: Settings) -> Post:
    if "text" not in row and _is_words(row.get("rating")):
        row["text"] = row.pop("rating")  # "Bewertung" may be the words instead of the stars
    if "text" not in row and "rating" not in row:
        raise BadField(f"no column for text or stars among: {', '.join(map(str, raw))[:200]}")
    rating, rating_max = _rating(row, settings)
    text = "\n\n".join(part for part in (_text(row, "title"), _text(row, "text")) if part)
    author, author_id = _text(row, "author"), _text(row, "author_id")
    created = _moment(row, "created", settings)
    if not text and rating is None:
        raise BadField("the row has neither text nor stars")
    own = {name.casefold() for name in settings.own_accounts}
    return Post(
        ref=_text(row, "ref") or _digest(author, created, rating, text, author_id, _text(row, "thread")),
        kind=_kind(row, rating),
        text=text,
        thread=_text(row, "thread"),
        parent=_text(row, "parent"),
        author=author,
        author_id=author_id,
        own=_flag(row, "own", default=False) or any(who and who.casefold() in own for who in (author, author_id)),
        lang=_text(row, "lang"),
        rating=rating,
        rating_max=rating_max,
        created=created,
        updated=_moment(row, "updated", settings),
        permalink=fields.web_address(row.get("permalink")),
        visible=_flag(row, "visible", default=True),
        replies=tuple(_replies(row, settings)),
        raw=dict(raw),
    )


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, _NO_TEXT):
        raise BadField(f"{name}: expected text, got {type(value).__name__}")
    return fields.clean(str(value)).strip() or None


def _digest(author: str | None, created: datetime | None, rating: float | None, text: str, *more: str | None) -> str:
    parts = [fold(author or ""), created.isoformat() if created else "", f"{rating:g}" if rating else "", fold(text)]
    parts += [word or "" for word in more] if any(more) else []
    return "sha-" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def _kind(row: Mapping[str, Any], rating: float | None) -> PostKind:
    told = (_text(row, "kind") or "").casefold()
    return PostKind(told) if told in set(PostKind) else PostKind.COMMENT if rating is None else PostKind.REVIEW


def _flag(row: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = row.get(name)
    if value is None or value == "" or isinstance(value, bool):
        return value if isinstance(value, bool) else default
    word = str(value).casefold()
    if word not in _YES and word not in _NO:
        raise BadField(f"{name}: expected yes or no, got {word[:40]!r}")
    return word in _YES


def _rating(row: Mapping[str, Any], settings: Settings) -> tuple[float | None, float | None]:
    """Stars and their maximum: 4, 4,5, 4/5, 4 von 5, ★★★★☆. A bare 0 means none."""
    text = (_text(row, "rating") or "").lower()
    if not text:
        return None, None
    drawn = _drawn(text)
    if drawn is not None:
        return drawn, settings.rating_max
    found = _STARS.fullmatch(text)
    if not found:
        raise BadField(f"rating: not a number of stars: {text[:40]!r}")
    told = found[2] or _text(row, "rating_max")
    try:
        stars = float(found[1].replace(",", "."))
        best = float(told.replace(",", ".")) if told else settings.rating_max
    except ValueError:
        raise BadField(f"rating_max: not a number: {str(told)[:40]!r}") from None
    if not (stars <= best and 0 < best < 10_000):
        raise BadField(f"rating: {stars:g} is more than {best:g}")
    return (stars, best) if stars or told else (None, None)


def _moment(row: Mapping[str, Any], name: str, settings: Settings) -> datetime | None:
    """An ISO time, a German date, or a unix time in seconds or milliseconds."""
    text = _text(row, name)
    if text is None:
        return None
    if _UNIX_TIME.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    return fields.local_moment(iso(text), settings.timezone, name)


def _replies(row: Mapping[str, Any], settings: Settings) -> Iterator[PublicReply]:
    """The platform's own column for the answer of the business, or the list of our own export."""
    text = _text(row, "reply")
    if text:
        yield PublicReply(None, text, _moment(row, "reply_created", settings), own=True)
    listed = row.get("replies")
    for entry in listed if isinstance(listed, list) else ():
        reply = fields.mapping(entry, "replies")
        words = _text(reply, "text")
        if words:
            created = _moment(reply, "created", settings)
            yield PublicReply(_text(reply, "ref"), words, created, own=_flag(reply, "own", default=False))


class Connection:
    """One file on disk; only read."""

    def __init__(self, settings: Settings, http: "Http | None" = None) -> None:  # noqa: ARG002  the contract
        self._settings = settings

    def pages(self, cursor: Cursor | None, *, until: datetime | None = None) -> Iterator[Page]:
        """The whole file whenever its content, or the settings that it is read by, have changed."""
        body = self._body()
        read_by = self._settings.model_dump_json(exclude={"path"})
        mark = {"sha256": hashlib.sha256(read_by.encode() + b"\n" + body).hexdigest()}
        if until is None and cursor and cursor.get("sha256") == mark["sha256"]:
            return
        items = (parse(raw, self._settings) for raw in split(body))
        page = tuple(islice(items, PER_PAGE))
        while page:
            following = tuple(islice(items, PER_PAGE))
            unread = {} if until else dict(cursor or {})
            done = until is not None and not following
            yield Page(page, unread if following or until else mark, complete=done, history=True)
            page = following

    def one(self, ref: str) -> Post | None:
        """The post with this ref, as the file has it now."""
        found = (parse(raw, self._settings) for raw in split(self._body()))
        return next((post for post in found if isinstance(post, Post) and post.ref == ref), None)

    def check(self) -> Card:
        """Whether the file, if one is named, can be read."""
        if self._settings.path:
            self._body()
        return replace(CARD, polls=bool(self._settings.path))

    def _body(self) -> bytes:
        if not self._settings.path:
            raise ConfigProblem("this source has no path; bring its files with `widerhall import`")
        try:
            path = Path(self._settings.path)
            if path.stat().st_size > LARGEST:
                raise ConfigProblem(f"{path.name} is larger than {LARGEST} bytes; split it")
            return path.read_bytes()
        except OSError as error:
            raise ConfigProblem(f"{self._settings.path} cannot be read: {error.strerror}") from None
