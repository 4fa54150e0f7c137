"""Which posts owe an answer, until when, and what closes or reopens the obligation (DESIGN 5).

Only four things close a duty: a final answer seen in public, a holding reply (which merely moves it to `held`), or one
of five proofs. Everything that can take the closing back is here too.
"""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlmodel import Session, col, select

from replies import internal, journal
from replies.clocks import Hours
from replies.errors import Blocked, NotAllowed, Stale
from replies.lifecycle import CLOSED, UNANSWERED, WAITING, Action, DutyEvent, DutyState, Proof, ReplyKind, Role, State
from replies.moves import NO_APPROVAL, change_reply, move_duty, move_reply
from replies.people import DAEMON, Actor, at_desk
from replies.ports import PostView
from replies.seals import seal
from replies.tables import Duty, Reply
from replies.timing import Timing

LONGEST_HOLD = timedelta(days=366)

_NO_PROOF = {
    "proof": None,
    "proof_by": None,
    "proof_second": None,
    "proof_note": "",
    "released_at": None,
    "ends_at": None,
    "proposed_by": None,
    "proposed_at": None,
    "proposed_note": "",
}


def clocks(start: datetime, occasion: int, hours: Hours, timing: Timing) -> tuple[datetime, datetime]:
    """(first contact due, final answer due). A repetition has half the time (RULES K03)."""
    share = 0.5 if occasion > 1 else 1.0
    first = hours.plus_hours(start, timing.first_contact_hours * share)
    return first, hours.plus_days(start, timing.final_days * share)


def of_post(session: Session, post_id: int) -> Duty | None:
    """The duty of a post, if it has one."""
    return session.exec(select(Duty).where(col(Duty.post_id) == post_id)).one_or_none()


def unanswered() -> ColumnElement[bool]:
    """The condition of duties that are open or held, in the words of their partial indexes: literals, no parameters."""
    words: BindParameter[list[DutyState]] = bindparam(
        "unanswered", sorted(UNANSWERED), expanding=True, literal_execute=True
    )
    return col(Duty.state).in_(words)


def owe(
    session: Session,
    post_id: int,
    hours: Hours,
    timing: Timing,
    now: datetime,
    *,
    unsure: bool = False,
    occasion: int = 1,
    backlog: bool = False,
) -> Duty:
    """Open the duty of a post that has none yet. Its clocks start now, unless it stands in the backlog."""
    first, final = clocks(now, occasion, hours, timing)
    duty = Duty(
        post_id=post_id,
        unsure=unsure,
        occasion=occasion,
        backlog=backlog,
        opened_at=now,
        first_due_at=None if backlog else first,
        final_due_at=None if backlog else final,
        due_at=None if backlog else min(first, final),
    )
    session.add(duty)
    session.flush()
    journal.write(
        session,
        now,
        DAEMON,
        "duty.open",
        f"duty:{duty.id}",
        post=post_id,
        unsure=unsure,
        occasion=occasion,
        backlog=backlog,
        seals=seal("duty", duty),
    )
    return duty


def reopen(
    session: Session, duty: Duty, hours: Hours, timing: Timing, now: datetime, *, why: str, actor: Actor = DAEMON
) -> Duty:
    """Open a closed duty again, with new clocks. Does nothing to one that is not closed."""
    if duty.state not in CLOSED:
        return duty
    first, final = clocks(now, duty.occasion, hours, timing)
    event = DutyEvent.REOPEN if duty.state == DutyState.ANSWERED else DutyEvent.RETURN
    return move_duty(
        session,
        duty,
        event,
        actor,
        now,
        note={"why": why},
        first_due_at=first,
        final_due_at=final,
        due_at=min(first, final),
        contact_at=None,
        next_step_at=None,
        backlog=False,
        answered_by=None,
        answered_at=None,
        reopened_note=why,
        **_NO_PROOF,
    )


def contact_seen(
    session: Session, duty: Duty, reply: Reply, hours: Hours, timing: Timing, now: datetime, *, first: bool
) -> Duty:
    """A holding reply or a question of ours stands there in public: the second clock runs.

    The `first` sighting of a holding reply sets the clock to the date that it promises, a question before it or not;
    one that had vanished and is back promises nothing new.
    """
    if duty.state in CLOSED:
        return move_duty(session, duty, DutyEvent.CONTACT_SEEN, DAEMON, now, note={"reply": reply.id})
    final, next_step = duty.final_due_at or now, duty.next_step_at
    if reply.kind == ReplyKind.QUESTION:
        next_step = max(now + timedelta(days=timing.question_days), final)
    elif first:
        final, next_step = hours.plus_days(max(final, now), timing.hold_days), None
    return move_duty(
        session,
        duty,
        DutyEvent.CONTACT_SEEN,
        DAEMON,
        now,
        note={"reply": reply.id, "kind": reply.kind},
        contact_at=duty.contact_at or now,
        final_due_at=final,
        next_step_at=next_step,
        due_at=next_step or final,
        backlog=False,
    )


def answer_seen(session: Session, duty: Duty, reply: Reply, now: datetime) -> Duty:
    """A final answer of ours stands there in public: the duty is done."""
    return move_duty(
        session,
        duty,
        DutyEvent.ANSWER_SEEN,
        DAEMON,
        now,
        note={"reply": reply.id},
        answered_by=reply.id,
        answered_at=now,
        contact_at=duty.contact_at or now,
        next_step_at=None,
        due_at=None,
        backlog=False,
        unsure=False,
        **_NO_PROOF,
    )


def reply_vanished(session: Session, duty: Duty, reply: Reply, hours: Hours, timing: Timing, now: datetime) -> Duty:
    """A reply that was seen in public is not there any more: an answered duty opens, a held one falls back.

    Where a holding reply still stands when a question is gone, nobody waits for an answer: its promise counts again.
    """
    if duty.state == DutyState.ANSWERED and duty.answered_by == reply.id:
        return reopen(session, duty, hours, timing, now, why="answer_vanished")
    if duty.state != DutyState.HELD:
        return duty
    others = _other_contacts(session, duty, reply)
    due = {"next_step_at": None, "due_at": duty.final_due_at or now}
    if not others:
        return move_duty(
            session, duty, DutyEvent.CONTACT_LOST, DAEMON, now, note={"reply": reply.id}, contact_at=None, **due
        )
    if duty.next_step_at is not None and ReplyKind.QUESTION not in others.values():
        standing = {"reply": max(others)}
        return move_duty(session, duty, DutyEvent.CONTACT_SEEN, DAEMON, now, note=standing, **due)
    return duty


def _other_contacts(session: Session, duty: Duty, reply: Reply) -> dict[int, str]:
    """What else of ours stands there in public."""
    rows = select(Reply.id, Reply.kind).where(
        col(Reply.duty_id) == duty.id, col(Reply.id) != reply.id, col(Reply.state) == State.PUBLISHED
    )
    return {number: kind for number, kind in session.exec(rows).all() if number is not None}


def _release(
    session: Session, duty: Duty, proof: Proof, actor: Actor, now: datetime, *, note: str, **values: object
) -> Duty:
    if duty.state not in UNANSWERED:
        raise NotAllowed(f"duty {duty.id} is {duty.state}", code="already_closed")
    withdraw_waiting(session, duty, now, why=proof.value, states=frozenset({State.APPROVED}))
    fields = {
        **_NO_PROOF,
        "proof": proof,
        "proof_by": actor.id,
        "proof_note": note,
        "released_at": now,
        "next_step_at": None,
        "due_at": None,
        **values,
    }
    return move_duty(session, duty, DutyEvent.RELEASE, actor, now, note={"proof": proof, "note": note}, **fields)


def _need(note: str) -> str:
    note = note.strip()
    internal.fit(note)
    if not note:
        raise Blocked("a reason is needed", code="reason_missing")
    return note


def post_gone(session: Session, duty: Duty, now: datetime, *, note: str = "") -> Duty:
    """Proof `gone`: the post was not found twice, far enough apart; whatever waits for it is withdrawn."""
    withdraw_waiting(session, duty, now, why="post_gone")
    return _release(session, duty, Proof.GONE, DAEMON, now, note=note) if duty.state in UNANSWERED else duty


def withdraw_waiting(
    session: Session, duty: Duty, now: datetime, *, why: str, states: frozenset[State] = WAITING
) -> None:
    """Withdraw each reply of this duty that has not left the house; a proof takes back what was approved before it."""
    for reply in session.exec(select(Reply).where(col(Reply.duty_id) == duty.id, col(Reply.state).in_(states))).all():
        trouble = why if why in ("post_gone", "own_post") else "released"
        move_reply(session, reply, Action.WITHDRAW, DAEMON, now, note={"why": why}, trouble=trouble, not_before=None)
        free_predecessor(session, reply, now)


def revoke_approved(session: Session, duty: Duty, view: PostView, now: datetime) -> int:
    """The post was edited: approvals for its older version are void (RELIABILITY G9). Returns how many."""
    approved = select(Reply).where(col(Reply.duty_id) == duty.id, col(Reply.state) == State.APPROVED)
    stale = [reply for reply in session.exec(approved).all() if reply.post_version != view.version]
    for reply in stale:
        note = {"why": "post_changed", "post_version": view.version}
        move_reply(session, reply, Action.REVOKE, DAEMON, now, note=note, trouble="post_changed", **NO_APPROVAL)
        free_predecessor(session, reply, now)
    return len(stale)


def free_predecessor(session: Session, reply: Reply, now: datetime) -> None:
    """A reply that was to replace others will not do so for now: they stand by themselves again and are looked at.

    Call it after `reply` has left the live states: there is at most one live row per post, account and kind.
    """
    rows = select(Reply).where(col(Reply.successor_id) == reply.id).execution_options(populate_existing=True)
    for older in session.exec(rows).all():
        change_reply(session, older, older.state, successor_id=None, next_look_at=now if older.next_look_at else None)


OWN_POST = "own post"  # the note of a duty that was opened before we knew that the post is ours


def own_post(session: Session, duty: Duty, now: datetime) -> Duty:
    """The post turned out to be our own: what stands there in public is our account's word, and owes no answer."""
    withdraw_waiting(session, duty, now, why="own_post")
    if duty.state not in UNANSWERED:
        return duty
    return _release(session, duty, Proof.ANSWERED_ELSEWHERE, DAEMON, now, note=OWN_POST)


def not_our_own(session: Session, duty: Duty, hours: Hours, timing: Timing, now: datetime) -> Duty:
    """The account is not ours after all: what was released for it is owed again."""
    if duty.proof != Proof.ANSWERED_ELSEWHERE or duty.proof_note != OWN_POST:
        return duty
    return reopen(session, duty, hours, timing, now, why="not_our_own")


def answered_elsewhere(session: Session, duty: Duty, now: datetime, *, ref: str | None) -> Duty:
    """Proof `answered_elsewhere`: our own account answered outside Widerhall, and that answer was sighted."""
    note = f"ref {ref or '-'}"  # in the row, not in the journal: it leads to the post, and goes with it
    return _release(session, duty, Proof.ANSWERED_ELSEWHERE, DAEMON, now, note="", proof_note=note)


def propose_no_complaint(session: Session, duty: Duty, actor: Actor, now: datetime, *, note: str) -> Duty:
    """First of two looks at "this is no complaint"; closes nothing."""
    at_desk(actor)
    if duty.state not in UNANSWERED:
        raise NotAllowed(f"duty {duty.id} is {duty.state}", code="already_closed")
    duty.proposed_by, duty.proposed_at, duty.proposed_note = actor.id, now, _need(note)
    session.add(duty)
    journal.write(session, now, actor, "duty.propose_no_complaint", f"duty:{duty.id}", note=duty.proposed_note)
    return duty


def drop_proposal(session: Session, duty: Duty, now: datetime, *, why: str) -> None:
    """The words that were said to be no complaint are not there any more: nobody can confirm that proposal."""
    if duty.proposed_by is None:
        return
    duty.proposed_by, duty.proposed_at, duty.proposed_note = None, None, ""
    session.add(duty)
    journal.write(session, now, DAEMON, "duty.drop_proposal", f"duty:{duty.id}", why=why)


def confirm_no_complaint(
    session: Session, duty: Duty, actor: Actor, now: datetime, *, note: str, four_eyes: bool, timing: Timing
) -> Duty:
    """Second look: another person, or in a one-person business the same one later, each with a reason."""
    at_desk(actor)
    if duty.proposed_by is None or duty.proposed_at is None:
        raise Blocked("nobody has proposed this yet", code="not_proposed")
    if duty.proposed_by == actor.id:
        if four_eyes:
            raise NotAllowed("the second look needs a second person", code="four_eyes")
        if now < duty.proposed_at + timing.span("second_look"):
            raise Blocked("the second look comes later", code="too_soon")
    first, first_note = duty.proposed_by, duty.proposed_note
    return _release(
        session,
        duty,
        Proof.NO_COMPLAINT,
        actor,
        now,
        note=f"{first_note} / {_need(note)}",
        proof_by=first,
        proof_second=actor.id,
    )


def report_extortion(session: Session, duty: Duty, actor: Actor, now: datetime, *, file_number: str) -> Duty:
    """Proof `extortion_reported`: an owner gives the file number of the report."""
    if actor.role != Role.OWNER:
        raise NotAllowed("only an owner may do this", code="owner_only")
    return _release(session, duty, Proof.EXTORTION_REPORTED, actor, now, note=_need(file_number))


def hold_for_law(session: Session, duty: Duty, actor: Actor, now: datetime, *, note: str, ends_at: datetime) -> Duty:
    """Proof `legal_hold`: an owner, with an end date after which the duty opens by itself."""
    if actor.role != Role.OWNER:
        raise NotAllowed("only an owner may do this", code="owner_only")
    if ends_at <= now:
        raise Blocked("the end must lie ahead", code="end_in_past")
    if ends_at > now + LONGEST_HOLD:
        raise Blocked("a hold ends within a year; it can be renewed", code="end_too_far")
    return _release(session, duty, Proof.LEGAL_HOLD, actor, now, note=_need(note), ends_at=ends_at)


def assign(session: Session, duty: Duty, person: int | None, actor: Actor, now: datetime) -> Duty:
    """Take a duty, give it to somebody, or hand it over without a reason (Auszeit, RULES K13)."""
    at_desk(actor)
    duty.assignee_id = person
    session.add(duty)
    journal.write(session, now, actor, "duty.assign", f"duty:{duty.id}")  # not to whom: no counts about staff
    return duty


def sort_in(session: Session, duty: Duty, actor: Actor, now: datetime) -> Duty:
    """A person says of an unsure post: yes, it needs an answer. The clocks ran all the time."""
    at_desk(actor)
    duty.unsure = False
    session.add(duty)
    journal.write(session, now, actor, "duty.sort_in", f"duty:{duty.id}")
    return duty


def take_from_backlog(session: Session, duty: Duty, hours: Hours, timing: Timing, actor: Actor, now: datetime) -> Duty:
    """Start the clocks of a duty that stands in the Altbestand; what has clocks keeps them."""
    at_desk(actor)
    if duty.state not in UNANSWERED:
        raise NotAllowed(f"duty {duty.id} is {duty.state}", code="already_closed")
    if not duty.backlog:
        raise Stale(f"duty {duty.id} has its clocks")
    first, final = clocks(now, duty.occasion, hours, timing)
    duty.backlog, duty.first_due_at, duty.final_due_at, duty.due_at = False, first, final, min(first, final)
    session.add(duty)
    journal.write(session, now, actor, "duty.take_from_backlog", f"duty:{duty.id}", seals=seal("duty", duty))
    return duty


def holds_that_ended(session: Session, now: datetime) -> list[Duty]:
    """Legal holds whose end has passed."""
    ended = select(Duty).where(col(Duty.proof) == Proof.LEGAL_HOLD, col(Duty.ends_at) <= now)
    return list(session.exec(ended).all())
