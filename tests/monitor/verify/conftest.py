"""The same small business as in the tests of the promise, after a busy morning, and a hand that alters a copy of it."""

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.db import Database
from monitor.tables import Run, RunKind, Source, Verdict
from monitor.verify import verify
from replies import duty as duties
from replies.journal import guard_statements
from replies.lifecycle import ReplyKind
from tests.replies.fixtures import clock, database, shop
from tests.replies.shop import ANNA, BERND

__all__ = ["clock", "database", "shop"]


def judged(shop, duty_id, *, needs_answer=True):
    """Triage has looked at the post."""
    with shop.database.transaction() as session:
        post_id = shop.duty(duty_id).post_id
        session.add(
            Verdict(
                post_id=post_id, version=1, judge="test", at=shop.clock(), lang="de", sentiment="negative",
                polarity=-0.6, hostile=0.1, is_hostile=False, complaint=0.9, needs_answer=needs_answer, sure=True,
            )
        )  # fmt: skip


@pytest.fixture
def busy(shop):
    """A morning's work: answered, held, alone, unclear and found, not a complaint, on hold, reworked, edited, lost."""
    answered, held, found, fine, hold = (shop.complaint(ref=f"p{n}") for n in range(1, 6))
    shop.published(answered)
    shop.published(held, ReplyKind.HOLDING, "Wir kümmern uns.")
    shop.platform.script.append("drop")
    shop.delivered(found)
    shop.run_until_quiet(hours=2)
    with shop.database.transaction() as session:
        duty = duties.of_post(session, shop.duty(fine).post_id)
        duties.propose_no_complaint(session, duty, ANNA, shop.clock(), note="ein Lob")
        duties.confirm_no_complaint(
            session, duty, BERND, shop.clock(), note="ja, ein Lob", four_eyes=True, timing=shop.timing
        )
        later = shop.clock() + timedelta(days=30)
        law = duties.of_post(session, shop.duty(hold).post_id)
        duties.hold_for_law(session, law, BERND, shop.clock(), note="Az. 7", ends_at=later)
        session.add(Run(source_id=1, kind=RunKind.POLL, started_at=shop.clock(), items=6, stored=5, quarantined=1))
    for duty_id in (answered, held, found, fine, hold):
        judged(shop, duty_id)
    return shop


@pytest.fixture
def alter(busy, tmp_path):
    """Copy the database, let a hand change the copy past every guard, and ask which rules are broken there."""

    def run(*statements, guards=True, script=""):
        copy = tmp_path / "copy.db"
        with sqlite3.connect(busy.database.file) as source, sqlite3.connect(copy) as target:
            source.backup(target)
            target.executescript("PRAGMA ignore_check_constraints=1; DROP TRIGGER journal_no_update;")
            target.executescript("DROP TRIGGER journal_no_delete; DROP INDEX reply_one_live; PRAGMA foreign_keys=OFF;")
            for statement in statements:
                assert target.execute(statement).rowcount > 0, statement
            target.executescript(script)
            for statement in guard_statements("sqlite") if guards else ():
                target.execute(statement)
        source.close()
        target.close()
        database = Database(f"sqlite:///{copy}")
        with database.reading() as session:
            found = verify(session, fresh(busy), busy.timing)
        database.close()
        return {(violation.rule, violation.subject) for violation in found}

    return run


def fresh(shop):
    """The moment of asking; the source has just been read."""
    return shop.clock() + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _source_is_fresh(busy):
    with busy.database.transaction() as session:
        source = session.execute(select(Source)).scalar_one()
        source.succeeded_at = busy.clock()
        session.add(source)
