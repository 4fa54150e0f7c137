"""The world as the promise sees it: posts from the database, connections from the configuration (replies/ports.py)."""

import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, col, select

from connectors.core import registry
from connectors.core.access import Limits
from connectors.core.contract import Capability, Card, Post, Publisher, Reader, ReplyMode
from connectors.core.errors import ConfigProblem, ConnectorError, LoginExpired
from monitor import health, vault
from monitor.config import Config, ConfigError
from monitor.db import Database
from monitor.tables import PostRow, PostVersion, Problem, Source, Switch
from replies import journal
from replies.clocks import Hours
from replies.errors import Unknown
from replies.people import DAEMON, Actor
from replies.ports import PostView

OUTBOX = "outbox"
RUNNING, PAUSED = "running", "paused"
_STORED_FOR = 30.0  # seconds


def as_post(row: PostRow, raw: Mapping[str, Any]) -> Post:
    """A stored post as the connector once gave it."""
    return Post(
        ref=row.ref,
        kind=row.kind,
        text=row.text,
        thread=row.thread,
        parent=row.parent,
        author=row.author,
        author_id=row.author_id,
        own=row.own,
        lang=row.lang,
        rating=row.rating,
        rating_max=row.rating_max,
        created=row.created_at,
        updated=row.updated_at,
        permalink=row.permalink,
        visible=row.visible,
        raw=raw,
    )


class HouseWorld:
    """The one implementation of `replies.ports.World`. Thread-safe; connections are opened on first use."""

    def __init__(self, config: Config, database: Database) -> None:
        """Nothing is opened yet."""
        self.config = config
        self._database = database
        self._connections: dict[str, Reader] = {}
        self._cards: dict[str, Card] = {}
        self._stored: dict[str, tuple[float, Card | None]] = {}
        self._lock = threading.Lock()

    def post(self, session: Session, post_id: int) -> PostView:
        """The current version of a post.

        Raises:
            Unknown: there is none.
        """
        row = session.get(PostRow, post_id, populate_existing=True)
        if row is None:
            raise Unknown(f"no post {post_id}")
        account = session.exec(select(Source.name).where(col(Source.id) == row.source_id)).one()
        version = select(PostVersion.raw).where(col(PostVersion.post_id) == post_id, col(PostVersion.n) == row.version)
        raw = session.exec(version).first() or {}
        gone = row.gone_at is not None
        return PostView(
            id=post_id, account=account, version=row.version, visible=row.visible, gone=gone, post=as_post(row, raw)
        )

    def card(self, account: str) -> Card:
        """What the account's connector can do, as narrowed by the last check of this account.

        An account that is not configured any more can be read, never answered.
        """
        narrowed = self._cards.get(account) or self._card_of_others(account)
        if narrowed is not None:
            return narrowed
        source = self.config.sources.get(account)
        if source is None:
            return _retired(account)
        return registry.card(source.base.kind)

    def _card_of_others(self, account: str) -> Card | None:
        """What the process that reads this account found out; the page may run in another one than the daemon."""
        at, card = self._stored.get(account, (-_STORED_FOR, None))
        if time.monotonic() - at < _STORED_FOR:
            return card
        with self._database.reading() as session:
            kind, data = session.exec(
                select(Source.kind, Source.card).where(col(Source.name) == account)
            ).one_or_none() or ("", {})
        source = self.config.sources.get(account)
        card = card_from(data) if data and source is not None and source.base.kind == kind else None
        self._stored[account] = (time.monotonic(), card)
        return card

    def polls(self, account: str) -> bool:
        """Is there something to fetch by itself?"""
        source = self.config.sources.get(account)
        return source is not None and registry.polls(source.base.kind, source.own)

    def narrow(self, account: str, card: Card) -> None:
        """Remember what `Reader.check()` said about an account."""
        self._cards[account] = card

    def is_narrowed(self, account: str) -> bool:
        """Was this account checked in this process?"""
        return account in self._cards

    def hours(self, account: str) -> Hours:
        """When the people of this account work."""
        source = self.config.sources.get(account)
        return source.hours() if source else Hours()

    def reader(self, account: str) -> Reader:
        """The live connection of an account; one for the life of the process.

        Raises:
            ConfigProblem: it is not configured, or a secret is missing.
        """
        with self._lock:
            if account not in self._connections:
                self._connections[account] = self._open(account)
            return self._connections[account]

    def _open(self, account: str) -> Reader:
        source = self.config.sources.get(account)
        if source is None:
            raise ConfigProblem(f"source {account} is not configured any more")
        try:
            with self._database.reading() as session:
                settings = source.settings(vault.secrets_of(session, source))
        except ConfigError as error:
            raise ConfigProblem(str(error)) from error
        except ValidationError as error:
            raise ConfigProblem(f"settings of {account} do not fit: {error.error_count()} errors") from None
        limits = replace(Limits(), total=self.config.timing.send_deadline)
        return registry.open_connection(source.base.kind, settings, limits)

    def publisher(self, account: str) -> Publisher | None:
        """The account's publisher; None where answers are published by hand or not at all."""
        if account not in self.config.sources or self.card(account).reply != ReplyMode.API:
            return None
        try:
            connection = self.reader(account)
        except ConnectorError:
            return None
        return connection if isinstance(connection, Publisher) else None

    def may_send(self, session: Session, account: str, now: datetime) -> bool:
        """Is the outbox running, and is nothing known to stop this account from publishing now?"""
        if outbox_state(session) != RUNNING:
            return False
        source = session.exec(select(Source).where(col(Source.name) == account)).one_or_none()
        if source is None or health.waits(source, now) is not None:
            return False
        return source.enabled and source.publish_problem == Problem.NONE

    def waits_until(self, session: Session, account: str, now: datetime) -> datetime | None:
        """Until when the platform asked this account to leave it alone, in reading or in writing."""
        source = session.exec(select(Source).where(col(Source.name) == account)).one_or_none()
        return None if source is None else health.waits(source, now)

    def pause_account(self, session: Session, account: str, until: datetime, now: datetime) -> None:
        """The platform asked us to wait: neither rounds nor looks nor publications of this account call it before."""
        source = session.exec(select(Source).where(col(Source.name) == account)).one()
        source.waits_until = max(until, health.waits(source, now) or until)
        session.add(source)

    def stop_account(self, session: Session, account: str, problem: ConnectorError, now: datetime) -> None:
        """The platform does not let this account publish: pause it until the login works again."""
        source = session.exec(select(Source).where(col(Source.name) == account)).one()
        source.publish_problem = Problem.LOGIN if isinstance(problem, LoginExpired) else Problem.CONFIG
        source.problem_note = str(problem)
        source.problem_since = source.problem_since or now
        source.next_due_at = now  # the next round checks the login and frees the account
        session.add(source)
        journal.write(session, now, DAEMON, "source.stopped", f"source:{source.id}", why=type(problem).__name__)

    def forget(self, account: str) -> None:
        """Close one connection; the next use opens it anew, with the secrets of then."""
        with self._lock:
            connection = self._connections.pop(account, None)
        close = getattr(connection, "close", None)
        if close is not None:
            close()

    def close(self) -> None:
        """Close every connection."""
        for account in list(self._connections):
            self.forget(account)


def card_data(card: Card) -> dict[str, Any]:
    """A card as JSON, for the source's row."""
    return {
        key: (value.total_seconds() if hasattr(value, "total_seconds") else value)
        for key, value in asdict(card).items()
    }


def card_from(data: Mapping[str, Any]) -> Card | None:
    """The card that `card_data` wrote down; None if another version wrote it."""
    values: dict[str, Any] = dict(data)
    try:
        for name in ("key_ttl", "lookback", "sweep", "min_interval", "shared_limit"):
            values[name] = None if values[name] is None else timedelta(seconds=values[name])
        values |= {"reply": ReplyMode(data["reply"]), "capability": Capability(data["capability"])}
        return Card(**values)
    except (TypeError, ValueError, KeyError):
        return None


def outbox_state(session: Session) -> str:
    """`running` or `paused`."""
    switch = session.get(Switch, OUTBOX, populate_existing=True)
    return switch.value if switch else RUNNING


def set_outbox(session: Session, value: str, actor: Actor, now: datetime) -> None:
    """Pause or resume the outbox; nothing new is claimed while it is paused."""
    session.merge(Switch(name=OUTBOX, value=value, at=now))
    journal.write(session, now, actor, f"outbox.{value}", "outbox")


def _retired(account: str) -> Card:
    return Card(
        kind="retired",
        name=account,
        home="",
        reply=ReplyMode.NONE,
        capability=Capability.BLIND,
        one_reply=True,
        public_read=False,
        polls=False,
    )
