"""Promise 2, what two people agreed to: the words, the people, the rows."""

from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from monitor.tables import Forgotten, PostRow
from monitor.verify.shape import Found, Moment, ids
from monitor.words import _
from replies.lifecycle import LIVE, OUT
from replies.moves import digest_of
from replies.tables import Attempt, Journal, Reply


def approved_bytes(session: Session, _moment: Moment) -> Found:
    """G3: the digest that two people agreed to is the digest of what stands in the row."""
    columns = ("id", "kind", "account", "post_version", "text", "approved_digest")
    rows = (
        select(*(col(getattr(Reply, name)) for name in columns), col(PostRow.ref))
        .join(PostRow, col(PostRow.id) == col(Reply.post_id))
        .where(col(Reply.approved_digest).is_not(None), col(PostRow.forgotten) == Forgotten.NONE)  # else no words
    )
    for row in ids(session, rows):
        if digest_of(row.kind, row.account, row.ref, row.post_version, row.text) != row.approved_digest:
            yield f"reply:{row.id}", _("Der Text der Antwort ist nicht der, der freigegeben wurde.")


def sent_bytes(session: Session, _moment: Moment) -> Found:
    """G3: what was sent last is what was approved."""
    newest = select(func.max(col(Attempt.id))).group_by(col(Attempt.reply_id))
    other = (
        select(col(Reply.id))
        .join(Attempt, col(Attempt.reply_id) == col(Reply.id))
        .where(
            col(Attempt.id).in_(newest), col(Reply.state).in_(OUT), col(Attempt.digest) != col(Reply.approved_digest)
        )
    )
    for (reply_id,) in ids(session, other):
        yield f"reply:{reply_id}", _("Gesendet wurde etwas anderes, als freigegeben ist.")


def two_people(session: Session, _moment: Moment) -> Found:
    """G4: two different people agreed, one of them an owner; alone only after two looks at the same words."""
    agreed, look = aliased(Journal), aliased(Journal)
    subject = literal("reply:") + cast(col(Reply.id), String)
    granted = select(col(agreed.seq)).where(
        col(agreed.subject) == subject,
        col(agreed.event).in_(("reply.approve", "reply.countersign")),
        col(agreed.data)["digest"].as_string() == col(Reply.approved_digest),
        col(agreed.actor).like(literal("%:") + cast(col(Reply.approver_id), String)),
    )
    looked = select(col(look.seq)).where(
        col(look.subject) == subject,
        col(look.event) == "reply.first_look",
        col(look.data)["digest"].as_string() == col(Reply.approved_digest),
    )
    one = (
        col(Reply.approver_id).is_(None)
        | ((col(Reply.approver_id) == col(Reply.author_id)) & ~(col(Reply.alone).is_(True) & looked.exists()))
        | ~(col(Reply.approver_is_owner).is_(True) | col(Reply.author_is_owner).is_(True))
        | ~granted.exists()
    )
    for (reply_id,) in ids(session, select(col(Reply.id)).where(col(Reply.state).in_(LIVE), one)):
        yield f"reply:{reply_id}", _("Die Freigabe ist nicht von zwei Menschen belegt, von denen einer Inhaber ist.")


def one_live_reply(session: Session, _moment: Moment) -> Found:
    """At most one live row per post, account and kind that no later one has replaced."""
    groups = (
        select(col(Reply.post_id), col(Reply.account), col(Reply.kind))
        .where(col(Reply.state).in_(LIVE), col(Reply.successor_id).is_(None))
        .group_by(col(Reply.post_id), col(Reply.account), col(Reply.kind))
        .having(func.count() > 1)
    )
    for post_id, _account, _kind in session.execute(groups).all():
        yield (
            f"post:{post_id}",
            _("Zu diesem Beitrag sind zwei Antworten derselben Art zugleich unterwegs oder öffentlich."),
        )
