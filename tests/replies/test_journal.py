"""The journal: append-only, chained, and every hand in it shows."""

import threading

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError

from replies import journal
from replies.journal import Break
from replies.people import DAEMON
from replies.tables import Journal
from tests.replies.shop import ANNA, BERND


@pytest.fixture
def filled(shop):
    """Six rows, after those of the people who were hired."""
    with shop.database.transaction() as session:
        for number in range(6):
            journal.write(session, shop.clock(), ANNA, "test.row", f"thing:{number}", number=number, word="Müller „x“")
    return shop


def forge(shop, *statements):
    """Somebody with the database file drops the guards, changes rows, and we look."""
    guards = ("DROP TRIGGER journal_no_update", "DROP TRIGGER journal_no_delete")
    if not shop.database.is_sqlite:
        guards = ("ALTER TABLE journal DISABLE TRIGGER USER",)
    with shop.database.transaction() as session:
        for statement in (*guards, *statements):
            session.execute(sql(statement))
    return found(shop)


def found(shop):
    """Where the chain does not hold."""
    with shop.database.reading() as session:
        return list(journal.breaks(session))


def test_an_untouched_chain_holds(filled):
    """Nothing to report, and a row for each step."""
    assert found(filled) == []
    assert [row.event for row in filled.rows(Journal)][-6:] == ["test.row"] * 6


@pytest.mark.parametrize("statement", ["UPDATE journal SET actor = 'owner:2'", "DELETE FROM journal"])
def test_the_database_refuses_a_change(filled, statement):
    """Triggers stop every program, ours too."""
    with pytest.raises(DatabaseError, match="append-only"), filled.database.transaction() as session:
        session.execute(sql(statement))


def test_postgresql_refuses_to_empty_it_as_well(filled):
    """TRUNCATE is a way round the guards of single rows; SQLite has none."""
    statement = "DELETE FROM journal" if filled.database.is_sqlite else "TRUNCATE journal"
    with pytest.raises(DatabaseError, match="append-only"), filled.database.transaction() as session:
        session.execute(sql(statement))


@pytest.mark.parametrize(
    "change", ["at = '2020-01-01T00:00:00.000000Z'", "actor = 'x'", "event = 'x'", "subject = 'x'", "data = '{}'"]
)
def test_an_altered_row_is_named(filled, change):
    """Each column is under the hash."""
    assert forge(filled, f"UPDATE journal SET {change} WHERE seq = 3") == [Break(3, "altered")]  # noqa: S608


def test_a_removed_row_is_named(filled):
    """Also when it was one of several."""
    assert forge(filled, "DELETE FROM journal WHERE seq IN (2, 4)") == [Break(2, "missing"), Break(4, "missing")]


def test_a_removed_end_is_named(filled):
    """The head remembers how long the chain was."""
    end = filled.rows(Journal)[-1].seq
    assert forge(filled, f"DELETE FROM journal WHERE seq > {end - 2}") == [  # noqa: S608
        Break(end - 1, "missing"),
        Break(end, "missing"),
    ]


def test_a_removed_beginning_is_named(filled):
    """The first row has a predecessor too."""
    assert forge(filled, "DELETE FROM journal WHERE seq = 1") == [Break(1, "missing")]


def test_a_rewritten_row_breaks_the_link(filled):
    """Whoever computes a new hash for an altered row cannot make the next row fit."""
    row = filled.rows(Journal)[2]
    forged = journal.row_hash(3, row.at, "owner:2", row.event, row.subject, row.data, row.prev)
    assert forge(filled, f"UPDATE journal SET actor = 'owner:2', hash = '{forged}' WHERE seq = 3") == [  # noqa: S608
        Break(4, "unlinked")
    ]


def test_a_rewritten_last_row_does_not_fit_the_head(filled):
    """The end of the chain is kept apart."""
    row = filled.rows(Journal)[-1]
    forged = journal.row_hash(row.seq, row.at, "owner:2", row.event, row.subject, row.data, row.prev)
    assert forge(filled, f"UPDATE journal SET actor = 'owner:2', hash = '{forged}' WHERE seq = {row.seq}") == [  # noqa: S608
        Break(row.seq, "cut")
    ]


def test_a_lost_head_is_noticed(filled):
    """Without the head nobody could tell whether the end is missing."""
    assert forge(filled, "DELETE FROM journal_head") == [Break(0, "cut")]


def test_a_step_and_its_row_stand_or_fall_together(shop):
    """A rolled back transaction leaves no row and no gap."""
    before = len(shop.rows(Journal))
    with pytest.raises(ZeroDivisionError), shop.database.transaction() as session:
        journal.write(session, shop.clock(), DAEMON, "test.row", "thing:1", ratio=1 / 0)
    with shop.database.transaction() as session:
        assert journal.write(session, shop.clock(), DAEMON, "test.row", "thing:2") == before + 1


def test_writers_at_once_make_one_chain(shop):
    """Four threads, ten rows each: forty rows, no break."""

    def write():
        for _ in range(10):
            with shop.database.transaction() as session:
                journal.write(session, shop.clock(), BERND, "test.row", "thing:1")

    before = len(shop.rows(Journal))
    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [row.seq for row in shop.rows(Journal)] == list(range(1, before + 41))
    assert found(shop) == []


def test_the_journal_names_ids_and_digests_only(shop):
    """Neither the post's words, nor the answer's, nor a person's name stand in it."""
    shop.published(shop.complaint("Frau Zänker war unfreundlich"), text="Liebe Frau Zänker, das tut uns leid.")
    everything = str([row.model_dump() for row in shop.rows(Journal)])
    assert "Zänker" not in everything
    assert "Bernd" not in everything
    assert "owner:2" in everything


CUT = (
    "DELETE FROM journal WHERE seq > (SELECT max(seq) - 2 FROM journal)",
    "UPDATE journal_head SET seq = (SELECT max(seq) FROM journal)",
    "UPDATE journal_head SET hash = (SELECT hash FROM journal WHERE seq = (SELECT max(seq) FROM journal))",
)


def test_who_remembers_the_end_notices_that_it_was_cut_with_its_head(filled):
    """The chain alone cannot: what is left of it holds."""
    with filled.database.reading() as session:
        seq, digest = journal.end(session)
        assert journal.stands(session, seq, digest[:16])
        assert not journal.stands(session, seq, "0" * 16)
    assert forge(filled, *CUT) == []
    with filled.database.reading() as session:
        assert not journal.stands(session, seq, digest[:16])
