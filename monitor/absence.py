"""Posts that are not found any more: candidates after a full walk, gone after two looks far enough apart.

One empty page never deletes anything; a snapshot of what was said stays (DESIGN 5, RELIABILITY 4.1).
"""

import logging
from datetime import datetime

from sqlmodel import Session, col, select

from connectors.core import registry
from connectors.core.errors import ConnectorError, Gone, RateLimited
from monitor import elsewhere, seals
from monitor.db import Database
from monitor.tables import PostRow, Problem, Source
from monitor.world import HouseWorld
from replies import duty as duties
from replies import journal
from replies.lifecycle import State
from replies.people import DAEMON
from replies.tables import Reply
from replies.timing import Timing

log = logging.getLogger(__name__)
_AT_ONCE = 200  # direct looks per source and round
_FAILURES = 3  # looks that may fail before the others wait: one bad post must not stand before them all


class Absence:
    """Looks directly at posts that a walk did not bring, and draws the conclusion after the second time."""

    def __init__(self, database: Database, world: HouseWorld, timing: Timing) -> None:
        """Cheap to make; holds no state of its own."""
        self.database = database
        self.world = world
        self.timing = timing

    def after_sweep(self, source_id: int, started: datetime, now: datetime) -> int:
        """Posts that a complete walk should have brought and did not. Returns how many were looked at."""
        with self.database.reading() as session:
            source = session.get(Source, source_id)
            if source is None or not registry.card(source.kind).deletions:
                return 0
            rows = select(PostRow.id).where(
                col(PostRow.source_id) == source_id,
                col(PostRow.last_seen_at) < started,
                col(PostRow.gone_at).is_(None),
                col(PostRow.absent_since).is_(None),
            )
            ids = session.exec(rows.order_by(col(PostRow.last_seen_at)).limit(_AT_ONCE)).all()
        return self._look(source.name, [post_id for post_id in ids if post_id is not None], now)

    def due(self, session: Session, now: datetime) -> list[tuple[str, list[int]]]:
        """Posts whose second look is due, and those that a refused publication says are missing, by source.

        One that was found there after all is asked for again only after a while, and while its answer still waits.
        """
        candidates = (
            select(Source.name, PostRow.id)
            .join(Source, col(Source.id) == col(PostRow.source_id))
            .where(
                col(PostRow.gone_at).is_(None),
                col(Source.enabled).is_(True),
                col(Source.problem).in_((Problem.NONE, Problem.SILENT)),  # one that cannot be read proves nothing
            )
            .order_by(col(PostRow.absent_since), col(PostRow.id))
        )
        second = candidates.where(col(PostRow.absent_since) <= now - self.timing.span("gone_gap"))
        missing = candidates.join(Reply, col(Reply.post_id) == col(PostRow.id)).where(
            col(Reply.state) == State.APPROVED,
            col(Reply.trouble) == "target_missing",
            col(PostRow.absent_since).is_(None),
            col(PostRow.last_seen_at) <= now - self.timing.span("absent_gap"),
        )
        found: dict[str, list[int]] = {}
        for rows in (second, missing):
            for name, post_id in session.exec(rows.limit(_AT_ONCE)).all():
                found.setdefault(name, []).append(post_id or 0)
        return list(found.items())

    def look_again(self, name: str, post_ids: list[int], now: datetime) -> int:
        """The direct look; returns how many posts were concluded to be gone."""
        return self._look(name, post_ids, now)

    def _look(self, name: str, post_ids: list[int], now: datetime) -> int:
        gone = failed = 0
        for post_id in post_ids:
            if failed >= _FAILURES:
                return gone
            with self.database.reading() as session:
                row = session.get(PostRow, post_id)
                ref = row.ref if row else ""
                if self.world.waits_until(session, name, now) is not None:
                    return gone
            try:
                found = self.world.reader(name).one(ref)
            except Gone:
                found = None
            except RateLimited as error:
                with self.database.transaction() as session:
                    self.world.pause_account(session, name, error.until, now)
                return gone
            except ConnectorError as error:
                log.info("source %s: cannot look for post %s: %s", name, post_id, error)
                failed += 1
                continue
            except Exception:  # a defect of ours in one connector must not stop the looks of the others
                log.exception("looking for post %s of source %s broke", post_id, name)
                failed += 1
                continue
            with self.database.transaction() as session:
                gone += self._conclude(session, post_id, now, there=found is not None and found.visible)
        return gone

    def _conclude(self, session: Session, post_id: int, now: datetime, *, there: bool) -> int:
        row = session.get(PostRow, post_id, populate_existing=True)
        if row is None or row.gone_at is not None or row.last_seen_at > now:  # seen since we asked
            return 0
        if there:
            row.absent_since, row.last_seen_at = None, now
        elif row.absent_since is None:
            row.absent_since = now
        elif now >= row.absent_since + self.timing.span("gone_gap"):
            row.gone_at = now
            session.add(row)
            session.flush()
            told = seals.of_posts(session, [post_id])
            journal.write(session, now, DAEMON, "post.gone", f"post:{post_id}", seals=told)
            self._follow(session, row, now)
            return 1
        session.add(row)
        return 0

    def _follow(self, session: Session, row: PostRow, now: datetime) -> None:
        if not row.own:
            duty = duties.of_post(session, row.id or 0)
            if duty is not None:
                duties.post_gone(session, duty, now, note="not found twice")
            return
        above = select(PostRow.id).where(col(PostRow.source_id) == row.source_id, col(PostRow.ref) == row.parent)
        answered = session.exec(above).first() if row.parent else None
        source = session.get(Source, row.source_id)
        if answered is not None and source is not None:
            elsewhere.answer_left(session, answered, self.world.hours(source.name), self.timing, now)
