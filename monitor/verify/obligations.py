"""Promise 1: nobody is forgotten, and nothing is closed without an answer or a proof."""

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from monitor import corrections
from monitor.tables import Forgotten, PostPrint, PostRow, PostVersion, Verdict
from monitor.verify.shape import GRACE, Found, Moment, ids
from monitor.words import _
from replies.lifecycle import UNANSWERED, DutyState, Proof, ReplyKind, State
from replies.tables import Duty, Reply


def flagged_without_duty(session: Session, _moment: Moment) -> Found:
    """G5: what needs an answer has a duty, whatever became of it since."""
    newest = select(func.max(col(Verdict.id))).group_by(col(Verdict.post_id))
    lost = (
        select(col(PostRow.id))
        .join(Verdict, col(Verdict.post_id) == col(PostRow.id))
        .outerjoin(Duty, col(Duty.post_id) == col(PostRow.id))
        .where(
            col(Verdict.id).in_(newest),
            col(Verdict.needs_answer).is_(True),
            col(PostRow.own).is_(False),
            col(PostRow.visible).is_(True),
            col(PostRow.gone_at).is_(None),
            col(Duty.id).is_(None),
        )
    )
    for (post_id,) in ids(session, lost):
        yield f"post:{post_id}", _("Dieser Beitrag braucht eine Antwort und steht in keiner Liste.")


def unjudged(session: Session, moment: Moment) -> Found:
    """G5: a public post that nobody has judged cannot owe an answer."""
    judged = select(col(Verdict.id)).where(
        col(Verdict.post_id) == col(PostRow.id), col(Verdict.version) == col(PostRow.version)
    )
    current = (col(PostVersion.post_id) == col(PostRow.id)) & (col(PostVersion.n) == col(PostRow.version))
    waiting = (
        select(col(PostRow.id))
        .join(PostVersion, current)
        .where(
            col(PostRow.own).is_(False),
            col(PostRow.visible).is_(True),
            col(PostRow.gone_at).is_(None),
            col(PostVersion.seen_at) < moment.now - GRACE,
            ~judged.exists(),
        )
    )
    for (post_id,) in ids(session, waiting):
        yield f"post:{post_id}", _("Dieser Beitrag wurde in seiner jetzigen Fassung nie eingeschätzt.")


def correction_ignored(session: Session, _moment: Moment) -> Found:
    """A person's word on a text stands in every verdict of that version, whoever judged it since."""
    for row in list(corrections.newest(session)):
        same = (col(Verdict.post_id) == row.post_id, col(Verdict.version) == row.version)
        verdict = session.execute(select(Verdict).where(*same).order_by(col(Verdict.id).desc()).limit(1)).scalar()
        if verdict is None or corrections.words_of(verdict)[row.head] != row.corrected:
            yield f"post:{row.post_id}", _("Eine Korrektur an der Einschätzung dieses Beitrags gilt nicht mehr.")


def indexed_though_forgotten(session: Session, _moment: Moment) -> Found:
    """What is forgotten is found again by nothing: neither its words nor its author."""
    rows = (
        select(col(PostRow.id))
        .join(PostPrint, col(PostPrint.post_id) == col(PostRow.id))
        .where(col(PostRow.forgotten) != Forgotten.NONE)
    )
    for (post_id,) in ids(session, rows):
        yield f"post:{post_id}", _("Dieser Beitrag ist gelöscht, sein Text lässt sich aber noch wiedererkennen.")


def closed_without_proof(session: Session, _moment: Moment) -> Found:
    """Promise 1: a duty closes with an answer that was seen in public, or with one of five proofs."""
    answer = aliased(Reply)
    proven = (
        select(col(answer.id))
        .where(
            col(answer.id) == col(Duty.answered_by),
            col(answer.duty_id) == col(Duty.id),
            col(answer.kind) == ReplyKind.FINAL,
            col(answer.state) == State.PUBLISHED,
        )
        .exists()
    )
    second = col(Duty.proof_by).is_not(None) & col(Duty.proof_second).is_not(None)
    bare = ((col(Duty.state) == DutyState.ANSWERED) & ~proven) | (
        (col(Duty.state) == DutyState.RELEASED)
        & (col(Duty.proof).is_(None) | ((col(Duty.proof) == Proof.NO_COMPLAINT) & ~second))
    )
    for (duty_id,) in ids(session, select(col(Duty.id)).where(bare)):
        yield f"duty:{duty_id}", _("Diese Antwortpflicht ist ohne gesichtete Antwort und ohne Nachweis geschlossen.")


def answer_ignored(session: Session, _moment: Moment) -> Found:
    """What was seen in public has moved its duty, unless the duty was opened again since."""
    untouched = (col(Duty.reopened_note) == "") & col(Reply.successor_id).is_(None)
    final = (col(Reply.kind) == ReplyKind.FINAL) & col(Duty.state).in_(UNANSWERED)
    contact = (col(Reply.kind) != ReplyKind.FINAL) & (col(Duty.state) == DutyState.OPEN)
    rows = (
        select(col(Reply.id))
        .join(Duty, col(Duty.id) == col(Reply.duty_id))
        .where(col(Reply.state) == State.PUBLISHED, untouched, final | contact)
    )
    for (reply_id,) in ids(session, rows):
        yield f"reply:{reply_id}", _("Die Antwort ist öffentlich gesichtet, die Antwortpflicht weiß nichts davon.")


def held_without_contact(session: Session, _moment: Moment) -> Found:
    """A held duty has a holding reply or a question of ours that was seen in public."""
    contact = aliased(Reply)
    seen = select(col(contact.id)).where(
        col(contact.duty_id) == col(Duty.id),
        col(contact.kind) != ReplyKind.FINAL,
        col(contact.published_at).is_not(None),
    )
    for (duty_id,) in ids(session, select(col(Duty.id)).where(col(Duty.state) == DutyState.HELD, ~seen.exists())):
        yield f"duty:{duty_id}", _("Diese Antwortpflicht gilt als gehalten, ein Zwischenstand war nie öffentlich.")


def owed_by_mistake(session: Session, _moment: Moment) -> Found:
    """Our own posts never owe an answer, nor do posts that were never public."""
    seen = select(col(PostVersion.id)).where(
        col(PostVersion.post_id) == col(PostRow.id), col(PostVersion.visible).is_(True)
    )
    rows = (
        select(col(Duty.id), col(PostRow.own))
        .join(PostRow, col(PostRow.id) == col(Duty.post_id))
        .where(
            (col(PostRow.own).is_(True) & col(Duty.state).in_(UNANSWERED))
            | (col(PostRow.own).is_(False) & col(PostRow.visible).is_(False) & ~seen.exists())
        )
    )
    for duty_id, own in ids(session, rows):
        yield (
            f"duty:{duty_id}",
            _("Ein eigener Beitrag hat eine Antwortpflicht.")
            if own
            else _("Ein Beitrag, der nie öffentlich war, hat eine Antwortpflicht."),
        )
