"""One step of `bench repetition` in a process of its own: `fill FOLDER POSTS`, then `look FOLDER POSTS`."""

import json
import random
import sys
import time
from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlmodel import Session

from connectors.core.contract import PostKind
from monitor.commands.bench_repetition import spliced
from monitor.db import Database
from monitor.migrate import migrate
from monitor.repeats import Neighbours, who_of
from monitor.tables import PostBand, PostPrint, PostRow, Source
from monitor.triage import prints
from monitor.triage.edits import EDITS
from monitor.triage.repetition import Again

Numbers = np.ndarray[Any, np.dtype[Any]]
_NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_AT_ONCE = 5000
_PAGE = 50
_LOOKED = 2000


def fill(database: Database, texts: Sequence[str], posts: int) -> dict[str, float]:
    """Rows, prints and bands of many posts. In bulk and in the order of the index: only the printing is timed."""
    migrate(database)
    with database.transaction() as session:
        session.add(Source(name="bench", kind="csv_import", title="bench", since=_NOW, next_due_at=_NOW))
    spent, numbers, holders = 0.0, array("q"), array("i")
    for start, some in _pieces(texts, posts):
        begin = time.process_time()
        marks = [prints.of(text) for text in some]
        spent += time.process_time() - begin
        ids = range(start + 1, start + 1 + len(some))
        with database.transaction() as session:
            _rows(session, ids, some, marks)
        for post_id, mark in zip(ids, marks, strict=True):
            hashes = mark.numbers()
            numbers.extend(hashes)
            holders.extend([post_id] * len(hashes))
    before = _size(database)
    _bands(database, np.frombuffer(numbers, np.int64), np.frombuffer(holders, np.int32))
    prints_size = 128 + 4 * 8  # of a row of post_print, which stands between the posts' rows
    return {"ms": 1000 * spent / posts, "disk": (_size(database) - before) / posts + prints_size}


def _pieces(texts: Sequence[str], posts: int) -> Iterator[tuple[int, list[str]]]:
    some: list[str] = []
    start = 0
    for n, text in enumerate(spliced(texts, posts), 1):
        some.append(text)
        if len(some) == _AT_ONCE or n == posts:
            yield start, some
            start, some = n, []


def _rows(session: Session, ids: range, texts: Sequence[str], marks: Sequence[prints.Print]) -> None:
    connection = session.connection()
    rows = [
        {
            "id": n, "source_id": 1, "ref": str(n), "kind": PostKind.REVIEW, "text": text, "author_id": f"a{n}",
            "first_seen_at": _NOW, "last_seen_at": _NOW, "content_hash": "", "own": False,
            "visible": True, "version": 1,
        }
        for n, text in zip(ids, texts, strict=True)
    ]  # fmt: skip
    connection.execute(insert(PostRow.__table__), rows)  # type: ignore[attr-defined]
    known = [
        {
            "post_id": n,
            "who": who_of(1, f"a{n}", None),
            "exact": mark.exact,
            "words": mark.words,
            "signature": mark.signature,
        }
        for n, mark in zip(ids, marks, strict=True)
    ]
    connection.execute(insert(PostPrint.__table__), known)  # type: ignore[attr-defined]


def _bands(database: Database, numbers: Numbers, holders: Numbers) -> None:
    order = np.argsort(numbers, kind="stable")
    for start in range(0, len(order), 20 * _AT_ONCE):
        some = order[start : start + 20 * _AT_ONCE]
        rows = [
            {"number": n, "post_id": post_id}
            for n, post_id in zip(numbers[some].tolist(), holders[some].tolist(), strict=True)
        ]
        with database.transaction() as session:
            session.connection().execute(insert(PostBand.__table__), rows)  # type: ignore[attr-defined]


def look(database: Database, texts: Sequence[str], posts: int) -> dict[str, float]:
    """Copies with 15 % of their words changed come in, page by page, as a round brings them."""
    chance = random.Random(11)  # noqa: S311 - a sample, no secret
    wanted = sorted(chance.sample(range(posts), min(_LOOKED, posts)))
    place, originals = set(wanted), {}
    for n, text in enumerate(spliced(texts, posts)):
        if n in place:
            originals[n + 1] = text
    edit, words = EDITS["15 % of words changed"][0], [word for text in texts[:3000] for word in text.split()]
    copies = [(n, edit(text, chance, words)) for n, text in originals.items()]
    chance.shuffle(copies)
    memory, spent, found = _memory(), 0.0, 0
    for start in range(0, len(copies), _PAGE):
        page = copies[start : start + _PAGE]
        rows = [_copy(posts + 1 + start + n, text) for n, (_original, text) in enumerate(page)]
        with database.transaction() as session:
            session.add_all(rows)
            session.flush()
            begin = time.process_time()
            near = Neighbours(session, rows)
            for row, (original, _text) in zip(rows, page, strict=True):
                matches = near.matches(row.id or 0, frozenset())
                found += any(one.known.post_id == original and one.rule is Again.COPY for one in matches)
            near.write(session)
            spent += time.process_time() - begin
    peak = _memory()
    return {"ms": 1000 * spent / len(copies), "found": found / len(copies), "rss": peak, "grown": peak - memory}


def _copy(number: int, text: str) -> PostRow:
    return PostRow(
        id=number, source_id=1, ref=f"new {number}", kind=PostKind.REVIEW, text=text, author_id=f"n{number}",
        first_seen_at=_NOW, last_seen_at=_NOW, content_hash="",
    )  # fmt: skip


def _size(database: Database) -> int:
    """Bytes of the file and its log."""
    file = database.file
    assert file is not None, "the bench works on SQLite"  # noqa: S101
    return sum(path.stat().st_size for path in file.parent.iterdir() if path.name.startswith(file.name))


def _memory() -> float:
    """Peak resident memory of this process, MB (Linux)."""
    with Path("/proc/self/status").open(encoding="ascii") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024


def main(step: str, folder: str, posts: str) -> None:
    """Do one step and print its figures as JSON."""
    texts = json.loads((Path(folder) / "texts.json").read_text(encoding="utf-8"))
    database = Database(f"sqlite:///{folder}/million.db")
    figures = (fill if step == "fill" else look)(database, texts, int(posts))
    database.close()
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:4])
