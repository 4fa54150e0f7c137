"""How much there is to do, as numbers: all that a message about work may hold."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from monitor.awaited import awaited
from monitor.tables import Problem, Source
from replies import journal
from replies.care.tables import Task
from replies.lifecycle import UNANSWERED, State
from replies.tables import Duty, Reply
from replies.timing import Timing


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of duties outside of the Altbestand, of replies and of sources."""

    open: int
    due_today: int
    overdue: int
    unsure: int
    approvals: int
    unclear: int
    sources: int
    promised: int = 0  # tasks that are due today or late
    removals: int = 0  # removal notices with a date that is due, or the court's clock running out
    journal: str = ""  # number and beginning of the hash of the journal's last row, as `verify --known` takes it


def figures(session: Session, now: datetime, midnight: datetime, timing: Timing) -> Figures:
    """As things stand now; `midnight` ends the local day."""
    due = col(Duty.due_at)
    return Figures(
        open=_duties(session, due.is_(None) | due.is_not(None)),
        due_today=_duties(session, (due > now) & (due <= midnight)),
        overdue=_duties(session, due <= now),
        unsure=_duties(session, col(Duty.unsure).is_(True)),
        approvals=_replies(session, col(Reply.state) == State.SUBMITTED),
        unclear=_replies(session, col(Reply.needs_human).is_(True)),
        sources=session.exec(select(func.count()).select_from(Source).where(*_in_trouble())).one(),
        promised=session.exec(
            select(func.count()).select_from(Task).where(col(Task.done_at).is_(None), col(Task.due_at) <= midnight)
        ).one(),
        removals=len({one.notice_id for one in awaited(session, timing, now, midnight)}),
        journal=known(session),
    )


def known(session: Session) -> str:
    """The journal's end as a word that fits into a mail: outside of the database nobody can turn it back."""
    seq, digest = journal.end(session)
    return f"{seq}:{digest[:16]}"


def _duties(session: Session, which: ColumnElement[bool]) -> int:
    running = (col(Duty.state).in_(UNANSWERED), col(Duty.backlog).is_(False))
    return session.exec(select(func.count()).select_from(Duty).where(*running, which)).one()


def _replies(session: Session, which: ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(Reply).where(which)).one()


def _in_trouble() -> tuple[ColumnElement[bool], ...]:
    bad = col(Source.stale).is_(True) | (col(Source.problem) != Problem.NONE)
    return col(Source.enabled).is_(True), bad | (col(Source.publish_problem) != Problem.NONE)
