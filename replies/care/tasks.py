"""What is to be done by a date: promises of published texts, "was it solved?", calls with their written record."""

import re
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from replies.care.dates import promises
from replies.care.tables import Call, Task
from replies.care.words import TaskKind
from replies.clocks import Hours
from replies.errors import Blocked, NotAllowed
from replies.internal import noted
from replies.lifecycle import FactVerdict, ReplyKind
from replies.moves import Line, change_row, get_row, put_in
from replies.people import DAEMON, Actor, at_desk
from replies.tables import Duty, FactCheck, Reply
from replies.timing import Timing

_ASKED = re.compile(
    r"\b(?:Belege?n?|Quittung(?:en)?|Kassenbons?|Rechnungskopien?|Fotos)\b[^.!?]{0,80}"
    r"\b(?:zeigen|sehen|schicken|senden|vorlegen|einreichen|mitbringen)\b",
    re.IGNORECASE,
)
SEEN = "answer seen"  # the code of a promise that the published answer has kept; the page has the words


def keep(session: Session, reply: Reply, hours: Hours, timing: Timing, now: datetime) -> list[Task]:
    """A text of ours is public: what it promises becomes tasks, in the transaction of the sighting.

    The final answer keeps what holding reply and question have promised. Called again, it changes nothing.
    """
    if reply.kind == ReplyKind.FINAL:
        _kept_by(session, reply, now)
    known = set(session.exec(select(Task.place).where(col(Task.reply_id) == reply.id)).all())
    made = [
        Task(duty_id=reply.duty_id, kind=TaskKind.PROMISE, words=found.words, reply_id=reply.id, place=found.place,
             due_at=found.due, made_at=now)
        for found in promises(reply.text, now, hours, timing.soon_days)
        if found.place not in known
    ]  # fmt: skip
    made += [] if known else [*_follow_up(session, reply, timing, now), *_receipts(reply, timing, now)]
    for task in made:
        line = Line(f"duty.{task.kind}", f"duty:{task.duty_id}", DAEMON, now, {"due": task.due_at})
        put_in(session, task, line, known_as="task")
    return made


def _follow_up(session: Session, reply: Reply, timing: Timing, now: datetime) -> list[Task]:
    """Where the complaint was justified, at least partly, somebody looks whether it was solved."""
    newest = select(FactCheck.verdict).where(col(FactCheck.duty_id) == reply.duty_id).order_by(col(FactCheck.id).desc())
    verdict = session.exec(newest.limit(1)).first()
    ours = verdict in (FactVerdict.JUSTIFIED, FactVerdict.PARTLY)
    if reply.kind != ReplyKind.FINAL or not ours or not timing.follow_up_days:
        return []
    due = now + timedelta(days=timing.follow_up_days)
    return [Task(duty_id=reply.duty_id, kind=TaskKind.FOLLOW_UP, words="", reply_id=reply.id, place=-1, due_at=due,
                 made_at=now)]  # fmt: skip


def _receipts(reply: Reply, timing: Timing, now: datetime) -> list[Task]:
    """Whoever is asked for receipts is not left alone with it: somebody looks again, whether any came or not (002-11).

    None coming is no reason to close anything (002-12).
    """
    if not timing.receipts_days or not _ASKED.search(reply.text):
        return []
    due = now + timedelta(days=timing.receipts_days)
    return [Task(duty_id=reply.duty_id, kind=TaskKind.RECEIPTS, words="", reply_id=reply.id, place=-1, due_at=due,
                 made_at=now, made_by=reply.author_id)]  # fmt: skip


def _kept_by(session: Session, final: Reply, now: datetime) -> None:
    earlier = (
        select(Task)
        .join(Reply, col(Reply.id) == col(Task.reply_id))
        .where(
            col(Task.duty_id) == final.duty_id,
            col(Task.kind) == TaskKind.PROMISE,
            col(Task.done_at).is_(None),
            col(Reply.kind) != ReplyKind.FINAL,
        )
    )
    for task in session.exec(earlier).all():
        _done(session, task, SEEN, DAEMON, now)


def plan(
    session: Session, duty: Duty, kind: TaskKind, words: str, due_at: datetime, actor: Actor, now: datetime
) -> Task:
    """A person plans a call, or something else to remember.

    Raises:
        Blocked: it does not say what, or the date has passed.
    """
    at_desk(actor)
    if kind not in (TaskKind.CALL, TaskKind.OTHER):
        raise NotAllowed(f"{kind} is not planned by hand")
    if due_at <= now:
        raise Blocked("the date has passed", code="end_in_past")
    task = Task(duty_id=duty.id or 0, kind=kind, words=noted(words), due_at=due_at, made_at=now, made_by=actor.id)
    line = Line("duty.task", f"duty:{duty.id}", actor, now, {"kind": kind, "due": due_at})
    return put_in(session, task, line, known_as="task")


def done(session: Session, task_id: int, word: str, actor: Actor, now: datetime, *, solved: bool | None = None) -> Task:
    """Somebody has done it and says in a word what came of it.

    Raises:
        Blocked: no word, or a call without its written and confirmed record (`record_missing`).
    """
    at_desk(actor)
    task = get_task(session, task_id)
    if task.done_at is not None:
        raise NotAllowed("it is done", code="already_closed")
    if task.kind == TaskKind.CALL:
        call = call_of(session, task_id)
        if call is None or call.confirmed_at is None:
            raise Blocked("a call ends with its record", code="record_missing")
    return _done(session, task, noted(word), actor, now, solved=solved if task.kind == TaskKind.FOLLOW_UP else None)


def _done(session: Session, task: Task, word: str, actor: Actor, now: datetime, *, solved: bool | None = None) -> Task:
    values = {"done_at": now, "done_by": actor.id, "done_word": word, "solved": solved}
    line = Line("duty.task_done", f"duty:{task.duty_id}", actor, now, {"task": task.id})
    return change_row(session, task, {"done_at": None}, values, line)


def record(
    session: Session,
    task_id: int,
    actor: Actor,
    now: datetime,
    *,
    spoken_at: datetime,
    notes_allowed: bool,
    understood: str,
    agreed: str,
) -> Call:
    """Write down a call: when, whether notes were agreed to, what was understood, what was agreed. Never a recording.

    Raises:
        Blocked: something is missing, or the call lies ahead.
        NotAllowed: it is written already; a record is not changed.
    """
    at_desk(actor)
    task = get_task(session, task_id)
    if task.kind != TaskKind.CALL or call_of(session, task_id) is not None:
        raise NotAllowed("there is a record already", code="already_closed")
    if spoken_at > now:
        raise Blocked("the call lies ahead", code="call_ahead")
    call = Call(
        task_id=task_id,
        duty_id=task.duty_id,
        spoken_at=spoken_at,
        notes_allowed=notes_allowed,
        understood=noted(understood, "understood_missing"),
        agreed=noted(agreed, "agreed_missing"),
        written_by=actor.id or 0,
        written_at=now,
    )
    return put_in(session, call, Line("duty.call", f"duty:{task.duty_id}", actor, now), known_as="call")


def confirm(session: Session, task_id: int, how: str, actor: Actor, now: datetime) -> Call:
    """The summary was sent to the person: only now the call is done.

    Raises:
        Blocked: nothing is written down yet, or it is not said how it was sent.
    """
    at_desk(actor)
    call = call_of(session, task_id)
    if call is None:
        raise Blocked("write it down first", code="record_missing")
    if call.confirmed_at is not None:
        raise NotAllowed("it is confirmed", code="already_closed")
    values = {"confirmed_at": now, "confirmed_by": actor.id, "confirmed_how": noted(how)}
    line = Line("duty.call_confirmed", f"duty:{call.duty_id}", actor, now, {"call": call.id})
    change_row(session, call, {"confirmed_at": None}, values, line)
    done(session, task_id, how, actor, now)
    return call


def call_of(session: Session, task_id: int) -> Call | None:
    """The record of a call."""
    return session.exec(select(Call).where(col(Call.task_id) == task_id)).one_or_none()


def get_task(session: Session, task_id: int) -> Task:
    """The task; Unknown if there is none."""
    return get_row(session, Task, task_id)


def of_duty(session: Session, duty_id: int) -> list[Task]:
    """Every task of a duty, what is open and due first on top."""
    rows = select(Task).where(col(Task.duty_id) == duty_id)
    return list(session.exec(rows.order_by(col(Task.done_at).is_not(None), col(Task.due_at), col(Task.id))).all())
