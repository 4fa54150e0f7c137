"""What the daemon does, each job a plain function of the house and the time; the database knows what is due."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session, col, select

from monitor import health
from monitor.bootstrap import House
from monitor.judging import Judging, outdated
from monitor.logins import HalfLogin, KnownDevice, LoginFailure, WebSession
from monitor.notify import alarms, digest, urgent
from monitor.notify.delivery import deliver
from monitor.notify.recipients import recipients
from monitor.privacy import retention
from monitor.privacy.shred import empty_log
from monitor.tables import MARKED, PostRow, Problem, Source, Switch, Verdict
from replies import duty as duties
from replies.care import calm

log = logging.getLogger(__name__)
HOUSEKEEPER = "housekeeper"  # a Switch: the daemon that does it, and until when


def expire_leases(house: House, now: datetime) -> int:
    """Publications whose lease ran out become unclear."""
    with house.reading() as session:  # so that nobody waits for a turn to write
        end = house.outbox.soonest_end(session)
    if end is None or now <= end <= house.timing.horizon(now):
        return 0
    with house.transaction() as session:
        return house.outbox.expire(session, now)


def read_mended(house: House, now: datetime) -> None:
    """At a start: what stood still for its address or its login is read at once, for somebody has just mended it."""
    stuck = col(Source.problem).in_((Problem.CONFIG, Problem.LOGIN))
    with house.transaction() as session:
        session.execute(update(Source).where(stuck, col(Source.next_due_at) > now).values(next_due_at=now))


def send_due(house: House, now: datetime) -> int:
    """Publish what is approved and due, one after another. Returns how many were tried; none stops the others."""
    with house.reading() as session:
        due = house.outbox.due(session, now)
    sent = 0
    for reply_id in due:
        try:
            sent += house.outbox.send(reply_id) is not None
        except (OperationalError, InterfaceError):  # the database is away: for the others as well
            raise
        except Exception:  # a defect with one answer must not hold back the others; the next tick tries again
            log.exception("sending reply %s broke", reply_id)
    return sent


def look_due(house: House, now: datetime) -> int:
    """Look at replies that may be public. Returns how many; those that another daemon looks at are left to it."""
    with house.reading() as session:
        due = house.watch.due(session, now)
    looked = 0
    for reply_id in due:
        with house.transaction() as session:
            mine = house.watch.take(session, reply_id, now)
        if mine:
            house.watch.look(reply_id)
            looked += 1
    return looked


def look_for_absent(house: House, now: datetime) -> int:
    """Second looks at posts that were not found, and first ones at those a publication found missing."""
    absence = house.ingest.absence
    with house.reading() as session:
        due = absence.due(session, now)
    return sum(absence.look_again(name, post_ids, now) for name, post_ids in due)


def keeps_house(house: House, now: datetime, span: timedelta) -> bool:
    """Is it this daemon that does what one is enough for? Of several one does, until it has been away for `span`.

    A lease in a row and no advisory lock: a daemon that was stopped, not killed, would keep the lock for ever.
    """
    with house.transaction() as session:
        row = session.get(Switch, HOUSEKEEPER, with_for_update=True)
        if row is not None and row.value != house.worker and now < row.at < now + 2 * span:
            return False
        session.merge(Switch(name=HOUSEKEEPER, value=house.worker, at=now + span))
    return True


def end_holds(house: House, now: datetime) -> int:
    """Legal holds that are over open their duty again."""
    with house.reading() as session:
        if not duties.holds_that_ended(session, now):
            return 0
    with house.transaction() as session:
        ended = duties.holds_that_ended(session, now)
        for duty in ended:
            account = house.world.post(session, duty.post_id).account
            duties.reopen(session, duty, house.world.hours(account), house.timing, now, why="hold_ended")
    return len(ended)


def mark_sources(house: House, now: datetime) -> None:
    """Mark sources that have not been read within twice their interval, and those that fell silent."""
    with house.transaction() as session:
        for source in session.exec(select(Source).where(col(Source.enabled).is_(True))).all():
            if house.world.polls(source.name):
                health.mark(session, source, house.timing.span("silence"), now)
        session.merge(Switch(name=MARKED, value="", at=now))  # verify judges as of then: without a daemon nobody marks


def judge_stored(house: House, now: datetime, limit: int = 200) -> int:
    """Judge posts whose current version was not judged last by the current judge, opening duties that follow."""
    judging: Judging = house.ingest.judging
    with house.reading() as session:  # reads every post where there is nothing to do: nobody waits for that
        if session.exec(_unjudged(judging.judge.name, 1)).first() is None:
            return 0
    house.ingest.load_judge()
    with house.transaction() as session:
        posts = session.exec(_unjudged(judging.judge.name, limit)).all()
        for source_id in dict.fromkeys(row.source_id for row in posts):
            source = session.get_one(Source, source_id)
            judging.renew(session, source, [row.id or 0 for row in posts if row.source_id == source_id], now)
    return len(posts)


def _unjudged(judge: str, limit: int) -> Any:
    known = select(Verdict.id).where(
        col(Verdict.post_id) == PostRow.id,
        col(Verdict.version) == PostRow.version,
        col(Verdict.judge) == judge,
        ~outdated(),
    )
    rows = select(PostRow).where(col(PostRow.own).is_(False), col(PostRow.gone_at).is_(None), ~known.exists())
    return rows.order_by(col(PostRow.id)).limit(limit)


def tell(house: House, now: datetime) -> int:
    """Messages to our own people: queue what is new, send what is due. Returns how many went out."""
    notify, folder = house.config.notify, house.config.path.parent
    if not notify.smtp_host and not notify.addresses(folder):
        return 0
    with house.reading() as session:
        people = recipients(session, notify, folder, house.config.business.language)
    url = house.config.base_url
    queues: tuple[Callable[[Session], object], ...] = (
        lambda session: urgent.queue(session, people, url, now),
        lambda session: alarms.note(session, notify, people, url, now),
        lambda session: digest.write(session, notify, people, url, house.timing, now),
    )
    broken = [error for queue in queues if (error := _queued(house, queue)) is not None]
    sent = deliver(house.transaction, notify, folder, people, house.now)
    for error in broken[:1]:
        raise error  # after everything else: whoever called us writes it down
    return sent


def _queued(house: House, queue: Callable[[Session], object]) -> Exception | None:
    """Queue one kind of message in a transaction of its own, so that none takes the others along; what went wrong."""
    try:
        with house.transaction() as session:
            queue(session)
    except Exception as error:  # noqa: BLE001 - `tell` raises it when the others are done
        return error
    return None


def retain(house: House, now: datetime) -> None:
    """Once a day: words whose time is over are forgotten."""
    with house.reading() as session:
        due = retention.is_due(session, now)
    if due:
        with house.transaction() as session:
            due = not retention.wait_a_day(session, now)
    if due:
        done = retention.retain(house.transaction, house.config.retention, now)
        log.info("terms of retention applied: %s", done)
        empty_log(house.database, patience=1.0)


def tidy(house: House, now: datetime) -> None:
    """Delete ended logins, old wrong passwords, and what was counted on another day."""
    with house.transaction() as session:
        session.execute(delete(WebSession).where(col(WebSession.expires_at) < now))
        session.execute(delete(HalfLogin).where(col(HalfLogin.at) < now - timedelta(days=1)))
        session.execute(delete(LoginFailure).where(col(LoginFailure.at) < now - timedelta(days=1)))
        calm.forget_yesterday(session, now)
        session.execute(delete(KnownDevice).where(col(KnownDevice.seen_at) < now - timedelta(days=180)))


def free_own_leases(house: House) -> None:
    """At shutdown: sources that this worker was reading may be read by the next one at once."""
    with house.transaction() as session:
        session.execute(update(Source).where(col(Source.worker) == house.worker).values(worker=None, lease_until=None))
        session.execute(delete(Switch).where(col(Switch.name) == HOUSEKEEPER, col(Switch.value) == house.worker))
