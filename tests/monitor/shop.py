"""A house on a real database, with platforms that do what a test says."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import inspect, text
from sqlmodel import col, select

from connectors.core import registry
from connectors.core.contract import Acceptance, Malformed, Page, Post, PostKind, Receipt, Sighting
from monitor.bootstrap import House, open_house
from monitor.people import write_down
from monitor.tables import PostRow, RunKind, Source, User
from monitor.triage import Judge, Judgement, PostText
from monitor.triage.judgement import Sentiment
from replies.lifecycle import Role
from replies.people import DAEMON, Actor
from replies.tables import Duty
from tests.peers.postgres import database_for
from tests.peers.sqlite import hurry

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10 o'clock in Berlin, a working day in every state
COMPLAINT = "Die Lieferung kam vier Tage zu spät und niemand ging ans Telefon. Ich bin sehr enttäuscht."
AGAIN = "Noch einmal: die Lieferung kam vier Tage zu spät, und niemand geht ans Telefon. Sehr enttäuscht!"
PRAISE = "Alles bestens, sehr freundlich und schnell. Gerne wieder!"
QUESTION = "Haben Sie am Samstag auch geöffnet?"
ANNA, BERND = Actor(1, Role.STAFF, "Anna"), Actor(2, Role.OWNER, "Bernd")

CONFIG = """
[business]
name = "Möbelhaus Musterfrau"
[storage]
database = "sqlite:///widerhall.db"
[web]
port = 0
[timing]
tick = 0.1
undo = 0
"""
BLOG = """
[sources.blog]
kind = "wordpress"
url = "https://blog.example"
username = "redaktion"
application_password_env = "WIDERHALL_TEST_PASSWORD"
"""
FILES = """
[sources.files]
kind = "csv_import"
"""


class PlainJudge:
    """A judge that knows five words: enough where the judging itself is not the subject, and quick."""

    name = "plain-1"

    def judge(self, text: PostText) -> Judgement:
        """Late is a complaint, a question mark a question."""
        bad, asks = "spät" in text.text, "?" in text.text
        mood = Sentiment.NEGATIVE if bad else Sentiment.NEUTRAL
        return Judgement("de", mood, -0.5 * bad, 0.0, False, 1.0 * bad, bad or asks, True)


class Clock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, now: datetime = MONDAY) -> None:
        """Begin on Monday morning."""
        self.now = now

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def wait(self, **span: float) -> datetime:
        """Move on by a timedelta's arguments and return the time."""
        self.now += timedelta(**span)
        return self.now


@dataclass
class Platform:
    """Reader and publisher: the next round brings `rounds[0]`; an exception in it is raised in its place."""

    rounds: list = field(default_factory=list)
    there: dict[str, Post] = field(default_factory=dict)
    checks: list = field(default_factory=list)  # exceptions to raise, one a check
    narrowed: dict = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    published: list[tuple[str, str]] = field(default_factory=list)
    complete: bool = True

    def check(self):
        """Narrow the card, or raise what the test wants."""
        self.calls.append("check")
        if self.checks and (error := self.checks.pop(0)) is not None:
            raise error
        return replace(registry.card("wordpress"), **self.narrowed)

    def pages(self, cursor, *, until=None):
        """Bring the next round."""
        self.calls.append("sweep" if until else f"poll {cursor}")
        steps = self.rounds.pop(0) if self.rounds else []
        for number, step in enumerate(steps, 1):
            if isinstance(step, Exception):
                raise step
            items = tuple(step)
            self.there.update({item.ref: item for item in items if isinstance(item, Post)})
            yield Page(items, {"page": number}, complete=self.complete and until is not None and number == len(steps))
        if not steps and until is not None:
            yield Page((), {}, complete=self.complete)

    def one(self, ref):
        """The post as it stands there now."""
        self.calls.append(f"one {ref}")
        found = self.there.get(ref)
        if isinstance(found, Exception):
            raise found
        return found

    def publish(self, post, text, key):  # noqa: ARG002
        """Take the answer."""
        self.published.append((post.ref, text))
        return Receipt(Acceptance.ACCEPTED, f"r{len(self.published)}", text)

    def find(self, post, receipt):  # noqa: ARG002
        """The first answer under the post."""
        for number, (ref, words) in enumerate(self.published, 1):
            if ref == post.ref:
                return Sighting(f"r{number}", words, public=True)
        return None


@dataclass
class Shop:
    """A house with its clock and its platforms by name."""

    house: House
    clock: Clock
    platforms: dict[str, Platform]
    folder: Path

    @property
    def platform(self) -> Platform:
        """The first source's platform."""
        return next(iter(self.platforms.values()))

    def round(self, *pages, name="blog", kind=RunKind.POLL):
        """One round that brings these pages (lists of items, or exceptions)."""
        self.platforms[name].rounds.append(list(pages))
        return self.house.ingest.read(name, kind, self.clock)

    def sweep(self, *pages, name="blog"):
        """One full walk."""
        return self.round(*pages, name=name, kind=RunKind.SWEEP)

    def duty(self, ref: str) -> Duty | None:
        """The duty of a post."""
        with self.house.reading() as session:
            found = select(Duty).join(PostRow, col(PostRow.id) == col(Duty.post_id)).where(col(PostRow.ref) == ref)
            return session.exec(found).one_or_none()

    def row(self, ref: str) -> PostRow:
        """The row of a post."""
        with self.house.reading() as session:
            return session.exec(select(PostRow).where(col(PostRow.ref) == ref)).one()

    def source(self, name: str = "blog") -> Source:
        """The row of a source."""
        with self.house.reading() as session:
            return session.exec(select(Source).where(col(Source.name) == name)).one()

    def all(self, table):
        """All rows of a table."""
        with self.house.reading() as session:
            return session.exec(select(table)).all()

    def events(self, prefix: str) -> list[str]:
        """Names of journal events that begin with `prefix`, in order."""
        with self.house.reading() as session:
            rows = session.connection().execute(text("SELECT event FROM journal ORDER BY seq")).scalars()
            return [event for event in rows if event.startswith(prefix)]

    def change(self, row) -> None:
        """Write a changed row back."""
        with self.house.transaction() as session:
            session.merge(row)


def hire(session, actor, now):
    """A person who works here, as the journal knows them."""
    user = User(id=actor.id, name=actor.name, role=actor.role, password_hash="-", created_at=now)
    write_down(session, now, DAEMON, "user.add", user)


def post(ref: str = "1", words: str = COMPLAINT, **values) -> Post:
    """A public comment of Karin, written just before Monday morning."""
    values.setdefault("author", "Karin Vogt")
    values.setdefault("author_id", "karin")
    values.setdefault("created", MONDAY - timedelta(hours=1))
    return Post(ref=ref, kind=values.pop("kind", PostKind.COMMENT), text=words, raw={"id": ref}, **values)


def own(ref: str, parent: str, words: str = "Das tut uns leid, wir rufen Sie heute noch an.", **values) -> Post:
    """A comment of the business itself."""
    return post(ref, words, parent=parent, own=True, author="Möbelhaus", author_id="us", **values)


def broken(raw: object = "?", reason: str = "no id") -> Malformed:
    """A record that the connector could not read."""
    return Malformed(reason, raw)


@contextmanager
def open_shop(
    folder: Path, sources: str = BLOG, config: str = CONFIG, *, clock: Clock | None = None, judge: Judge | None = None
) -> Iterator[Shop]:
    """Write a configuration, open the house and put a platform in place of each connection."""
    clock = clock or Clock()
    written = config.replace('"sqlite:///widerhall.db"', f'"{database_for(folder)}"') + sources
    (folder / "config.toml").write_text(written, encoding="utf-8")
    house = open_house(folder / "config.toml", clock)
    hurry(house.database)
    platforms = {name: Platform() for name, source in house.config.sources.items() if source.base.kind != "csv_import"}
    house.ingest._judge = judge or PlainJudge()
    world, real = house.world, house.world._open
    world._open = lambda account: platforms[account] if account in platforms else real(account)
    try:
        yield Shop(house, clock, platforms, folder)
    finally:
        house.close()


def dump(house: House, *but: str) -> dict[str, list]:
    """Every table's rows; the columns named in `but` are left out."""
    found = {}
    with house.reading() as session:
        connection = session.connection()
        names = inspect(connection).get_table_names()
        for name in sorted(names):
            rows = connection.execute(text(f'SELECT * FROM "{name}"')).mappings().all()  # noqa: S608 - own tables
            kept = [{key: value for key, value in row.items() if key not in but} for row in rows]
            found[name] = sorted(kept, key=lambda row: json.dumps(row, default=str, sort_keys=True))
    return found


def python(code: str, **environment: str) -> subprocess.CompletedProcess:
    """Run Python code in a process of its own."""
    return subprocess.run(  # noqa: PLW1510 - the caller looks at the exit code
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )


def widerhall(*words: str, stdin: bytes | None = None, cwd: Path | None = None, **environment: str):
    """Run the command in a process of its own; stdout and stderr are bytes."""
    return subprocess.run(  # noqa: PLW1510 - the caller looks at the exit code
        [sys.executable, "-m", "monitor", *words],
        input=b"" if stdin is None else stdin,
        env={**os.environ, **environment},
        cwd=cwd,
        capture_output=True,
        timeout=300,
    )
