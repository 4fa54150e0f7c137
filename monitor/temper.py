"""How a post speaks, read from its newest verdict and from the posts of its matter (replies/care/temper.py)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from monitor.tables import PostRow, PostVersion, Verdict
from replies.care.temper import STOPPING, Temper
from replies.errors import Unknown


def temper(session: Session, post_id: int) -> Temper:
    """The temper of a post as it stands now.

    Raises:
        Unknown: there is no such post.
    """
    post = session.get(PostRow, post_id)
    if post is None:
        raise Unknown(f"no post {post_id}")
    newest = select(Verdict.is_hostile, Verdict.reasons, Verdict.flags).where(col(Verdict.post_id) == post_id)
    row = session.exec(newest.order_by(col(Verdict.version).desc(), col(Verdict.id).desc()).limit(1)).first()
    hostile, reasons, marked = row or (False, [], [])
    return Temper(hostile=hostile, flags=flags(reasons, marked), said_at=_said_at(session, post), version=post.version)


def flags(reasons: Sequence[Mapping[str, Any]], marked: Sequence[str] = ()) -> tuple[str, ...]:
    """Those of STOPPING that a verdict speaks of: its reasons (a rule is called `legal.lawyer`), or a person's mark.

    A mark that was taken away lifts no stop; that is an owner's step on the ladder.
    """
    named = {str(reason.get("rule", "")).partition(".")[0] for reason in reasons} | set(marked)
    return tuple(name for name in STOPPING if name in named)


def _said_at(session: Session, post: PostRow) -> datetime:
    """When its author last said something here: an edit counts when we saw it, a post when it was written."""
    said = [_written(post)]
    if post.version > 1:
        edits = select(PostVersion.seen_at).where(
            col(PostVersion.post_id) == post.id, col(PostVersion.n) == post.version
        )
        said += session.exec(edits).all()
    if post.matter_id is not None:
        same = select(PostRow).where(col(PostRow.matter_id) == post.matter_id, col(PostRow.own).is_(False))
        newest = session.exec(same.order_by(col(PostRow.first_seen_at).desc()).limit(1)).first()
        said += [_written(newest)] if newest else []
    return max(said)


def _written(post: PostRow) -> datetime:
    return min(post.created_at or post.first_seen_at, post.first_seen_at)
