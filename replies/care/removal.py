"""A notice to the platform by Art. 16 DSA, and that our own answer does not contradict it (LAW E10, E14, E17).

An opinion is never reported: it is marked as not removable and answered instead. A notice is an owner's step; a
platform's decision is waited for with a date. It closes no duty: whatever stays public is answered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from replies.care.tables import RemovalNotice
from replies.care.words import Ground, NoticeStand
from replies.errors import Blocked, NotAllowed
from replies.internal import fair, noted
from replies.lifecycle import IN_FLIGHT, OUT, Role, State
from replies.moves import Line, change_row, get_row, put_in
from replies.people import Actor, at_desk
from replies.policy.check import check
from replies.tables import Reply
from replies.timing import Timing

OPEN = frozenset({NoticeStand.PREPARED, NoticeStand.SENT, NoticeStand.ASKED, NoticeStand.APPEALED})
STEPS: dict[NoticeStand, tuple[NoticeStand, ...]] = {
    NoticeStand.PREPARED: (NoticeStand.SENT, NoticeStand.WITHDRAWN),
    NoticeStand.SENT: (NoticeStand.ASKED, NoticeStand.REMOVED, NoticeStand.KEPT, NoticeStand.WITHDRAWN),
    NoticeStand.ASKED: (NoticeStand.REMOVED, NoticeStand.KEPT, NoticeStand.WITHDRAWN),
    NoticeStand.KEPT: (NoticeStand.APPEALED, NoticeStand.WITHDRAWN),
    NoticeStand.APPEALED: (NoticeStand.REMOVED, NoticeStand.KEPT),
}
_WAITS = frozenset({NoticeStand.SENT, NoticeStand.ASKED, NoticeStand.APPEALED})
_NEEDS_PASSAGE = frozenset({Ground.UNTRUE, Ground.INSULT, Ground.THREAT, Ground.PERSONAL_DATA, Ground.EXTORTION})
_RULE = "E10"
# What the reply check reads of an open notice (replies/policy, rule removal).
_SENTENCES = {
    Ground.NO_CONTACT: "Meldung an die Plattform offen: kein Kundenkontakt.",
    Ground.UNTRUE: "Meldung an die Plattform offen: unwahre Tatsachenbehauptung.",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a person fills in for a notice.

    Attributes:
        passage: the words of the post that are meant, as they stand there.
        searched: our own records were searched, and nothing was found (E10).
        good_faith: we believe in good faith that the statements are accurate and complete (Art. 16 (2) d).
    """

    ground: Ground
    explanation: str
    passage: str = ""
    searched: bool = False
    good_faith: bool = False


def prepare(
    session: Session, post_id: int, text: str, version: int, asked: Request, evidence: str, actor: Actor, now: datetime
) -> RemovalNotice:
    """Prepare a notice, or mark an opinion as one.

    Args:
        text: the post as it stands in this `version`.
        evidence: digest of that version.

    Raises:
        Blocked: something that Art. 16 asks for is missing, or our own answer says the opposite; `code` says what.
        NotAllowed: there is an open notice for this post.
    """
    maker = at_desk(actor)
    if any(row.stand in OPEN for row in of_post(session, post_id)):
        raise NotAllowed("there is an open notice", code="removal_open")
    if asked.ground != Ground.OPINION:
        _complete(asked, text)
        if contradicting(_our_words(session, post_id), [_SENTENCES.get(asked.ground, "")]):
            raise Blocked("our answer says the opposite", code="reply_against_removal")
    row = RemovalNotice(
        post_id=post_id,
        post_version=version,
        ground=asked.ground,
        stand=NoticeStand.NOT_REMOVABLE if asked.ground == Ground.OPINION else NoticeStand.PREPARED,
        passage=asked.passage.strip(),
        explanation=noted(asked.explanation),
        searched=asked.searched,
        good_faith=asked.good_faith,
        evidence=evidence,
        made_by=maker,
        made_at=now,
    )
    return put_in(session, row, _line(row, row.stand, actor, now), known_as="notice")


def _complete(asked: Request, text: str) -> None:
    if asked.ground == Ground.NO_CONTACT and not asked.searched:
        raise Blocked("search your records first", code="not_searched")
    if asked.ground in _NEEDS_PASSAGE and not asked.passage.strip():
        raise Blocked("which words are meant?", code="passage_missing")
    if asked.passage.strip() and " ".join(asked.passage.split()) not in " ".join(text.split()):
        raise Blocked("these words do not stand there", code="passage_unknown")
    if not asked.good_faith:
        raise Blocked("the statement of good faith is missing", code="good_faith_missing")


def move(
    session: Session,
    notice_id: int,
    stand: NoticeStand,
    actor: Actor,
    timing: Timing,
    now: datetime,
    *,
    reference: str = "",
    note: str = "",
) -> RemovalNotice:
    """An owner writes down what became of a notice.

    Raises:
        NotAllowed: not from here, or not an owner.
    """
    if actor.role != Role.OWNER:
        raise NotAllowed("a notice is an owner's step", code="owner_only")
    row = get_notice(session, notice_id)
    if stand not in STEPS.get(row.stand, ()):
        raise NotAllowed(f"{row.stand} does not become {stand}")
    values = {
        "stand": stand,
        "sent_at": row.sent_at or (now if stand == NoticeStand.SENT else None),
        "reference": fair(reference) or row.reference,
        "note": fair(note) or row.note,
        "remind_at": now + timedelta(days=timing.notice_days) if stand in _WAITS else None,
        "decided_at": None if stand in OPEN else now,
    }
    line = _line(row, stand, actor, now)
    return change_row(session, row, {"stand": row.stand}, values, line)


def _line(row: RemovalNotice, stand: NoticeStand, actor: Actor, now: datetime) -> Line:
    data = {"notice": row.id, "ground": row.ground, "to": stand, "evidence": row.evidence}
    return Line("post.removal", f"post:{row.post_id}", actor, now, data)


def get_notice(session: Session, notice_id: int) -> RemovalNotice:
    """The notice; Unknown if there is none."""
    return get_row(session, RemovalNotice, notice_id)


def of_post(session: Session, post_id: int) -> list[RemovalNotice]:
    """Every notice for a post, the newest first."""
    rows = select(RemovalNotice).where(col(RemovalNotice.post_id) == post_id).order_by(col(RemovalNotice.id).desc())
    return list(session.exec(rows).all())


def due(session: Session, now: datetime) -> list[RemovalNotice]:
    """Notices whose platform should have decided by now."""
    rows = select(RemovalNotice).where(col(RemovalNotice.remind_at) <= now).order_by(col(RemovalNotice.remind_at))
    return list(session.exec(rows).all())


def open_grounds(session: Session, post_id: int) -> tuple[str, ...]:
    """Each open ground as a sentence that `policy.check` takes among its `facts`."""
    found = [_SENTENCES.get(row.ground, "") for row in of_post(session, post_id) if row.stand in OPEN]
    return tuple(sentence for sentence in found if sentence)


def contradicting(texts: Iterable[str], grounds: Iterable[str]) -> bool:
    """Does one of our texts take back a ground on which the post was, or is to be, reported? Pure."""
    facts = [ground for ground in grounds if ground]
    return bool(facts) and any(
        finding.rule == _RULE for text in texts for finding in check("", text, facts=facts, kind="final")
    )


def _our_words(session: Session, post_id: int) -> list[str]:
    """Our texts for this post that are out, on their way or handed over."""
    live = (State.SUBMITTED, *IN_FLIGHT, *OUT)
    rows = select(Reply.text).where(
        col(Reply.post_id) == post_id, col(Reply.state).in_(live), col(Reply.successor_id).is_(None)
    )
    return list(session.exec(rows).all())
