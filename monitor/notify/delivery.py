"""Queued notices go out: written down before the first byte, settled after it, tried again when the server fails.

A digest that may have left is not sent again; an alarm is, under the same Message-ID.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from monitor.notify import mail, push, urgent
from monitor.notify.digest import OCCASION
from monitor.notify.errors import MaybeSent, NotSent
from monitor.notify.hours import after_quiet
from monitor.notify.recipients import MAIL, Recipient
from monitor.notify.settings import Notify
from monitor.tables import Alarm, Notice, NoticeState
from monitor.words import _, speaking

log = logging.getLogger(__name__)
_LEASE = timedelta(minutes=10)
_USEFUL = {True: timedelta(hours=20), False: timedelta(days=3)}  # a digest, an alarm
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_KEPT = timedelta(days=90)
_AT_ONCE = 200

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Post:
    """One message to one recipient, made of one digest or of all alarms that wait for it."""

    recipient: str
    subject: str
    body: str
    ids: tuple[int, ...]
    mark: str
    digest: bool


def deliver(
    transaction: Transaction, notify: Notify, folder: Path, people: Sequence[Recipient], clock: Callable[[], datetime]
) -> int:
    """Send what is due, one message after another; a server that fails keeps nobody else waiting. Returns how many."""
    addresses = {person.key: person.address for person in people}
    languages = {person.key: person.language for person in people}
    now = clock()
    with transaction() as session:
        _settle_old(session, now)
        posts = [post for post in _claim(session, languages, now) if _known(session, post, addresses)]
    sent = 0
    for post in posts:
        try:
            _send(notify, folder, addresses[post.recipient], post, clock())
        except (NotSent, MaybeSent) as error:
            log.warning("notice %s was not taken: %s", post.ids[0], error)
            _failed(transaction, notify, post, error, clock())
        else:
            _done(transaction, post, clock())
            sent += 1
    return sent


def _claim(session: Session, languages: Mapping[str, str], now: datetime) -> list[Post]:
    rows = select(Notice).where(col(Notice.state) == NoticeState.QUEUED, col(Notice.not_before) <= now)
    due = session.exec(rows.order_by(col(Notice.recipient), col(Notice.id)).limit(_AT_ONCE)).all()
    posts = []
    for (_recipient, _what), group in groupby(due, key=_bundle):
        notices = list(group)
        for notice in notices:
            notice.state, notice.tries, notice.not_before = NoticeState.SENDING, notice.tries + 1, now + _LEASE
            session.add(notice)
        with speaking(languages.get(notices[0].recipient, "")):
            posts.append(_post(notices))
    return posts


def _is_digest(notice: Notice) -> bool:
    return notice.occasion.startswith(OCCASION)


def _bundle(notice: Notice) -> tuple[str, str]:
    """Alarms that wait for the same person go in one message; a threat has its own."""
    return notice.recipient, notice.occasion if _is_digest(notice) or _is_urgent(notice.occasion) else ""


def _is_urgent(occasion: str) -> bool:
    return occasion.startswith(urgent.OCCASION)


def _post(notices: Sequence[Notice]) -> Post:
    first = notices[0]
    many = _("Widerhall: {n} Meldungen").format(n=len(notices))
    mark = hashlib.sha256("\0".join([first.recipient, *(row.occasion for row in notices)]).encode()).hexdigest()[:32]
    return Post(
        recipient=first.recipient,
        subject=first.subject if len(notices) == 1 else many,
        body="\n".join(notice.body for notice in notices),
        ids=tuple(notice.id or 0 for notice in notices),
        mark=mark,
        digest=_is_digest(first),
    )


def _known(session: Session, post: Post, addresses: dict[str, str]) -> bool:
    """Whoever was taken out of the configuration meanwhile is told nothing any more."""
    if post.recipient in addresses:
        return True
    _set(session, post.ids, state=NoticeState.DROPPED, problem="")
    return False


def _send(notify: Notify, folder: Path, address: str, post: Post, now: datetime) -> None:
    if post.recipient.startswith(MAIL):
        message = mail.compose(notify, address, post.subject, post.body, post.mark, now)
        mail.send(notify, notify.password(folder), address, message)
    else:
        push.send(address, post.subject, post.body)


def _done(transaction: Transaction, post: Post, now: datetime) -> None:
    with transaction() as session:
        _set(session, post.ids, state=NoticeState.SENT, sent_at=now, problem="")


def _failed(transaction: Transaction, notify: Notify, post: Post, error: Exception, now: datetime) -> None:
    with transaction() as session:
        if isinstance(error, MaybeSent) and post.digest:
            _set(session, post.ids, state=NoticeState.UNKNOWN, problem=str(error))
            return
        rows = session.exec(select(Notice).where(col(Notice.id).in_(post.ids))).all()
        wait = min(_FIRST_WAIT * 2 ** min(max(row.tries for row in rows) - 1, 10), _LONGEST_WAIT)
        at_once = any(_is_urgent(row.occasion) for row in rows)
        later = now + wait if at_once else after_quiet(notify, now + wait)
        _set(session, post.ids, state=NoticeState.QUEUED, problem=str(error), not_before=later)


def _settle_old(session: Session, now: datetime) -> None:
    """What a killed daemon was sending, what is too late to be of use, and what nobody asks for any more."""
    cut_off = select(Notice).where(col(Notice.state) == NoticeState.SENDING, col(Notice.not_before) < now)
    for notice in session.exec(cut_off).all():
        notice.state = NoticeState.UNKNOWN if _is_digest(notice) else NoticeState.QUEUED
        notice.problem, notice.not_before = "interrupted", now
        session.add(notice)
    for notice in session.exec(select(Notice).where(col(Notice.state) == NoticeState.QUEUED)).all():
        if notice.created_at < now - _USEFUL[_is_digest(notice)]:
            notice.state = NoticeState.DROPPED
            session.add(notice)
    session.execute(delete(Notice).where(col(Notice.created_at) < now - _KEPT))
    over = (col(Alarm.ended_at) < now - _KEPT, ~col(Alarm.name).startswith(urgent.OCCASION))  # a threat is told once
    session.execute(delete(Alarm).where(*over))
    session.flush()


def empty_queue(session: Session, now: datetime) -> int:
    """After a restore: what waited is old, and the old house may have sent it. Returns how many messages that were.

    Their alarms end here, or what is still wrong would be told to nobody: the daemon finds it and begins a new one.
    """
    waiting = (NoticeState.QUEUED, NoticeState.SENDING)
    rows = session.exec(select(Notice).where(col(Notice.state).in_(waiting))).all()
    for notice in rows:
        notice.state = NoticeState.DROPPED
        session.add(notice)
        kind, _colon, number = notice.occasion.partition(":")
        alarm = session.get(Alarm, int(number)) if kind == "alarm" and number.isdecimal() else None
        if alarm is not None and alarm.ended_at is None:
            alarm.ended_at = now
            session.add(alarm)
    session.flush()
    return len(rows)


def _set(session: Session, ids: Sequence[int], **values: object) -> None:
    rows = update(Notice).where(col(Notice.id).in_(ids)).values(**values)
    session.execute(rows.execution_options(synchronize_session=False))


def failing(session: Session, now: datetime) -> str:
    """Why messages do not get out at present; empty: they do. For the page and `widerhall status`."""
    stuck = (NoticeState.QUEUED, NoticeState.DROPPED, NoticeState.UNKNOWN)
    rows = select(Notice).where(
        col(Notice.problem) != "", col(Notice.state).in_(stuck), col(Notice.created_at) > now - _USEFUL[False]
    )
    last = session.exec(rows.order_by(col(Notice.id).desc())).first()
    if last is None:
        return ""
    since = select(Notice.id).where(col(Notice.recipient) == last.recipient, col(Notice.sent_at) > last.created_at)
    return "" if session.exec(since.limit(1)).first() else last.problem
