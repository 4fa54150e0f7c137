"""`bench verify`: every question of `widerhall verify` over a million posts, against SQLite's own check of the file.

The chain of the journal alone is measured beside a loop that reads the rows with sqlite3 and hashes them (RELIABILITY
P13). Processor time: both sides work, nobody waits.
"""

import hashlib
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from monitor import verify as questions
from monitor.bench import million
from monitor.bench.place import house_in
from monitor.bench.ratio import Lines, Note, Options, Ratio, in_turns, seconds
from monitor.bootstrap import House
from monitor.words import _
from replies import journal

POSTS = 1_000_000
_ROUNDS = 3


def verify(options: Options) -> Lines:
    """Build, ask, compare.

    Raises:
        RuntimeError: something is found in a database in which nothing is wrong.
    """
    posts = options.posts or POSTS
    with tempfile.TemporaryDirectory(prefix="widerhall-bench-") as name:
        folder = Path(name)
        took = seconds(partial(million.build, folder, posts))
        yield Note(_("{n} Beiträge in {s:.0f} s als Zeilen eingefügt").format(n=posts, s=took))
        with house_in(folder) as house, closing(sqlite3.connect(folder / "bench.db")) as bare:
            ours, check, chain, loop = in_turns(
                _ROUNDS,
                partial(_spent, lambda: _ask(house)),
                partial(_spent, lambda: bare.execute("PRAGMA quick_check").fetchall()),
                partial(_spent, lambda: _walk(house)),
                partial(_spent, lambda: _hash(bare)),
            )
        yield Note(_("verify {ours:.1f} s, quick_check {check:.1f} s Rechenzeit").format(ours=ours, check=check))
        yield Ratio(_("verify gegen PRAGMA quick_check"), ours / check, 10.0)
        yield Ratio(
            _("Kette des Protokolls gegen bloßes Lesen und Hashen (Durchsatz)"), loop / chain, 0.5, at_least=True
        )


def _spent(step: Callable[[], object]) -> float:
    begin = time.process_time()
    step()
    return time.process_time() - begin


def _ask(house: House) -> None:
    with house.reading() as session:
        found = questions.verify(session, house.now(), house.timing)
    if found:
        raise RuntimeError(f"{len(found)} violations, the first: {found[0]}")


def _walk(house: House) -> None:
    with house.reading() as session:
        if list(journal.breaks(session)):
            raise RuntimeError("the chain does not hold")


def _hash(bare: sqlite3.Connection) -> None:
    """The same hashes without SQLAlchemy, and nothing else."""
    for seq, at, actor, event, subject, data, prev, known in bare.execute("SELECT * FROM journal ORDER BY seq"):
        body = json.dumps([seq, at, actor, event, subject, json.loads(data), prev], sort_keys=True, ensure_ascii=False)
        if hashlib.sha256(body.encode()).hexdigest() != known:
            raise RuntimeError(f"row {seq} is not what it was")
