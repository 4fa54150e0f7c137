"""Promises 1 and 2, what the public sees: one text, really seen, and nothing that hangs in between."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from monitor.verify.shape import GRACE, Found, Moment, ids
from monitor.words import _
from replies import journal
from replies.lifecycle import Outcome, State
from replies.tables import Attempt, Journal, Reply, SightingRow


def _ever_seen(reply_id: Any) -> ColumnElement[bool]:
    """Our own text was seen in public, under the id that we know."""
    other = aliased(Reply)
    return (
        select(col(SightingRow.id))
        .join(other, col(other.id) == col(SightingRow.reply_id))
        .where(
            col(SightingRow.reply_id) == reply_id,
            col(SightingRow.seen).is_(True),
            col(SightingRow.public).is_(True),
            col(SightingRow.equal).is_(True),
            col(SightingRow.ref).is_(None)
            | col(other.external_ref).is_(None)
            | (col(SightingRow.ref) == col(other.external_ref)),
        )
        .exists()
    )


def two_texts(session: Session, _moment: Moment) -> Found:
    """G1: at most one public text under one reply row, by the platform's ids and by what was seen.

    Ids from before a person decided that the text is not there, or before a rework, do not count.
    """
    known = union_all(
        select(col(Attempt.reply_id), col(Attempt.external_ref).label("ref")).where(
            col(Attempt.external_ref).is_not(None), col(Attempt.outcome).in_((Outcome.DELIVERED, Outcome.LATE))
        ),
        select(col(SightingRow.reply_id), col(SightingRow.ref)).where(
            col(SightingRow.ref).is_not(None), col(SightingRow.equal).is_(True)
        ),
    ).subquery()
    many = select(known.c.reply_id).group_by(known.c.reply_id).having(func.count(func.distinct(known.c.ref)) > 1)
    for (reply_id,) in session.execute(many).all():
        refs = _refs_since_reset(session, reply_id)
        if len(refs) > 1:
            sentence = _("Zu dieser Antwort gibt es mehrere Texte auf der Plattform: {refs}.").format(
                refs=", ".join(sorted(refs))
            )
            yield f"reply:{reply_id}", sentence
    newest = select(func.max(col(SightingRow.id))).group_by(col(SightingRow.reply_id))
    doubled = select(col(SightingRow.reply_id)).where(
        col(SightingRow.id).in_(newest), col(SightingRow.note).like("matches=%")
    )
    for (reply_id,) in ids(session, doubled):
        yield f"reply:{reply_id}", _("Beim letzten Blick standen mehrere passende Antworten auf der Plattform.")


def _refs_since_reset(session: Session, reply_id: int) -> set[str]:
    resets = select(col(Journal.at), col(Journal.event), col(Journal.data)).where(
        col(Journal.subject) == f"reply:{reply_id}", col(Journal.event).in_(("reply.postpone", "reply.rework"))
    )
    rows = session.execute(resets).all()
    since = max((at for at, event, data in rows if event == "reply.rework" or data.get("by_person")), default="")
    found: set[str] = set()
    attempts = select(col(Attempt.started_at), col(Attempt.external_ref)).where(
        col(Attempt.reply_id) == reply_id, col(Attempt.outcome).in_((Outcome.DELIVERED, Outcome.LATE))
    )
    looks = select(col(SightingRow.at), col(SightingRow.ref)).where(
        col(SightingRow.reply_id) == reply_id, col(SightingRow.equal).is_(True)
    )
    for query in (attempts, looks):
        found |= {ref for at, ref in session.execute(query).all() if ref is not None and journal.stamp(at) >= since}
    return found


def published_unseen(session: Session, _moment: Moment) -> Found:
    """G2: published means that our own text was seen in public."""
    unseen = select(col(Reply.id)).where(col(Reply.state) == State.PUBLISHED, ~_ever_seen(col(Reply.id)))
    for (reply_id,) in ids(session, unseen):
        yield f"reply:{reply_id}", _("Die Antwort gilt als öffentlich, wurde aber nie öffentlich gesichtet.")


def delivered_unseen(session: Session, moment: Moment) -> Found:
    """G2: what was handed over and is not seen in time must not be waited for in silence.

    No silence: a platform said that it holds the text back, or a person was asked to look, as Heute shows until then.
    """
    limit = moment.timing.span("unseen_alarm") + timedelta(seconds=max(moment.timing.later_looks, default=0)) + GRACE
    late = select(col(Reply.id)).where(
        col(Reply.state) == State.DELIVERED,
        col(Reply.successor_id).is_(None),
        col(Reply.delivered_at) < moment.now - limit,
        col(Reply.trouble).not_in(("pending", "look_needed")),
        col(Reply.next_look_at).is_(None) | (col(Reply.next_look_at) < moment.now - GRACE),
    )
    for (reply_id,) in ids(session, late):
        yield f"reply:{reply_id}", _("Die Antwort ist lange übergeben und noch nicht öffentlich gesichtet.")


def stuck_sending(session: Session, moment: Moment) -> Found:
    """G15: an attempt whose lease ran out long ago was never settled. A person's hand has no lease that ends."""
    stuck = select(col(Reply.id)).where(
        col(Reply.state) == State.SENDING,
        col(Reply.lease_until).is_(None) | (col(Reply.lease_until) < moment.now - GRACE),
        func.coalesce(col(Reply.worker), "").not_like("hand:%"),
    )
    for (reply_id,) in ids(session, stuck):
        yield (
            f"reply:{reply_id}",
            _("Eine Veröffentlichung hat sich nie zurückgemeldet und wurde nicht als unklar vermerkt."),
        )
