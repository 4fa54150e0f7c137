"""Makes the demo's past through the real functions with a back-dated clock, so that `widerhall verify` is clean.

Each import and each piece of work is a generator that yields the moment at which it goes on. `build` plays them all in
the order of time, as the weeks would have: the clock is set, one step is taken, the next one follows.
"""

import heapq
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from sqlmodel import col, select

from connectors.core import registry
from connectors.core.contract import Malformed, Post
from monitor.bootstrap import House
from monitor.demo import beside, business, weeks
from monitor.demo.business import Mention, Past, Review, Work
from monitor.demo.stage import Stage
from monitor.tables import PostRow, RunKind, Source
from monitor.temper import temper
from monitor.web.filters import ZONE
from replies import duty as duties
from replies import fact_cards, hand
from replies.care import calm
from replies.errors import NotAllowed
from replies.lifecycle import UNANSWERED, Cause, FactVerdict, ReplyKind
from replies.moves import get_duty, get_reply
from replies.people import Actor
from replies.tables import Duty, Reply

_LAST = timedelta(seconds=40)  # before now: nothing of the past happens later
_NIGHT = 9.0  # business hours until the next export of the reviews is certainly there
Moments = Generator[datetime, None, None]


@dataclass(slots=True)
class Clock:
    """A clock that is set by hand; aware UTC."""

    now: datetime

    def __call__(self) -> datetime:
        """The moment that it shows."""
        return self.now


class DemoBroken(Exception):
    """The demo's own data do not fit together: a defect of ours."""


@dataclass(slots=True)
class History:
    """Plays the past of the made-up business.

    Attributes:
        house: opened with `clock`.
        stage: the made-up platform, with the same clock.
        people: name -> actor.
        now: when the past ends.
        exports: folder for the CSV files as they were imported.
    """

    house: House
    stage: Stage
    clock: Clock
    people: Mapping[str, Actor]
    now: datetime
    exports: Path
    past: Past = field(default_factory=business.past)
    posted: dict[str, str] = field(default_factory=dict)  # review -> our text as it stands on its platform
    statuses: dict[str, str] = field(default_factory=dict)  # mention -> id of its status
    rounds: Mapping[str, datetime] = field(default_factory=dict)
    cards: dict[str, int] = field(default_factory=dict)  # fact card -> its number
    idle: list[str] = field(default_factory=list)  # work that had nothing to do, since triage saw no duty

    def build(self) -> None:
        """Play everything; afterwards the clock stands at `now`."""
        self.rounds = weeks.rounds(self.now - _LAST, self.house.world.hours(business.PLACES["lindenau"]))
        plays = [*self._rounds(), *(self._work(work) for work in self.past.work), *beside.plays(self)]
        waiting: list[tuple[datetime, int, Moments]] = []
        order = count()
        for play in plays:
            self._queue(waiting, order, play)
        while waiting:
            at, _, play = heapq.heappop(waiting)
            self.clock.now = at
            self._queue(waiting, order, play)
        self.clock.now = self.now
        self._fetch()  # the live source has been read just now, as with a running daemon

    def _queue(self, waiting: list[tuple[datetime, int, Moments]], order: Iterator[int], play: Moments) -> None:
        moment = next(play, None)
        if moment is not None:
            heapq.heappush(waiting, (max(moment, self.clock.now), next(order), play))

    # ---- what came in

    def _rounds(self) -> Iterator[Moments]:
        for name, at in self.rounds.items():
            yield self._mentions(name, at)
            for place in business.PLACES:
                yield self._import(name, place, at)
            if name not in ("morning", "soon", "fresh"):
                yield self._sort_out(at)

    def _import(self, name: str, place: str, at: datetime) -> Moments:
        yield at
        body = business.as_csv(self._rows(place, at))
        source = business.PLACES[place]
        (self.exports / f"{source}.csv").write_bytes(body)
        settings = self.house.config.sources[source].settings({})
        kind = registry.module("csv_import")
        items: list[Post | Malformed] = [kind.parse(raw, settings) for raw in kind.split(body)]
        broken = [item for item in items if isinstance(item, Malformed)]
        if broken:
            raise DemoBroken(f"{source}, round {name}: {broken[0].reason}")
        self.house.ingest.take_items(source, items, at)

    def _rows(self, place: str, at: datetime) -> Iterator[business.Row]:
        for review in self.past.reviews:
            seen = self.rounds[review.round]
            if review.place == place and seen <= at:
                answer = self.posted.get(review.name, review.answer)
                yield business.Row(review, weeks.written(seen, review.hours), answer)

    def _mentions(self, name: str, at: datetime) -> Moments:
        for mention in self.past.mentions:
            if mention.round == name:
                yield at - timedelta(minutes=4)
                self.statuses[mention.name] = self.stage.post(mention.who, mention.text).id
        yield at
        self._fetch()

    def _fetch(self) -> None:
        done = self.house.ingest.read(business.PLATFORM, RunKind.POLL, self.clock)
        if done is None or not done.ok:
            raise DemoBroken(f"the made-up platform could not be read: {done.note if done else 'it is taken'}")

    # ---- what was done about it

    def _work(self, work: Work) -> Moments:
        subject = self._subject(work.on)
        yield self._in(work.after, since=self.rounds[subject.round])
        duty_id = self._duty(work.on)
        if duty_id is None:
            self.idle.append(work.on)
            return
        if work.release:
            yield from self._release(work, duty_id)
            return
        first = Cause.UNKNOWN if work.verdict_then else Cause(work.cause)
        self._check_facts(duty_id, (work.verdict, work.source, work.share), first, self.cards.get(work.card, 0))
        for kind, text in ((ReplyKind.HOLDING, work.holding), (ReplyKind.QUESTION, work.question)):
            if text:
                reply_id = yield from self._agree(work, duty_id, kind, text)
                yield from self._publish(work, reply_id)
                yield self._in(work.pause)
        if work.verdict_then:
            found = (work.verdict_then, work.source_then, work.share_then)
            self._check_facts(duty_id, found, Cause(work.cause))
        if work.final:
            yield from self._final(work, duty_id)

    def _final(self, work: Work, duty_id: int) -> Moments:
        if work.stop == "unclear":  # sent last of all, so that it is still unclear when somebody looks
            yield self.now - _LAST / 2 - self.house.timing.span("undo")
        if work.stop == "countersign":
            yield from self._owner_rewrites(work, duty_id)
            return
        reply_id = yield from self._agree(work, duty_id, ReplyKind.FINAL, work.final)
        if work.stop not in ("returned", "submitted", "approved"):
            yield from self._publish(work, reply_id)

    def _agree(self, work: Work, duty_id: int, kind: ReplyKind, text: str) -> Generator[datetime, None, int]:
        """Anna writes and submits; Bernd sends back or approves. Returns the reply's id."""
        anna, bernd = self.people["Anna"], self.people["Bernd"]
        yield self._in(0.1)
        first = work.before if kind == ReplyKind.FINAL and work.before else text
        with self.house.transaction() as session:
            reply = self.house.desk.draft(session, duty_id, kind, self._greeted(duty_id, first), anna, self.clock.now)
            reply_id = reply.id or 0
            if work.card and kind == ReplyKind.FINAL:
                fact_cards.cite(session, reply, [self.cards[work.card]], anna, self.clock.now)
        self._submit(reply_id, anna)
        if kind == ReplyKind.FINAL and work.returned:
            yield self._in(0.3)
            with self.house.transaction() as session:
                self.house.desk.send_back(session, reply_id, work.returned, bernd, self.clock.now)
            if work.stop == "returned":
                return reply_id
            yield self._in(0.4)
            self._rewrite(reply_id, self._greeted(duty_id, text), anna)
            self._submit(reply_id, anna)
        if work.stop == "submitted" and kind == ReplyKind.FINAL:
            return reply_id
        yield self._in(0.5) if work.stop != "unclear" else self.clock.now
        self._approve(reply_id, bernd)
        return reply_id

    def _owner_rewrites(self, work: Work, duty_id: int) -> Moments:
        """Bernd changes Anna's text, tries to approve his own words, is refused, and it waits for her."""
        anna, bernd = self.people["Anna"], self.people["Bernd"]
        with self.house.transaction() as session:
            text = self._greeted(duty_id, work.final)
            reply_id = self.house.desk.draft(session, duty_id, ReplyKind.FINAL, text, anna, self.clock.now).id or 0
        self._submit(reply_id, anna)
        yield self._in(0.3)
        self._rewrite(reply_id, self._greeted(duty_id, work.owner), bernd)
        try:
            self._approve(reply_id, bernd)
        except NotAllowed:
            return
        raise DemoBroken("an owner could approve his own words alone")

    def _publish(self, work: Work, reply_id: int) -> Moments:
        """By the outbox where the platform has an API, else by hand, until it is seen."""
        subject = self._subject(work.on)
        undo = self.house.timing.span("undo")
        yield self.clock.now + undo + timedelta(seconds=1)
        if isinstance(subject, Mention):
            self.house.outbox.send(reply_id)
            if work.stop != "unclear":
                yield self.clock.now + self.house.timing.span("first_look")
                self.house.watch.look(reply_id)
            return
        yield self._in(0.2)
        anna = self.people["Anna"]
        house = self.house
        with house.transaction() as session:
            hand.take(session, reply_id, anna, house.world, house.timing, self.clock.now, guards=house.desk.guards)
        yield self.clock.now + timedelta(seconds=70)
        link = f"https://bewertungen.example/{subject.place}/{subject.name}"
        with self.house.transaction() as session:
            reply = hand.posted(session, reply_id, anna, link, self.house.timing, self.clock.now)
        if work.stop == "delivered":
            return
        self.posted[subject.name] = reply.text
        if work.seen == "import":
            yield from self._seen_by_import(subject)
        else:
            yield self._in(0.4)
            self._second_look(reply_id)

    def _seen_by_import(self, review: Review) -> Moments:
        yield self._in(_NIGHT)
        yield from self._import("later", review.place, self.clock.now)

    def _second_look(self, reply_id: int) -> None:
        note = "Auf der Seite nachgesehen, steht dort."
        with self.house.transaction() as session:
            self.house.watch.seen_by_person(
                session, reply_id, self.people["Bernd"], note, self.clock.now, four_eyes=True
            )

    def _release(self, work: Work, duty_id: int) -> Moments:
        if work.release == "extortion":
            with self.house.transaction() as session:
                duty = get_duty(session, duty_id)
                duties.report_extortion(session, duty, self.people["Bernd"], self.clock.now, file_number=work.note)
            return
        self._propose(duty_id, work.note)
        yield self._in(0.8)
        self._confirm(duty_id, work.second)

    def _sort_out(self, at: datetime) -> Moments:
        """What triage was not sure about and what is no complaint is released by two people, as on any morning."""
        yield self._in(1.6, since=at)
        busy = {work.on for work in self.past.work}
        praise = [
            review.name
            for review in self.past.reviews
            if self.rounds[review.round] == at and not review.left and review.name not in busy
        ]
        found = [duty_id for duty_id in map(self._duty, praise) if duty_id is not None]
        for duty_id in found:
            self._propose(duty_id, "Gelesen: Lob, keine Beschwerde und keine Frage.")
        yield self._in(0.7)
        for duty_id in found:
            self._confirm(duty_id, "Sehe ich auch so.")

    def _propose(self, duty_id: int, note: str) -> None:
        with self.house.transaction() as session:
            duty = get_duty(session, duty_id)
            duties.propose_no_complaint(session, duty, self.people["Anna"], self.clock.now, note=note)

    def _confirm(self, duty_id: int, note: str) -> None:
        bernd, timing = self.people["Bernd"], self.house.timing
        with self.house.transaction() as session:
            duty = get_duty(session, duty_id)
            duties.confirm_no_complaint(session, duty, bernd, self.clock.now, note=note, four_eyes=True, timing=timing)

    # ---- single steps

    def _check_facts(self, duty_id: int, found: tuple[str, str, str], cause: Cause, card: int = 0) -> None:
        """What Anna found out: verdict, source and our share."""
        anna, now, (verdict, source, share) = self.people["Anna"], self.clock.now, found
        with self.house.transaction() as session:
            check = self.house.desk.check_facts(
                session, duty_id, FactVerdict(verdict), source, share, anna, now, cause=cause
            )
            if card:
                fact_cards.lean_on(session, check, card, now)

    def _submit(self, reply_id: int, actor: Actor) -> None:
        with self.house.transaction() as session:
            reply = get_reply(session, reply_id)
            version = reply.version
            if temper(session, reply.post_id).hostile:  # opened in good time, as somebody would have
                duty, opened = get_duty(session, reply.duty_id), self.clock.now - self.house.timing.span("cool_off")
                calm.open_hostile(session, duty, actor, ZONE, 0, opened)
            self.house.desk.submit(session, reply_id, actor, self.clock.now, seen_version=version)

    def _rewrite(self, reply_id: int, text: str, actor: Actor) -> None:
        with self.house.transaction() as session:
            version = get_reply(session, reply_id).version
            self.house.desk.edit(session, reply_id, text, actor, self.clock.now, seen_version=version)

    def _approve(self, reply_id: int, actor: Actor) -> None:
        with self.house.transaction() as session:
            reply: Reply = get_reply(session, reply_id)
            desk, now = self.house.desk, self.clock.now
            shown, ticked = desk.to_agree(session, reply), desk.to_tick(session, reply, now)
            desk.approve(session, reply_id, shown, actor, now, ticked=ticked)

    def _greeted(self, duty_id: int, text: str) -> str:
        """The text as the platform wants it to begin."""
        with self.house.reading() as session:
            view = self.house.world.post(session, get_duty(session, duty_id).post_id)
        kind = self.house.config.sources[view.account].base.kind
        opening = registry.greeting(kind, view.post).strip()
        return f"{opening} {text}" if opening and not text.startswith(opening) else text

    def _subject(self, name: str) -> Review | Mention:
        subjects: tuple[Review | Mention, ...] = (*self.past.reviews, *self.past.mentions)
        for subject in subjects:
            if subject.name == name:
                return subject
        raise DemoBroken(f"work on {name}, which nobody wrote")

    def post_of(self, name: str) -> int:
        """Our number of a review or mention that has come in."""
        source, ref = self._place(name)
        with self.house.reading() as session:
            rows = select(PostRow.id).join(Source, col(Source.id) == col(PostRow.source_id))
            return session.exec(rows.where(col(Source.name) == source, col(PostRow.ref) == ref)).one() or 0

    def _place(self, name: str) -> tuple[str, str]:
        """The source of a review or mention, and its number there."""
        subject = self._subject(name)
        if isinstance(subject, Mention):
            return business.PLATFORM, self.statuses[name]
        return business.PLACES[subject.place], f"G-{name}"

    def _duty(self, name: str) -> int | None:
        """The duty of a review or mention that waits for an answer and is no Altbestand."""
        source, ref = self._place(name)
        with self.house.reading() as session:
            return session.exec(
                select(Duty.id)
                .join(PostRow, col(PostRow.id) == col(Duty.post_id))
                .join(Source, col(Source.id) == col(PostRow.source_id))
                .where(col(Source.name) == source, col(PostRow.ref) == ref)
                .where(col(Duty.state).in_(UNANSWERED), col(Duty.backlog).is_(False))
            ).first()

    def after(self, since: datetime, hours: float) -> datetime:
        """So many business hours later, and never in the future."""
        return self._in(hours, since)

    def _in(self, hours: float, since: datetime | None = None) -> datetime:
        """That many business hours later, and never in the future."""
        calendar = self.house.world.hours(business.PLACES["lindenau"])
        return min(calendar.plus_hours(since or self.clock.now, hours), self.now - _LAST)
