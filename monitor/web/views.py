"""Templates to pages: escaping on, unknown names are errors, and what stands on every page."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from monitor import health, saying, words
from monitor.tables import MARKED, Problem, Source, Switch
from monitor.web import care_words, filters, labels, language, places
from monitor.web.access import Visit
from monitor.web.ports import House
from monitor.web.sentences import NOTES
from monitor.words import _, ngettext, pgettext
from monitor.world import OUTBOX, PAUSED
from replies.duty import unanswered
from replies.lifecycle import Role, State
from replies.tables import Duty, Reply

_HERE = Path(__file__).parent
STATIC_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file, read once; `packed` is its body by gzip, `tag` changes with its content."""

    body: bytes
    packed: bytes
    media_type: str
    tag: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands on every page: is the outbox running, is a promise broken, does an approval wait."""

    paused: bool
    overdue: int
    troubled: int
    approvals: int
    away: datetime | None  # since when no daemon has been at work, though one was before

    @property
    def broken(self) -> bool:
        """Is there a red line?"""
        return self.paused or self.overdue > 0 or self.troubled > 0 or self.away is not None


def read_frame(session: Session, visit: Visit) -> Frame:
    """The state of the promise, for the person who asks."""
    late = select(func.count(col(Duty.id))).where(
        unanswered(), col(Duty.backlog).is_(False), col(Duty.due_at) <= visit.now
    )
    bad = select(func.count(col(Source.id))).where(
        col(Source.enabled).is_(True), (col(Source.problem) != Problem.NONE) | col(Source.stale).is_(True)
    )
    waiting = select(func.count(col(Reply.id))).where(*may_agree(visit))
    outbox = select(col(Switch.value)).where(col(Switch.name) == OUTBOX)
    kept = select(col(Switch.at)).where(col(Switch.name) == MARKED)
    parts = (part.scalar_subquery() for part in (outbox, late, bad, waiting, kept))
    state, overdue, troubled, approvals, at = session.execute(select(*parts)).one()
    return Frame(state == PAUSED, overdue, troubled, approvals, at if health.is_away(at, visit.now) else None)


def may_agree(visit: Visit) -> tuple[ColumnElement[bool], ...]:
    """Conditions on Reply: it waits, and this person's consent is the one that is missing."""
    waits = col(Reply.state) == State.SUBMITTED
    alone = visit.is_owner and not visit.house.config.business.four_eyes
    if visit.role == Role.OWNER:
        return (waits,) if alone else (waits, col(Reply.author_id) != visit.user_id)
    if visit.role == Role.STAFF:
        return (waits, col(Reply.author_is_owner).is_(True), col(Reply.author_id) != visit.user_id)
    return (waits,)  # an auditor sees all of them and agrees to none


class Views:
    """The templates and the static files."""

    def __init__(self, house: House) -> None:
        """Read the static files once."""
        self.house = house
        paths = [path for path in sorted((_HERE / "static").iterdir()) if path.suffix in STATIC_TYPES]
        self.assets = {path.name: _asset(path) for path in paths}
        business = house.config.business
        self.always = {
            "business": business.name,
            "four_eyes": business.four_eyes,
            "second_look": house.timing.span("second_look"),
            "asset": lambda name: f"/static/{name}?v={self.assets[name].tag}",
        }

    def page(self, visit: Visit, template: str, status: int, context: Mapping[str, object]) -> HTMLResponse:
        """A page inside the frame."""
        with self.house.reading() as session:
            frame = read_frame(session, visit)
        return self.bare(template, status, visit=visit, now=visit.now, frame=frame, **context)

    def part(self, template: str, **context: object) -> Markup:
        """A piece of a page, drawn in the language of here and now."""
        return Markup(templates().get_template(template).render({**self.always, **context}))  # noqa: S704 - of a template, which escapes

    def bare(self, template: str, status: int = 200, **context: object) -> HTMLResponse:
        """A page for nobody in particular: login and errors. Touches no database."""
        html = templates().get_template(template).render({**self.always, **context})
        return HTMLResponse(html, status_code=status)


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, gzip.compress(body, mtime=0), STATIC_TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:12])


@cache
def templates() -> Environment:
    """All templates, compiled on first use; knows nothing of a house."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(_, ngettext, newstyle=True, pgettext=pgettext)  # type: ignore[attr-defined]
    written = (
        "shown",
        "person",
        "link",
        "span",
        "exact",
        "when",
        "due",
        "clock",
        "day",
        "hour",
        "number",
        "euros",
        "balance",
        "share",
        "stars",
        "calendar",
        "week_of",
    )
    environment.filters.update({name: getattr(filters, name) for name in written})
    spoken = ("word", "topic", "demand", "trouble", "event")
    environment.filters.update({name: getattr(labels, name) for name in spoken})
    environment.globals.update(unit=labels.unit, reopened=labels.reopened, why=labels.why, weight=labels.weight)
    environment.globals.update(known_line=saying.known_line, seldom=places.seldom, is_elsewhere=places.is_elsewhere)
    careful = ("flag", "done_word", "task_kind", "ground")
    environment.filters.update({name: getattr(care_words, name) for name in careful})
    environment.filters.update(typed=language.typed, stored=language.stored)
    environment.globals.update(tongue=language.tongue, language=words.language)
    environment.globals.update(moment=filters.moment, stamp_words=filters.when, note=lambda code: NOTES.get(code, ""))
    return environment
