"""Measures: cause, what we change, who owns it, until when, and the public sentence (RULES K19, 003-11)."""

from datetime import datetime

from sqlmodel import Session, col, select

from monitor.tables import PostRow, Verdict
from monitor.triage.judgement import Topic
from replies.care.tables import Measure
from replies.errors import Blocked, NotAllowed
from replies.internal import fair, noted
from replies.lifecycle import FactVerdict
from replies.moves import Line, change_row, get_row, put_in
from replies.people import Actor, at_desk
from replies.tables import Duty, FactCheck


def decide(
    session: Session,
    topic: str,
    what: str,
    owner_id: int,
    due_on: datetime,
    actor: Actor,
    now: datetime,
) -> Measure:
    """Somebody is to change something by a date.

    Raises:
        Blocked: it does not say what, or the topic is none.
    """
    at_desk(actor)
    if topic not in list(Topic):
        raise Blocked("which cause?", code="topic_missing")
    row = Measure(topic=topic, what=noted(what, "measure_missing"), owner_id=owner_id, due_on=due_on,
                  made_by=actor.id or 0, made_at=now)  # fmt: skip
    return put_in(session, row, Line("measure.decided", "measure", actor, now, {"topic": topic}))


def done(session: Session, measure_id: int, sentence: str, actor: Actor, now: datetime) -> Measure:
    """It is changed; the sentence may be said in public: "Das haben wir geändert: …"."""
    at_desk(actor)
    row = get_row(session, Measure, measure_id)
    if row.done_at is not None:
        raise NotAllowed("it is done", code="already_closed")
    values = {"done_at": now, "sentence": fair(sentence)}
    return change_row(session, row, {"done_at": None}, values, Line("measure.done", f"measure:{row.id}", actor, now))


def listed(session: Session, limit: int = 60) -> list[Measure]:
    """What is open and due first on top."""
    order = (col(Measure.done_at).is_not(None), col(Measure.due_on), col(Measure.id))
    return list(session.exec(select(Measure).order_by(*order).limit(limit)).all())


def missing(session: Session, limit: int = 10) -> list[tuple[int, str]]:
    """(newest post, topic) of justified complaints, each topic once, about which nothing is decided since."""
    newest = select(FactCheck.duty_id, FactCheck.verdict, FactCheck.checked_at).order_by(col(FactCheck.id))
    checked = {duty: (verdict, at) for duty, verdict, at in session.exec(newest).all()}
    ours = [duty for duty, (verdict, _at) in checked.items() if verdict in (FactVerdict.JUSTIFIED, FactVerdict.PARTLY)]
    decided = session.exec(select(Measure.topic, Measure.made_at)).all()
    found: list[tuple[int, str]] = []
    for duty_id in reversed(ours):
        post_id, topic = _cause(session, duty_id)
        at = checked[duty_id][1]
        known = any(name == topic for _post, name in found)
        if post_id and not known and not any(name == topic and made >= at for name, made in decided):
            found.append((post_id, topic))
        if len(found) == limit:
            break
    return found


def _cause(session: Session, duty_id: int) -> tuple[int, str]:
    rows = (
        select(PostRow.id, Verdict.topics)
        .join(Duty, col(Duty.post_id) == col(PostRow.id))
        .join(Verdict, col(Verdict.post_id) == col(PostRow.id))
        .where(col(Duty.id) == duty_id)
        .order_by(col(Verdict.version).desc(), col(Verdict.id).desc())
        .limit(1)
    )
    post_id, topics = session.exec(rows).first() or (0, [])
    return post_id or 0, (topics or [Topic.OTHER.value])[0]
