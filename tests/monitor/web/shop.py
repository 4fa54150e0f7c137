# ruff: noqa: E501 - rows in one line
"""A small business with two accounts, its people, and posts to work on; real database, real desk, own clock."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from sqlalchemy import insert
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from connectors.core.contract import PostKind
from monitor import seals
from monitor.bootstrap import House, build, sync_sources
from monitor.care.settings import CareSettings
from monitor.config import Business, Config, ConfiguredSource, SourceConfig, Storage
from monitor.listening import Web
from monitor.logins import WebSession
from monitor.people import write_down
from monitor.tables import PostRow, PostVersion, User, Verdict
from monitor.web.access import token_hash
from monitor.web.app import create_app
from monitor.web.passwords import hash_password
from replies import duty as duties
from replies.lifecycle import DutyState, FactVerdict, ReplyKind, Role
from replies.people import DAEMON, Actor
from replies.tables import Duty, Reply
from replies.timing import Timing
from tests.peers.sqlite import hurry, ready

MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)  # a Monday, 9:30 in Berlin
HURRIED = Timing(cool_off=0, hear_out=0)  # tests of care bring their own patience
PASSWORD = "vier kühle Bretter"
STORED = hash_password(PASSWORD)
OWN = {"Sec-Fetch-Site": "same-origin"}
INSULT = "Ihr seid Betrüger. Das Paket kam vier Tage zu spät, obwohl Express bezahlt war. Ich will mein Geld zurück!"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = MORNING

    def __call__(self):
        """The time."""
        return self.now

    def move(self, **span):
        """Let time pass."""
        self.now += timedelta(**span)


def config_of(folder, *, four_eyes=True, base_url="http://testserver", timing=HURRIED, **care):
    """A configuration with an account that publishes by API and one that a person publishes on."""
    own = {"url": "https://social.example", "own_accounts": ("laden",)}
    sources = {
        "social": ConfiguredSource("social", SourceConfig(kind="mastodon", title="Mastodon"), own, ()),
        "nord": ConfiguredSource(
            "nord", SourceConfig(kind="csv_import", title="Google", location="Filiale Nord"), {}, ()
        ),
    }
    return Config(
        path=folder / "config.toml",
        business=Business(name="Radhaus Nord", four_eyes=four_eyes),
        storage=Storage(database="sqlite:///web.db"),
        web=Web(base_url=base_url),
        timing=timing,
        care=CareSettings(**care),
        sources=sources,
    )


@dataclass
class Shop:
    """The house, its people by name and a hand to put posts in."""

    house: House
    clock: Clock
    users: dict[str, int] = field(default_factory=dict)
    posts: int = 0
    app: FastAPI | None = None

    def actor(self, name):
        """The person as the promise sees them."""
        return Actor(
            self.users[name],
            {"Anna": Role.STAFF, "Bernd": Role.OWNER, "Clara": Role.AUDITOR, "Dora": Role.OWNER}[name],
            name,
        )

    def hire(self, name, role):
        """One more person, with the password of all."""
        with self.house.transaction() as session:
            user = User(name=name, role=role, password_hash=STORED, created_at=self.clock())
            write_down(session, self.clock(), DAEMON, "user.add", user)
            self.users[name] = user.id

    def client(self, name, app=None):
        """A browser in which this person is logged in; it sends what a browser sends."""
        token = f"token of {name}"
        with self.house.transaction() as session:
            if not session.exec(
                SQLModel.metadata.tables["web_session"].select().where(WebSession.token_hash == token_hash(token))
            ).first():
                session.add(
                    WebSession(
                        token_hash=token_hash(token), user_id=self.users[name], csrf=f"csrf of {name}",
                        created_at=self.clock(), seen_at=self.clock(), expires_at=self.clock() + timedelta(days=3),
                        password_at=self.clock(),
                    )
                )  # fmt: skip
        client = self.stranger(app)
        client.cookies.set("widerhall", token)
        client.form = lambda **values: {"_token": f"csrf of {name}", **values}
        return client

    def stranger(self, app=None):
        """A browser without a login."""
        self.app = app or self.app or create_app(self.house)
        return TestClient(self.app, headers=OWN, follow_redirects=False)

    def post(self, text=INSULT, *, source=1, rating=None, author="Sabine K.", ago=2, session=None, duty=True, **values):
        """A post that was seen `ago` hours ago, with its first version and a duty; returns its id."""
        if session is None:
            with self.house.transaction() as own:
                return self.post(
                    text, source=source, rating=rating, author=author, ago=ago, session=own, duty=duty, **values
                )
        self.posts += 1
        seen = self.clock() - timedelta(hours=ago)
        owe = {key: values.pop(key) for key in ("unsure", "occasion", "backlog") if key in values}
        row = PostRow(
            source_id=source, ref=f"ref-{self.posts}", kind=PostKind.REVIEW, text=text, rating=rating, author=author, created_at=seen, first_seen_at=seen,
            rating_max=5 if rating is not None else None, last_seen_at=self.clock(), content_hash=hashlib.sha256(text.encode()).hexdigest(),
            **{"permalink": f"https://social.example/{self.posts}", **values},
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(
            PostVersion(
                post_id=row.id,
                n=1,
                text=text,
                rating=rating,
                rating_max=row.rating_max,
                seen_at=seen,
                content_hash=row.content_hash,
            )
        )
        seals.keep(session, source, [row.id], seen)
        session.add(verdict_of(row, seen))
        if duty:
            duties.owe(session, row.id, self.house.world.hours("social"), self.house.timing, seen, **owe)
        session.flush()
        return row.id

    def fill(self, number):
        """Many posts with their duties, put in as rows in one go."""
        if not number:
            return
        seen, text = [self.clock() - timedelta(minutes=n % 5000) for n in range(number)], "Das Paket kam zu spät. " * 8
        post = {
            "source_id": 1,
            "kind": PostKind.REVIEW,
            "text": text,
            "rating": 1,
            "rating_max": 5,
            "content_hash": "x",
        }
        with self.house.transaction() as session:
            rows = [
                {**post, "id": n + 1, "ref": f"r{n}", "first_seen_at": at, "last_seen_at": at}
                for n, at in enumerate(seen)
            ]
            session.execute(insert(PostRow), rows)
            owed = [
                {
                    "state": DutyState.OPEN,
                    "post_id": n + 1,
                    "opened_at": at,
                    "due_at": at + timedelta(hours=4),
                    "unsure": n % 7 == 0,
                }
                for n, at in enumerate(seen)
            ]
            session.execute(insert(Duty), owed)

    def edit_post(self, post_id, text):
        """The author edits the post upstream."""
        with self.house.transaction() as session:
            row = session.get(PostRow, post_id)
            row.version, row.text = row.version + 1, text
            session.add(row)
            session.add(PostVersion(post_id=post_id, n=row.version, text=text, seen_at=self.clock(), content_hash="x"))
            seals.keep(session, 1, [post_id], self.clock())

    def duty(self, post_id) -> Duty:
        """The duty of a post."""
        with self.house.reading() as session:
            return duties.of_post(session, post_id)

    def submitted(self, post_id, name="Anna", kind=ReplyKind.HOLDING, text="Wir haben uns Ihres Anliegens angenommen."):
        """A reply that waits for approval; returns its id."""
        desk, actor, now = self.house.desk, self.actor(name), self.clock()
        with self.house.transaction() as session:
            duty = duties.of_post(session, post_id)
            if kind == ReplyKind.FINAL:
                desk.check_facts(
                    session,
                    duty.id,
                    FactVerdict.JUSTIFIED,
                    "Lieferschein 4711",
                    "Wir haben zu spät verschickt.",
                    actor,
                    now,
                )
            reply = desk.draft(session, duty.id, kind, text, actor, now)
            return desk.submit(session, reply.id, actor, now, seen_version=reply.version).id

    def approved(self, reply_id, name="Bernd"):
        """The same reply, approved, its warnings agreed to."""
        with self.house.transaction() as session:
            reply, desk, now = session.get(Reply, reply_id), self.house.desk, self.clock()
            shown, ticked = desk.to_agree(session, reply), desk.to_tick(session, reply, now)
            desk.approve(session, reply_id, shown, self.actor(name), now, ticked=ticked)
        return reply_id

    def reply(self, reply_id) -> Reply:
        """The row as it stands."""
        with self.house.reading() as session:
            return session.get(Reply, reply_id)

    def digest(self, reply_id):
        """What a form would show."""
        with self.house.reading() as session:
            return self.house.desk.to_agree(session, session.get(Reply, reply_id))

    def count(self, table):
        """How many rows there are."""
        with self.house.reading() as session:
            return len(session.exec(SQLModel.metadata.tables[table].select()).all())


def verdict_of(row, at):
    """What triage would say, for the words that these tests use."""
    found = [
        ("insult.fraud", "Betrüger", "„Betrüger“ ist eine Beleidigung."),
        ("complaint.late", "zu spät", "Etwas kam zu spät."),
    ]
    reasons = [
        {"rule": rule, "start": row.text.find(words), "end": row.text.find(words) + len(words), "words": why}
        for rule, words, why in found
        if words in row.text
    ]
    return Verdict(
        post_id=row.id, version=1, judge="test 1", at=at, lang="de", sentiment="negative", polarity=-0.6, hostile=0.7, is_hostile="Betrüger" in row.text,
        complaint=0.9, needs_answer=True, sure=True, topics=["delivery"], demands=["refund"] if "Geld zurück" in row.text else [], reasons=reasons,
    )  # fmt: skip


def open_shop(folder, **options):
    """The house with Anna, Bernd, Clara and, for countersigning, Dora."""
    clock = Clock()
    ready(folder / "web.db")
    house = build(config_of(folder, **options), clock)
    hurry(house.database)
    with house.transaction() as session:
        sync_sources(session, house.config, clock())
    shop = Shop(house, clock)
    for name, role in (("Anna", Role.STAFF), ("Bernd", Role.OWNER), ("Clara", Role.AUDITOR), ("Dora", Role.OWNER)):
        shop.hire(name, role)
    return shop
