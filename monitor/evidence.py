"""Evidence: what a post said, in each version, with its time and a digest that the journal's chain holds (001-24).

The digest covers source, address, version, words, stars, visibility and the moment in which we saw it. Securing a
version writes the digest into the journal, once: from then on nobody, ourselves included, can alter it unnoticed.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from monitor.tables import PostRow, PostVersion, Source
from replies import journal
from replies.errors import Unknown
from replies.people import Actor
from replies.tables import Journal

EVENT = "post.evidence"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version as it was seen.

    Attributes:
        digest: sha256 over its canonical JSON, hex.
        row: number of the journal's row that holds the digest; None: not secured.
        intact: the row holds this very digest; False once the words were erased.
    """

    version: PostVersion
    digest: str
    row: int | None
    secured_at: datetime | None
    intact: bool


def digest_of(source: str, ref: str, version: PostVersion, salt: str = "") -> str:
    """The digest of one version; the post's salt keeps an erased text from being guessed from it."""
    seen = journal.stamp(version.seen_at)
    said = [salt, source, ref, version.n, version.text, version.rating, version.rating_max, version.visible, seen]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def snapshots(session: Session, post_id: int) -> list[Snapshot]:
    """Every version, the oldest first.

    Raises:
        Unknown: there is no such post.
    """
    post, name = _post(session, post_id)
    secured = {row.data["version"]: row for row in _secured(session, post_id)}
    versions = session.exec(
        select(PostVersion).where(col(PostVersion.post_id) == post_id).order_by(col(PostVersion.n))
    ).all()
    found = []
    for version in versions:
        digest, row = digest_of(name, post.ref, version, post.salt), secured.get(version.n)
        at = datetime.fromisoformat(row.at) if row else None
        known = str(row.data["digest"]) if row else digest
        found.append(Snapshot(version, known, row.seq if row else None, at, known == digest))
    return found


def secure(session: Session, post_id: int, actor: Actor, now: datetime) -> str:
    """Write the digest of the current version into the journal, unless it stands there; gives the digest.

    Raises:
        Unknown: there is no such post.
    """
    post, name = _post(session, post_id)
    version = session.exec(
        select(PostVersion).where(col(PostVersion.post_id) == post_id, col(PostVersion.n) == post.version)
    ).one()
    for row in _secured(session, post_id):
        if row.data["version"] == post.version:
            return str(row.data["digest"])
    digest = digest_of(name, post.ref, version, post.salt)
    journal.write(session, now, actor, EVENT, f"post:{post_id}", version=post.version, digest=digest)
    return digest


def _post(session: Session, post_id: int) -> tuple[PostRow, str]:
    post = session.get(PostRow, post_id)
    if post is None:
        raise Unknown(f"no post {post_id}")
    return post, session.exec(select(Source.name).where(col(Source.id) == post.source_id)).one()


def _secured(session: Session, post_id: int) -> list[Journal]:
    rows = select(Journal).where(col(Journal.subject) == f"post:{post_id}", col(Journal.event) == EVENT)
    return list(session.exec(rows.order_by(col(Journal.seq))).all())
