"""Anliegen: every post that there is, also the kind ones, newest first, with a plain search."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlalchemy import ColumnElement, func, tuple_
from sqlmodel import Session, col, select

from monitor.tables import PostRow, Source
from monitor.web import core_line, filters, labels, queue
from monitor.web.access import EVERYONE, Reads, Visit
from monitor.words import _
from replies.lifecycle import UNANSWERED, DutyState
from replies.tables import Duty

router = APIRouter()
_PAGE = 30
_LONGEST_SEARCH = 100


class Stand(StrEnum):
    """The filter by our own state."""

    ALL = ""
    OPEN = "offen"
    ANSWERED = "beantwortet"
    RELEASED = "erledigt"
    NO_DUTY = "ohne"


STANDS = {
    Stand.ALL: _("alle"),
    Stand.OPEN: _("offen"),
    Stand.ANSWERED: _("beantwortet"),
    Stand.RELEASED: _("ohne Antwort erledigt"),
    Stand.NO_DUTY: _("Lob und anderes ohne Antwortpflicht"),
}


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


@router.get("/anliegen")
def show(
    visit: Annotated[Visit, Depends(Reads(EVERYONE))],
    suche: str = "",
    quelle: str = "",
    stand: str = "",
    nach: str = "",
) -> Response:
    """The list; `nach` is the key of a further page."""
    wanted = Stand(stand) if stand in list(Stand) else Stand.ALL
    words = " ".join(suche.split())[:_LONGEST_SEARCH]
    conditions = [*_state(wanted), *_contains(words)]
    with visit.house.reading() as session:
        sources = session.exec(select(Source.id, Source.title, Source.location).order_by(col(Source.title))).all()
        source = next((number for number, _t, _l in sources if str(number) == quelle), None)
        if source is not None:
            conditions.append(col(PostRow.source_id) == source)
        found, after = _read(session, conditions, queue.parse_key(nach))
    return visit.show(
        "matters.html",
        found=found,
        after=after,
        search=words,
        source=source or 0,
        stand=wanted.value,
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
    """Each word somewhere in the text; `%` and `_` are ordinary characters."""
    return [col(PostRow.text).icontains(word, autoescape=True) for word in words.split()[:8]]


def _read(
    session: Session, conditions: list[ColumnElement[bool]], after: tuple[datetime, int] | None
) -> tuple[list[Found], str]:
    query = (
        select(  # type: ignore[call-overload]
            col(PostRow.id).label("post_id"),
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
        .join(Source, col(Source.id) == col(PostRow.source_id))
        .outerjoin(Duty, col(Duty.post_id) == col(PostRow.id))
        .where(*conditions)
        .order_by(col(PostRow.first_seen_at).desc(), col(PostRow.id).desc())
        .limit(_PAGE + 1)
    )
    if after is not None:
        query = query.where(tuple_(col(PostRow.first_seen_at), col(PostRow.id)) < after)
    rows = session.exec(query).all()
    judged = queue.verdicts(session, [row.post_id for row in rows[:_PAGE]])
    found = [_found(row, judged.get(row.post_id)) for row in rows[:_PAGE]]
    last = found[-1] if len(rows) > _PAGE else None
    return found, f"{last.seen_at.timestamp():.6f}_{last.post_id}" if last else ""


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
        core=filters.shown(core_line.core(row.text, reasons)) or _("Ohne Text, nur Sterne."),
        own=row.own,
        seen_at=row.first_seen_at,
        state=state + (_(" · verschwunden") if row.gone_at else ""),
    )
