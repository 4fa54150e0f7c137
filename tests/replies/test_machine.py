"""Desk, outbox, watch and a moody platform in any order, on real SQLite; what must hold is what `verify` asks.

HYPOTHESIS_EXAMPLES=2000 walks longer at night; the default is bounded for every commit.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from connectors.core.contract import Capability
from monitor.db import Database
from monitor.verify import verify
from replies import outbox
from replies.attempts import settle_by_person
from replies.errors import ReplyError
from replies.evidence import after_attempt
from replies.lifecycle import Action, ReplyKind
from replies.tables import Reply
from replies.timing import Timing
from tests.peers.sqlite import hurry, ready
from tests.replies.shop import ANNA, BERND, DORA, EMIL, Shop
from tests.replies.world import Clock, FakeWorld, Platform

MOODS = ["ok", "drop", "late", "nothing", "crash", "429", "503", "refuse", "pending", "swallow"]
WRITERS = st.sampled_from([ANNA, BERND, DORA, EMIL])
OWNERS = {BERND.id, DORA.id}
NOT_THIS_MACHINES = {"stale_unmarked", "unjudged"}  # no source is read and no post is judged here
EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "12"))


class Promise(RuleBasedStateMachine):
    """One post, up to four texts, everybody clicks at any time."""

    @initialize(capability=st.sampled_from([Capability.LIST, Capability.KEY, Capability.PUT]))
    def open(self, capability):
        """A new business with one complaint."""
        self.folder = tempfile.mkdtemp(prefix="widerhall-machine-")
        path = Path(self.folder) / "widerhall.db"
        database = Database(f"sqlite:///{ready(path)}")
        hurry(database)
        clock = Clock()
        platform = Platform(clock, capability=capability, one_reply=capability == Capability.PUT)
        self.shop = Shop(database, FakeWorld(platform), clock, Timing()).open()
        self.duty = self.shop.complaint()
        self.shop.facts(self.duty)
        self.words, self.agreed = 0, {}

    def teardown(self):
        """The folder goes."""
        if hasattr(self, "shop"):
            self.shop.database.close()
            shutil.rmtree(self.folder)

    def _new_words(self, actor):
        self.words += 1
        text = f"Antwort Nummer {self.words}"
        self.agreed[text] = {actor.id}
        return text

    def _try(self, step, *arguments, **named):
        """A click may come too late or from the wrong person; it is then refused as a whole."""
        try:
            return self.shop.do(step, *arguments, **named)
        except ReplyError:
            return None

    def _pick(self, number):
        rows = self.shop.rows(Reply)
        return rows[number % len(rows)] if rows else None

    @precondition(lambda self: len(self.shop.rows(Reply)) < 4)
    @rule(actor=WRITERS, kind=st.sampled_from(ReplyKind))
    def writes(self, actor, kind):
        """Somebody begins a text and hands it over."""
        reply = self._try(self.shop.desk.draft, self.duty, kind, self._new_words(actor), actor)
        if reply is not None:
            self._try(self.shop.desk.submit, reply.id, actor, seen_version=1)

    @precondition(lambda self: len(self.shop.rows(Reply)) < 4)
    @rule(mood=st.sampled_from(MOODS), minutes=st.sampled_from([3, 20]))
    def goes_the_usual_way(self, mood, minutes):
        """Anna writes, Bernd agrees, the outbox sends, and the platform has a mood."""
        reply = self._try(self.shop.desk.draft, self.duty, ReplyKind.FINAL, self._new_words(ANNA), ANNA)
        if reply is not None and self._try(self.shop.desk.submit, reply.id, ANNA, seen_version=1):
            if self._try(self.shop.desk.approve, reply.id, self.shop.shown(reply.id), BERND):
                self.agreed[reply.text].add(BERND.id)
            self.shop.platform.script.append(mood)
            self.shop.run_until_quiet(hours=minutes / 60)

    @rule(actor=WRITERS, number=st.integers(0, 3))
    def edits(self, actor, number):
        """Somebody changes the words."""
        reply = self._pick(number)
        if reply is not None:
            text = self._new_words(actor)
            self._try(self.shop.desk.edit, reply.id, text, actor, seen_version=reply.version)

    @rule(actor=WRITERS, number=st.integers(0, 3))
    def submits(self, actor, number):
        """Somebody hands a draft over."""
        reply = self._pick(number)
        if reply is not None and self._try(self.shop.desk.submit, reply.id, actor, seen_version=reply.version):
            self.agreed[reply.text].add(actor.id)

    @rule(actor=WRITERS, number=st.integers(0, 3))
    def approves(self, actor, number):
        """Somebody agrees to what stands there."""
        reply = self._pick(number)
        if reply is not None and self._try(self.shop.desk.approve, reply.id, self.shop.shown(reply.id), actor):
            self.agreed[reply.text].add(actor.id)

    @rule(actor=WRITERS, number=st.integers(0, 3), step=st.sampled_from(["undo", "withdraw", "send_back", "rework"]))
    def thinks_again(self, actor, number, step):
        """Somebody takes something back."""
        reply = self._pick(number)
        if reply is not None:
            reason = ("weil",) if step in ("withdraw", "send_back") else ()
            self._try(getattr(self.shop.desk, step), reply.id, *reason, actor)

    @rule(mood=st.sampled_from(MOODS))
    def mood(self, mood):
        """The platform will do this next."""
        self.shop.platform.script.append(mood)

    @rule(minutes=st.sampled_from([1, 3, 20, 120, 1500]))
    def time_passes(self, minutes):
        """The daemon works all the while."""
        self.shop.run_until_quiet(hours=minutes / 60)

    @rule(number=st.integers(0, 3))
    def dies_while_sending(self, number):
        """A worker claims and is never heard of again; its bytes may have left."""
        reply = self._pick(number)
        if reply is not None:
            with self.shop.database.transaction() as session:
                claim = self.shop.outbox.claim(session, reply.id, self.shop.clock())
            if claim is not None:
                self.shop.outbox._publish(claim)

    @precondition(lambda self: self.words < 30)
    @rule()
    def author_edits(self):
        """The post changes under everybody's hands."""
        post_id = self.shop.duty(self.duty).post_id
        self.words += 1
        self.shop.edit_post(post_id, f"Fassung {self.words}")

    @rule()
    def vanishes(self):
        """The platform takes every text of ours down."""
        for copy in self.shop.platform.copies:
            if copy.at <= self.shop.clock():
                self.shop.platform.remove(copy.ref)

    @rule(number=st.integers(0, 3), actor=st.sampled_from([BERND, DORA]))
    def looks_and_decides(self, number, actor):
        """An owner settles what is unclear, and tells the truth."""
        reply = self._pick(number)
        if reply is None or not reply.needs_human:
            return
        there = reply.text in self.shop.platform.texts()
        outcome = Action.DELIVER if there else Action.POSTPONE
        try:
            with self.shop.database.transaction() as session:
                arguments = (actor, self.shop.world, self.shop.timing, self.shop.clock())
                settle_by_person(session, reply.id, outcome, "nachgesehen", *arguments)
        except ReplyError:
            return

    @invariant()
    def everything_that_verify_asks_holds(self):
        """The product's own questions."""
        if not hasattr(self, "shop"):
            return
        with self.shop.database.reading() as session:
            found = verify(session, self.shop.clock(), self.shop.timing)
        assert [one for one in found if one.rule not in NOT_THIS_MACHINES] == []

    @invariant()
    def every_public_text_is_there_once_and_two_people_agreed(self):
        """What the platform shows, against what people really clicked."""
        if not hasattr(self, "shop"):
            return
        texts = self.shop.platform.texts()
        assert len(texts) == len(set(texts))
        for text in texts:
            assert len(self.agreed[text]) > 1
            assert self.agreed[text] & OWNERS


TestPromise = Promise.TestCase
TestPromise.__doc__ = (
    """Everybody clicks at any time, the platform has moods: what verify asks holds after every step."""
)
TestPromise.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    derandomize="HYPOTHESIS_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


class Doubtful(Promise):
    """The same where sending often ends in doubt, on a platform that takes everything twice: where harm is near."""

    @initialize()
    def open(self):
        """A platform that knows no keys."""
        Promise.open(self, Capability.LIST)

    @precondition(lambda self: len(self.shop.rows(Reply)) < 4)
    @rule(mood=st.sampled_from(["ok", "drop", "late"]))
    def goes_the_usual_way(self, mood):
        """The platform takes it, and often nobody hears of it."""
        Promise.goes_the_usual_way(self, mood, 20)


def test_the_control_a_blind_retry_is_found(monkeypatch):
    """The machine over an outbox that retries on time-out: it has to find the second text."""
    monkeypatch.setattr(outbox, "after_attempt", _retries)
    hunt = settings(Promise.TestCase.settings, max_examples=40, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Doubtful, settings=hunt)


def _retries(result):
    action, ending = after_attempt(result)
    return (Action.POSTPONE, ending) if action == Action.LOSE else (action, ending)
