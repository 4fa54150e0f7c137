"""The outbox: claim, send, settle. At most once until proven absent; nothing is ever retried blindly.

    1 claim   one transaction: post and digest are checked again, the attempt row, lease and fencing number are
              committed before the first byte leaves
    2 send    outside of any transaction, once, without a retry
    3 settle  one transaction, guarded by the fencing number: the platform's word becomes a state
A crash, a time-out or a late worker ends in `unclear`, and from there only a look leads on (evidence.py).
"""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session, col, func, select

from connectors.core.contract import Receipt
from connectors.core.errors import (
    ConfigProblem,
    ConnectorError,
    Gone,
    LoginExpired,
    RateLimited,
    Unavailable,
    one_line,
    without_paths,
)
from replies import journal
from replies.attempts import abandon, begin_attempt, delivered, end_attempt, lose
from replies.care.guard import Guard
from replies.crash import crashpoint
from replies.duty import free_predecessor
from replies.errors import Blocked
from replies.evidence import after_attempt
from replies.lifecycle import Action, Outcome, State
from replies.moves import NO_APPROVAL, change_reply, digest, get_duty, get_reply, move_reply
from replies.people import DAEMON
from replies.ports import PostView, World
from replies.seals import seal
from replies.tables import Attempt, Reply
from replies.timing import Timing

log = logging.getLogger(__name__)
Transaction = Callable[[], AbstractContextManager[Session]]
_LONGEST_BACKOFF = timedelta(hours=6)
_HOUR = timedelta(hours=1)
_PATIENCE = 20  # seconds, and tries, until a database that is away has cost us an answer's outcome
WRITING_WAITS = "writing_waits"  # the trouble of a text that met a limit of writing alone


@dataclass(frozen=True, slots=True)
class Claim:
    """One publication that this worker, and nobody else, may carry out now."""

    reply_id: int
    attempt_id: int
    fencing: int
    text: str
    key: str
    view: PostView
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Outbox:
    """One worker's hands.

    Attributes:
        worker: unique per process start, so that nothing is taken for one's own that a life before has left.
        refresh: reads a post again by its id, so that an edit is noticed before we send; None: it is not read.
        guards: what the desk asked at the approval is asked again, for a stop may have come since.
        stopping: set, nothing is claimed any more.
    """

    world: World
    timing: Timing
    worker: str
    transaction: Transaction
    clock: Callable[[], datetime]
    refresh: Callable[[int], None] | None = None
    guards: tuple[Guard, ...] = ()
    stopping: threading.Event = field(default_factory=threading.Event)

    def due(self, session: Session, now: datetime, limit: int = 20) -> list[int]:
        """Approved replies whose time has come, oldest first; accounts that may not send now are left out."""
        waiting = (col(Reply.state) == State.APPROVED, self._time_has_come(now))
        accounts = session.exec(select(Reply.account).where(*waiting).distinct()).all()
        open_ = [name for name in accounts if self._may_send(session, name, now)]
        rows = select(Reply.id).where(*waiting, col(Reply.account).in_(open_))
        first = rows.order_by(col(Reply.not_before), col(Reply.id)).limit(limit)
        return [reply_id for reply_id in session.exec(first).all() if reply_id is not None]

    def _time_has_come(self, now: datetime) -> ColumnElement[bool]:
        """Also of what a clock that ran ahead, and was set back, has put off further than anything is put off."""
        return (col(Reply.not_before) <= now) | (col(Reply.not_before) > self.timing.horizon(now))

    def soonest(self, session: Session) -> datetime | None:
        """When the next reply may go out, or a lease runs out; a time that has passed where one waits for something."""
        going = select(func.min(Reply.not_before)).where(col(Reply.state) == State.APPROVED)
        return min(filter(None, (session.exec(going).one(), self.soonest_end(session))), default=None)

    def soonest_end(self, session: Session) -> datetime | None:
        """When the next lease of a publication runs out."""
        return session.exec(select(func.min(Reply.lease_until)).where(col(Reply.state) == State.SENDING)).one()

    def send(self, reply_id: int) -> State | None:
        """Publish one approved reply; None if it was not to be claimed.

        Raises nothing that belongs to a platform: every outcome is a state.
        """
        crashpoint("before-claim")
        if not self._read_again(reply_id):
            return None
        with self.transaction() as session:
            claim = self.claim(session, reply_id, self.clock())
        if claim is None:
            return None
        crashpoint("after-claim")
        outcome = self._publish(claim)
        crashpoint("before-settle")
        state = self._written_down(claim, outcome)
        crashpoint("after-settle")
        return state

    def _written_down(self, claim: Claim, outcome: Receipt | ConnectorError) -> State:
        """Settle; a database that is away for a moment must not cost us the platform's word."""
        for _try in range(_PATIENCE):
            try:
                with self.transaction() as session:
                    return self.settle(session, claim, outcome, self.clock())
            except (OperationalError, InterfaceError):
                log.warning("reply %s was sent, the database does not take down what came of it", claim.reply_id)
                if self.stopping.wait(1):
                    break
        with self.transaction() as session:
            return self.settle(session, claim, outcome, self.clock())

    def _read_again(self, reply_id: int) -> bool:
        """The post as it is now. A platform that cannot be read is not written to either."""
        if self.refresh is None:
            return True
        with self.transaction() as session:
            reply = get_reply(session, reply_id)
            now = self.clock()
            if reply.state != State.APPROVED or not self._may_send(session, reply.account, now):
                return False
            if self._may_arrive_late(session, reply):  # perhaps for days: not read for, and not first in the queue
                change_reply(session, reply, reply.state, not_before=now + self.timing.span("backoff"))
                return False
        try:
            self.refresh(reply.post_id)
        except ConnectorError as error:
            self._unread(reply_id, error, "target_missing" if isinstance(error, Gone) else "waiting_for_platform")
            return False
        except (OperationalError, InterfaceError):  # the database is away: nothing could be written down
            raise
        except Exception as error:  # a defect of ours with one post must not stop the other answers
            log.exception("reading the post of reply %s again broke", reply_id)
            self._unread(reply_id, error, "post_unread")
            return False
        return True

    def _unread(self, reply_id: int, error: Exception, trouble: str) -> None:
        """The post could not be read again: its answer waits, and so does the account if the platform asked for it."""
        now = self.clock()
        with self.transaction() as session:
            reply = get_reply(session, reply_id)
            later = now + self._patience(reply, now)
            if isinstance(error, (LoginExpired, ConfigProblem)):
                self.world.stop_account(session, reply.account, error, now)
                trouble = "account_stopped"
            if isinstance(error, RateLimited):
                later = max(error.until, now)
                self.world.pause_account(session, reply.account, later, now)
            if reply.state == State.APPROVED:
                change_reply(session, reply, reply.state, not_before=later, trouble=trouble)

    def _patience(self, reply: Reply, now: datetime) -> timedelta:
        """Until a post is read again that could not be read: a minute at first, a quarter of an hour in the end."""
        first = self.timing.span("backoff")
        return min(max(first, (now - (reply.approved_at or now)) / 8), 15 * first)

    def claim(self, session: Session, reply_id: int, now: datetime) -> Claim | None:
        """Take the reply, or find out why not: gone, edited, paused, somebody else is at it."""
        journal.hold(session)  # one claim at a time, on PostgreSQL too: two workers never publish for one account
        # `stopping` is looked at while nobody else writes: `surrender` misses no claim
        reply = None if self.stopping.is_set() else self._waiting(session, reply_id, now)
        if reply is None:
            return None
        if reply.not_before is not None and reply.not_before > now:
            change_reply(session, reply, reply.state, not_before=now + self.timing.span("undo"))  # by the right clock
            return None
        view = self.world.post(session, reply.post_id)
        if not self._still_right(session, reply, view, now):
            return None
        busy = not self._may_send(session, view.account, now) or self._account_is_busy(session, reply, now)
        if busy or self._enough_for_now(session, reply, now):
            return None
        attempt = begin_attempt(session, reply, self.worker, now, self.timing)
        values = {"worker": self.worker, "fencing": attempt.fencing, "lease_until": attempt.lease_until}
        note = {"attempt": attempt.n, "seals": seal("attempt", attempt)}
        move_reply(session, reply, Action.CLAIM, DAEMON, now, note=note, **values)
        return Claim(reply_id, attempt.id or 0, attempt.fencing, reply.text, reply.key or "", view, attempt.lease_until)

    def _waiting(self, session: Session, reply_id: int, now: datetime) -> Reply | None:
        """The row, ours alone. On PostgreSQL one that somebody holds is passed over: nobody waits in the queue."""
        rows = select(Reply).where(
            col(Reply.id) == reply_id, col(Reply.state) == State.APPROVED, self._time_has_come(now)
        )
        taken = rows.with_for_update(skip_locked=True).execution_options(populate_existing=True)
        return session.exec(taken).one_or_none()

    def _may_send(self, session: Session, account: str, now: datetime) -> bool:
        free = self.world.publisher(account) is not None and self.world.may_send(session, account, now)
        return free and not self._writing_waits(session, account, now)

    def _writing_waits(self, session: Session, account: str, now: datetime) -> bool:
        """Did a text of this account meet a limit of writing alone? The others wait with it; reading goes on."""
        rows = select(Reply.id).where(
            col(Reply.account) == account,
            col(Reply.state) == State.APPROVED,
            col(Reply.trouble) == WRITING_WAITS,
            col(Reply.not_before) > now,
            col(Reply.not_before) <= self.timing.horizon(now),
        )
        return session.exec(rows.limit(1)).first() is not None

    def _still_right(self, session: Session, reply: Reply, view: PostView, now: datetime) -> bool:
        """The last look before sending: same post, same words, same digest as approved (RELIABILITY G3, G9)."""
        if view.gone or reply.successor_id is not None:
            self._withdraw(session, reply, now, "post_gone" if view.gone else "superseded")
            return False
        if get_duty(session, reply.duty_id).proof is not None:  # released, or held for law, while it was on the wire
            self._withdraw(session, reply, now, "released")
            return False
        if view.version != reply.post_version or not view.visible:
            self._revoke(session, reply, now, "post_changed")
            return False
        if digest(reply.kind, view, reply.text) != reply.approved_digest:
            log.error("reply %s: text differs from what was approved; not sent", reply.id)
            self._revoke(session, reply, now, "text_changed")
            return False
        return self._nothing_stops(session, reply, now)

    def _nothing_stops(self, session: Session, reply: Reply, now: datetime) -> bool:
        """A stop that was set after the approval takes it back (docs/decisions/0019)."""
        try:
            for guard in self.guards:
                guard(session, reply, DAEMON, now)
        except Blocked as stop:
            self._revoke(session, reply, now, stop.code)
            return False
        return True

    def _withdraw(self, session: Session, reply: Reply, now: datetime, why: str) -> None:
        move_reply(session, reply, Action.WITHDRAW, DAEMON, now, note={"why": why}, trouble=why, not_before=None)
        free_predecessor(session, reply, now)

    def _revoke(self, session: Session, reply: Reply, now: datetime, why: str) -> None:
        move_reply(session, reply, Action.REVOKE, DAEMON, now, note={"why": why}, trouble=why, **NO_APPROVAL)
        free_predecessor(session, reply, now)

    def _account_is_busy(self, session: Session, reply: Reply, now: datetime) -> bool:
        """Something of this account is on the wire; or, where the platform holds one reply, may yet arrive here."""
        sending = (col(Reply.state) == State.SENDING) & (col(Reply.lease_until) > now)
        busy = select(Reply.id).where(col(Reply.account) == reply.account, col(Reply.id) != reply.id, sending)
        return session.exec(busy).first() is not None or self._may_arrive_late(session, reply)

    def _may_arrive_late(self, session: Session, reply: Reply) -> bool:
        """Where the platform holds one reply: may another one still arrive under this post, and replace ours?"""
        if not self.world.card(reply.account).one_reply:
            return False
        late = select(Reply.id).where(
            col(Reply.account) == reply.account,
            col(Reply.id) != reply.id,
            col(Reply.post_id) == reply.post_id,
            col(Reply.state).in_((State.SENDING, State.UNCLEAR)),
            col(Reply.successor_id).is_(None),
        )
        return session.exec(late.limit(1)).first() is not None

    def _enough_for_now(self, session: Session, reply: Reply, now: datetime) -> bool:
        """A flood of approvals leaves in portions: the reply waits until the account may publish again (S29)."""
        if not self.timing.per_hour:
            return False
        lately = (
            select(Attempt.started_at)
            .join(Reply, col(Reply.id) == col(Attempt.reply_id))
            .where(col(Reply.account) == reply.account, ~col(Attempt.by_hand))
            .where(col(Attempt.started_at) > now - _HOUR, col(Attempt.started_at) < now + _HOUR)
            .order_by(col(Attempt.started_at).desc())
            .offset(self.timing.per_hour - 1)
        )
        oldest = session.exec(lately.limit(1)).first()
        if oldest is None:
            return False
        change_reply(session, reply, reply.state, not_before=oldest + _HOUR, trouble="enough_for_now")
        return True

    def _publish(self, claim: Claim) -> Receipt | ConnectorError:
        publisher = self.world.publisher(claim.view.account)
        try:
            if publisher is None:
                return ConfigProblem("the account has no publisher any more")
            if self.clock() >= claim.lease_until:  # we slept: somebody may already be looking whether it arrived
                return Unavailable("the lease ran out before anything was sent")
            return publisher.publish(claim.view.post, claim.text, claim.key)
        except ConnectorError as error:
            return error
        except Exception as error:  # a defect of ours after bytes may have left: unclear, never a blind retry
            log.exception("publishing reply %s broke", claim.reply_id)
            return ConnectorError(f"{type(error).__name__} while publishing")

    def settle(self, session: Session, claim: Claim, outcome: Receipt | ConnectorError, now: datetime) -> State:
        """Turn the platform's word into a state; a late worker's result only goes into its attempt row."""
        reply = get_reply(session, claim.reply_id)
        if reply.state != State.SENDING or reply.fencing != claim.fencing:
            if session.get_one(Attempt, claim.attempt_id).outcome in (Outcome.STARTED, Outcome.UNCLEAR):
                end_attempt(session, claim.attempt_id, Outcome.LATE, outcome, now)  # else it was committed, unheard
            return reply.state
        action, ending = after_attempt(outcome)
        end_attempt(session, claim.attempt_id, ending, outcome, now)
        if isinstance(outcome, Receipt):
            delivered(session, reply, outcome, self.world, self.timing, now)
        elif action == Action.REFUSE:
            values = {"platform_said": one_line(str(outcome)), "trouble": "refused", "lease_until": None}
            move_reply(session, reply, action, DAEMON, now, note={"code": outcome.code}, **values)
            free_predecessor(session, reply, now)
        elif action == Action.POSTPONE:
            self._postpone(session, reply, outcome, now)
        else:
            lose(session, reply, now, note=without_paths(one_line(str(outcome))))
        return reply.state

    def _postpone(self, session: Session, reply: Reply, error: ConnectorError, now: datetime) -> None:
        tries = session.exec(select(func.count()).where(col(Attempt.reply_id) == reply.id)).one()
        wait = min(self.timing.span("backoff") * 2 ** min(tries - 1, 10), _LONGEST_BACKOFF)
        until = now + wait
        trouble = "target_missing" if isinstance(error, Gone) else "waiting_for_platform"
        if isinstance(error, RateLimited):
            until = max(error.until, until)  # a platform that names a second each time is not asked each second
            if self.world.card(reply.account).met_writing_limit(error.until - now):
                trouble = WRITING_WAITS
            else:
                self.world.pause_account(session, reply.account, max(error.until, now), now)
        if isinstance(error, (LoginExpired, ConfigProblem)):
            self.world.stop_account(session, reply.account, error, now)
            trouble = "account_stopped"
        note = {"why": type(error).__name__, "status": error.status}
        values = {"not_before": until, "worker": None, "lease_until": None, "trouble": trouble}
        move_reply(session, reply, Action.POSTPONE, DAEMON, now, note=note, **values)

    def expire(self, session: Session, now: datetime) -> int:
        """`sending` whose lease ran out becomes `unclear`, never `approved`. Returns how many.

        Work taken by a person has no lease that ends: the person says what came of it.
        """
        ahead = now + self.timing.span("send_lease") + _HOUR  # written by a clock that was set back meanwhile
        over = (col(Reply.lease_until) < now) | (col(Reply.lease_until) > ahead)
        rows = select(Reply).where(col(Reply.state) == State.SENDING, over)
        lost = [reply for reply in session.exec(rows).all() if not (reply.worker or "").startswith("hand:")]
        for reply in lost:
            abandon(session, reply, now, note="lease ran out")
            crashpoint("lease-expired")
        return len(lost)

    def surrender(self, now: datetime) -> int:
        """At shutdown: what this worker still has on the wire is recorded as unclear; it claims nothing more."""
        self.stopping.set()
        with self.transaction() as session:
            rows = select(Reply).where(col(Reply.state) == State.SENDING, col(Reply.worker) == self.worker)
            mine = list(session.exec(rows).all())
            for reply in mine:
                abandon(session, reply, now, note="shut down while sending")
        return len(mine)
