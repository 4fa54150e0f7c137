"""Alarms: told once when something begins, and once when it is over. What ended before anybody was told is not told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from monitor.notify.hours import after_quiet
from monitor.notify.occasions import SOURCE_KINDS, Occasion, current, endings, headings
from monitor.notify.recipients import Recipient
from monitor.notify.settings import Notify
from monitor.notify.urgent import OCCASION
from monitor.tables import Alarm, Notice, NoticeState, Source
from monitor.words import _, speaking


def note(session: Session, notify: Notify, people: Sequence[Recipient], base_url: str, now: datetime) -> None:
    """Compare what is wrong with what was told, and queue the difference."""
    wrong = {occasion.name: occasion for occasion in current(session, now)}
    running = select(Alarm).where(col(Alarm.ended_at).is_(None), ~col(Alarm.name).startswith(OCCASION))
    told = {alarm.name: alarm for alarm in session.exec(running).all()}
    at = after_quiet(notify, now)
    for name in wrong.keys() - told.keys():
        _begin(session, wrong[name], people, base_url, now, at)
    languages = {person.key: person.language for person in people}
    for name in told.keys() - wrong.keys():
        _end(session, told[name], wrong, languages, now, at)


def _begin(
    session: Session, occasion: Occasion, people: Sequence[Recipient], base_url: str, now: datetime, at: datetime
) -> None:
    alarm = Alarm(name=occasion.name, began_at=now)
    session.add(alarm)
    session.flush()
    for person in people:
        if person.wants(occasion.roles):
            with speaking(person.language):
                heading, body = headings(occasion.kind), f"{occasion.sentence}\n{base_url}{occasion.path}\n"
            session.add(_notice(f"alarm:{alarm.id}", person.key, heading, body, now, at))


def _end(
    session: Session,
    alarm: Alarm,
    wrong: dict[str, Occasion],
    languages: Mapping[str, str],
    now: datetime,
    at: datetime,
) -> None:
    alarm.ended_at = now
    session.add(alarm)
    for begun in session.exec(select(Notice).where(col(Notice.occasion) == f"alarm:{alarm.id}")).all():
        if begun.state == NoticeState.QUEUED:
            begun.state = NoticeState.DROPPED
            session.add(begun)
        elif begun.state != NoticeState.DROPPED:
            with speaking(languages.get(begun.recipient, "")):
                words, subject = (
                    _ending(session, alarm.name, wrong),
                    _("{before} – vorbei").format(before=begun.subject),
                )
            if words:
                session.add(_notice(f"{begun.occasion}:over", begun.recipient, subject, f"{words}\n", now, at))


def _ending(session: Session, name: str, wrong: dict[str, Occasion]) -> str:
    """The sentence; none for a source whose trouble has only changed its name, or that was taken out."""
    kind, _colon, number = name.partition(":")
    if kind not in SOURCE_KINDS:
        return endings(kind)
    source = session.get(Source, int(number))
    if source is None or not source.enabled or any(f"{other}:{number}" in wrong for other in SOURCE_KINDS):
        return ""
    return endings(kind).format(title=source.title)


def _notice(occasion: str, recipient: str, subject: str, body: str, now: datetime, at: datetime) -> Notice:
    return Notice(occasion=occasion, recipient=recipient, subject=subject, body=body, created_at=now, not_before=at)
