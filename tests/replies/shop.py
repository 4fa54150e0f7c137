"""A small business with four people, as a test needs it: posts come in, answers go out, time passes."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from connectors.core.contract import PostKind
from monitor import seals
from monitor.db import Database
from monitor.people import write_down
from monitor.tables import PostRow, PostVersion, Source, User
from replies import duty as duties
from replies.desk import Desk
from replies.lifecycle import FactVerdict, ReplyKind, Role
from replies.moves import get_duty, get_reply
from replies.outbox import Outbox
from replies.people import DAEMON, Actor
from replies.tables import Attempt, Journal, Reply, SightingRow
from replies.timing import Timing
from replies.watch import Watch
from tests.replies.world import ACCOUNT, Clock, FakeWorld

ANNA = Actor(1, Role.STAFF, "Anna")
BERND = Actor(2, Role.OWNER, "Bernd")
DORA = Actor(3, Role.OWNER, "Dora")
CLARA = Actor(4, Role.AUDITOR, "Clara")
EMIL = Actor(5, Role.STAFF, "Emil")
PEOPLE = (ANNA, BERND, DORA, CLARA, EMIL)


@dataclass
class Shop:
    """Everything of one business in one test."""

    database: Database
    world: FakeWorld
    clock: Clock
    timing: Timing
    four_eyes: bool = True
    worker: str = "w1"

    @property
    def desk(self):
        """Where Anna and Bernd work."""
        return Desk(self.world, self.timing, four_eyes=self.four_eyes)

    @property
    def outbox(self):
        """One worker's hands."""
        return Outbox(self.world, self.timing, self.worker, self.database.transaction, self.clock)

    @property
    def watch(self):
        """One worker's eyes."""
        return Watch(self.world, self.timing, self.database.transaction, self.clock)

    @property
    def platform(self):
        """The scripted platform."""
        return self.world.platform

    def open(self):
        """The source and the people."""
        with self.database.transaction() as session:
            for person in PEOPLE:
                user = User(
                    id=person.id, name=person.name, role=person.role, password_hash="-", created_at=self.clock()
                )
                write_down(session, self.clock(), DAEMON, "user.add", user)
            session.add(
                Source(
                    id=1,
                    name=ACCOUNT,
                    kind="scripted",
                    title="Laden",
                    state="BE",
                    since=self.clock(),
                    next_due_at=self.clock(),
                    attempted_at=self.clock(),
                    succeeded_at=self.clock(),
                )
            )
        return self

    def post(self, text="Das Brot war hart.", ref="p1", **columns):
        """A post arrives; returns its id."""
        now, source = self.clock(), columns.pop("source_id", 1)
        with self.database.transaction() as session:
            row = PostRow(source_id=source, ref=ref, kind=PostKind.REVIEW, text=text, content_hash=text, **columns)
            row.first_seen_at = row.last_seen_at = now
            session.add(row)
            session.flush()
            session.add(
                PostVersion(post_id=row.id, n=1, text=text, seen_at=now, content_hash=text, visible=row.visible)
            )
            seals.keep(session, source, [row.id], now)
            return row.id

    def complaint(self, text="Das Brot war hart.", ref="p1", **owed):
        """A post arrives that owes an answer; returns the duty's id."""
        post_id = self.post(text, ref)
        with self.database.transaction() as session:
            duty = duties.owe(session, post_id, self.world.hours(ACCOUNT), self.timing, self.clock(), **owed)
            return duty.id

    def edit_post(self, post_id, text):
        """The author edits a post upstream; returns the number of withdrawn approvals."""
        with self.database.transaction() as session:
            row = session.get(PostRow, post_id)
            row.text = row.content_hash = text
            row.version += 1
            session.add_all(
                [row, PostVersion(post_id=post_id, n=row.version, text=text, seen_at=self.clock(), content_hash=text)]
            )
            seals.keep(session, 1, [post_id], self.clock())
            duty = duties.of_post(session, post_id)
            return duties.revoke_approved(session, duty, self.world.post(session, post_id), self.clock())

    def do(self, step, *arguments, **named):
        """One step in a transaction of its own, with the time of now where the step wants it last."""
        with self.database.transaction() as session:
            return step(session, *arguments, self.clock(), **named)

    def on(self, duty_id, step, *arguments, **named):
        """One step of a duty's life in a transaction of its own."""
        with self.database.transaction() as session:
            return step(session, get_duty(session, duty_id), *arguments, self.clock(), **named)

    def facts(self, duty_id, verdict=FactVerdict.JUSTIFIED, actor=ANNA):
        """Somebody finds out what happened."""
        return self.do(self.desk.check_facts, duty_id, verdict, "Kassenbuch", "Der Ofen war zu heiss.", actor)

    def draft(self, duty_id, kind=ReplyKind.FINAL, text="Das tut uns leid.", actor=ANNA):
        """Somebody writes an answer; returns its id."""
        return self.do(self.desk.draft, duty_id, kind, text, actor).id

    def submitted(self, duty_id, kind=ReplyKind.FINAL, text="Das tut uns leid.", actor=ANNA):
        """Written and handed over; returns its id."""
        if kind == ReplyKind.FINAL:
            self.facts(duty_id, actor=actor)
        reply_id = self.draft(duty_id, kind, text, actor)
        self.do(self.desk.submit, reply_id, actor, seen_version=1)
        return reply_id

    def agree(self, reply_id, actor=BERND):
        """Somebody clicks on "Freigeben" below the words that stand there now."""
        return self.do(self.desk.approve, reply_id, self.shown(reply_id), actor)

    def shown(self, reply_id):
        """The digest in the form."""
        with self.database.reading() as session:
            return self.desk.to_agree(session, get_reply(session, reply_id))

    def approved(self, duty_id, kind=ReplyKind.FINAL, text="Das tut uns leid.", actor=ANNA, by=BERND):
        """Written, handed over, agreed to, and the undo window is over; returns the reply's id."""
        reply_id = self.submitted(duty_id, kind, text, actor)
        self.agree(reply_id, by)
        self.clock.forward(seconds=self.timing.undo)
        return reply_id

    def delivered(self, duty_id, kind=ReplyKind.FINAL, text="Das tut uns leid."):
        """Approved and sent."""
        reply_id = self.approved(duty_id, kind, text)
        self.outbox.send(reply_id)
        return reply_id

    def published(self, duty_id, kind=ReplyKind.FINAL, text="Das tut uns leid."):
        """Approved, sent and seen in public."""
        reply_id = self.delivered(duty_id, kind, text)
        self.look(reply_id)
        return reply_id

    def look(self, reply_id):
        """Wait until the next look is due, and look."""
        due = self.reply(reply_id).next_look_at
        self.clock.now = max(self.clock.now, due or self.clock.now)
        return self.watch.look(reply_id)

    def reply(self, reply_id):
        """The reply's row as it is now."""
        with self.database.reading() as session:
            return get_reply(session, reply_id)

    def duty(self, duty_id):
        """The duty's row as it is now."""
        with self.database.reading() as session:
            return get_duty(session, duty_id)

    def rows(self, table):
        """All rows of a table, in order."""
        with self.database.reading() as session:
            return list(session.exec(select(table).order_by(next(iter(table.__table__.primary_key)))).all())

    def attempts(self):
        """Every attempt so far."""
        return self.rows(Attempt)

    def sightings(self):
        """Every look so far."""
        return self.rows(SightingRow)

    def events(self, subject):
        """What the journal says happened to a subject."""
        with self.database.reading() as session:
            rows = select(Journal.event).where(col(Journal.subject) == subject).order_by(col(Journal.seq))
            return list(session.exec(rows).all())

    def run_until_quiet(self, hours=30):
        """Let the daemon work for so many hours, from one thing that is due to the next."""
        end = self.clock() + timedelta(hours=hours)
        while self.clock() < end:
            with self.database.transaction() as session:
                self.outbox.expire(session, self.clock())
                sends, looks = self.outbox.due(session, self.clock()), self.watch.due(session, self.clock())
            for reply_id in sends:
                self.outbox.send(reply_id)
            for reply_id in looks:
                self.watch.look(reply_id)
            self.clock.now = min(end, self._next_thing())

    def _next_thing(self):
        times = [
            time
            for reply in self.rows(Reply)
            for time in (reply.not_before, reply.next_look_at, reply.lease_until)
            if time and time > self.clock()
        ]
        return min([*times, self.clock() + timedelta(hours=1)])
