"""Records that could not be read: how many are kept, what takes whose place, and what is counted."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.core.contract import Malformed
from monitor import quarantine
from monitor.tables import Quarantine, Source
from tests.monitor.shop import CONFIG, open_shop

LIMIT = 3


def keeping(most: int) -> str:
    """A configuration with this limit."""
    return f"{CONFIG}[retention]\nunreadable_records = {most}\n"


def broken(raw: dict, ref: str | None = None) -> Malformed:
    """A record that the connector could not read."""
    return Malformed("no date", raw, ref)


@pytest.fixture
def small(tmp_path):
    """A house that keeps three unreadable records of a source."""
    with open_shop(tmp_path, config=keeping(LIMIT)) as shop:
        yield shop


def fetched(shop, *records) -> None:
    """One round ten minutes later, with these broken records on one page."""
    shop.clock.wait(minutes=10)
    assert shop.round(list(records)).ok


def held(shop) -> list[tuple]:
    """What waits: ref, words, how often it was seen."""
    rows = sorted(shop.all(Quarantine), key=lambda row: row.id)
    return [(row.ref, row.raw, row.times) for row in rows if row.resolved_at is None]


def test_a_record_that_is_broken_in_another_way_every_round_is_one_row(shop):
    """It had been one more row a round; first and last time and the count stay."""
    for number in range(20):
        fetched(shop, broken({"id": 7, "views": number}, "7"))
    (row,) = shop.all(Quarantine)
    assert (row.raw, row.times) == ('{"id": 7, "views": 19}', 20)
    assert (row.last_at - row.at).total_seconds() == 19 * 600


def test_the_very_same_record_is_counted(shop):
    """The row says when it was there last."""
    fetched(shop, broken({"id": 8}))
    fetched(shop, broken({"id": 8}))
    (row,) = shop.all(Quarantine)
    assert (row.times, row.last_at > row.at) == (2, True)


def test_two_records_of_one_page_that_share_an_id_are_both_kept(shop):
    """A review and a comment may have the same number; neither takes the other's place, in no round."""
    for number in range(3):
        fetched(shop, broken({"review": number}, "7"), broken({"comment": number}, "7"))
    assert held(shop) == [("7", '{"review": 2}', 3), ("7", '{"comment": 2}', 3)]


def test_what_has_no_room_takes_the_place_of_the_oldest_without_an_id_and_is_counted(small):
    """Nothing leads back to that one; the source says how many went, since when and when last."""
    fetched(small, broken({"a": 1}), broken({"b": 1}, "b"), broken({"c": 1}))
    fetched(small, broken({"d": 1}))
    assert [raw for _ref, raw, _times in held(small)] == ['{"d": 1}', '{"b": 1}', '{"c": 1}']
    source = small.source()
    assert (source.unkept, source.unkept_since, source.unkept_at) == (1, small.clock(), small.clock())


def test_records_with_an_id_are_not_pushed_out(small):
    """The platform may show them once; what comes then is counted alone."""
    fetched(small, *(broken({"n": n}, str(n)) for n in range(LIMIT)))
    fetched(small, broken({"n": "late"}, "late"), broken({"n": "nameless"}))
    assert [ref for ref, _raw, _times in held(small)] == ["0", "1", "2"]
    assert small.source().unkept == 2


def test_zero_keeps_them_all(tmp_path):
    """The wrong control of the limit: with it, five would be three."""
    with open_shop(tmp_path, config=keeping(0)) as shop:
        fetched(shop, *(broken({"n": n}) for n in range(5)))
        assert (len(held(shop)), shop.source().unkept) == (5, 0)


def test_closing_ends_the_count_as_well(small):
    """Whoever drops the records of a source has dropped those that were only counted."""
    fetched(small, *(broken({"n": n}) for n in range(LIMIT + 2)))
    with small.house.transaction() as session:
        source = session.get_one(Source, 1)
        assert quarantine.close(session, source, small.clock(), why="by_hand") == LIMIT + 2
    assert (held(small), small.source().unkept, small.source().unkept_since) == ([], 0, None)


_RECORD = st.builds(
    lambda ref, word: broken({"word": word, "ref": ref}, ref), st.sampled_from(["1", "2", None]), st.integers(0, 9)
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rounds=st.lists(st.lists(_RECORD, max_size=5), max_size=6))
def test_whatever_comes_no_more_rows_than_allowed_and_every_record_is_counted(tmp_path_factory, rounds):
    """Kept or counted: times of all rows and what found no room are at least what came."""
    with open_shop(tmp_path_factory.mktemp("shop"), config=keeping(LIMIT)) as shop:
        for items in rounds:
            fetched(shop, *items)
            assert len(held(shop)) <= LIMIT
        came, there = sum(map(len, rounds)), sum(times for _ref, _raw, times in held(shop))
        assert there <= came
        assert (there == came) or shop.source().unkept > 0
