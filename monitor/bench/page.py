"""`bench page`: the queue over a million posts, against ten thousand, against its own first page, against Datasette.

Three servers, each a process of its own, asked in turns over one kept connection each; p50 of every kind of page. For
Datasette a table of all posts is made with just the columns that a line of our list shows. It is served as it comes,
with `_nocount` and as many lines as ours; beside it, without a target, without its look for facets to suggest, which
reads the table again and again until its own limits of time.
"""

import secrets
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from monitor.bench import million
from monitor.bench.place import Client, answering, free_port, house_in, process
from monitor.bench.ratio import Lines, Note, Options, Ratio, in_turns, seconds
from monitor.bootstrap import House
from monitor.logins import WebSession
from monitor.tables import User
from monitor.web.access import cookie_name
from monitor.web.brake import token_hash
from monitor.web.queue import PAGE, SIDE
from monitor.words import _
from replies.lifecycle import Role

POSTS, FEW = 1_000_000, 10_000
_WARM, _ROUNDS = 5, 40
_DEPTHS = (0.25, 0.5, 0.9)
_MAIN = "SELECT due_at, id FROM duty WHERE due_at IS NOT NULL AND unsure = 0"
_BACKLOG = "SELECT opened_at, id FROM duty WHERE state = 'open' AND backlog = 1"
_NEWEST = "SELECT first_seen_at, id FROM post"
LISTS = (
    ("Heute", "/", _MAIN, "due_at, id"),
    ("Altbestand", "/?gruppe=altbestand", _BACKLOG, "opened_at, id"),
    ("Anliegen", "/anliegen", _NEWEST, "first_seen_at DESC, id DESC"),
)


def page(options: Options) -> Lines:
    """Build, start, ask, compare."""
    posts = options.posts or POSTS
    few = min(FEW, max(posts // 10, 1))
    with tempfile.TemporaryDirectory(prefix="widerhall-bench-") as name, ExitStack() as stack:
        big, small = Path(name) / "big", Path(name) / "small"
        took = seconds(partial(million.build, big, posts))
        yield Note(_("{n} Beiträge in {s:.0f} s als Zeilen eingefügt").format(n=posts, s=took))
        million.build(small, few)
        ours, little = (stack.enter_context(serving(folder)) for folder in (big, small))
        whole, part = _p50(partial(ours.get, "/"), partial(little.get, "/"))
        yield Ratio(_("Heute bei {n} gegen {few} Beiträge").format(n=posts, few=few), whole / part, 1.5)
        for title, path, query, order in LISTS:
            keys = _keys(big / "bench.db", query, order)
            joint = "&" if "?" in path else "?"
            first, *deep = _p50(*(partial(ours.get, path + key) for key in ("", *(f"{joint}nach={k}" for k in keys))))
            yield Ratio(_("{list}: tiefste Seite gegen die erste").format(list=title), max(deep) / first, 1.5)
        yield from _against_datasette(stack, big, ours)


def _against_datasette(stack: ExitStack, big: Path, ours: Client) -> Lines:
    if find_spec("datasette") is None:
        yield Note(_("Für den Vergleich fehlt das Paket datasette. Installieren Sie es mit: pip install 'datasette<1'"))
        return
    theirs = stack.enter_context(datasette(big))
    table = f"/rows/post?_nocount=1&_size={PAGE + SIDE}"
    own, other, plain = _p50(
        partial(ours.get, "/"), partial(theirs.get, table), partial(theirs.get, f"{table}&_nosuggest=1")
    )
    yield Ratio(_("Datasettes Tabellenseite ohne Zählen gegen Heute"), other / own, 10, at_least=True)
    yield Ratio(_("dieselbe, auch ohne Vorschläge für Facetten"), plain / own, None)


def _p50(*steps: partial[bytes]) -> tuple[float, ...]:
    """The median seconds of each request, in turns, once the caches are warm."""
    timed = [partial(seconds, step) for step in steps]
    in_turns(_WARM, *timed)
    return in_turns(_ROUNDS, *timed)


def _keys(file: Path, query: str, order: str) -> list[str]:
    """The keys of pages deep in a list, as the page itself would write them."""
    found = []
    with closing(sqlite3.connect(file)) as connection:
        (rows,) = connection.execute(f"SELECT count(*) FROM ({query})").fetchone()  # noqa: S608 - our own queries
        for depth in _DEPTHS:
            place = f"{query} ORDER BY {order} LIMIT 1 OFFSET {int(rows * depth)}"
            at, number = connection.execute(place).fetchone()
            moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
            found.append(f"{moment.timestamp():.6f}_{number}")
    return found


@contextmanager
def serving(folder: Path) -> Iterator[Client]:
    """`widerhall web` over the house in this folder, with a login."""
    port = free_port()
    with house_in(folder, port=port) as house:
        cookie = log_in(house)
    with process(["-m", "monitor", "web"], folder) as child:
        answering(port, child, folder)
        with closing(Client(port, cookie)) as client:
            yield client


def log_in(house: House) -> str:
    """A person's login as rows, without a password; returns the cookie."""
    now, token = house.now(), secrets.token_urlsafe(32)
    with house.transaction() as session:
        user = User(name="Anna", role=Role.STAFF, password_hash="-", created_at=now)  # noqa: S106 - nobody can log in with it
        session.add(user)
        session.flush()
        until = now + timedelta(hours=1)
        login = WebSession(token_hash=token_hash(token), user_id=user.id or 0, csrf="-", created_at=now, seen_at=now,
                           password_at=now, expires_at=until)  # fmt: skip
        session.add(login)
    return f"{cookie_name(house)}={token}"


@contextmanager
def datasette(big: Path) -> Iterator[Client]:
    """Datasette over the same rows: of each the columns that a line of our list shows."""
    file, port = big / "rows.db", free_port()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS ours", (str(big / "bench.db"),))
        connection.executescript(_COPIES)
    with process(["-m", "datasette", "serve", str(file), "--port", str(port)], big) as child:
        answering(port, child, big)
        with closing(Client(port)) as client:
            yield client


_COPIES = """
CREATE TABLE post (id INTEGER PRIMARY KEY, due_at TEXT, opened_at TEXT, title TEXT, location TEXT, stars REAL,
                   text TEXT, topics TEXT);
INSERT INTO post SELECT p.id, d.due_at, p.first_seen_at, s.title, s.location, p.rating, substr(p.text, 1, 300), v.topics
    FROM ours.post p JOIN ours.source s ON s.id = p.source_id JOIN ours.verdict v ON v.post_id = p.id
    LEFT JOIN ours.duty d ON d.post_id = p.id;
"""
