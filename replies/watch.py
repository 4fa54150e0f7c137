"""Looking whether an answer can be seen (Sichtung), and settling unclear ones by what is seen.

Every look leaves a row, also the one that found nothing. Only a public sighting of our own text publishes a reply and
moves its duty.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from connectors.core.contract import Capability, Card, Receipt, ReplyMode, Sighting
from connectors.core.errors import Changed, ConnectorError, Gone, RateLimited
from replies import duty as duties
from replies.attempts import delivered
from replies.care import tasks
from replies.crash import crashpoint
from replies.errors import ReplyError
from replies.evidence import Case, Next, after_delivery, after_publication, after_unclear, equal
from replies.internal import fair
from replies.lifecycle import Action, ReplyKind, State
from replies.moves import change_reply, get_duty, get_reply, move_reply
from replies.outbox import Transaction
from replies.people import DAEMON, Actor, at_desk
from replies.ports import World
from replies.succession import replace_earlier
from replies.tables import Attempt, Reply, SightingRow
from replies.timing import Timing

log = logging.getLogger(__name__)
_LOOKED_AT = (State.UNCLEAR, State.DELIVERED, State.PUBLISHED)
_TO_SEE = (
    col(Reply.state).in_(_LOOKED_AT),
    col(Reply.needs_human).is_(False),
    (col(Reply.successor_id).is_(None)) | (col(Reply.state) == State.UNCLEAR),
)


def _still_counts(before: Reply, now: Reply, seen: Sighting | None) -> bool:
    """May a look be heard that was asked for `before`? A find, unless the reply has moved on since.

    Absence only if nobody else has begun to look meanwhile: then this one comes late, and the other one knows better.
    """
    if (before.state, before.fencing) != (now.state, now.fencing):
        return False
    return seen is not None or (before.next_look_at, before.looks) == (now.next_look_at, now.looks)


def reads_nothing_back(card: Card) -> bool:
    """Is this a platform where people post by hand, or one that never shows what it took?

    A card without a way to answer says neither: it belongs to an account that is taken out of the configuration.
    """
    by_hand = card.reply == ReplyMode.MANUAL
    return by_hand or (card.reply == ReplyMode.API and card.capability == Capability.BLIND)


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at replies that may be, or are, public."""

    world: World
    timing: Timing
    transaction: Transaction
    clock: Callable[[], datetime]

    def due(self, session: Session, now: datetime, limit: int = 20) -> list[int]:
        """Replies to look at, longest waiting first. Superseded ones and those a person must settle are left out."""
        rows = (
            select(Reply.id)
            .where(*_TO_SEE, (col(Reply.next_look_at) <= now) | (col(Reply.next_look_at) > self.timing.horizon(now)))
            .order_by(col(Reply.next_look_at), col(Reply.id))
            .limit(limit)
        )
        return [reply_id for reply_id in session.exec(rows).all() if reply_id is not None]

    def soonest(self, session: Session) -> datetime | None:
        """When the next look falls due."""
        return session.exec(select(func.min(Reply.next_look_at)).where(*_TO_SEE)).one()

    def take(self, session: Session, reply_id: int, now: datetime) -> bool:
        """Is this look ours? The others find it due again only after a lease, if we do not come back from it."""
        reply = get_reply(session, reply_id)
        due = reply.next_look_at is not None and not now < reply.next_look_at <= self.timing.horizon(now)
        if not due or reply.state not in _LOOKED_AT:
            return False
        change_reply(session, reply, reply.state, next_look_at=now + self.timing.span("send_lease"))
        return True

    def look(self, reply_id: int) -> State:
        """Look once and draw the conclusion."""
        crashpoint("before-look")
        with self.transaction() as session:
            reply = get_reply(session, reply_id)
            view = self.world.post(session, reply.post_id)
            before, receipt = reply, Receipt(ref=reply.external_ref, text=reply.text)
            held = self.world.waits_until(session, reply.account, self.clock())
            if held is not None:
                change_reply(session, reply, reply.state, next_look_at=held)
                return reply.state
        asked = self.clock()  # what is read may be older than what is written: evidence is as old as the question
        publisher = self.world.publisher(view.account)
        seen: Sighting | None = None
        if publisher is not None:
            try:
                seen = publisher.find(view.post, receipt)
            except Gone:
                seen = None
            except ConnectorError as error:
                return self._later(reply_id, error)
            except Exception as error:  # a defect of ours in one connector must not stop the looks of the others
                log.exception("looking for reply %s broke", reply_id)
                return self._later(reply_id, Changed(f"{type(error).__name__} while looking"))
        crashpoint("after-look")
        with self.transaction() as session:
            reply = get_reply(session, reply_id)
            if _still_counts(before, reply, seen):
                self.conclude(session, reply, seen, asked, can_look=publisher is not None)
            else:
                log.info("reply %s: a look came back late, somebody else has looked meanwhile", reply_id)
        crashpoint("after-conclude")
        return reply.state

    def _later(self, reply_id: int, error: ConnectorError) -> State:
        """The platform could not be read: that proves nothing; look again. After a day of it a person is asked."""
        now = self.clock()
        with self.transaction() as session:
            reply = get_reply(session, reply_id)
            until = now + self.timing.span("absent_gap")
            if isinstance(error, RateLimited):
                until = error.until
                self.world.pause_account(session, reply.account, until, now)
            self._look_later(session, reply, until, now)
            return reply.state

    def _look_later(self, session: Session, reply: Reply, until: datetime, now: datetime) -> None:
        since = reply.unclear_since or now
        if reply.state == State.UNCLEAR and now >= since + self.timing.span("unseen_alarm"):
            self._ask(session, reply, "cannot_look")
        else:
            change_reply(session, reply, reply.state, next_look_at=until)

    def conclude(
        self, session: Session, reply: Reply, seen: Sighting | None, now: datetime, *, can_look: bool = True
    ) -> None:
        """Write down what was seen and let the reply and its duty follow."""
        if not can_look:
            self._nobody_can_look(session, reply, now)
            return
        self._remember(session, reply, seen, now)
        self._by_the_right_clock(session, reply, now)
        case = Case(
            capability=self.world.card(reply.account).capability,
            text=reply.text,
            since=(reply.unclear_since if reply.state == State.UNCLEAR else reply.delivered_at) or now,
            absent_reads=reply.absent_reads,
            absent_at=reply.absent_at,
            once_delivered=reply.delivered_at is not None,
            ref=reply.external_ref,
        )
        if reply.state == State.UNCLEAR:
            self._conclude_unclear(session, reply, case, seen, now)
        elif reply.state == State.DELIVERED:
            self._conclude_delivered(session, reply, case, seen, now)
        elif reply.state == State.PUBLISHED:
            self._conclude_published(session, reply, case, seen, now)

    @staticmethod
    def _by_the_right_clock(session: Session, reply: Reply, now: datetime) -> None:
        """Times of an unclear reply that lie ahead are of a clock that was set back: its waits begin now."""
        ahead = [at for at in (reply.unclear_since, reply.absent_at) if at is not None and at > now]
        if reply.state == State.UNCLEAR and ahead:
            change_reply(session, reply, reply.state, unclear_since=now, absent_reads=0, absent_at=None)

    def _nobody_can_look(self, session: Session, reply: Reply, now: datetime) -> None:
        """The program cannot read this platform: an unclear reply needs a person, a delivered one a person's look.

        An account that only has no connection now is asked again: soon at first, daily in the end.
        """
        if not reads_nothing_back(self.world.card(reply.account)):
            unclear = reply.state == State.UNCLEAR
            waited = timedelta() if unclear else now - (reply.published_at or reply.delivered_at or now)
            wait = max(self.timing.span("absent_gap"), min(waited, timedelta(days=1)))
            self._look_later(session, reply, now + wait, now)
        elif reply.state == State.UNCLEAR:
            self._ask(session, reply, "cannot_look")
        else:
            trouble = "look_needed" if reply.state == State.DELIVERED else reply.trouble
            change_reply(session, reply, reply.state, next_look_at=None, trouble=trouble)

    def _remember(self, session: Session, reply: Reply, seen: Sighting | None, now: datetime) -> None:
        session.add(
            SightingRow(
                reply_id=reply.id or 0,
                at=now,
                seen=seen is not None,
                public=bool(seen and seen.public),
                equal=bool(seen and equal(reply.text, seen)),
                rejected=bool(seen and seen.rejected),
                ref=seen.ref if seen else None,
                text=seen.text if seen else "",
                note=f"matches={seen.matches}" if seen and seen.matches > 1 else "",
            )
        )
        session.flush()

    def _conclude_unclear(
        self, session: Session, reply: Reply, case: Case, seen: Sighting | None, now: datetime
    ) -> None:
        following, why = after_unclear(case, seen, self.timing, now)
        if following == Next.FOUND and seen is not None:
            delivered(session, reply, Receipt(ref=seen.ref, permalink=seen.permalink), self.world, self.timing, now)
        elif following == Next.REPEAT:
            values = {"not_before": now, "unclear_since": None, "absent_reads": 0, "absent_at": None, "trouble": ""}
            note = {"why": "proven absent", "absent_reads": case.absent_reads + 1}
            move_reply(session, reply, Action.POSTPONE, DAEMON, now, note=note, lease_until=None, worker=None, **values)
        elif following == Next.REJECTED:
            self._rejected(session, reply, now)
        elif following == Next.COUNT:
            again = now + self.timing.span("absent_gap")
            change_reply(
                session, reply, reply.state, absent_reads=case.absent_reads + 1, absent_at=now, next_look_at=again
            )
        elif following == Next.ASK:
            self._ask(session, reply, why)
        else:
            settled = case.since + self.timing.span("settle")
            again = settled if now < settled else (case.absent_at or now) + self.timing.span("absent_gap")
            change_reply(session, reply, reply.state, next_look_at=min(again, now + self.timing.span("absent_gap")))

    def _conclude_delivered(
        self, session: Session, reply: Reply, case: Case, seen: Sighting | None, now: datetime
    ) -> None:
        following, why = after_delivery(case, seen, self.timing, now)
        if following == Next.PUBLIC:
            self.publish(session, reply, DAEMON, now, permalink=seen.permalink if seen else None)
        elif following == Next.REJECTED:
            self._rejected(session, reply, now)
        elif following == Next.ASK:
            values = {"unclear_since": now, "needs_human": True, "next_look_at": None}
            move_reply(session, reply, Action.LOSE, DAEMON, now, note={"why": why}, trouble=why, **values)
        else:
            trouble = "pending" if following == Next.PENDING else reply.trouble
            self._look_again(session, reply, now, trouble=trouble)

    def _conclude_published(
        self, session: Session, reply: Reply, case: Case, seen: Sighting | None, now: datetime
    ) -> None:
        following, why = after_publication(case, seen, self.timing, now)
        if following == Next.PUBLIC:
            self._look_again(session, reply, now, absent_reads=0, absent_at=None)
        elif following == Next.COUNT:
            again = now + self.timing.span("absent_gap")
            change_reply(
                session, reply, reply.state, absent_reads=case.absent_reads + 1, absent_at=now, next_look_at=again
            )
        elif following == Next.WAIT:
            change_reply(session, reply, reply.state, next_look_at=now + self.timing.span("absent_gap"))
        else:
            self._gone_from_public(session, reply, following, why, now)

    def _gone_from_public(self, session: Session, reply: Reply, following: Next, why: str, now: datetime) -> None:
        duty = get_duty(session, reply.duty_id)
        if following == Next.REJECTED:
            self._rejected(session, reply, now)
        else:
            values = {
                "unclear_since": now,
                "needs_human": True,
                "next_look_at": None,
                "absent_reads": 0,
                "absent_at": None,
            }
            move_reply(session, reply, Action.LOSE, DAEMON, now, note={"why": why}, trouble=why, **values)
        duties.reply_vanished(session, duty, reply, self.world.hours(reply.account), self.timing, now)

    def _rejected(self, session: Session, reply: Reply, now: datetime) -> None:
        move_reply(
            session, reply, Action.REFUSE, DAEMON, now, note={"why": "rejected"}, trouble="rejected", next_look_at=None
        )
        duties.free_predecessor(session, reply, now)

    def _ask(self, session: Session, reply: Reply, why: str) -> None:
        change_reply(session, reply, reply.state, needs_human=True, trouble=why, next_look_at=None)

    def _look_again(self, session: Session, reply: Reply, now: datetime, **values: object) -> None:
        looks = reply.looks + 1
        again: datetime | None = now + self.timing.look_after(looks)
        if (
            reply.state == State.PUBLISHED
            and reply.published_at
            and now - reply.published_at > self.timing.span("watch_for")
        ):
            again = None
        change_reply(session, reply, reply.state, looks=looks, next_look_at=again, **values)

    def publish(
        self, session: Session, reply: Reply, actor: Actor, now: datetime, *, permalink: str | None = None
    ) -> Reply:
        """Our text was seen in public: the reply is published and its duty moves."""
        first = reply.published_at is None
        values: dict[str, Any] = {
            "published_at": now,
            "looks": 1,
            "next_look_at": now + self.timing.look_after(1),
            "trouble": "",
        }
        values |= {"permalink": permalink or reply.permalink, "absent_reads": 0, "absent_at": None}
        move_reply(session, reply, Action.CONFIRM, actor, now, **values)
        if self.world.card(reply.account).one_reply:
            replace_earlier(session, reply)
        duty, hours = get_duty(session, reply.duty_id), self.world.hours(reply.account)
        tasks.keep(session, reply, hours, self.timing, now)
        if reply.kind != ReplyKind.FINAL:
            duties.contact_seen(session, duty, reply, hours, self.timing, now, first=first)
            return reply
        duty = duties.answer_seen(session, duty, reply, now)
        if self.world.post(session, reply.post_id).version != reply.post_version:
            # it answers what stood there before
            duties.reopen(session, duty, hours, self.timing, now, why="post_changed")
        return reply

    def seen_by_fetch(self, session: Session, reply: Reply, seen: Sighting, now: datetime) -> None:
        """A round of fetching brought our own answer: that is a sighting too."""
        if reply.successor_id is None and reply.state in _LOOKED_AT and not reply.needs_human:
            self.conclude(session, reply, seen, now)
            if reply.state == State.DELIVERED and seen.public:
                self.conclude(session, reply, seen, now)

    @staticmethod
    def _had_a_hand_in_it(session: Session, reply: Reply, actor: Actor) -> bool:
        """Did this person take the text, or say that it stands there?"""
        hand = f"hand:{actor.id}"
        taken = select(Attempt.id).where(col(Attempt.reply_id) == reply.id, col(Attempt.worker) == hand)
        return reply.worker == hand or session.exec(taken).first() is not None

    def seen_by_person(
        self, session: Session, reply_id: int, actor: Actor, note: str, now: datetime, *, four_eyes: bool
    ) -> Reply:
        """A second person looked at the page and saw the answer (where nothing can be read back).

        Raises:
            ReplyError: it is a person who took it or said that it is posted (one-person business: too soon).
        """
        at_desk(actor)
        reply = get_reply(session, reply_id)
        same_person = self._had_a_hand_in_it(session, reply, actor)
        if same_person and four_eyes:
            raise ReplyError("a second person must look", code="four_eyes")
        if same_person and reply.delivered_at and now < reply.delivered_at + self.timing.span("second_look"):
            raise ReplyError("the second look comes later", code="too_soon")
        session.add(
            SightingRow(
                reply_id=reply_id,
                at=now,
                seen=True,
                public=True,
                equal=True,
                text=reply.text,
                by_user=actor.id,
                note=fair(note),
            )
        )
        return self.publish(session, reply, actor.by_hand(), now)
