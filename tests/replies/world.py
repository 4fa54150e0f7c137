"""A world for the promise: a scripted platform with a text store of its own, posts in a real database, a clock."""
# ruff: noqa: ARG002 - the seam has these arguments, whoever needs them

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from connectors.core.contract import (
    Acceptance,
    Capability,
    Card,
    Post,
    PostKind,
    Receipt,
    ReplyMode,
    Sighting,
)
from connectors.core.errors import ConnectorError, Gone, LoginExpired, RateLimited, Refused, Unavailable, Unclear
from connectors.core.text import same_text
from monitor.tables import PostRow, Source
from replies.clocks import Hours
from replies.ports import PostView

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
ACCOUNT = "laden"


@dataclass
class Clock:
    """A clock that moves only when told."""

    now: datetime = MONDAY

    def __call__(self):
        """The time it is."""
        return self.now

    def forward(self, **span):
        """Let time pass: `forward(minutes=20)`."""
        self.now += timedelta(**span)
        return self.now


@dataclass
class Copy:
    """One text that the platform has, from `at` on."""

    ref: str
    post: str
    text: str
    at: datetime
    key: str
    public: bool = True


@dataclass
class Platform:
    """A platform that does what `script` says, one word a publication: ok, drop, late, nothing, and so on."""

    clock: Clock
    capability: Capability = Capability.LIST
    one_reply: bool = False
    shared_limit: timedelta | None = None
    read_lag: timedelta = timedelta()
    late: timedelta = timedelta(seconds=106)
    script: deque = field(default_factory=deque)
    copies: list[Copy] = field(default_factory=list)
    reads_fail: ConnectorError | None = None
    removed: set[str] = field(default_factory=set)
    calls: int = 0

    def texts(self, post="p1"):
        """What the public can read under a post, now and once everything late has arrived."""
        return [copy.text for copy in self.copies if copy.post == post and copy.ref not in self.removed]

    def publish(self, post, text, key):
        """Do what the script says next."""
        self.calls += 1
        word = self.script.popleft() if self.script else "ok"
        refusals = {
            "429": RateLimited("slow down", until=self.clock() + timedelta(minutes=30)),
            "429 in a second": RateLimited("slow down", until=self.clock() + timedelta(seconds=1)),
            "503": Unavailable("connection refused"),
            "refuse": Refused("too long", code="text_too_long"),
            "login": LoginExpired("token expired", status=401),
            "missing": Gone("no such post", status=404),
            "nothing": Unclear("timed out before it was taken"),
        }
        if word in refusals:
            raise refusals[word]
        if word == "crash":
            raise ZeroDivisionError("a defect of the connector")
        if word == "swallow":
            return Receipt(ref="never-stored", text=text)
        delay = self.late if word == "late" else timedelta()
        copy = self._store(post.ref, text, key, self.clock() + delay, public=word != "pending")
        if word in ("drop", "late"):
            raise Unclear("the connection was reset after the request was sent")
        acceptance = Acceptance.PENDING if word == "pending" else Acceptance.ACCEPTED
        return Receipt(acceptance, ref=copy.ref, text=text)

    def _store(self, post, text, key, at, *, public):
        same_key = self.capability in (Capability.KEY, Capability.RKEY)
        for copy in self.copies:
            if copy.post == post and (self.capability == Capability.PUT or (same_key and copy.key == key)):
                copy.text = text if self.capability == Capability.PUT else copy.text
                return copy
        copy = Copy(f"r{len(self.copies) + 1}", post, text, at, key, public=public)
        self.copies.append(copy)
        return copy

    def find(self, post, receipt):
        """What an honest look finds now."""
        if self.reads_fail is not None:
            raise self.reads_fail
        if self.capability == Capability.BLIND:
            return None
        seen = [
            copy
            for copy in self.copies
            if copy.post == post.ref and copy.ref not in self.removed and copy.at + self.read_lag <= self.clock()
        ]
        by_ref = [copy for copy in seen if receipt and receipt.ref and copy.ref == receipt.ref]
        by_text = [copy for copy in seen if receipt and receipt.text and same_text(copy.text, receipt.text)]
        found = by_ref if receipt and receipt.ref else by_text
        if not found:
            return None
        matches = max(len(found), len(by_text))
        return Sighting(ref=found[0].ref, text=found[0].text, public=found[0].public, matches=matches)

    def remove(self, ref):
        """The platform takes a text down."""
        self.removed.add(ref)


@dataclass
class FakeWorld:
    """Posts from the database, one platform for every account."""

    platform: Platform
    mode: ReplyMode = ReplyMode.API
    running: bool = True
    stopped: list[str] = field(default_factory=list)
    office: Hours = field(default_factory=lambda: Hours(state="BE"))
    max_length: int | None = 500
    connected: bool = True
    waiting: dict[str, datetime] = field(default_factory=dict)

    def post(self, session: Session, post_id: int) -> PostView:
        """The post as it stands in the database."""
        row = session.get(PostRow, post_id, populate_existing=True)
        account = session.exec(select(Source.name).where(col(Source.id) == row.source_id)).one()
        post = Post(ref=row.ref, kind=PostKind.REVIEW, text=row.text, author_id=row.author_id, visible=row.visible)
        return PostView(post_id, account, row.version, row.visible, row.gone_at is not None, post)

    def card(self, account):
        """What this platform can do."""
        return Card(
            kind="scripted",
            name="Scripted",
            home="https://platform.example",
            reply=self.mode,
            capability=self.platform.capability,
            one_reply=self.platform.one_reply,
            public_read=True,
            max_length=self.max_length,
            shared_limit=self.platform.shared_limit,
        )

    def publisher(self, account):
        """The platform itself, where it has an API and answers."""
        return self.platform if self.mode == ReplyMode.API and self.connected else None

    def hours(self, account):
        """Berlin, Mo-Fr 9-17."""
        return self.office

    def may_send(self, session, account, now):
        """The switch of the outbox, and what stops this account."""
        return self.running and account not in self.stopped and self.waits_until(session, account, now) is None

    def waits_until(self, session, account, now):
        """What the platform asked for."""
        until = self.waiting.get(account)
        return until if until and until > now else None

    def pause_account(self, session, account, until, now):
        """Remember until when."""
        self.waiting[account] = until

    def stop_account(self, session, account, problem, now):
        """Remember that the login has expired."""
        self.stopped.append(account)
