"""A database of a million believable posts, put in as rows in bulk: verdicts, matters, duties, a chained journal.

Of a hundred posts twenty are complaints with a duty: one of them is open, one stands in the backlog, and eighteen are
closed with the proof "answered elsewhere". The journal seals every row, and `widerhall verify` finds nothing.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from monitor import seals
from monitor.bench import texts
from monitor.bench.place import house_in
from monitor.db import Database
from monitor.triage import default_judge
from replies import journal
from replies import seals as replies_seals
from replies.tables import Duty

COMPLAINTS, OPEN, BACKLOG = 20, 1, 1  # of a hundred posts
_JUDGED_TOPICS = ("delivery", "quality", "staff", "waiting")
_KEPT = 100  # posts of a page
Row = tuple[Any, ...]
Step = tuple[str, str, str, dict[str, Any]]


def build(folder: Path, posts: int) -> None:
    """Fill a new database in this folder with so many posts."""
    now = datetime.now(UTC).replace(microsecond=0)
    with house_in(folder):
        pass  # the schema, the source, the journal's first rows
    with closing(sqlite3.connect(folder / "bench.db", isolation_level=None)) as connection:
        for pragma in ("synchronous=OFF", "cache_size=-400000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        made = [(name, sql) for name, sql in indexes if " UNIQUE " not in sql]
        connection.execute("BEGIN")
        for name, _sql in made:
            connection.execute(f'DROP INDEX "{name}"')
        _fill(connection, posts, now)
        for _name, sql in made:
            connection.execute(sql)
        connection.execute("COMMIT")
        connection.execute("BEGIN")
        _chain(connection, _told(folder, posts, now))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill(connection: sqlite3.Connection, posts: int, now: datetime) -> None:
    first = now - timedelta(seconds=25 * posts)
    judge = default_judge().name
    _insert(connection, "matter", ("id", "source_id", "opened_at", "by_person"),
            ((n, 1, _at(first, n), 0) for n in range(1, posts + 1)))  # fmt: skip
    _insert(connection, "post", _POST, (_post(n, first) for n in range(1, posts + 1)))
    _insert(connection, "post_version", _VERSION, (_version(n, first) for n in range(1, posts + 1)))
    _insert(connection, "verdict", _VERDICT, (_verdict(n, first, judge) for n in range(1, posts + 1)))
    owed = [n for n in range(1, posts + 1) if n % 100 < COMPLAINTS]
    _insert(connection, "duty", _DUTY, (_duty(n, first, now, posts) for n in owed))
    run = ("source_id", "kind", "started_at", "ended_at", "ok", "pages", "items", "stored", "changed", "same",
           "quarantined", "note")  # fmt: skip
    done = (1, "import", _stamp(first), _stamp(now), 1, posts // 50, posts, posts, 0, 0, 0, "")
    _insert(connection, "run", run, [done])


_POST = (
    "id", "source_id", "ref", "kind", "author", "author_id", "own", "visible", "text", "rating", "rating_max",
    "permalink", "created_at", "first_seen_at", "last_seen_at", "version", "content_hash", "matter_id", "forgotten",
    "salt",
)  # fmt: skip
_VERSION = (
    "post_id", "n", "text", "rating", "rating_max", "visible", "seen_at", "content_hash", "replies", "raw",
)  # fmt: skip
_VERDICT = (
    "post_id", "version", "judge", "at", "lang", "sentiment", "polarity", "hostile", "is_hostile", "complaint",
    "needs_answer", "sure", "topics", "demands", "reasons", "flags",
    "said",
)  # fmt: skip
_DUTY = (
    "id", "post_id", "state", "unsure", "backlog", "occasion", "opened_at", "first_due_at", "final_due_at", "due_at",
    "proof", "proof_note", "released_at", "proposed_note", "reopened_note",
)  # fmt: skip


def _insert(connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 - our names


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _at(first: datetime, number: int) -> str:
    return _stamp(first + timedelta(seconds=25 * number))


def _post(number: int, first: datetime) -> Row:
    at, text = _at(first, number), texts.words(number)
    return (
        number, 1, f"bench-{number}", "review", f"Kundin {number // 4}", f"a{number // 4}", 0, 1, text, 1 + number % 5,
        5, f"https://bewertungen.example/{number}", at, at, at, 1, f"{number:064x}", number, "", "-",
    )  # fmt: skip


def _version(number: int, first: datetime) -> Row:
    raw = json.dumps({"id": f"bench-{number}", "rating": 1 + number % 5})
    text, at = texts.words(number), _at(first, number)
    return (number, 1, text, 1 + number % 5, 5, 1, at, f"{number:064x}", "[]", raw)


def _verdict(number: int, first: datetime, judge: str) -> Row:
    owes = number % 100 < COMPLAINTS
    reasons = json.dumps([{"rule": "complaint.late", "start": 0, "end": 20, "words": "Etwas kam zu spät."}] * owes)
    topics = json.dumps([_JUDGED_TOPICS[number % len(_JUDGED_TOPICS)]])
    mood = ("negative", -0.5, 0.1, 0, 0.9) if owes else ("positive", 0.4, 0.0, 0, 0.1)
    return (number, 1, judge, _at(first, number), "de", *mood, owes, 1, topics, "[]", reasons, "[]", "{}")


def _duty(number: int, first: datetime, now: datetime, posts: int) -> Row:
    opened = _at(first, number)
    if number % 100 < OPEN:  # due from a day ago to a month ahead
        due = _stamp(now + timedelta(hours=30 * 24 * number / posts - 24))
        return (number, number, "open", number % 700 == 0, 0, 1, opened, due, due, due, None, "", None, "", "")
    if number % 100 < OPEN + BACKLOG:
        return (number, number, "open", 0, 1, 1, opened, None, None, None, None, "", None, "", "")
    closed = (None, None, None, "answered_elsewhere", "ref -", opened, "", "")
    return (number, number, "released", 0, 0, 1, opened, *closed)


def _told(folder: Path, posts: int, now: datetime) -> Iterator[Step]:
    """What the journal says: the seals of every page of posts, and each duty's steps."""
    first = now - timedelta(seconds=25 * posts)
    sealed = replies_seals.SEALED["duty"]
    with closing(Database(f"sqlite:///{folder / 'bench.db'}")) as database, database.reading() as session:
        rows = seals.posts(session)
        while page := list(islice(rows, _KEPT)):
            at = journal.stamp(first + timedelta(seconds=25 * page[-1][0]))
            told = {f"post:{number}": digest for number, digest in page}
            yield at, "posts.kept", "source:1", {"seals": told}
        duties = select(col(Duty.id), *replies_seals.columns(*sealed)).order_by(col(Duty.id))
        for number, *values in session.execute(duties.execution_options(yield_per=1000)):
            told = {f"duty:{number}": replies_seals.digest_of_values(*values)}
            yield from _steps(number, first, told)


def _steps(number: int, first: datetime, sealed: dict[str, str]) -> Iterator[Step]:
    """What the journal says about one duty, which has the number of its post."""
    at = journal.stamp(first + timedelta(seconds=25 * number))
    yield at, "duty.open", f"duty:{number}", {"post": number, "seals": sealed}
    if number % 100 >= OPEN + BACKLOG:
        yield at, "duty.release", f"duty:{number}", {"from": "open", "to": "released", "seals": sealed}


def _chain(connection: sqlite3.Connection, steps: Iterable[Step]) -> None:
    """Append rows to the journal, each with its predecessor's hash, and move its head."""
    seq, prev = connection.execute("SELECT seq, hash FROM journal_head").fetchone()

    def rows() -> Iterator[Row]:
        nonlocal seq, prev
        for at, event, subject, data in steps:
            before, seq = prev, seq + 1
            prev = journal.row_hash(seq, at, "daemon", event, subject, data, before)
            yield seq, at, "daemon", event, subject, json.dumps(data), before, prev

    _insert(connection, "journal", ("seq", "at", "actor", "event", "subject", "data", "prev", "hash"), rows())
    connection.execute("UPDATE journal_head SET seq = ?, hash = ?", (seq, prev))
