"""`verify` is clean on what the real functions made, and names exactly what a hand has altered in a copy."""

from datetime import timedelta

import pytest

from monitor.verify import RULES, verify
from replies.attempts import settle_by_person
from replies.lifecycle import Action, FactVerdict
from replies.tables import Journal, Reply
from tests.monitor.verify.conftest import fresh, judged
from tests.monitor.verify.test_sealed import SEALED
from tests.replies.shop import BERND, DORA, EMIL


def test_a_morning_of_real_work_is_clean(busy):
    """Every rule was asked and none is broken."""
    with busy.database.reading() as session:
        assert verify(session, fresh(busy), busy.timing) == []
    assert len({rule for rule, _ in RULES}) == len(RULES) == 30
    assert {reply.state for reply in busy.rows(Reply)} == {"published"}


# A hand's change is made in a copy of the SQLite file, past every guard.
IN_A_COPY = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ATTEMPT = "reply_id, n, worker, fencing, key, digest, by_hand, started_at, lease_until, outcome, external_ref, message"
SECOND_TEXT = (
    f"INSERT INTO attempt ({ATTEMPT}) SELECT reply_id, 2, worker, 2, key, digest, 0, started_at, lease_until,"  # noqa: S608
    " 'delivered', 'r-other', '' FROM attempt WHERE reply_id = 1"
)
VERDICT = (
    (
        "INSERT INTO post (source_id, ref, kind, own, visible, text, first_seen_at, last_seen_at, version,"
        " salt, content_hash) SELECT 1, 'p9', kind, 0, 1, 'Nie!', first_seen_at, last_seen_at, 1, '', 'h' FROM"
        " post WHERE id = 1"
    ),
    (
        "INSERT INTO post_version (post_id, n, text, visible, seen_at, content_hash, replies, raw)"
        " SELECT 6, 1, 'Nie wieder!', 1, seen_at, 'h', '[]', '{}' FROM post_version WHERE post_id = 1"
    ),
    (
        "INSERT INTO verdict (post_id, version, judge, at, lang, sentiment, polarity, hostile, is_hostile, complaint,"
        " needs_answer, sure, topics, demands, flags, said, reasons) SELECT 6, 1, judge, at, lang, sentiment, polarity,"
        " hostile, is_hostile, complaint, 1, 1, topics, demands, flags, said, reasons FROM verdict WHERE post_id = 1"
    ),
)
ALTERED = {
    "two texts under one reply row": ([SECOND_TEXT], {("two_texts", "reply:1")}),
    "published without sighting": (
        ["DELETE FROM sighting WHERE reply_id = 1"],
        {("published_unseen", "reply:1")},
    ),
    "bytes that differ from the approved digest": (
        ["UPDATE reply SET text = text || ' Und tschüss.' WHERE id = 1"],
        {("approved_bytes", "reply:1")},
    ),
    "one person's approval alone": (
        ["UPDATE reply SET author_id = approver_id, author_is_owner = 1 WHERE id = 1"],
        {("two_people", "reply:1")},
    ),
    "one person's approval called a look": (
        ["UPDATE reply SET author_id = approver_id, author_is_owner = 1, alone = 1 WHERE id = 1"],
        {("two_people", "reply:1")},
    ),
    "an approval that nobody gave": (["UPDATE reply SET approver_id = 3 WHERE id = 1"], {("two_people", "reply:1")}),
    "two staff, no owner": (["UPDATE reply SET approver_is_owner = 0 WHERE id = 1"], {("two_people", "reply:1")}),
    "a flagged post without duty": (VERDICT, {("flagged_without_duty", "post:6")}),
    "a duty closed without answer or proof": (
        ["UPDATE duty SET proof = NULL WHERE id = 4"],
        {("closed_without_proof", "duty:4")},
    ),
    "a duty closed by hand": (
        ["UPDATE duty SET state = 'answered' WHERE id = 2"],
        {("closed_without_proof", "duty:2"), ("duty_unrecorded", "duty:2")},
    ),
    "no complaint, said one person": (
        ["UPDATE duty SET proof_second = NULL WHERE id = 4"],
        {("closed_without_proof", "duty:4")},
    ),
    "an item neither stored nor quarantined": (["UPDATE run SET quarantined = 0"], {("lost_items", "run:1")}),
    "a stale source not marked": (
        ["UPDATE source SET succeeded_at = '2026-02-01 00:00:00.000000'"],
        {("stale_unmarked", "source:laden")},
    ),
    "a journal row altered": (["UPDATE journal SET actor = 'owner:3' WHERE seq = 5"], {("journal_chain", "journal:5")}),
    "a journal row removed": (["DELETE FROM journal WHERE seq = 5"], {("journal_chain", "journal:5")}),
    "what was sent is not what was approved": (
        ["UPDATE attempt SET digest = 'x' WHERE reply_id = 1"],
        {("sent_bytes", "reply:1")},
    ),
    "a state that no step led to": (
        ["UPDATE reply SET state = 'unclear' WHERE id = 2", "UPDATE duty SET reopened_note = 'x' WHERE id = 2"],
        {("reply_unrecorded", "reply:2")},
    ),
    "a second live row": (
        ["UPDATE reply SET post_id = 1, duty_id = 1, kind = 'final' WHERE id = 3"],
        {("one_live_reply", "post:1"), ("approved_bytes", "reply:3"), ("closed_without_proof", "duty:3")},
    ),
    "a duty that knows nothing of the answer": (
        ["UPDATE duty SET state = 'open', answered_by = NULL WHERE id = 1"],
        {("answer_ignored", "reply:1"), ("duty_unrecorded", "duty:1")},
    ),
    "held by nothing": (
        ["UPDATE reply SET published_at = NULL WHERE id = 2"],
        {("held_without_contact", "duty:2")},
    ),
    "an own post that owes an answer": (["UPDATE post SET own = 1 WHERE id = 2"], {("owed_by_mistake", "duty:2")}),
    "a post that was never public": (
        ["UPDATE post SET visible = 0 WHERE id = 2", "UPDATE post_version SET visible = 0 WHERE post_id = 2"],
        {("owed_by_mistake", "duty:2")},
    ),
    "a version that is not the post's": (
        ["UPDATE post_version SET content_hash = 'x' WHERE post_id = 2"],
        {("current_version", "post:2")},
    ),
    "a post that nobody judged": (
        ["DELETE FROM verdict WHERE post_id = 2", "UPDATE post_version SET seen_at = '2026-01-01 00:00:00.000000'"],
        {("unjudged", "post:2")},
    ),
    "a person's word that no verdict knows": (
        [("INSERT INTO correction (post_id, version, head, said, corrected, judge, at)"
         " SELECT 2, 1, 'spam', 'no', 'yes', judge, at FROM verdict WHERE post_id = 2")],
        {("correction_ignored", "post:2")},
    ),
    "a forgotten post that is still indexed": (
        [
            "UPDATE post SET forgotten = 'term' WHERE id = 2",
            "INSERT INTO post_print (post_id, exact, words, signature) VALUES (2, 1, 1, x'00')",
        ],
        {("indexed_though_forgotten", "post:2")},
    ),
    "an attempt that never came back": (
        ["UPDATE reply SET state = 'sending', lease_until = '2026-01-01 00:00:00.000000' WHERE id = 2"],
        {("stuck_sending", "reply:2"), ("reply_unrecorded", "reply:2")},
    ),
    "an answer that nobody looks for": (
        [("UPDATE reply SET state = 'delivered', next_look_at = NULL, delivered_at = '2026-01-01 00:00:00.000000'"
         " WHERE id = 2")],
        {("delivered_unseen", "reply:2"), ("reply_unrecorded", "reply:2")},
    ),
    "an answer that a person was asked to look for": (  # Heute shows it until then, so nobody waits in silence
        [("UPDATE reply SET state = 'delivered', next_look_at = NULL, delivered_at = '2026-01-01 00:00:00.000000',"
         " trouble = 'look_needed' WHERE id = 2")],
        {("reply_unrecorded", "reply:2")},
    ),
}  # fmt: skip


@IN_A_COPY
@pytest.mark.parametrize("name", ALTERED)
def test_what_a_hand_altered_is_named(alter, name):
    """Exactly the rules that the change breaks, with the row's id; test_sealed.py has the seals."""
    statements, expected = ALTERED[name]
    assert {(rule, subject) for rule, subject in alter(*statements) if not rule.endswith("_seal")} == expected


def test_every_rule_is_broken_by_some_alteration():
    """A rule that no test can break may not work at all."""
    broken = {rule for _, expected in (*ALTERED.values(), *SEALED.values()) for rule, _ in expected}
    assert broken | {"journal_guard"} == {rule for rule, _ in RULES}


@IN_A_COPY
def test_a_removed_last_row_is_noticed(alter, busy):
    """The journal's length is kept apart, so that cutting its end off shows."""
    last = len(busy.rows(Journal))
    assert ("journal_chain", f"journal:{last}") in alter(f"DELETE FROM journal WHERE seq = {last}")  # noqa: S608


def test_a_sentence_is_german_and_names_the_matter(busy):
    """The finding is for people: one German sentence."""
    with busy.database.reading() as session:
        later = busy.clock() + timedelta(days=2)
        found = [violation for violation in verify(session, later, busy.timing) if violation.rule == "stale_unmarked"]
    assert found[0].sentence == "Die Quelle „Laden“ wurde lange nicht gelesen und ist nicht als veraltet vermerkt."


def test_a_text_sent_again_by_a_person_is_not_a_second_text(busy):
    """It vanished, Bernd said so and had it sent again: two ids over time, one text in public."""
    busy.platform.remove("r1")
    busy.look(1)
    busy.look(1)
    assert busy.reply(1).needs_human
    with busy.database.transaction() as session:
        args = (1, Action.POSTPONE, "nicht mehr zu sehen", BERND, busy.world, busy.timing, busy.clock())
        settle_by_person(session, *args)
    busy.clock.forward(minutes=5)
    busy.outbox.send(1)
    busy.look(1)
    with busy.database.reading() as session:
        rules = {violation.rule for violation in verify(session, fresh(busy), busy.timing)}
    assert busy.reply(1).state == "published"
    assert rules <= {"stale_unmarked"}


def test_one_persons_two_looks_are_clean(busy):
    """Four eyes off: the journal has the first look, so the approval stands."""
    busy.four_eyes = False
    duty = busy.complaint(ref="p7")
    judged(busy, duty)
    reply = busy.submitted(duty, actor=BERND)
    busy.agree(reply, BERND)
    busy.clock.forward(minutes=20)
    busy.agree(reply, BERND)
    assert busy.reply(reply).alone
    with busy.database.reading() as session:
        rules = {violation.rule for violation in verify(session, busy.clock(), busy.timing)}
    assert rules <= {"stale_unmarked"}


def test_unclear_facts_leave_nothing_behind(busy):
    """What the desk refuses leaves no half-made row."""
    duty = busy.complaint(ref="p8")
    judged(busy, duty)
    busy.facts(duty, FactVerdict.UNCLEAR, EMIL)
    busy.draft(duty, actor=DORA)
    with busy.database.reading() as session:
        assert verify(session, fresh(busy), busy.timing) == []
