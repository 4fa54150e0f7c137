"""`bench ingest`: pages into rows, against raw sqlite3 and against the loop that anybody would write first.

Ours reads JSON lines, looks what is known, writes posts, versions and the cursor, one transaction a page. The
reference writes the rows that ours has written, already prepared, with the same indexes and pragmas, and nothing else
(RELIABILITY P1, P2, P4). The judging is measured against itself: what the database adds to it.
"""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from connectors.core import registry
from connectors.core.contract import Malformed, Post
from monitor.bench import texts
from monitor.bench.place import house_in
from monitor.bench.ratio import Lines, Note, Options, Ratio, in_turns, seconds
from monitor.bootstrap import House
from monitor.ingest import utc_now
from monitor.store import content_hash, store_page
from monitor.tables import PostRow, PostVersion, Source
from monitor.triage import PostText, default_judge
from monitor.words import _

PAGE = 100  # rows of a transaction, as in RELIABILITY 6.1
_ROUNDS = 5
_LOOPED = 1000  # rows of the slow reference; its time is scaled up
_JUDGED = 400
Table = tuple[str, list[tuple[Any, ...]]]
"""An INSERT and its rows."""


def ingest(options: Options) -> Lines:
    """Four ratios over the same rows."""
    rows = options.posts or 5000
    body = "\n".join(json.dumps(texts.record(number), ensure_ascii=False) for number in range(rows)).encode()
    with tempfile.TemporaryDirectory(prefix="widerhall-bench-") as name:
        bench = _Bench(Path(name), body)
        yield Note(_("{n} Beiträge, {page} je Transaktion").format(n=rows, page=PAGE))
        first, raw, again = in_turns(_ROUNDS, bench.ours, bench.raw, bench.again)
        yield Ratio(_("Einlesen gegen rohes sqlite3 executemany (Durchsatz)"), raw / first, 0.2, at_least=True)
        loop, ours = in_turns(2, bench.loop, bench.ours)
        loop *= max(1.0, rows / _LOOPED)
        yield Ratio(_("Einlesen gegen erst suchen, dann anlegen (SQLAlchemy)"), loop / ours, 10, at_least=True)
        yield Ratio(_("dieselben Seiten noch einmal gegen das erste Mal"), first / again, 1.5, at_least=True)
        whole, judge = in_turns(3, bench.whole, bench.judge)
        yield Ratio(_("ganze Runde mit Einschätzung gegen die Einschätzung allein"), whole / judge, 3.0)


class _Bench:
    """The same rows by four ways; each repetition begins with an empty database of its own."""

    def __init__(self, folder: Path, body: bytes) -> None:
        """Take the rows that ours writes as the reference's input."""
        self._body, self._folders = body, (folder / str(number) for number in count())
        self._empty = next(self._folders)
        with house_in(self._empty) as house:
            self._settings = house.config.sources["files"].reading_settings()
        self._items = self._read()
        self._last = self._empty
        self.ours()
        self._tables = _rows_of(self._last / "bench.db")

    def _read(self) -> list[Post | Malformed]:
        connector = registry.module("csv_import")
        return [connector.parse(raw, self._settings) for raw in connector.split(self._body)]

    def _fresh(self) -> Path:
        self._last = next(self._folders)
        shutil.copytree(self._empty, self._last)
        return self._last

    def ours(self) -> float:
        """Parse, look, write posts and versions, move the cursor."""
        with house_in(self._fresh()) as house:
            return seconds(lambda: _store(house, self._read()))

    def again(self) -> float:
        """The same pages into the database that `ours` has just filled."""
        with house_in(self._last) as house:
            return seconds(lambda: _store(house, self._read()))

    def raw(self) -> float:
        """Prepared rows, nothing looked up, nothing parsed."""
        with closing(sqlite3.connect(self._fresh() / "bench.db", isolation_level=None)) as connection:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
                connection.execute(f"PRAGMA {pragma}")
            return seconds(lambda: _insert(connection, self._tables))

    def loop(self) -> float:
        """One SELECT and one add a row, as a first draft would do it."""
        with house_in(self._fresh()) as house:
            return seconds(lambda: _look_then_add(house, self._read()[:_LOOPED]))

    def whole(self) -> float:
        """A round as it is: rows, verdicts, matters, duties, journal."""
        with house_in(self._fresh()) as house:
            return seconds(lambda: house.ingest.take_items("files", self._items[:_JUDGED], utc_now()))

    def judge(self) -> float:
        """Nothing but the judge over the same texts."""
        judge = default_judge()
        asked = [
            PostText(id=str(number), text=item.text, rating=item.rating, kind=item.kind.value)
            for number, item in enumerate(self._items[:_JUDGED])
            if isinstance(item, Post)
        ]
        return seconds(lambda: [judge.judge(text) for text in asked])


def _insert(connection: sqlite3.Connection, tables: Sequence[Table]) -> None:
    for start in range(0, len(tables[0][1]), PAGE):
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in tables:
            connection.executemany(statement, rows[start : start + PAGE])
        connection.execute("UPDATE source SET cursor = ?", (json.dumps({"row": start}),))
        connection.execute("COMMIT")


def _store(house: House, items: Sequence[Post | Malformed]) -> None:
    now = utc_now()
    for start in range(0, len(items), PAGE):
        with house.transaction() as session:
            source = session.exec(select(Source)).one()
            store_page(session, source, items[start : start + PAGE], now, unreadable=0)
            source.cursor = {"row": start}
            session.add(source)


def _look_then_add(house: House, items: Sequence[Post | Malformed]) -> None:
    now = utc_now()
    for start in range(0, len(items), PAGE):
        with house.transaction() as session:
            for post in items[start : start + PAGE]:
                known = select(PostRow).where(col(PostRow.source_id) == 1, col(PostRow.ref) == post.ref)
                if isinstance(post, Post) and session.exec(known).first() is None:
                    _add(session, post, now)


def _add(session: Session, post: Post, now: datetime) -> None:
    mark = content_hash(post)
    row = PostRow(
        source_id=1, ref=post.ref, kind=post.kind, author=post.author, author_id=post.author_id, text=post.text,
        rating=post.rating, rating_max=post.rating_max, permalink=post.permalink, created_at=post.created,
        first_seen_at=now, last_seen_at=now, content_hash=mark,
    )  # fmt: skip
    session.add(row)
    session.flush()
    version = PostVersion(
        post_id=row.id or 0, n=1, text=post.text, rating=post.rating, rating_max=post.rating_max, seen_at=now,
        content_hash=mark, raw=dict(post.raw),
    )  # fmt: skip
    session.add(version)
    session.flush()


def _rows_of(file: Path) -> list[Table]:
    """What stands in the tables, with the INSERT that would put it there."""
    found = []
    with closing(sqlite3.connect(file)) as connection:
        for name in ("post", "post_version"):
            cursor = connection.execute(f"SELECT * FROM {name} ORDER BY id")  # noqa: S608 - two names of our own
            columns = [column[0] for column in cursor.description]
            marks = ", ".join("?" * len(columns))
            found.append((f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", cursor.fetchall()))  # noqa: S608
    return found
