"""One page of a platform into rows: posts, versions, quarantine. Called inside the page's one transaction.

Written through Core in bulk (RELIABILITY 6.1); unchanged posts cost one UPDATE for the whole page.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from connectors.core.contract import Malformed, Post
from monitor.tables import PostRow, PostVersion, Quarantine, Source

_FUTURE = timedelta(minutes=5)  # upstream times further ahead are not believed (RELIABILITY 4.1)
_CHUNK = 500  # SQLite's limit of bound parameters is 999 in old builds


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one post: `new`, `changed` (text, stars or visibility), or `replied` (its answers)."""

    post_id: int
    post: Post
    what: str
    words_changed: bool = False  # text or stars, not only visibility
    came_back: bool = False


@dataclass(slots=True)
class Counts:
    """What became of the items of a page: items = stored + changed + same + quarantined."""

    items: int = 0
    stored: int = 0
    changed: int = 0
    same: int = 0
    quarantined: int = 0
    changes: list[Change] = field(default_factory=list)

    def add(self, other: "Counts") -> None:
        """Sum up over pages."""
        self.items += other.items
        self.stored += other.stored
        self.changed += other.changed
        self.same += other.same
        self.quarantined += other.quarantined


def content_hash(post: Post) -> str:
    """What makes a new version of a post: its words, its stars, whether the public can see it."""
    body = json.dumps([post.text, post.rating, post.rating_max, post.visible], ensure_ascii=False)
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def store_page(session: Session, source: Source, items: Sequence[Post | Malformed], now: datetime) -> Counts:
    """Write one page. The caller commits it together with the cursor."""
    counts = Counts(items=len(items))
    posts: dict[str, Post] = {}
    for item in items:
        if isinstance(item, Malformed):
            quarantine(session, source, item, now)
            counts.quarantined += 1
        elif item.ref in posts:
            counts.same += 1  # the same post twice on one page: the later record counts
            posts[item.ref] = item
        else:
            posts[item.ref] = item
    known = _known(session, source, posts)
    unchanged: list[int] = []
    for ref, post in posts.items():
        row = known.get(ref)
        if row is None:
            counts.changes.append(_insert(session, source, post, now))
            counts.stored += 1
        elif row.content_hash != content_hash(post):
            counts.changes.append(_new_version(session, row, post, now))
            counts.changed += 1
        else:
            change = _same(session, row, post, now)
            counts.changes.extend(change)
            unchanged.append(row.id or 0)
            counts.same += 1
    _touch(session, unchanged, now)
    return counts


def _known(session: Session, source: Source, posts: Iterable[str]) -> dict[str, PostRow]:
    refs, found = list(posts), {}
    for start in range(0, len(refs), _CHUNK):
        rows = select(PostRow).where(
            col(PostRow.source_id) == source.id, col(PostRow.ref).in_(refs[start : start + _CHUNK])
        )
        found.update({row.ref: row for row in session.exec(rows.execution_options(populate_existing=True)).all()})
    return found


def _touch(session: Session, ids: list[int], now: datetime) -> None:
    for start in range(0, len(ids), _CHUNK):
        page = update(PostRow).where(col(PostRow.id).in_(ids[start : start + _CHUNK]))
        session.execute(page.values(last_seen_at=now).execution_options(synchronize_session=False))
        found_again = page.where(col(PostRow.visible).is_(True), col(PostRow.absent_since).is_not(None))
        session.execute(found_again.values(absent_since=None).execution_options(synchronize_session=False))


def _believable(at: datetime | None, now: datetime) -> datetime | None:
    return None if at is not None and at > now + _FUTURE else at


def _columns(post: Post, now: datetime) -> dict[str, Any]:
    return {
        "kind": post.kind,
        "thread": post.thread,
        "parent": post.parent,
        "author": post.author,
        "author_id": post.author_id,
        "own": post.own,
        "visible": post.visible,
        "text": post.text,
        "rating": post.rating,
        "rating_max": post.rating_max,
        "lang": post.lang,
        "permalink": post.permalink,
        "created_at": _believable(post.created, now),
        "updated_at": _believable(post.updated, now),
        "last_seen_at": now,
        "content_hash": content_hash(post),
        "absent_since": None,
        "gone_at": None,
    }


def _insert(session: Session, source: Source, post: Post, now: datetime) -> Change:
    values = {"source_id": source.id, "ref": post.ref, "first_seen_at": now, "version": 1, **_columns(post, now)}
    post_id = session.execute(insert(PostRow).values(**values).returning(col(PostRow.id))).scalar_one()
    _add_version(session, post_id, 1, post, now)
    return Change(post_id, post, "new", words_changed=True)


def _new_version(session: Session, row: PostRow, post: Post, now: datetime) -> Change:
    number = row.version + 1
    words_changed = (row.text, row.rating) != (post.text, post.rating)
    came_back = row.gone_at is not None and post.visible
    columns = _columns(post, now)
    if not post.visible:  # taken out of the public: treated like a post that is not found (decision 0008)
        columns |= {"absent_since": row.absent_since or (now if row.visible else None), "gone_at": row.gone_at}
    session.execute(update(PostRow).where(col(PostRow.id) == row.id).values(version=number, **columns))
    _add_version(session, row.id or 0, number, post, now)
    return Change(row.id or 0, post, "changed", words_changed=words_changed, came_back=came_back)


def _same(session: Session, row: PostRow, post: Post, now: datetime) -> list[Change]:
    """Unchanged words. The answers inside it, or its coming back, may still matter."""
    came_back = row.gone_at is not None and post.visible
    if came_back or row.own != post.own:
        session.execute(update(PostRow).where(col(PostRow.id) == row.id).values(**_columns(post, now)))
    answers = [_reply_data(reply) for reply in post.replies]
    newest = select(PostVersion).where(col(PostVersion.post_id) == row.id, col(PostVersion.n) == row.version)
    version = session.exec(newest).one() if answers or came_back else None
    if version is not None and version.replies != answers:
        version.replies = answers
        session.add(version)
        return [Change(row.id or 0, post, "replied", came_back=came_back)]
    return [Change(row.id or 0, post, "replied", came_back=True)] if came_back else []


def _reply_data(reply: Any) -> dict[str, Any]:
    created = reply.created.isoformat() if reply.created else None
    return {"ref": reply.ref, "text": reply.text, "created": created, "own": reply.own}


def _add_version(session: Session, post_id: int, number: int, post: Post, now: datetime) -> None:
    session.execute(
        insert(PostVersion).values(
            post_id=post_id,
            n=number,
            text=post.text,
            rating=post.rating,
            rating_max=post.rating_max,
            visible=post.visible,
            seen_at=now,
            content_hash=content_hash(post),
            replies=[_reply_data(reply) for reply in post.replies],
            raw=dict(post.raw),
        )
    )


def quarantine(session: Session, source: Source, item: Malformed, now: datetime) -> None:
    """Keep a record that could not be read; the same record again changes nothing."""
    raw = (
        item.raw if isinstance(item.raw, str) else json.dumps(item.raw, ensure_ascii=False, default=str, sort_keys=True)
    )
    digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
    held = select(Quarantine.id).where(col(Quarantine.source_id) == source.id, col(Quarantine.digest) == digest)
    if session.exec(held).first() is None:
        session.add(
            Quarantine(
                source_id=source.id or 0,
                digest=digest,
                ref=item.ref,
                line=item.line,
                reason=item.reason,
                raw=raw,
                at=now,
            )
        )
        session.flush()
