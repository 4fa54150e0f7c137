"""The past is made through the real functions, quickly, and what it leaves behind is a believable day."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from monitor.demo import business, weeks
from monitor.tables import PostRow, Quarantine, Run, Source, User
from replies import fact_cards, journal
from replies.care.tables import Call, Measure, RemovalNotice, Task
from replies.care.words import NoticeStand, TaskKind
from replies.clocks import Hours
from replies.lifecycle import DutyState, Proof, ReplyKind, State
from replies.tables import Citation, Duty, FactCard, Reply, SightingRow

SHOP = Hours.of(
    "Europe/Berlin", "SN", {**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-18:00"), "sat": "10:00-14:00"}
)


def rows(house, table, *conditions):
    """All rows of a table."""
    with house.reading() as session:
        return list(session.exec(select(table).where(*conditions)).all())


def post_of(house, name):
    """The row of a review by its name."""
    [row] = rows(house, PostRow, PostRow.ref == f"G-{name}")
    return row


def duty_of(house, name):
    """The duty of a review by its name."""
    [duty] = rows(house, Duty, Duty.post_id == post_of(house, name).id)
    return duty


def test_the_past_is_made_within_half_a_minute(made):
    """Seconds of a processor, whatever else the machine does."""
    assert made.seconds < 30


def test_every_review_and_mention_came_in_and_none_was_broken(house):
    """Through the real connectors, umlauts and all."""
    past = business.past()
    theirs = rows(house, PostRow, col(PostRow.own).is_(False))
    assert len(theirs) == len(past.reviews) + len(past.mentions)
    assert rows(house, Quarantine) == []
    assert post_of(house, "kinderrad").author == "Ayşe Demirhan"


def test_the_journal_holds_from_its_first_row_to_its_last(house):
    """No gap, no alteration, although the clock was set by hand."""
    with house.reading() as session:
        assert list(journal.breaks(session)) == []


def test_verify_finds_nothing_wrong(made, house):
    """Every invariant holds on the made past, at the moment in which it ends."""
    from monitor.verify import verify

    with house.reading() as session:
        assert [f"{found.rule} {found.subject}" for found in verify(session, made.at, house.timing)] == []


def test_each_piece_of_work_met_a_duty(house):
    """Triage sees what the business has worked on: else the day would have holes."""
    worked = {work.on for work in business.past().work}
    refs = {f"G-{name}" for name in worked}
    with house.reading() as session:
        statement = (
            select(PostRow.ref).join(Duty, col(Duty.post_id) == col(PostRow.id)).where(col(PostRow.ref).in_(refs))
        )
        met = set(session.exec(statement).all())
    assert met == {
        ref for ref in refs if ref.removeprefix("G-") not in {mention.name for mention in business.past().mentions}
    }


def test_nothing_of_the_past_happens_in_the_future(made, house):
    """Neither posts nor texts."""
    now = house.now()
    assert all(row.first_seen_at < now for row in rows(house, PostRow))
    assert all(row.written_at < now for row in rows(house, Reply))


def test_fact_cards_answer_what_waits_for_the_visitor(house):
    """One has a newer version, one answer rests on a card, and a question of today finds hers."""
    with house.reading() as session:
        cards = session.exec(select(FactCard)).all()
        assert [card.version for card in cards if card.replaced_by] == [1]
        assert len(session.exec(select(Citation)).all()) == 1
        for words, card in (
            ("Nimmt die Werkstatt in Lindenau auch samstags Räder an?", "samstags"),
            (post_of(house, "montag-zu").text, "Ladentür"),
        ):
            found = fact_cards.beside(session, words, ["availability"], (), house.now())
            assert any(card in one.statement for one in found), words


def test_every_page_has_something_to_show(house):
    """Calls, a notice that waits, measures; and nearly all that was promised has been looked after."""
    assert sorted(call.confirmed_at is None for call in rows(house, Call)) == [False]
    assert Counter(task.done_at is None for task in rows(house, Task, Task.kind == TaskKind.CALL)) == {
        True: 1,
        False: 1,
    }
    assert [notice.stand for notice in rows(house, RemovalNotice)] == [NoticeStand.SENT]
    assert sorted(bool(measure.sentence) for measure in rows(house, Measure)) == [False, True]
    late = rows(house, Task, col(Task.done_at).is_(None), col(Task.due_at) < house.now(), Task.kind != TaskKind.CALL)
    assert len(late) <= 2


def test_each_way_out_of_a_duty_has_been_gone(house):
    """Answered, released by two people, reported, answered elsewhere."""
    duties = rows(house, Duty)
    proofs = Counter(duty.proof for duty in duties if duty.proof)
    assert Counter(duty.state for duty in duties)[DutyState.ANSWERED] >= 10
    assert {Proof.NO_COMPLAINT, Proof.EXTORTION_REPORTED, Proof.ANSWERED_ELSEWHERE} == set(proofs)


def test_the_pizza_was_released_by_two_different_people(house):
    """Four eyes on "no complaint"."""
    duty = duty_of(house, "pizza")
    assert {duty.proof_by, duty.proof_second} == {
        user.id for user in rows(house, User) if user.name in ("Anna", "Bernd")
    }


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("bremse-halle", State.DRAFT),
        ("inzahlungnahme", State.SUBMITTED),
        ("leihrad-defekt", State.SUBMITTED),
        ("schutzblech", State.APPROVED),
        ("schloss", State.DELIVERED),
        ("speichen", State.PUBLISHED),
    ],
)
def test_the_work_of_today_stands_where_it_should(house, name, state):
    """Something waits for everybody."""
    [reply] = rows(house, Reply, Reply.post_id == post_of(house, name).id)
    assert reply.state == state


def test_the_returned_draft_carries_its_reason(house):
    """Bernd wrote what is missing."""
    [reply] = rows(house, Reply, Reply.post_id == post_of(house, "bremse-halle").id)
    assert reply.returned_note.startswith("Bitte noch sagen")


def test_the_owners_own_words_wait_for_annas_countersign(house):
    """His approval of them was refused."""
    [reply] = rows(house, Reply, Reply.post_id == post_of(house, "leihrad-defekt").id)
    assert (reply.author_is_owner, reply.approver_id) == (True, None)


def test_one_answer_is_really_unclear(made, house):
    """The platform dropped it and has not stored it."""
    [lost] = rows(house, Reply, Reply.state == State.UNCLEAR)
    assert lost.account == business.PLATFORM
    assert not any(status.text == lost.text for status in made.platform.stage.all())


def test_one_answer_was_published_through_the_api_and_seen(made, house):
    """The other mention of the past."""
    [reply] = rows(house, Reply, Reply.account == business.PLATFORM, Reply.state == State.PUBLISHED)
    assert made.platform.stage.get(reply.external_ref).text == reply.text
    assert [look.public for look in rows(house, SightingRow, SightingRow.reply_id == reply.id)] == [True]


def test_a_duty_is_held_by_a_holding_reply_that_was_seen(house):
    """The second clock runs."""
    duty = duty_of(house, "ersatzteil")
    [reply] = rows(house, Reply, Reply.duty_id == duty.id)
    assert (duty.state, reply.kind, reply.state) == (DutyState.HELD, ReplyKind.HOLDING, State.PUBLISHED)


def test_heute_has_something_overdue_and_something_due_soon_and_something_unsure(house):
    """A day to begin with."""
    now = house.now()
    waiting = rows(house, Duty, col(Duty.state) == DutyState.OPEN, col(Duty.backlog).is_(False))
    assert duty_of(house, "akku").due_at < now < duty_of(house, "montag-zu").due_at
    assert any(duty.unsure for duty in waiting)


def test_the_second_complaint_of_the_same_person_is_the_second_occasion(house):
    """Repetition was seen."""
    assert duty_of(house, "warten-lindenau-zwei").occasion == 2


def test_what_was_old_and_unanswered_stands_in_the_altbestand(house):
    """Without clocks."""
    duty = duty_of(house, "altbestand-wartezeit")
    assert (duty.backlog, duty.due_at) == (True, None)


def test_all_three_sources_are_healthy(house):
    """The live one has been read just now."""
    assert {(source.name, source.problem.value) for source in rows(house, Source)} == {
        ("google-lindenau", ""),
        ("google-halle", ""),
        ("stadtfunk", ""),
    }
    assert all(run.ok for run in rows(house, Run))


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 21, 23, 0, tzinfo=UTC),  # a Saturday night
        datetime(2026, 11, 24, 11, 0, tzinfo=UTC),  # a Tuesday noon
        datetime(2026, 12, 28, 8, 5, tzinfo=UTC),  # the Monday after Christmas, just opened
        datetime(2026, 3, 29, 12, 0, tzinfo=UTC),  # the Sunday of the clock change
        datetime(2027, 1, 1, 3, 0, tzinfo=UTC),  # New Year's night
    ],
)
def test_the_rounds_are_in_order_whenever_the_demo_starts(now):
    """Oldest first, all before now, and the overdue round is really overdue."""
    rounds = weeks.rounds(now, SHOP)
    moments = list(rounds.values())
    assert moments == sorted(set(moments))
    assert moments[-1] < now
    assert SHOP.plus_days(rounds["overdue"], 1) <= now < SHOP.plus_hours(rounds["soon"], 4)


def test_nobody_writes_a_review_in_the_middle_of_the_night():
    """Moved to the evening before."""
    seen = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    hours = {weeks.written(seen, float(back)).astimezone(business.ZONE).hour for back in range(48)}
    assert min(hours) >= 7


def test_every_answer_of_the_past_fits_on_its_platform():
    """A mention's answer has 500 characters with its greeting."""
    past = business.past()
    texts = {work.on: work.final for work in past.work}
    assert all(len(f"@{mention.who} {texts[mention.name]}") <= 500 for mention in past.mentions)


def test_the_export_is_what_german_excel_writes(made):
    """Semicolons, CRLF, a byte order mark, local dates."""
    body = (made.folder.path / "exports" / "google-lindenau.csv").read_bytes()
    assert body.startswith(b"\xef\xbb\xbfBewertungs-ID;Datum;Sterne;Name;Kommentar;Antwort;Link\r\n")


def test_weeks_go_back_far_enough(house):
    """A history of a few weeks."""
    assert house.now() - min(row.first_seen_at for row in rows(house, PostRow)) > timedelta(weeks=5)
