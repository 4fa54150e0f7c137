"""The approved wording of a holding reply (RULES K04), with the date that the second clock will then show."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from connectors.core import registry
from monitor.tables import PostRow, Source
from monitor.web import filters
from monitor.words import GERMAN, speaking
from replies.blocks import Situation, drafts
from replies.lifecycle import ReplyKind, State
from replies.ports import PostView, World
from replies.tables import Duty, Reply
from replies.timing import Timing

_NEIGHBOURS = 300  # newest texts of an account that a new one must differ from


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


@speaking(GERMAN)  # it goes out, whoever asked for it
def wording(session: Session, world: World, timing: Timing, duty: Duty, now: datetime) -> str:
    """The whole text: the approved wording, or the next one where it stands in the same place already."""
    view = world.post(session, duty.post_id)
    until = filters.day(promised_at(world, timing, view.account, duty, now), world.hours(view.account).timezone)
    address = greeting(session, world, view).strip()
    post = session.get(PostRow, duty.post_id)
    plain = Situation(ReplyKind.HOLDING, duty.id or 0, until=until, address=address)
    for used in (used_in(session, view.account, post), used_in(session, view.account, post, only_thread=True)):
        text = next(drafts(replace(plain, used=used)), None)
        if text is not None:
            return text
    return next(drafts(plain))


def used_in(session: Session, account: str, post: PostRow | None, *, only_thread: bool = False) -> frozenset[str]:
    """What stands or waits in the same place: the newest texts of this account, and all of this thread."""
    rows = select(Reply.text).where(
        col(Reply.account) == account, col(Reply.state).not_in((State.WITHDRAWN, State.REFUSED)), col(Reply.text) != ""
    )
    if post is not None:  # its own earlier draft is no neighbour
        rows = rows.where(col(Reply.post_id) != post.id)
    newest = [] if only_thread else session.exec(rows.order_by(col(Reply.id).desc()).limit(_NEIGHBOURS)).all()
    if post is None or post.thread is None:
        return frozenset(newest)
    there = select(PostRow.id).where(col(PostRow.source_id) == post.source_id, col(PostRow.thread) == post.thread)
    return frozenset(newest) | frozenset(session.exec(rows.where(col(Reply.post_id).in_(there))).all())
