"""Posts whose words were erased, and how they are known again without keeping who or what they were.

The row of such a post stays, as anonymous proof of what was owed and done; its `ref` becomes a keyed hash of source and
ref (HMAC-SHA256), its content hash a keyed hash of itself. So a post that a platform shows again is recognised and not
stored a second time. The key is made with the first erasure and lives in the database.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from connectors.core.contract import Post
from monitor.tables import FORGETTING, Forgotten, PostRow, Quarantine, Source, Switch

_PREFIX = "forgotten:"
_CHUNK = 500  # SQLite's limit of bound parameters is 999 in old builds


def find_key(session: Session) -> str | None:
    """The key of the hashes; None as long as nothing was ever forgotten."""
    switch = session.get(Switch, FORGETTING)
    return switch.value if switch else None


def make_key(session: Session, now: datetime) -> str:
    """The key, made if there is none yet."""
    key = find_key(session)
    if key is None:
        key = secrets.token_hex(32)
        session.add(Switch(name=FORGETTING, value=key, at=now))
        session.flush()
    return key


def keyed(key: str, *words: str) -> str:
    """HMAC-SHA256 of some words, 64 hexadecimal digits."""
    body = "\0".join(words).encode("utf-8", "surrogatepass")
    return hmac.new(bytes.fromhex(key), body, hashlib.sha256).hexdigest()


def mark(key: str, source: str, ref: str) -> str:
    """What stands in place of a ref; a ref that is a mark already stays as it is."""
    return ref if ref.startswith(_PREFIX) else _PREFIX + keyed(key, source, ref)


@dataclass(frozen=True, slots=True)
class Sifted:
    """What of a page is to be stored, and how many posts of it were left out because they are forgotten."""

    posts: dict[str, Post]
    left_out: int = 0


def sift(session: Session, source: Source, posts: dict[str, Post], content_hash: Callable[[Post], str]) -> Sifted:
    """Leave out what is forgotten, and name it by its mark where other posts refer to it.

    A post whose time was over and whose author has changed it since is a new word and comes back.
    """
    key = find_key(session)
    if key is None or not posts:
        return Sifted(posts)
    names = {name for post in posts.values() for name in (post.ref, post.parent, post.thread) if name}
    marks = {mark(key, source.name, name): name for name in names}
    held = _held(session, source, marks)
    for ref, row in list(held.items()):
        post = posts.get(ref)
        changed = post is not None and row.content_hash != keyed(key, content_hash(post))
        if changed and row.forgotten == Forgotten.TERM:
            _bring_back(session, source, row, ref)
            del held[ref]
    masks = {ref: row.ref for ref, row in held.items()}
    kept = {ref: _masked(post, masks) for ref, post in posts.items() if ref not in held}
    return Sifted(kept, len(posts) - len(kept))


def _held(session: Session, source: Source, marks: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    wanted = list(marks)
    for start in range(0, len(wanted), _CHUNK):
        rows = select(col(PostRow.id), col(PostRow.ref), col(PostRow.forgotten), col(PostRow.content_hash)).where(
            col(PostRow.source_id) == source.id, col(PostRow.ref).in_(wanted[start : start + _CHUNK])
        )
        found.update({marks[row.ref]: row for row in session.execute(rows)})
    return found


def _masked(post: Post, masks: Mapping[str, str]) -> Post:
    if post.parent not in masks and post.thread not in masks:
        return post
    parent, thread = (masks.get(name, name) if name else name for name in (post.parent, post.thread))
    return replace(post, parent=parent, thread=thread, raw={})  # its raw record names what is forgotten


def _bring_back(session: Session, source: Source, row: Any, ref: str) -> None:
    session.execute(update(PostRow).where(col(PostRow.id) == row.id).values(ref=ref, forgotten=Forgotten.NONE))
    rename(session, source.id, row.ref, ref)


def on_request(session: Session, source: Source, ref: str) -> bool:
    """Did somebody ask us to forget what has this ref, a post or a record that could not be read?"""
    key = find_key(session)
    if key is None:
        return False
    name = mark(key, source.name, ref)
    post = select(col(PostRow.id)).where(
        col(PostRow.source_id) == source.id, col(PostRow.ref) == name, col(PostRow.forgotten) == Forgotten.REQUEST
    )
    record = select(col(Quarantine.id)).where(col(Quarantine.source_id) == source.id, col(Quarantine.ref) == name)
    return any(session.execute(rows.limit(1)).first() is not None for rows in (post, record))


def rename(session: Session, source_id: int | None, old: str, new: str) -> None:
    """Let the posts that refer to `old` refer to `new`."""
    for column in (PostRow.parent, PostRow.thread):
        rows = update(PostRow).where(col(PostRow.source_id) == source_id, col(column) == old)
        session.execute(rows.values({col(column): new}).execution_options(synchronize_session=False))


def refers_to(source_id: int | None, refs: Iterable[str]) -> Any:
    """The condition of posts that stand below one of these, or in its thread."""
    wanted = list(refs)
    return (col(PostRow.source_id) == source_id) & (col(PostRow.parent).in_(wanted) | col(PostRow.thread).in_(wanted))
