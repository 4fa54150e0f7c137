"""Anliegen: every post that there is, also the kind ones, newest first, with a plain search."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlalchemy import ColumnElement, func, or_, tuple_
from sqlmodel import Session, col, select

from monitor.tables import PostRow, Source
from monitor.web import core_line, filters, labels, queue
from monitor.web.access import EVERYONE, Reads, Visit
from monitor.words import Spoken, _, later
from replies.lifecycle import UNANSWERED, DutyState
from replies.tables import Duty

router = APIRouter()
_PAGE = 30
_LONGEST_SEARCH = 100
_MOST_WORDS = 8
READ_AT_ONCE = 20_000  # texts that one page of a search reads, a tenth of a second; the page says how far back that is
Key = tuple[datetime, int]


class Stand(StrEnum):
    """The filter by our own state."""

    ALL = ""
    OPEN = "offen"
    ANSWERED = "beantwortet"
    RELEASED = "erledigt"
    NO_DUTY = "ohne"


STANDS = Spoken(
    {
        Stand.ALL: later("alle"),
        Stand.OPEN: later("offen"),
        Stand.ANSWERED: later("beantwortet"),
        Stand.RELEASED: later("ohne Antwort erledigt"),
        Stand.NO_DUTY: later("Lob und anderes ohne Antwortpflicht"),
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """One post in the list."""

    post_id: int
    where: str
    location: str
    stars: str
    core: str
    own: bool
    seen_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for."""

    stand: Stand
    words: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the posts. `after`: key of the next page; `until`: older texts than this one's were not searched yet."""

    found: tuple[Found, ...]
    after: str
    until: datetime | None = None


@router.get("/anliegen")
def show(
    visit: Annotated[Visit, Depends(Reads(EVERYONE))],
    suche: str = "",
    quelle: str = "",
    stand: str = "",
    nach: str = "",
) -> Response:
    """The list; `nach` is the key of a further page."""
    asked = Asked(Stand(stand) if stand in list(Stand) else Stand.ALL, " ".join(suche.split())[:_LONGEST_SEARCH])
    with visit.house.reading() as session:
        sources = session.exec(select(Source.id, Source.title, Source.location).order_by(col(Source.title))).all()
        source = next((number for number, _t, _l in sources if str(number) == quelle), None)
        page = _read(session, replace(asked, source=source), queue.parse_key(nach))
    return visit.show(
        "matters.html",
        page=page,
        search=asked.words,
        source=source or 0,
        stand=asked.stand.value,
        stands=STANDS,
        sources=sources,
        first=not nach,
    )


def _state(stand: Stand) -> list[ColumnElement[bool]]:
    conditions: dict[Stand, list[ColumnElement[bool]]] = {
        Stand.OPEN: [col(Duty.state).in_(UNANSWERED)],
        Stand.ANSWERED: [col(Duty.state) == DutyState.ANSWERED],
        Stand.RELEASED: [col(Duty.state) == DutyState.RELEASED],
        Stand.NO_DUTY: [col(Duty.id).is_(None), col(PostRow.own).is_(False)],
    }
    return conditions.get(stand, [])


def _contains(words: str) -> list[ColumnElement[bool]]:
    """Each word somewhere in the text; `%` and `_` are ordinary characters.

    SQLite knows small and capital letters of the alphabet without umlauts only, so those are written out.
    """
    text = col(PostRow.text)
    spelt = ({word} if word.isascii() else {word, word.lower(), word.upper(), word.title()} for word in words.split())
    return [or_(*(text.icontains(one, autoescape=True) for one in sorted(way))) for way in islice(spelt, _MOST_WORDS)]


def _read(session: Session, asked: Asked, after: Key | None) -> Page:
    """One page: by the duty's age where only duties of one state are asked for, else by the post's."""
    by_duty = asked.stand in (Stand.OPEN, Stand.ANSWERED, Stand.RELEASED) and not asked.words
    key = (col(Duty.opened_at), col(Duty.id)) if by_duty else (col(PostRow.first_seen_at), col(PostRow.id))
    until = _end_of_search(session, asked, after)
    narrow = [*_state(asked.stand), *_contains(asked.words)]
    if asked.source is not None:
        narrow.append(col(PostRow.source_id) == asked.source)
    if until is not None:
        narrow.append(tuple_(*key) >= until)
    rows = session.exec(_statement(key, narrow, after, by_duty=by_duty)).all()
    judged = queue.verdicts(session, [row.post_id for row in rows[:_PAGE]])
    found = tuple(_found(row, judged.get(row.post_id)) for row in rows[:_PAGE])
    if len(rows) > _PAGE:
        last = rows[_PAGE - 1]
        return Page(found, _written((last.key_at, last.key_id)))
    return Page(found, _written(until) if until else "", until[0] if until else None)


def _end_of_search(session: Session, asked: Asked, after: Key | None) -> Key | None:
    """The last post whose text this page of a search reads; None: it reads them all, or nothing is searched."""
    if not asked.words:
        return None
    key = (col(PostRow.first_seen_at), col(PostRow.id))
    walk = select(*key).order_by(*(one.desc() for one in key)).offset(READ_AT_ONCE - 1).limit(1)
    if asked.source is not None:
        walk = walk.where(col(PostRow.source_id) == asked.source)
    if after is not None:
        walk = walk.where(tuple_(*key) < after)
    found = session.exec(walk).first()
    return (found[0], found[1] or 0) if found else None


def _written(key: Key) -> str:
    return f"{key[0].timestamp():.6f}_{key[1]}"


def _statement(key: tuple[Any, Any], narrow: list[ColumnElement[bool]], after: Key | None, *, by_duty: bool) -> Any:
    """The page is picked by its key alone, then what a line shows is read."""
    first, second = (Duty, PostRow) if by_duty else (PostRow, Duty)
    picked: Any = (
        select(key[0].label("key_at"), key[1].label("key_id"), col(PostRow.id).label("post_id"))
        .select_from(first)
        .join(second, col(Duty.post_id) == col(PostRow.id), isouter=not by_duty)
        .where(*narrow, *([tuple_(*key) < after] if after else []))
        .order_by(key[0].desc(), key[1].desc())
        .limit(_PAGE + 1)
    ).subquery()
    return (
        select(  # type: ignore[call-overload]
            picked.c.key_at,
            picked.c.key_id,
            picked.c.post_id,
            func.substr(col(PostRow.text), 1, 1000).label("text"),
            col(PostRow.rating),
            col(PostRow.rating_max),
            col(PostRow.own),
            col(PostRow.first_seen_at),
            col(PostRow.version),
            col(PostRow.gone_at),
            col(Source.title),
            col(Source.location),
            col(Duty.state).label("state"),
            col(Duty.backlog).label("backlog"),
        )
        .join(PostRow, col(PostRow.id) == picked.c.post_id)
        .join(Source, col(Source.id) == col(PostRow.source_id))
        .outerjoin(Duty, col(Duty.post_id) == col(PostRow.id))
        .order_by(picked.c.key_at.desc(), picked.c.key_id.desc())
    )


def _found(row: Any, verdict: Any) -> Found:
    reasons = () if row.own else core_line.reasons_of(verdict, row.version, row.text)
    state = labels.word(row.state) if row.state is not None else _("keine Antwortpflicht")
    if row.own:
        state = _("von uns")
    elif row.backlog:
        state = _("Altbestand")
    return Found(
        post_id=row.post_id,
        where=row.title,
        location=row.location,
        stars=filters.stars(row.rating, row.rating_max),
        core=filters.shown(core_line.core(row.text, reasons)),
        own=row.own,
        seen_at=row.first_seen_at,
        state=state + (_(" · verschwunden") if row.gone_at else ""),
    )
