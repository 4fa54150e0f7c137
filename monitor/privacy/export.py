"""Access (Art. 15 DSGVO): everything that is stored about one author at one source, as one JSON object."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from monitor.privacy.person import Person, names_of, posts_of
from monitor.privacy.unreadable import naming
from monitor.tables import Correction, PostRow, PostVersion, Verdict
from replies import duty as duties
from replies import journal
from replies.care.tables import Ask, Call, RemovalNotice, Rung, Sheet, Task
from replies.people import DAEMON
from replies.tables import Duty, EarlierText, FactCheck, Journal, Reply, SightingRow

_POST = [
    "ref",
    "kind",
    "thread",
    "parent",
    "author",
    "author_id",
    "visible",
    "text",
    "rating",
    "rating_max",
    "lang",
    "permalink",
    "created_at",
    "updated_at",
    "first_seen_at",
    "last_seen_at",
    "gone_at",
]
_VERSION = ["n", "seen_at", "visible", "text", "rating", "rating_max", "replies", "raw"]
_VERDICT = [
    "version",
    "judge",
    "at",
    "lang",
    "sentiment",
    "polarity",
    "second_opinion",
    "hostile",
    "complaint",
    "needs_answer",
    "sure",
    "topics",
    "demands",
    "reasons",
]
_CORRECTION = ["version", "head", "said", "corrected", "at"]
_DUTY = [
    "state",
    "unsure",
    "opened_at",
    "first_due_at",
    "final_due_at",
    "contact_at",
    "answered_at",
    "released_at",
    "proof",
    "proof_note",
    "proposed_note",
]
_CHECK = ["verdict", "source", "our_share", "cause", "waited_before", "checked_at"]
_REPLY = [
    "kind",
    "state",
    "text",
    "version",
    "post_version",
    "written_at",
    "approved_at",
    "delivered_at",
    "published_at",
    "external_ref",
    "permalink",
]
_EARLIER = ["version", "text", "written_at", "submitted_at"]
_LOOK = ["at", "seen", "public", "equal", "text", "note"]
_STEP = ["at", "event", "subject", "data"]  # the steps, not who of our people took them
_CARE: tuple[tuple[str, type[SQLModel], Sequence[str]], ...] = (
    ("ladder", Rung, ["level", "reason", "lawyer_note", "at"]),
    ("questions", Ask, ["question", "answer", "at", "closed_at"]),
    ("tasks", Task, ["kind", "words", "due_at", "done_at", "done_word", "solved"]),
    ("calls", Call, ["spoken_at", "notes_allowed", "understood", "agreed", "confirmed_at", "confirmed_how"]),
    (
        "sheets",
        Sheet,
        ["demand", "option", "option_cents", "dispute_cents", "minutes", "hour_cents", "reach", "decision", "at"],
    ),
)
_NOTICE = ["ground", "stand", "passage", "explanation", "made_at", "sent_at", "reference", "decided_at", "note"]
_RECORD = ["ref", "line", "reason", "raw", "at", "last_at", "times"]


def export(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """The whole, times as RFC 3339 in UTC; that it was given out is written into the journal."""
    posts = posts_of(session, person)
    names = names_of(session, person)
    records = naming(session, person.source_id, names, [post.ref for post in posts])
    journal.write(session, now, DAEMON, "person.exported", f"source:{person.source_id}", posts=len(posts))
    return {
        "made": journal.stamp(now),
        "source": person.source,
        "author_id": person.author_id,
        "author": person.name,
        "posts": [_post(session, post) for post in posts],
        "unreadable": [_columns(row, _RECORD) for row in records],
    }


def _post(session: Session, post: PostRow) -> dict[str, Any]:
    duty = duties.of_post(session, post.id or 0)
    return {
        **_columns(post, _POST),
        "versions": _rows(session, PostVersion, col(PostVersion.post_id) == post.id, _VERSION),
        "verdicts": _rows(session, Verdict, col(Verdict.post_id) == post.id, _VERDICT),
        "corrections": _rows(session, Correction, col(Correction.post_id) == post.id, _CORRECTION),
        "duty": _duty(session, duty) if duty else None,
        "removal_notices": _rows(session, RemovalNotice, col(RemovalNotice.post_id) == post.id, _NOTICE),
        "journal": _steps(session, f"post:{post.id}"),
    }


def _duty(session: Session, duty: Duty) -> dict[str, Any]:
    replies = (
        session.execute(select(Reply).where(col(Reply.duty_id) == duty.id).order_by(col(Reply.id))).scalars().all()
    )
    return {
        **_columns(duty, _DUTY),
        "fact_checks": _rows(session, FactCheck, col(FactCheck.duty_id) == duty.id, _CHECK),
        "replies": [_reply(session, reply) for reply in replies],
        **{name: _rows(session, model, model.duty_id == duty.id, names) for name, model, names in _CARE},  # type: ignore[attr-defined]
        "journal": _steps(session, f"duty:{duty.id}"),
    }


def _reply(session: Session, reply: Reply) -> dict[str, Any]:
    return {
        **_columns(reply, _REPLY),
        "earlier_texts": _rows(session, EarlierText, col(EarlierText.reply_id) == reply.id, _EARLIER),
        "sightings": _rows(session, SightingRow, col(SightingRow.reply_id) == reply.id, _LOOK),
        "journal": _steps(session, f"reply:{reply.id}"),
    }


def _steps(session: Session, subject: str) -> list[dict[str, Any]]:
    rows = session.execute(select(Journal).where(col(Journal.subject) == subject).order_by(col(Journal.seq)))
    return [_columns(row, _STEP) for row in rows.scalars()]


def _rows(session: Session, model: type[SQLModel], which: Any, names: Sequence[str]) -> list[dict[str, Any]]:
    rows = session.execute(select(model).where(which).order_by(model.id))  # type: ignore[attr-defined]
    return [_columns(row, names) for row in rows.scalars()]


def _columns(row: SQLModel, names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return journal.stamp(value) if isinstance(value, datetime) else value
