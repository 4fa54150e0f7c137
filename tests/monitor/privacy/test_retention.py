"""What the terms end, and what they must not end."""

from datetime import timedelta

from sqlalchemy import update

from connectors.core.errors import Unavailable
from monitor import jobs, quarantine
from monitor.privacy import retention
from monitor.privacy.retention import Retained, is_due, retain
from monitor.privacy.settings import Retention
from monitor.tables import Forgotten, PostVersion, Quarantine, Run, RunKind
from monitor.verify import verify
from replies import duty as duties
from replies.lifecycle import DutyState
from tests.monitor.privacy.canary import ID, WORDS, answered, hers
from tests.monitor.shop import BERND, COMPLAINT, PRAISE, broken, dump, post


def applied(shop, terms=None, **span) -> Retained:
    """Wait, and apply the terms."""
    return retain(shop.house.transaction, terms or Retention(), shop.clock.wait(**span))


def test_praise_is_forgotten_after_ninety_days_and_a_complaint_is_not(shop):
    """One day earlier nothing is."""
    shop.round([post("1", PRAISE), post("2", COMPLAINT)])
    assert applied(shop, days=89).unflagged == 0
    assert applied(shop, days=2) == Retained(unflagged=1)
    kept = {row.forgotten: row.text for row in shop.all(type(shop.row("2")))}
    assert kept == {Forgotten.TERM: "", Forgotten.NONE: COMPLAINT}


def test_zero_keeps_everything(shop):
    """For ever."""
    shop.round([post("1", PRAISE)])
    never = Retention(unflagged_days=0, answered_months=0, raw_days=0, runs_days=0, gone_days=0)
    assert applied(shop, never, days=4000) == Retained()
    assert shop.row("1").text == PRAISE


def test_an_answered_complaint_is_forgotten_after_two_years_with_our_answer(shop):
    """25 months later no word of it is left, and verify has nothing to say."""
    shop.round([hers()])
    duty = shop.duty(f"{ID}/1")
    answered(shop, duty.id)
    assert applied(shop, days=700).answered == 0
    assert applied(shop, days=62).answered == 1
    assert WORDS not in str(dump(shop.house)).lower()
    assert [row.state for row in shop.all(type(duty))] == [DutyState.ANSWERED]
    with shop.house.reading() as session:
        broken = {found.rule for found in verify(session, shop.clock(), shop.house.timing)}
    assert broken <= {"stale_unmarked"}  # nobody read the source for two years


def test_raw_records_go_after_thirty_days_unless_an_answer_is_owed(shop):
    """The complaint's record is needed to answer it."""
    shop.round([post("1", PRAISE), post("2", COMPLAINT)])
    assert applied(shop, days=31) == Retained(raw=1)
    assert {row.text: row.raw for row in shop.all(PostVersion)} == {PRAISE: {}, COMPLAINT: {"id": "2"}}


def test_what_was_deleted_upstream_is_forgotten_after_thirty_days(shop):
    """The snapshot was kept for a while, not for ever."""
    shop.round([hers()])
    row = shop.row(f"{ID}/1")
    with shop.house.transaction() as session:
        row.gone_at = shop.clock()
        session.merge(row)
        duties.post_gone(session, duties.of_post(session, row.id), shop.clock())
    assert applied(shop, days=29).gone == 0
    assert applied(shop, days=2).gone == 1


def test_a_legal_hold_keeps_the_words(shop):
    """As long as it lasts."""
    shop.round([hers()])
    with shop.house.transaction() as session:
        duty = duties.of_post(session, shop.row(f"{ID}/1").id)
        end = shop.clock() + timedelta(days=300)
        duties.hold_for_law(session, duty, BERND, shop.clock(), note="Klage", ends_at=end)
    assert applied(shop, Retention(answered_months=1), days=200).answered == 0
    assert shop.row(f"{ID}/1").text


def test_a_forgotten_post_comes_back_when_its_author_turns_it_into_a_complaint(shop):
    """Nobody is forgotten who has something to say; unchanged it stays away."""
    shop.round([post("1", PRAISE)])
    applied(shop, days=91)
    assert shop.round([post("1", PRAISE)]).counts.same == 1
    assert shop.duty("1") is None
    shop.round([post("1", COMPLAINT)])
    assert (shop.row("1").forgotten, shop.duty("1").state) == (Forgotten.NONE, DutyState.OPEN)
    assert applied(shop, days=1).unflagged == 0


def test_it_is_due_once_a_day_and_says_counts_only(shop):
    """The journal has the result."""
    shop.round([post("1", PRAISE)])
    with shop.house.reading() as session:
        assert is_due(session, shop.clock())
    applied(shop, days=91)
    with shop.house.reading() as session:
        assert not is_due(session, shop.clock.wait(hours=23))
        assert is_due(session, shop.clock.wait(hours=1))
    assert shop.events("retention.") == ["retention.done"]


def rounds(shop) -> list[int]:
    """What is kept of the rounds: when, as days since the first that is there."""
    first = min(run.started_at for run in shop.all(Run))
    return sorted((run.started_at - first).days for run in shop.all(Run))


def test_rounds_of_long_ago_are_deleted_in_small_transactions(shop, monkeypatch):
    """A hundred days of them, three at a time: ninety days are left, nothing twice, and a second time nothing."""
    monkeypatch.setattr(retention, "_RUNS_AT_ONCE", 3)
    for _day in range(101):
        shop.round([])
        shop.clock.wait(days=1)
    assert applied(shop).runs == 11
    assert rounds(shop) == list(range(90))
    assert applied(shop).runs == 0


def test_one_day_deletes_no_more_rounds_than_it_may(shop, monkeypatch):
    """What years have piled up goes day by day."""
    monkeypatch.setattr(retention, "_RUNS_AT_ONCE", 2)
    monkeypatch.setattr(retention, "_RUNS_A_DAY", 4)
    for _round in range(11):
        shop.round([])
    assert [applied(shop, days=100).runs, applied(shop).runs, applied(shop).runs] == [4, 4, 2]


def test_the_last_round_and_the_last_good_one_of_a_source_are_kept_for_ever(shop):
    """Of each kind, however old: health and page may ask when it last went well."""
    shop.round([])
    shop.round([post("1")])
    shop.round([], kind=RunKind.SWEEP)
    for _round in range(3):
        shop.round(Unavailable("503"))
    assert applied(shop, days=4000).runs == 3
    kept = [(run.kind, run.ok, run.items) for run in sorted(shop.all(Run), key=lambda run: run.id)]
    assert kept == [(RunKind.POLL, True, 1), (RunKind.SWEEP, True, 0), (RunKind.POLL, False, 0)]


def test_a_round_that_lost_something_is_kept_and_still_named(shop):
    """A term must not hide it from verify."""
    shop.round([post("1")])
    with shop.house.transaction() as session:
        session.exec(update(Run).values(items=2))
    shop.round([])
    applied(shop, days=4000)
    assert sorted(run.items for run in shop.all(Run)) == [0, 2]
    with shop.house.reading() as session:
        assert "lost_items" in {found.rule for found in verify(session, shop.clock(), shop.house.timing)}


def test_a_clock_that_jumps_three_years_for_an_hour_takes_no_words(shop):
    """The daemon notes it and waits a day; set right before that, nothing is forgotten."""
    shop.round([post("1", PRAISE)])
    jobs.retain(shop.house, shop.clock())
    shop.clock.wait(days=1100)
    jobs.retain(shop.house, shop.clock())
    jobs.retain(shop.house, shop.clock.wait(hours=1))
    shop.clock.wait(days=-1100)
    jobs.retain(shop.house, shop.clock.wait(days=1))
    assert shop.row("1").text == PRAISE


def test_a_machine_that_was_away_for_a_year_applies_the_terms_a_day_later(shop):
    """The control: the date was right."""
    shop.round([post("1", PRAISE)])
    jobs.retain(shop.house, shop.clock())
    jobs.retain(shop.house, shop.clock.wait(days=365))
    row = shop.row("1")
    assert row.text == PRAISE
    jobs.retain(shop.house, shop.clock.wait(days=1))
    assert [row.text for row in shop.all(type(row))] == [""]


def test_dropped_records_go_with_their_term_unless_the_platform_still_sends_them(shop):
    """Their rows had stayed for ever; one that is still sent keeps its row, empty, or it would be new again."""
    shop.round([broken({"id": 1}), broken({"id": 2})])
    with shop.house.transaction() as session:
        quarantine.close(session, shop.source(), shop.clock(), why="by_hand")
    shop.clock.wait(days=20)
    shop.round([broken({"id": 2})])
    applied(shop, days=11)
    assert [row.raw for row in shop.all(Quarantine)] == [""]
    shop.round([broken({"id": 2})])
    assert [row.resolved_at is None for row in shop.all(Quarantine)] == [False]
