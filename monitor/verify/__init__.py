"""The three promises as questions to the database. `widerhall verify` asks them all and names each violation.

One function per invariant, each one or two set-based queries over indexed columns, or one pass over a table beside
the one reading of the journal that all of them share. A rule's id is stable: other programs read it. G-numbers in the
rules are those of RELIABILITY 5.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from monitor.verify import approvals, intake, obligations, public, record, sealed
from monitor.verify.shape import Check, Moment
from monitor.verify.told import Told
from replies.timing import Timing


@dataclass(frozen=True, slots=True)
class Violation:
    """One invariant that does not hold.

    Attributes:
        rule: the rule's stable id.
        subject: what it does not hold for, as `thing:id`.
        sentence: the same for a reader, German.
    """

    rule: str
    subject: str
    sentence: str


RULES: tuple[tuple[str, Check], ...] = (
    ("two_texts", public.two_texts),
    ("published_unseen", public.published_unseen),
    ("delivered_unseen", public.delivered_unseen),
    ("approved_bytes", approvals.approved_bytes),
    ("sent_bytes", approvals.sent_bytes),
    ("two_people", approvals.two_people),
    ("one_live_reply", approvals.one_live_reply),
    ("stuck_sending", public.stuck_sending),
    ("flagged_without_duty", obligations.flagged_without_duty),
    ("unjudged", obligations.unjudged),
    ("correction_ignored", obligations.correction_ignored),
    ("indexed_though_forgotten", obligations.indexed_though_forgotten),
    ("closed_without_proof", obligations.closed_without_proof),
    ("answer_ignored", obligations.answer_ignored),
    ("held_without_contact", obligations.held_without_contact),
    ("owed_by_mistake", obligations.owed_by_mistake),
    ("current_version", intake.current_version),
    ("lost_items", intake.lost_items),
    ("stale_unmarked", intake.stale_unmarked),
    ("reply_unrecorded", record.reply_unrecorded),
    ("duty_unrecorded", record.duty_unrecorded),
    ("post_seal", sealed.post),
    ("reply_seal", sealed.reply),
    ("duty_seal", sealed.duty),
    ("facts_seal", sealed.facts),
    ("attempt_seal", sealed.attempt),
    ("earlier_seal", sealed.earlier),
    ("user_seal", sealed.user),
    ("journal_guard", sealed.guarded),
    ("journal_chain", record.chain),
)


def violations(session: Session, now: datetime, timing: Timing) -> Iterator[Violation]:
    """Every violation of every rule, in the rules' order."""
    moment = Moment(now, timing, Told(session))
    for rule, check in RULES:
        for subject, sentence in check(session, moment):
            yield Violation(rule, subject, sentence)


def verify(session: Session, now: datetime, timing: Timing) -> list[Violation]:
    """All violations at once; empty when the three promises hold."""
    return list(violations(session, now, timing))
