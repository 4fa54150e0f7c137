"""`bench verify`: every invariant over a million posts against one raw pass over the file; the chain against sha256.

`PRAGMA quick_check` reads every page of the file once, so it is what any whole look at the database costs on this
machine (RELIABILITY P13).
"""

import hashlib
import json
import sqlite3
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path

from monitor.bench import million
from monitor.bench.page import POSTS
from monitor.bench.place import house_in
from monitor.bench.ratio import Lines, Note, Options, Ratio, in_turns, seconds
from monitor.bootstrap import House
from monitor.verify import verify as violations
from monitor.words import _
from replies import journal

_ROUNDS = 3


def verify(options: Options) -> Lines:
    """All rules and the chain alone, each beside its raw pass."""
    posts = options.posts or POSTS
    with tempfile.TemporaryDirectory(prefix="widerhall-bench-") as name:
        folder = Path(name) / "house"
        took = seconds(partial(million.build, folder, posts))
        yield Note(_("{n} Beiträge in {s:.0f} s als Zeilen eingefügt").format(n=posts, s=took))
        with house_in(folder) as house, closing(sqlite3.connect(folder / "bench.db")) as raw:
            steps = (_rules, _quick_check, _chain, _hashes)
            times = [partial(seconds, partial(step, house, raw)) for step in steps]
            rules, pages, chain, hashes = in_turns(_ROUNDS, *times)
    yield Ratio(_("alle Zusagen gegen PRAGMA quick_check"), rules / pages, 10.0)
    yield Ratio(_("Protokollkette gegen bloßes sha256 (Durchsatz)"), hashes / chain, 0.5, at_least=True)


def _rules(house: House, _raw: sqlite3.Connection) -> None:
    with house.reading() as session:
        found = violations(session, house.now(), house.timing)
    if found:
        raise RuntimeError(f"{found[0].rule} {found[0].subject}: the rows of the bench are wrong")


def _quick_check(_house: House, raw: sqlite3.Connection) -> None:
    raw.execute("PRAGMA quick_check").fetchall()


def _chain(house: House, _raw: sqlite3.Connection) -> None:
    with house.reading() as session:
        if next(journal.breaks(session), None) is not None:
            raise RuntimeError("the chain of the bench is broken")


def _hashes(_house: House, raw: sqlite3.Connection) -> None:
    """Read, write as JSON, hash: without that no chain can be checked."""
    for row in raw.execute("SELECT seq, at, actor, event, subject, data, prev, hash FROM journal ORDER BY seq"):
        body = json.dumps(row, ensure_ascii=False)
        hashlib.sha256(body.encode()).hexdigest()
