"""The approved wording of a holding reply (RULES K04), with the date that the second clock will then show."""

from datetime import datetime

from sqlmodel import Session

from connectors.core import registry
from monitor.tables import PostRow, Source
from monitor.web import filters
from monitor.words import _
from replies.ports import PostView, World
from replies.tables import Duty
from replies.timing import Timing


def greeting(session: Session, world: World, view: PostView) -> str:
    """How an answer to this post must begin, "" almost everywhere."""
    if not world.card(view.account).mention_prefix:
        return ""
    row = session.get(PostRow, view.id)
    source = session.get(Source, row.source_id) if row else None
    words = registry.greeting(source.kind, view.post) if source else ""
    return words if not words or words.endswith(" ") else f"{words} "


def promised_at(world: World, timing: Timing, account: str, duty: Duty, now: datetime) -> datetime:
    """Until when the final answer will be there once the holding reply stands: the clock of `duty.contact_seen`."""
    start = max(duty.final_due_at or now, now)
    return world.hours(account).plus_days(start, timing.hold_days)


def wording(session: Session, world: World, timing: Timing, duty: Duty, now: datetime) -> str:
    """The whole text."""
    view = world.post(session, duty.post_id)
    until = promised_at(world, timing, view.account, duty, now)
    date = filters.day(until, world.hours(view.account).timezone)
    sentence = _("Wir haben uns Ihres Anliegens angenommen und melden uns bis {date} mit einer Antwort.")
    return greeting(session, world, view) + sentence.format(date=date)
