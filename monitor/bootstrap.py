"""Where things are put together, and nowhere else."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from connectors.core import registry
from monitor import vault
from monitor.config import Config, load
from monitor.db import Database
from monitor.ingest import Ingest, utc_now
from monitor.migrate import migrate
from monitor.place import refuse_network
from monitor.tables import Source
from monitor.temper import temper
from monitor.triage import default_judge
from monitor.world import HouseWorld, card_data
from replies import journal
from replies.care.guard import Care
from replies.desk import Desk
from replies.going_out import HouseRules
from replies.outbox import Outbox
from replies.people import DAEMON
from replies.timing import Timing
from replies.watch import Watch


@dataclass(frozen=True, slots=True)
class House:
    """Everything a command, the page or the daemon needs, made from one configuration.

    Attributes:
        worker: unique per process start; leases and attempts carry it.
        clock: what time it is; the demo and tests bring their own.
    """

    config: Config
    database: Database
    world: HouseWorld
    timing: Timing
    desk: Desk
    outbox: Outbox
    watch: Watch
    ingest: Ingest
    worker: str
    clock: Callable[[], datetime]

    def transaction(self) -> AbstractContextManager[Session]:
        """One write transaction."""
        return self.database.transaction()

    def reading(self) -> AbstractContextManager[Session]:
        """One consistent view."""
        return self.database.reading()

    def now(self) -> datetime:
        """The time of one operation; take it once and pass it on."""
        return self.clock()

    def close(self) -> None:
        """Give connections and files back."""
        self.world.close()
        self.database.close()


def build(config: Config, clock: Callable[[], datetime] = utc_now) -> House:
    """Put the house together; the database's schema must be there.

    Raises:
        NotHere: the SQLite file lies on a network file system.
    """
    database = Database(config.database_url)
    refuse_network(database.file)
    world = HouseWorld(config, database)
    timing = config.timing
    worker = secrets.token_hex(8)
    ingest = Ingest(database, world, timing, worker, default_judge(strong=config.judging.strong))
    guards = (Care(temper, timing),)

    def refresh(post_id: int) -> None:
        ingest.refresh(post_id, clock)

    return House(
        config=config,
        database=database,
        world=world,
        timing=timing,
        desk=Desk(world, timing, config.business.four_eyes, guards, house_rules(config)),
        outbox=Outbox(world, timing, worker, database.transaction, clock, refresh, guards=guards),
        watch=Watch(world, timing, database.transaction, clock),
        ingest=ingest,
        worker=worker,
        clock=clock,
    )


def house_rules(config: Config) -> HouseRules:
    """What the guideline's check knows of the business: its name, its contact data, whether it is bound to secrecy."""
    business = config.business
    return HouseRules(secrecy=business.secrecy, ours=(business.name, *business.ours))


def open_house(path: Path, clock: Callable[[], datetime] = utc_now) -> House:
    """Load the configuration, bring the schema up to date and sync sources and secrets.

    Raises:
        ConfigError: the configuration or a secret is wrong.
    """
    config = load(path)
    house = build(config, clock)
    try:
        migrate(house.database)
        now = clock()
        with house.transaction() as session:
            vault.take_in(session, config, now)
            sync_sources(session, config, now)
    except BaseException:
        house.close()
        raise
    return house


def sync_sources(session: Session, config: Config, now: datetime) -> None:
    """Make the Source rows what the configuration says; a source taken out is disabled, never deleted."""
    rows = {row.name: row for row in session.exec(select(Source)).all()}
    for name, source in config.sources.items():
        row = rows.pop(name, None)
        if row is None:
            row = Source(name=name, kind=source.base.kind, title=source.title, since=now, next_due_at=now)
            session.add(row)
            session.flush()
            journal.write(session, now, DAEMON, "source.added", f"source:{row.id}", kind=row.kind)
        row.kind, row.title, row.location = source.base.kind, source.title, source.base.location
        row.state, row.timezone, row.hours = source.base.state, source.base.timezone, dict(source.base.hours)
        card = row.card or card_data(registry.card(source.base.kind))
        row.card = {**card, "polls": registry.polls(source.base.kind, source.own)}
        row.enabled = source.base.enabled
        row.open_networks = bool(source.own.get("allow_networks"))
        row.every_seconds = source.base.every or config.timing.fetch_every
        session.add(row)
    for row in rows.values():
        if row.enabled:
            row.enabled = False
            session.add(row)
            journal.write(session, now, DAEMON, "source.removed", f"source:{row.id}")


def source_row(session: Session, name: str) -> Source | None:
    """The row of a source by its name."""
    return session.exec(select(Source).where(col(Source.name) == name)).one_or_none()
