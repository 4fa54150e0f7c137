"""One page of a platform into rows: posts, versions, quarantine. Called inside the page's one transaction.

Written and read through Core in bulk (RELIABILITY 6.1): the new posts of a page are two statements and one look at
their numbers, the unchanged ones one UPDATE.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import String, Table, bindparam, cast, func, insert, select, update
from sqlmodel import Session, col

from connectors.core.contract import Malformed, Post, PublicReply
from connectors.core.fields import clean
from monitor import quarantine, seals
from monitor.forgotten import sift
from monitor.salts import new_salts
from monitor.tables import PostRow, PostVersion, Source
from replies.bulk import insert_rows

_FUTURE = timedelta(minutes=5)  # upstream times further ahead are not believed (RELIABILITY 4.1)
_CHUNK = 500  # SQLite's limit of bound parameters is 999 in old builds
_JSON = json.JSONEncoder(ensure_ascii=False)
_POSTS: Table = PostRow.__table__  # type: ignore[attr-defined]
_VERSIONS: Table = PostVersion.__table__  # type: ignore[attr-defined]
_SHOWN = (
    "kind", "thread", "parent", "author", "author_id", "own", "visible", "text", "rating", "rating_max", "lang",
    "permalink", "created_at", "updated_at",
)  # fmt: skip
_of_row, _of_values = attrgetter(*_SHOWN), itemgetter(*_SHOWN)
_KEPT = (*_SHOWN, "id", "ref", "version", "content_hash", "absent_since", "gone_at")
_KNOWN = select(*(_POSTS.c[name] for name in _KEPT)).where(
    _POSTS.c.source_id == bindparam("source"), _POSTS.c.ref.in_(bindparam("refs", expanding=True))
)
_INSIDE = (
    select(_VERSIONS.c.post_id, _VERSIONS.c.replies)
    .join(_POSTS, (_POSTS.c.id == _VERSIONS.c.post_id) & (_POSTS.c.version == _VERSIONS.c.n))
    .where(_POSTS.c.id.in_(bindparam("posts", expanding=True)), cast(_VERSIONS.c.replies, String) != "[]")
)
_SEEN_AGAIN = (
    update(_POSTS).where(_POSTS.c.id.in_(bindparam("posts", expanding=True))).values(last_seen_at=bindparam("now"))
)
_LAST = select(func.max(_POSTS.c.id))
_SINCE = select(_POSTS.c.ref, _POSTS.c.id).where(  # nobody else writes posts in this transaction
    _POSTS.c.id > bindparam("before"), _POSTS.c.source_id == bindparam("source")
)


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one post.

    Attributes:
        what: `new`, `changed` (text, stars or visibility), or `replied` (only what answers it, or whose it is).
        words_changed: text or stars, not only visibility.
        came_back: it had been gone.
        answers: own answers inside it that count from now on; after an edit only those that are new.
        answer_left: an own answer that stood inside it is not there any more.
    """

    post_id: int
    post: Post
    what: str
    words_changed: bool = False
    came_back: bool = False
    answers: tuple[PublicReply, ...] = ()
    answer_left: bool = False


@dataclass(slots=True)
class Counts:
    """What became of the items of a page: items = stored + changed + same + quarantined."""

    items: int = 0
    stored: int = 0
    changed: int = 0
    same: int = 0
    quarantined: int = 0
    newest: datetime | None = None  # when the newest believable post was written
    changes: list[Change] = field(default_factory=list)
    written: list[int] = field(default_factory=list)  # ids of posts whose row is not what it was before

    def add(self, other: "Counts") -> None:
        """Sum up over pages."""
        self.items += other.items
        self.stored += other.stored
        self.changed += other.changed
        self.same += other.same
        self.quarantined += other.quarantined


def content_hash(post: Post) -> str:
    """What makes a new version of a post: its words, its stars, whether the public can see it."""
    body = _JSON.encode([post.text, post.rating, post.rating_max, post.visible])
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def has_news(session: Session, source_id: int, items: Sequence[Post | Malformed]) -> bool:
    """Is a post of this page new, or not as we know it?"""
    posts = {item.ref: item for item in items if isinstance(item, Post)}
    refs, known = list(posts), {}
    for start in range(0, len(refs), _CHUNK):
        wanted = {"source": source_id, "refs": refs[start : start + _CHUNK]}
        known.update({row.ref: row.content_hash for row in session.execute(_KNOWN, wanted)})
    return any(known.get(ref) != content_hash(post) for ref, post in posts.items())


def store_page(
    session: Session, source: Source, items: Sequence[Post | Malformed], now: datetime, *, unreadable: int
) -> Counts:
    """Write one page. The caller commits it together with the cursor. `unreadable`: see `quarantine.keep`."""
    written = (_believable(item.created, now) for item in items if isinstance(item, Post))
    counts = Counts(items=len(items), newest=max((at for at in written if at), default=None))
    posts = _readable(session, source, items, counts, now, unreadable)
    sifted = sift(session, source, posts, content_hash)
    posts, counts.same = sifted.posts, counts.same + sifted.left_out
    known = _known(session, source, posts)
    inside = _answers_inside(session, known.values())
    new: list[Post] = []
    unchanged: list[Any] = []
    for ref, post in posts.items():
        row = known.get(ref)
        if row is None:
            new.append(post)
        elif row.content_hash != content_hash(post):
            counts.changes.append(_new_version(session, row, post, inside.get(row.id, []), now))
            counts.written.append(row.id)
            counts.changed += 1
        else:
            counts.changes.extend(_same(session, row, post, inside.get(row.id, []), now, counts.written))
            unchanged.append(row)
            counts.same += 1
    counts.stored = len(new)
    fresh, sealed = _insert(session, source, new, now)
    counts.changes.extend(fresh)
    _touch(session, unchanged, now)
    seals.keep(session, source.id, counts.written, now, sealed)
    return counts


def _readable(
    session: Session, source: Source, items: Sequence[Post | Malformed], counts: Counts, now: datetime, most: int
) -> dict[str, Post]:
    """The posts of a page by their ref; what cannot be read goes into quarantine."""
    posts: dict[str, Post] = {}
    for item in items:
        if isinstance(item, Malformed):
            kept = quarantine.keep(session, source, item, now, most)
            counts.quarantined += kept
            counts.same += not kept
        else:
            counts.same += item.ref in posts  # the same post twice on one page: the later record counts
            posts[item.ref] = item
    return posts


def _known(session: Session, source: Source, posts: Iterable[str]) -> dict[str, Any]:
    """The rows of these refs: columns, not objects."""
    refs, found = list(posts), {}
    for start in range(0, len(refs), _CHUNK):
        wanted = {"source": source.id, "refs": refs[start : start + _CHUNK]}
        found.update({row.ref: row for row in session.execute(_KNOWN, wanted)})
    return found


def _answers_inside(session: Session, rows: Iterable[Any]) -> dict[int, list[dict[str, Any]]]:
    """The answers inside each post that has any, as its current version has them."""
    ids = [row.id for row in rows]
    found: dict[int, list[dict[str, Any]]] = {}
    for start in range(0, len(ids), _CHUNK):
        there = session.execute(_INSIDE, {"posts": ids[start : start + _CHUNK]})
        found.update({post_id: list(replies) for post_id, replies in there})
    return found


def _touch(session: Session, rows: list[Any], now: datetime) -> None:
    """Posts that were seen again; those that had been missed and are public are found."""
    connection = session.connection()
    ids, missed = [row.id for row in rows], [row.id for row in rows if row.absent_since is not None]
    for start in range(0, len(ids), _CHUNK):
        connection.execute(_SEEN_AGAIN, {"posts": ids[start : start + _CHUNK], "now": now})
    for start in range(0, len(missed), _CHUNK):
        found_again = update(_POSTS).where(_POSTS.c.id.in_(missed[start : start + _CHUNK]), _POSTS.c.visible.is_(True))
        connection.execute(found_again.values(absent_since=None))


def _believable(at: datetime | None, now: datetime) -> datetime | None:
    return None if at is not None and at > now + _FUTURE else at


def _text(text: str | None) -> str | None:
    """Without NUL and lone surrogates, which no database takes: one such field must not hold up a page for ever."""
    return None if text is None else clean(text)


def _columns(post: Post, now: datetime) -> dict[str, Any]:
    fixed = {"last_seen_at": now, "content_hash": content_hash(post), "absent_since": None, "gone_at": None}
    return _shown(post, now) | fixed


def _shown(post: Post, now: datetime) -> dict[str, Any]:
    """What the platform says of a post, as it is stored."""
    return {
        "kind": post.kind,
        "thread": _text(post.thread),
        "parent": _text(post.parent),
        "author": _text(post.author),
        "author_id": _text(post.author_id),
        "own": post.own,
        "visible": post.visible,
        "text": clean(post.text),
        "rating": None if post.rating is None else float(post.rating),
        "rating_max": None if post.rating_max is None else float(post.rating_max),
        "lang": _text(post.lang),
        "permalink": _text(post.permalink),
        "created_at": _believable(post.created, now),
        "updated_at": _believable(post.updated, now),
    }


def _insert(
    session: Session, source: Source, posts: Sequence[Post], now: datetime
) -> tuple[list[Change], dict[str, str]]:
    """New posts and their first versions, in the order of the page, and their seals."""
    if not posts:
        return [], {}
    first = {"source_id": source.id, "first_seen_at": now, "version": 1}
    columns = [
        {"ref": post.ref, "salt": salt, **first, **_columns(post, now)}
        for post, salt in zip(posts, new_salts(len(posts)), strict=True)
    ]
    before = session.execute(_LAST).scalar_one() or 0
    insert_rows(session, _POSTS, _without_nulls(columns))
    ids = dict(map(tuple, session.execute(_SINCE, {"before": before, "source": source.id})))
    pairs = [(ids[post.ref], post, values) for post, values in zip(posts, columns, strict=True)]
    insert_rows(session, _VERSIONS, [_version(number, 1, post, values, now) for number, post, values in pairs])
    sealed = seals.of_new(((number, values) for number, _post, values in pairs), now)
    changes = [Change(number, post, "new", words_changed=True, answers=_own(post)) for number, post, _values in pairs]
    return changes, sealed


def _without_nulls(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of one INSERT without the columns that are NULL in all of them: a third of the work is binding values."""
    empty = {name for name in rows[0] if all(row[name] is None for row in rows)}
    return [{name: value for name, value in row.items() if name not in empty} for row in rows]


def _new_version(session: Session, row: Any, post: Post, before: list[dict[str, Any]], now: datetime) -> Change:
    number = row.version + 1
    words_changed = (row.text, row.rating, row.rating_max) != (clean(post.text), post.rating, post.rating_max)
    came_back = row.gone_at is not None and post.visible
    columns = _columns(post, now)
    if not post.visible:  # taken out of the public: treated like a post that is not found (decision 0008)
        columns |= {"absent_since": row.absent_since or (now if row.visible else None), "gone_at": row.gone_at}
    session.execute(update(PostRow).where(col(PostRow.id) == row.id).values(version=number, **columns))
    session.execute(insert(_VERSIONS), [_version(row.id, number, post, columns, now)])
    fresh, left = _compared(post, before)
    answers = fresh if words_changed else _own(post)  # an answer to what stood there before answers nothing new
    return Change(row.id, post, "changed", words_changed, came_back, answers, left)


def _same(
    session: Session, row: Any, post: Post, before: list[dict[str, Any]], now: datetime, written: list[int]
) -> Iterator[Change]:
    """Unchanged words. The answers inside it, whose it is, what it answers, or its coming back may still matter."""
    came_back = row.gone_at is not None and post.visible
    whose = (row.own, row.parent) != (post.own, post.parent)
    if came_back or _differs(row, post, now):
        kept = {} if post.visible else {"absent_since": row.absent_since, "gone_at": row.gone_at}
        session.execute(update(PostRow).where(col(PostRow.id) == row.id).values(**_columns(post, now) | kept))
        written.append(row.id)
    answers = [_reply_data(reply) for reply in post.replies]
    if answers != before:
        current = update(PostVersion).where(col(PostVersion.post_id) == row.id, col(PostVersion.n) == row.version)
        session.execute(current.values(replies=answers))
    fresh, left = _compared(post, before)
    if came_back or whose or fresh or left:
        yield Change(row.id, post, "replied", False, came_back, _own(post) if came_back else fresh, left)


def _differs(row: Any, post: Post, now: datetime) -> bool:
    """Has the platform another name, address or time for an unchanged text? The last word counts (RELIABILITY G20)."""
    return bool(_of_row(row) != _of_values(_shown(post, now)))


def _own(post: Post) -> tuple[PublicReply, ...]:
    return tuple(reply for reply in post.replies if reply.own and reply.text.strip())


def _compared(post: Post, before: list[dict[str, Any]]) -> tuple[tuple[PublicReply, ...], bool]:
    """Own answers inside a post that were not there before, and whether one that was there is missing."""
    then = {(reply["ref"], reply["text"]) for reply in before if reply["own"] and reply["text"].strip()}
    now = {(reply.ref, reply.text) for reply in _own(post)}
    return tuple(reply for reply in _own(post) if (reply.ref, reply.text) not in then), not then <= now


def _reply_data(reply: Any) -> dict[str, Any]:
    created = reply.created.isoformat() if reply.created else None
    return {"ref": reply.ref, "text": reply.text, "created": created, "own": reply.own}


def _version(post_id: int, number: int, post: Post, columns: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """A version's columns; what it shares with its post is taken from there."""
    shared = {name: columns[name] for name in ("text", "rating", "rating_max", "visible", "content_hash")}
    replies = [_reply_data(reply) for reply in post.replies]
    return {"post_id": post_id, "n": number, "seen_at": now, "replies": replies, "raw": dict(post.raw), **shared}
