"""Calm before an answer to a hostile post (RULES 001-8, 001-26, K20): cooling off, hearing out, enough for today.

The clocks of the duty keep running all the time; a holding reply is always allowed.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from replies.care.tables import HostileLook
from replies.care.temper import Temper
from replies.errors import Blocked
from replies.lifecycle import Role
from replies.people import Actor, at_desk
from replies.tables import Duty
from replies.timing import Timing


def open_hostile(
    session: Session, duty: Duty, actor: Actor, zone: str, most: int, now: datetime, *, nevertheless: bool = False
) -> HostileLook:
    """This person begins to read a hostile post in full: from here on the cooling-off counts.

    Args:
        zone: IANA time zone of the people; its midnight ends the day.
        most: hostile posts a person reads in one day; 0: any number.
        nevertheless: an owner goes on above `most`, where nobody else is there.

    Raises:
        Blocked: enough for today (`hostile_limit`).
    """
    person = at_desk(actor)
    forget_yesterday(session, now)
    known = look_of(session, duty.id or 0, person, now)
    if known is not None:
        return known
    above = nevertheless and actor.role == Role.OWNER
    if most and not above and seen_today(session, person, now) >= most:
        raise Blocked("enough hostile posts for today", code="hostile_limit")
    look = HostileLook(user_id=person, duty_id=duty.id or 0, opened_at=now, until=end_of_day(now, zone))
    session.add(look)
    session.flush()
    return look


def look_of(session: Session, duty_id: int, user_id: int, now: datetime) -> HostileLook | None:
    """Has this person opened it today?"""
    rows = select(HostileLook).where(
        col(HostileLook.duty_id) == duty_id, col(HostileLook.user_id) == user_id, col(HostileLook.until) > now
    )
    return session.execute(rows).scalars().one_or_none()


def seen_today(session: Session, user_id: int, now: datetime) -> int:
    """How many hostile posts this person has opened today. Shown to nobody else."""
    mine = select(func.count()).where(col(HostileLook.user_id) == user_id, col(HostileLook.until) > now)
    return int(session.execute(mine).scalar_one())


def forget_yesterday(session: Session, now: datetime) -> int:
    """Delete what was counted on another day. Returns how many rows."""
    done = session.execute(delete(HostileLook).where(col(HostileLook.until) <= now))
    return int(done.rowcount)  # type: ignore[attr-defined]


def end_of_day(now: datetime, zone: str) -> datetime:
    """The next midnight of the people's wall clock, aware UTC."""
    following: date = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return datetime.combine(following, time(), ZoneInfo(zone)).astimezone(UTC)


def ready_at(temper: Temper, look: HostileLook | None, timing: Timing, now: datetime) -> tuple[datetime, str] | None:
    """From when on this person may hand over an answer, and why not before (`cool_off`, `hear_out`); None: now. Pure.

    `look` is the person's own; whoever has not opened the post has not begun to cool off.
    """
    if not temper.hostile:
        return None
    waits = [(temper.said_at + timing.span("hear_out"), "hear_out")]
    if timing.cool_off:
        waits.append(((look.opened_at if look else now) + timing.span("cool_off"), "cool_off"))
    at, why = max(waits)
    return (at, why) if at > now else None
