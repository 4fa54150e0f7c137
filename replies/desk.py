"""The desk: writing, submitting, approving. Each function is one step, called inside one transaction of the caller.

Promise 2 lives here: nothing becomes `approved` unless two different people, one of them an owner, agreed to the same
bytes, or, in a one-person business, the owner looked at them twice with time between.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from replies import fact_cards, going_out, internal, journal, succession, wording
from replies.care import removal
from replies.care.guard import Guard
from replies.duty import free_predecessor
from replies.errors import Blocked, NotAllowed, Stale
from replies.going_out import HouseRules, Text, newest_facts
from replies.lifecycle import LIVE, Action, Cause, FactVerdict, Proof, ReplyKind, Role, State, step
from replies.moves import NO_APPROVAL, change_reply, digest, get_duty, get_reply, move_reply
from replies.people import Actor, at_desk
from replies.policy import Finding
from replies.ports import PostView, World
from replies.tables import Duty, FactCheck, Reply
from replies.timing import Timing


@dataclass(frozen=True, slots=True)
class Desk:
    """What every step at the desk needs besides the session.

    Attributes:
        four_eyes: False only in a one-person business; page and journal say so.
        rules: what the guideline's check must know about the business.
    """

    world: World
    timing: Timing
    four_eyes: bool = True
    guards: tuple[Guard, ...] = ()  # what else is asked before a text is handed over
    rules: HouseRules = field(default_factory=HouseRules)

    def draft(self, session: Session, duty_id: int, kind: ReplyKind, text: str, actor: Actor, now: datetime) -> Reply:
        """Begin an answer. The same words of the same person again (a double click) are one text, as it stands.

        Raises:
            Blocked: the post is gone or not public, or it already has its one holding reply.
        """
        author = at_desk(actor)
        duty = get_duty(session, duty_id)
        view = self._answerable(session, duty.post_id)
        _not_released(duty, drafting=True)
        written = succession.same_begun(session, duty_id, kind, text, author, view.version)
        if written is not None:
            return written
        if kind == ReplyKind.HOLDING:
            succession.one_holding_reply(session, duty_id)
        reply = Reply(
            duty_id=duty_id,
            post_id=duty.post_id,
            account=view.account,
            kind=kind,
            text=text,
            post_version=view.version,
            author_id=author,
            author_is_owner=actor.role == Role.OWNER,
            written_at=now,
        )
        return wording.begin(session, reply, actor, now)

    def edit(
        self, session: Session, reply_id: int, text: str, actor: Actor, now: datetime, *, seen_version: int
    ) -> Reply:
        """Change the words. Whoever changes them becomes their author; an owner's edit of a submitted text too.

        Raises:
            Stale: somebody changed the text since `seen_version` was shown.
        """
        reply = self._fresh(session, reply_id, seen_version)
        view = self._answerable(session, reply.post_id)
        if text == reply.text and reply.post_version == view.version:
            step(reply.state, Action.EDIT, actor.role)
            return reply
        values = {
            **NO_APPROVAL,
            "text": text,
            "version": reply.version + 1,
            "post_version": view.version,
            "author_id": at_desk(actor),
            "author_is_owner": actor.role == Role.OWNER,
            "written_at": now,
            "trouble": "",
        }
        change = {"version": reply.version + 1, "seals": wording.keep(session, reply)}
        move_reply(session, reply, Action.EDIT, actor, now, note=change, **values)
        if reply.state == State.SUBMITTED:  # it waits for the other pair of eyes as it stands
            self._may_go_out(session, reply, view, now)
        return reply

    def submit(self, session: Session, reply_id: int, actor: Actor, now: datetime, *, seen_version: int) -> Reply:
        """Hand a text over for approval.

        Raises:
            Blocked: facts are missing, the platform would not take the text, or the guideline stops it; `code` says
                which.
        """
        reply = self._fresh(session, reply_id, seen_version)
        view = self._answerable(session, reply.post_id)
        self._may_go_out(session, reply, view, now)
        self._ask_guards(session, reply, actor, now)
        vouched = self._vouched_for(reply, view, actor)
        return move_reply(
            session,
            reply,
            Action.SUBMIT,
            actor,
            now,
            submitted_at=now,
            post_version=view.version,
            returned_note="",
            trouble="",
            **vouched,
        )

    def _ask_guards(self, session: Session, reply: Reply, actor: Actor, now: datetime) -> None:
        for guard in self.guards:
            guard(session, reply, actor, now)

    def _vouched_for(self, reply: Reply, view: PostView, actor: Actor) -> dict[str, Any]:
        """The words stand, but the post was edited: whoever hands them over for the new one takes them as theirs."""
        if reply.post_version == view.version:
            return {}
        return {"author_id": at_desk(actor), "author_is_owner": actor.role == Role.OWNER}

    def send_back(self, session: Session, reply_id: int, note: str, actor: Actor, now: datetime) -> Reply:
        """Return a submitted text to its author, with a reason."""
        if not note.strip():
            raise Blocked("a reason is needed", code="reason_missing")
        internal.fit(note)
        reply = get_reply(session, reply_id)
        values = {**NO_APPROVAL, "returned_note": note.strip()}
        return move_reply(session, reply, Action.RETURN, actor, now, note={"why": note.strip()}, **values)

    def to_agree(self, session: Session, reply: Reply) -> str:
        """The digest that a form shows and an approval brings back: these words, for the post as it is now."""
        return digest(reply.kind, self.world.post(session, reply.post_id), reply.text)

    def to_tick(self, session: Session, reply: Reply, now: datetime) -> str:
        """The mark of the warnings that a form shows and an approval brings back, "" if there is none."""
        return going_out.mark(self.read_over(session, reply.duty_id, stored_text(session, reply), now))

    def approve(
        self, session: Session, reply_id: int, shown: str, actor: Actor, now: datetime, *, ticked: str = ""
    ) -> Reply:
        """Agree to exactly the bytes whose digest was `shown`: approve, countersign, or the first of two looks.

        Args:
            ticked: the mark of the warnings that were shown and agreed to (`going_out.mark`).

        Raises:
            Stale: text or post changed since they were shown, or somebody else was faster.
            NotAllowed: not this person; code `four_eyes` if only a second person is missing.
            Blocked: code `too_soon` for a second look that comes too early, `warnings_unseen` without the tick.
        """
        reply = get_reply(session, reply_id)
        if reply.state in LIVE:
            raise Stale("somebody else has approved it")
        view = self._answerable(session, reply.post_id)
        if reply.post_version != view.version:
            raise Stale("the post was edited", code="post_changed")
        if digest(reply.kind, view, reply.text) != shown:
            raise Stale("the text was changed", code="text_changed")
        found = self._may_go_out(session, reply, view, now, ticked)
        self._ask_guards(session, reply, actor, now)  # a stop may have been set since it was handed over
        going_out.write_down(session, reply, found, actor, now)
        writer = Writer(reply.author_id, is_owner=reply.author_is_owner)
        action = agreement(reply.state, writer, actor, four_eyes=self.four_eyes)
        if action is None:
            return self._look_twice(session, reply, shown, actor, now)
        return self._grant(session, reply, action, shown, actor, now, alone=False)

    def _look_twice(self, session: Session, reply: Reply, shown: str, actor: Actor, now: datetime) -> Reply:
        if reply.looked_by != actor.id or reply.looked_digest != shown or reply.looked_at is None:
            change_reply(session, reply, State.SUBMITTED, looked_by=actor.id, looked_at=now, looked_digest=shown)
            journal.write(session, now, actor, "reply.first_look", f"reply:{reply.id}", digest=shown)
            return reply
        if now < reply.looked_at + self.timing.span("second_look"):
            raise Blocked("the second look comes later", code="too_soon")
        return self._grant(session, reply, Action.APPROVE, shown, actor, now, alone=True)

    def _grant(
        self, session: Session, reply: Reply, action: Action, shown: str, actor: Actor, now: datetime, *, alone: bool
    ) -> Reply:
        succession.make_way(session, reply, self.world.card(reply.account))
        return move_reply(
            session,
            reply,
            action,
            actor,
            now,
            note={"digest": shown, "alone": alone, "post_version": reply.post_version},
            approver_id=actor.id,
            approver_is_owner=actor.role == Role.OWNER,
            approved_at=now,
            approved_digest=shown,
            alone=alone,
            not_before=now + self.timing.span("undo"),
            key=reply.key or uuid.uuid4().hex,
            trouble="",
            platform_said="",
        )

    def approve_all(self, session: Session, shown: dict[int, str], actor: Actor, now: datetime) -> list[Reply]:
        """Approve several holding replies, each of which was shown in full on one screen.

        Raises:
            Blocked: one of them is not a holding reply.
        """
        for reply_id in shown:
            if get_reply(session, reply_id).kind != ReplyKind.HOLDING:
                raise Blocked("only holding replies may be approved together", code="only_holding_together")
        return [self.approve(session, reply_id, seen, actor, now) for reply_id, seen in shown.items()]

    def undo(self, session: Session, reply_id: int, actor: Actor, now: datetime) -> Reply:
        """Take an approval back before anything was sent.

        Raises:
            Blocked: the window is over.
        """
        reply = get_reply(session, reply_id)
        step(reply.state, Action.UNDO, actor.role)
        window = (reply.approved_at or now) + self.timing.span("undo")  # not_before moves with every backoff
        if reply.not_before is None or now >= min(reply.not_before, window):
            raise Blocked("the undo window is over", code="undo_over")
        move_reply(session, reply, Action.UNDO, actor, now, **NO_APPROVAL)
        free_predecessor(session, reply, now)
        return reply

    def withdraw(self, session: Session, reply_id: int, note: str, actor: Actor, now: datetime) -> Reply:
        """Give a text up before it is sent."""
        internal.fit(note)
        reply = get_reply(session, reply_id)
        step(reply.state, Action.WITHDRAW, actor.role)
        move_reply(session, reply, Action.WITHDRAW, actor, now, note={"why": note}, not_before=None, trouble="")
        free_predecessor(session, reply, now)
        return reply

    def rework(self, session: Session, reply_id: int, actor: Actor, now: datetime) -> Reply:
        """Make a draft of a refused text; it needs a new approval and gets a new key."""
        reply = get_reply(session, reply_id)
        values = {**NO_APPROVAL, "key": None, "external_ref": None, "permalink": None, "delivered_at": None}
        values |= {
            "published_at": None,
            "unclear_since": None,
            "absent_reads": 0,
            "absent_at": None,
            "needs_human": False,
        }
        return move_reply(session, reply, Action.REWORK, actor, now, next_look_at=None, looks=0, **values)

    def check_facts(  # noqa: PLR0913 - what a person fills in, one word each
        self,
        session: Session,
        duty_id: int,
        verdict: FactVerdict,
        source: str,
        our_share: str,
        actor: Actor,
        now: datetime,
        *,
        cause: Cause = Cause.UNKNOWN,
        waited_before: bool = False,
    ) -> FactCheck:
        """Record what was found out. `our_share` is a sentence, "keiner" with its reason (RULES K05, 003-4).

        Args:
            cause: what led to it (000-4); `waited_before`: an earlier message to us had no answer (001-5).

        Raises:
            Blocked: source or share is empty.
        """
        checker = at_desk(actor)
        duty = get_duty(session, duty_id)
        if not source.strip():
            raise Blocked("a source is needed", code="source_missing")
        if not our_share.strip():
            raise Blocked("our share is needed", code="share_missing")
        internal.fit(source, our_share)
        check = FactCheck(
            duty_id=_id_of(duty.id),
            verdict=verdict,
            source=source.strip(),
            our_share=our_share.strip(),
            cause=cause,
            waited_before=waited_before,
            checked_by=checker,
            checked_at=now,
        )
        return wording.found_out(session, check, actor, now)

    def _fresh(self, session: Session, reply_id: int, seen_version: int) -> Reply:
        reply = get_reply(session, reply_id)
        if reply.version != seen_version:
            raise Stale("the text was changed by somebody else", code="text_changed")
        return reply

    def _answerable(self, session: Session, post_id: int) -> PostView:
        view = self.world.post(session, post_id)
        if view.gone:
            raise Blocked("the post is gone", code="post_gone")
        if not view.visible:
            raise Blocked("the post is not public", code="post_not_public")
        return view

    def read_over(self, session: Session, duty_id: int, text: Text, now: datetime) -> list[Finding]:
        """What guideline and law say about a text of this duty, stored or just typed, hardest first."""
        view = self.world.post(session, get_duty(session, duty_id).post_id)
        proven = fact_cards.proven(session, newest_facts(session, duty_id), text.cards, now)
        known = [*proven, *removal.open_grounds(session, view.id)]
        return going_out.findings(text, view, self.world.card(view.account), self.rules, known)

    def _may_go_out(
        self, session: Session, reply: Reply, view: PostView, now: datetime, ticked: str | None = None
    ) -> list[Finding]:
        """Everything but people that stands between a text and the public; returns what is left to say about it."""
        _not_released(get_duty(session, reply.duty_id))
        text = stored_text(session, reply)
        if reply.kind == ReplyKind.FINAL:
            going_out.facts_known(session, reply.duty_id)
        going_out.sendable(text, view, self.world.card(view.account))
        fact_cards.still_valid(session, newest_facts(session, reply.duty_id), text.cards, now)
        found = self.read_over(session, reply.duty_id, text, now)
        going_out.weigh(found, ticked)
        return found


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote the last version of a text, and whether as an owner."""

    id: int
    is_owner: bool


def agreement(state: State, writer: Writer, actor: Actor, *, four_eyes: bool) -> Action | None:
    """Which kind of second consent this click is; None: the author's own look in a one-person business. Pure.

    Raises:
        NotAllowed: not from this state, not by this person; code `four_eyes` if only a second person is missing.
    """
    if actor.id != writer.id:
        action = Action.COUNTERSIGN if writer.is_owner else Action.APPROVE
        step(state, action, actor.role)
        return action
    if four_eyes:
        raise NotAllowed("a second person must agree", code="four_eyes")
    step(state, Action.APPROVE, actor.role)
    return None


def stored_text(session: Session, reply: Reply) -> Text:
    """A reply's text with the cards that it cites."""
    return Text(reply.kind, reply.text, fact_cards.cited(session, reply.id or 0))


def _not_released(duty: Duty, *, drafting: bool = False) -> None:
    """Nothing goes out for a released duty. During a legal hold a text may be prepared for the time after it."""
    if duty.proof == Proof.LEGAL_HOLD:
        if not drafting:
            raise Blocked("a legal hold is in force", code="legal_hold")
    elif duty.proof is not None:
        raise Blocked("the duty is released", code="already_closed")


def _id_of(value: int | None) -> int:
    assert value is not None, "row was flushed"  # noqa: S101
    return value
