"""Seals of posts and of people (replies/seals.py says what a seal is for).

A post's seal covers its row and all its versions, and a salt that is renewed when the post is forgotten: the seals
that stood in the journal before cannot be compared with anything any more, not even with a copy of the text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.tables import Forgotten, PostRow, PostVersion, User
from replies import journal
from replies.people import DAEMON
from replies.seals import columns, digest_of_values, plain

_CHUNK = 500  # SQLite's limit of bound parameters is 999 in old builds
_POST = (
    "id",
    "source_id",
    "ref",
    "kind",
    "author",
    "author_id",
    "own",
    "visible",
    "text",
    "rating",
    "rating_max",
    "permalink",
    "created_at",
    "first_seen_at",
    "version",
    "content_hash",
    "gone_at",
    "forgotten",
    "salt",
)
_VERSION = ("n", "text", "rating", "rating_max", "visible", "seen_at", "content_hash")
_of_post, _of_version = itemgetter(*_POST), itemgetter(*_VERSION)
_NEW = {"n": 1, "version": 1, "gone_at": None, "forgotten": Forgotten.NONE.value}
USER = ("name", "role", "password_hash", "mail", "active", "created_at", "second_factor_at")


def posts(session: Session, *which: Any) -> Iterator[tuple[int, str]]:
    """(id, seal) of the posts that the conditions name, in the order of their ids; a thousand rows at a time."""
    rows = (
        select(*columns(PostRow, _POST), *columns(PostVersion, _VERSION))
        .outerjoin(PostVersion, col(PostVersion.post_id) == col(PostRow.id))
        .where(*which)
        .order_by(col(PostRow.id), col(PostVersion.n))
        .execution_options(yield_per=1000)
    )
    width = len(_POST)
    for post_id, group in groupby(session.execute(rows), key=itemgetter(0)):
        lines = [tuple(row) for row in group]
        yield post_id, digest_of_values(lines[0][:width], [line[width:] for line in lines])


def of_posts(session: Session, ids: Sequence[int]) -> dict[str, str]:
    """The journal's entry for these posts as they stand in the database now."""
    session.flush()
    found: dict[str, str] = {}
    for start in range(0, len(ids), _CHUNK):
        chosen = col(PostRow.id).in_(ids[start : start + _CHUNK])
        found.update({f"post:{post_id}": digest for post_id, digest in posts(session, chosen)})
    return found


def of_new(rows: Iterable[tuple[int, Mapping[str, Any]]], now: datetime) -> dict[str, str]:
    """The same entry for posts just put in with their first version, from the values in hand: half the time.

    Args:
        rows: (id, the columns as they were written), seen for the first time `now`.
    """
    seen, found = plain(now), {}
    for number, row in rows:
        written = row["created_at"]
        values = {**_NEW, **row, "id": number, "first_seen_at": seen, "seen_at": seen}
        values["created_at"] = None if written is None else plain(written)
        found[f"post:{number}"] = digest_of_values(_of_post(values), [_of_version(values)])
    return found


def keep(
    session: Session, source_id: int | None, ids: Sequence[int], now: datetime, new: Mapping[str, str] | None = None
) -> None:
    """Write down what these posts of a source say now, beside the seals of `new` ones; nothing if there are none."""
    if ids or new:
        told = {**of_posts(session, ids), **(new or {})}
        journal.write(session, now, DAEMON, "posts.kept", f"source:{source_id}", seals=told)


def of_user(user: User) -> dict[str, str]:
    """The journal's entry for one person; the row must have its id."""
    return {f"user:{user.id}": digest_of_values(*(getattr(user, name) for name in USER))}
