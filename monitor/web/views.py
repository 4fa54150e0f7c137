"""Templates to pages: escaping on, unknown names are errors, and what stands on every page."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session, col, func, select

from monitor.tables import Problem, Source
from monitor.web import filters, labels
from monitor.web.access import Visit
from monitor.web.ports import House
from monitor.words import _, ngettext
from monitor.world import PAUSED, outbox_state
from replies.lifecycle import UNANSWERED, Role, State
from replies.tables import Duty, Reply

_HERE = Path(__file__).parent
STATIC_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file, read once; `tag` changes with its content."""

    body: bytes
    media_type: str
    tag: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands on every page: is the outbox running, is a promise broken, does an approval wait."""

    paused: bool
    overdue: int
    troubled: int
    approvals: int

    @property
    def broken(self) -> bool:
        """Is there a red line?"""
        return self.paused or self.overdue > 0 or self.troubled > 0


def read_frame(session: Session, visit: Visit) -> Frame:
    """The state of the promise, for the person who asks."""
    late = select(func.count()).where(
        col(Duty.state).in_(UNANSWERED), col(Duty.backlog).is_(False), col(Duty.due_at) <= visit.now
    )
    bad = select(func.count()).where(
        col(Source.enabled).is_(True), (col(Source.problem) != Problem.NONE) | col(Source.stale).is_(True)
    )
    return Frame(
        paused=outbox_state(session) == PAUSED,
        overdue=session.exec(late).one(),
        troubled=session.exec(bad).one(),
        approvals=session.exec(select(func.count()).select_from(Reply).where(*may_agree(visit))).one(),
    )


def may_agree(visit: Visit) -> tuple[object, ...]:
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
        """Read both once."""
        self.house = house
        self.assets = {path.name: _asset(path) for path in sorted((_HERE / "static").iterdir()) if path.suffix in STATIC_TYPES}
        self.templates = _environment(house, {name: asset.tag for name, asset in self.assets.items()})

    def page(self, visit: Visit, template: str, status: int, context: Mapping[str, object]) -> HTMLResponse:
        """A page inside the frame."""
        with self.house.reading() as session:
            frame = read_frame(session, visit)
        html = self.templates.get_template(template).render(visit=visit, now=visit.now, frame=frame, **context)
        return HTMLResponse(html, status_code=status)

    def bare(self, template: str, status: int = 200, **context: object) -> HTMLResponse:
        """A page for nobody in particular: login and errors. Touches no database."""
        return HTMLResponse(self.templates.get_template(template).render(**context), status_code=status)


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, STATIC_TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:12])


def _environment(house: House, tags: Mapping[str, str]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]
    names = ("shown", "person", "link", "span", "exact", "when", "due", "day", "hour", "number", "stars")
    environment.filters.update({name: getattr(filters, name) for name in names})
    environment.filters.update(word=labels.word, topic=labels.topic, demand=labels.demand, trouble=labels.trouble, event=labels.event)
    environment.globals.update(business=house.config.business.name, four_eyes=house.config.business.four_eyes)
    environment.globals.update(unit=labels.unit, reopened=labels.reopened, why=labels.why, moment=filters.moment, stamp_words=filters.when)
    environment.globals.update(second_look=house.timing.span("second_look"))
    environment.globals.update(asset=lambda name: f"/static/{name}?v={tags[name]}", note=lambda code: labels.NOTES.get(code, ""))
    return environment
