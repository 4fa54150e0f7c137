"""What a hand changes, slips in or takes out past the program differs from what the journal sealed."""

import pytest
from sqlalchemy import text

from monitor import seals
from monitor.privacy.forget import forget
from monitor.tables import Forgotten, PostRow
from monitor.verify import verify
from monitor.verify.told import Seals
from replies import journal
from tests.monitor.verify.conftest import fresh
from tests.replies.shop import ANNA

IN_A_COPY = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

ALL_ABOUT_POST_3 = [
    "DELETE FROM sighting WHERE reply_id = 3",
    "DELETE FROM attempt WHERE reply_id = 3",
    "DELETE FROM reply WHERE id = 3",
    "DELETE FROM fact_check WHERE duty_id = 3",
    "DELETE FROM duty WHERE post_id = 3",
    "DELETE FROM verdict WHERE post_id = 3",
    "DELETE FROM post_version WHERE post_id = 3",
    "DELETE FROM post WHERE id = 3",
]
GONE = {("post_seal", "post:3"), ("duty_seal", "duty:3"), ("reply_seal", "reply:3"), ("facts_seal", "facts:2")}
SEALED = {
    "a post's words, in row and version": (
        ["UPDATE post SET text = 'Lob' WHERE id = 2", "UPDATE post_version SET text = 'Lob' WHERE post_id = 2"],
        {("post_seal", "post:2")},
    ),
    "a version's words alone": (["UPDATE post_version SET text = '' WHERE post_id = 2"], {("post_seal", "post:2")}),
    "a post's stars": (["UPDATE post SET rating = 5, rating_max = 5 WHERE id = 2"], {("post_seal", "post:2")}),
    "whose post it is": (["UPDATE post SET author = 'Wettbewerb' WHERE id = 2"], {("post_seal", "post:2")}),
    "when we first saw it": (
        ["UPDATE post SET first_seen_at = '2026-04-01 00:00:00.000000' WHERE id = 2"],
        {("post_seal", "post:2")},
    ),
    "a post called forgotten": (["UPDATE post SET forgotten = 'term' WHERE id = 2"], {("post_seal", "post:2")}),
    "a post called gone": (
        ["UPDATE post SET gone_at = '2026-03-02 10:00:00.000000' WHERE id = 2"],
        {("post_seal", "post:2")},
    ),
    "a post with everything about it": (ALL_ABOUT_POST_3, {*GONE, ("attempt_seal", "attempt:3")}),
    "a draft's words": (
        ["UPDATE reply SET text = 'Selber schuld.' WHERE id = 4"],
        {("reply_seal", "reply:4")},
    ),
    "a draft's author": (["UPDATE reply SET author_id = 5 WHERE id = 4"], {("reply_seal", "reply:4")}),
    "a draft that is not there": (["DELETE FROM reply WHERE id = 4"], {("reply_seal", "reply:4")}),
    "the author of a published answer": (["UPDATE reply SET author_id = 5 WHERE id = 1"], {("reply_seal", "reply:1")}),
    "a term put off": (
        ["UPDATE duty SET due_at = '2027-01-01 00:00:00.000000' WHERE id = 2"],
        {("duty_seal", "duty:2")},
    ),
    "a hold without end": (["UPDATE duty SET ends_at = NULL WHERE id = 5"], {("duty_seal", "duty:5")}),
    "another proof": (["UPDATE duty SET proof = 'gone' WHERE id = 4"], {("duty_seal", "duty:4")}),
    "a word that no duty knows": (["UPDATE duty SET proof = 'egal' WHERE id = 4"], {("duty_seal", "duty:4")}),
    "a fact check that is not there": (["DELETE FROM fact_check WHERE id = 1"], {("facts_seal", "facts:1")}),
    "another finding": (["UPDATE fact_check SET verdict = 'unjustified' WHERE id = 1"], {("facts_seal", "facts:1")}),
    "an attempt that is not there": (["DELETE FROM attempt WHERE id = 3"], {("attempt_seal", "attempt:3")}),
    "an older text": (["UPDATE earlier_text SET text = 'nett' WHERE id = 1"], {("earlier_seal", "earlier:1")}),
    "an older text that is not there": (["DELETE FROM earlier_text WHERE id = 1"], {("earlier_seal", "earlier:1")}),
    "a role": (["UPDATE \"user\" SET role = 'owner' WHERE id = 1"], {("user_seal", "user:1")}),
    "a password": (["UPDATE \"user\" SET password_hash = '$argon2id$x' WHERE id = 2"], {("user_seal", "user:2")}),
    "a name": (["UPDATE \"user\" SET name = 'Anna B.' WHERE id = 1"], {("user_seal", "user:1")}),
    "a locked person let in": (['UPDATE "user" SET active = 0 WHERE id = 4'], {("user_seal", "user:4")}),
    "a person who is not there": (['DELETE FROM "user" WHERE id = 4'], {("user_seal", "user:4")}),
    "a person whom nobody added": (
        [(
            'INSERT INTO "user" (id, name, role, password_hash, active, created_at, language)'
            " VALUES (9, 'Zoe', 'owner', 'x', 1, '2026-03-02 10:00:00.000000', 'de')"
        )],
        {("user_seal", "user:9")},
    ),
}  # fmt: skip


@pytest.fixture
def drafted(busy):
    """The busy morning, and one answer that is being written a second time."""
    assert busy.draft(busy.complaint(ref="p6")) == 4
    busy.do(busy.desk.edit, 4, "Das tut uns sehr leid.", ANNA, seen_version=1)
    return busy


@IN_A_COPY
def test_what_was_sealed_is_not_altered_unnoticed(drafted, alter):
    """Exactly the seal that each change breaks, and nothing else; one morning, a copy of it for each change."""
    untouched = alter()
    found = {name: alter(*statements) - untouched for name, (statements, _expected) in SEALED.items()}
    assert found == {name: expected for name, (_statements, expected) in SEALED.items()}
    assert {rule for rule, _ in untouched} <= {"unjudged"}


@IN_A_COPY
@pytest.mark.parametrize("name", ["journal_no_update", "journal_no_delete"])
def test_a_dropped_guard_is_noticed(busy, alter, name):
    """Without its trigger the journal can be rewritten; `verify` says so before anybody has."""
    assert alter(guards=False) == {("journal_guard", f"trigger:{name}") for name in journal.guards("sqlite")}
    harmless = f"CREATE TRIGGER {name} BEFORE UPDATE ON journal BEGIN SELECT 1; END"
    assert ("journal_guard", f"trigger:{name}") in alter(script=harmless)


def test_a_guard_switched_off_is_noticed_on_either_engine(busy):
    """PostgreSQL can switch a trigger off without dropping it."""
    statement = "ALTER TABLE journal DISABLE TRIGGER USER"
    if busy.database.is_sqlite:
        statement = "DROP TRIGGER journal_no_delete"
    assert "journal_guard" not in rules(busy)
    with busy.database.transaction() as session:
        session.execute(text(statement))
    assert "journal_guard" in rules(busy)


def rules(shop):
    """Which rules are broken."""
    with shop.database.reading() as session:
        return {found.rule for found in verify(session, fresh(shop), shop.timing)}


def test_forgetting_is_no_alteration(busy):
    """The words go through the front door: the emptied rows are sealed anew, and nothing is named."""
    with busy.database.transaction() as session:
        forget(session, [1, 2], Forgotten.REQUEST, busy.clock())
    assert rules(busy) == set()


def test_the_old_seal_of_a_forgotten_post_fits_nothing(busy):
    """Who kept a copy of the whole row cannot show that this was the post: the salt is gone."""
    with busy.database.transaction() as session:
        row = session.get_one(PostRow, 1)
        before, salt = row.model_dump(), row.salt
        forget(session, [1], Forgotten.REQUEST, busy.clock())
        assert session.get_one(PostRow, 1).salt != salt
        after = seals.of_posts(session, [1])
    told = str([row.model_dump() for row in busy.rows(journal.Journal)])
    assert salt not in told
    assert before["text"] not in told
    assert after["post:1"] in told


def test_a_user_changed_by_hand_is_named_on_either_engine(busy):
    """The seal is the same on both databases."""
    with busy.database.transaction() as session:
        session.execute(text("UPDATE \"user\" SET role = 'owner' WHERE id = :id"), {"id": ANNA.id})
    assert rules(busy) == {"user_seal"}


def test_seals_are_kept_by_id_however_far_out():
    """One id in the billions costs one page, not the memory between."""
    kept = Seals()
    for number in (0, 1, 4095, 4096, 10**12):
        kept.put(number, bytes([1]) * 32)
    kept.drop(1)
    kept.drop(10**9)
    assert list(kept.left()) == [0, 4095, 4096, 10**12]
    assert kept.get(1) is None
    assert kept.get(4096) == bytes([1]) * 32
