"""What care shows on the page of one post: the ladder, questions to colleagues, tasks and calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from monitor.awaited import awaited
from monitor.tables import PostRow, Source, User
from monitor.temper import temper
from monitor.web import core_line, queue
from monitor.web.access import Visit
from monitor.web.case import Case
from replies.care import asking, ladder, removal, tasks
from replies.care.ladder import LADDER, Step
from replies.care.tables import Ask, Call, RemovalNotice, Rung, Task
from replies.care.words import Level
from replies.lifecycle import UNANSWERED, Role
from replies.tables import Duty
from replies.timing import Timing

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where a duty stands, and where this person may go.

    Attributes:
        stop: the code of what stops answers, "" for nothing.
        flags: what triage saw in the text.
        by_hand: the rung was set by a person; else a flag speaks.
    """

    level: Level
    rungs: tuple[Rung, ...]
    steps: tuple[Step, ...]
    stop: str
    flags: tuple[str, ...]
    by_hand: bool


@dataclass(frozen=True, slots=True)
class People:
    """Everything of care beside the text."""

    ladder: Ladder
    asks: tuple[Ask, ...]
    tasks: tuple[Task, ...]
    calls: Mapping[int, Call]
    colleagues: Mapping[int, str]
    notices: tuple[RemovalNotice, ...]
    active: bool  # the duty is open, and this person may act

    @property
    def noticed(self) -> bool:
        """Is there an open notice to the platform?"""
        return any(notice.stand in removal.OPEN for notice in self.notices)

    @property
    def resting(self) -> Ask | None:
        """The open question that the draft waits for."""
        return next((ask for ask in self.asks if ask.closed_at is None), None)


def read_people(session: Session, visit: Visit, case: Case) -> People | None:
    """For the page of one post; None: it owes nothing."""
    if case.duty is None or case.duty.id is None:
        return None
    duty_id = case.duty.id
    found = tasks.of_duty(session, duty_id)[:_SHOWN]
    calls = session.exec(select(Call).where(col(Call.duty_id) == duty_id)).all()
    return People(
        ladder=_ladder(session, visit, case, duty_id),
        asks=tuple(asking.of_duty(session, duty_id)[:_SHOWN]),
        tasks=tuple(found),
        calls={call.task_id: call for call in calls},
        colleagues=colleagues(session, visit.user_id),
        notices=tuple(removal.of_post(session, case.post.id or 0)[:_SHOWN]),
        active=case.duty.state in UNANSWERED and visit.may_act,
    )


def colleagues(session: Session, user_id: int) -> dict[int, str]:
    """Whom this person can ask: everybody else at the desk."""
    here = select(User.id, User.name).where(col(User.active).is_(True), col(User.role).in_((Role.STAFF, Role.OWNER)))
    return {user: name for user, name in session.exec(here).all() if user and user != user_id}


def _ladder(session: Session, visit: Visit, case: Case, duty_id: int) -> Ladder:
    rungs = session.exec(select(Rung).where(col(Rung.duty_id) == duty_id).order_by(col(Rung.id).desc())).all()
    mood = temper(session, case.post.id or 0)
    level = ladder.stand(rungs[0] if rungs else None, mood)
    locked = ladder.step_of(level).owner and not visit.is_owner
    steps = () if locked else tuple(step for step in LADDER if visit.is_owner or not step.owner)
    by_hand = bool(rungs) and rungs[0].level == level
    return Ladder(level, tuple(rungs[:_SHOWN]), steps, ladder.STOPPED.get(level, ""), mood.flags, by_hand)


@dataclass(frozen=True, slots=True)
class Due:
    """One line under "Versprochen und gefragt" of Heute."""

    path: str
    kind: str
    words: str
    due_at: datetime
    where: str
    zone: str


def due_by(session: Session, user_id: int, timing: Timing, now: datetime, midnight: datetime) -> list[Due]:
    """What is due by `midnight`: open tasks, dates of removal notices, and questions to this person or to everybody."""
    notices = [
        Due(f"/loeschantrag/{one.notice_id}", one.kind, one.ground, one.due_at, one.where, one.zone)
        for one in awaited(session, timing, now, midnight)
    ]
    found = [*_tasks_due(session, midnight), *_questions(session, user_id), *notices]
    return sorted(found, key=lambda one: (one.due_at, one.path))[:_SHOWN]


def _tasks_due(session: Session, midnight: datetime) -> list[Due]:
    """A follow-up says what it is about; a promise speaks for itself."""
    rows = (
        select(Task, PostRow, Source)
        .join(Duty, col(Duty.id) == col(Task.duty_id))
        .join(PostRow, col(PostRow.id) == col(Duty.post_id))
        .join(Source, col(Source.id) == col(PostRow.source_id))
        .where(col(Task.done_at).is_(None), col(Task.due_at) <= midnight)
        .order_by(col(Task.due_at), col(Task.id))
        .limit(_SHOWN)
    )
    found = session.exec(rows).all()
    judged = queue.verdicts(session, [post.id or 0 for _task, post, _source in found])
    return [
        Due(
            path=f"/beitrag/{post.id}#aufgaben",
            kind=task.kind.value,
            words=task.words
            or core_line.core(post.text, core_line.reasons_of(judged.get(post.id or 0), post.version, post.text)),
            due_at=task.due_at,
            where=_place(source),
            zone=source.timezone,
        )
        for task, post, source in found
    ]


def _place(source: Source) -> str:
    return f"{source.title} · {source.location}" if source.location else source.title


def _questions(session: Session, user_id: int) -> list[Due]:
    rows = (
        select(Ask, PostRow, Source)
        .join(Duty, col(Duty.id) == col(Ask.duty_id))
        .join(PostRow, col(PostRow.id) == col(Duty.post_id))
        .join(Source, col(Source.id) == col(PostRow.source_id))
        .where(
            col(Ask.closed_at).is_(None),
            col(Ask.by) != user_id,
            col(Ask.to_id).is_(None) | (col(Ask.to_id) == user_id),
        )
        .order_by(col(Ask.due_at), col(Ask.id))
        .limit(_SHOWN)
    )
    return [
        Due(f"/beitrag/{post.id}#fragen", "ask", ask.question, ask.due_at, _place(source), source.timezone)
        for ask, post, source in session.exec(rows)
    ]
