"""A page becomes rows: nothing twice, nothing lost, every version kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from connectors.core.contract import PostKind, PublicReply
from monitor import seals
from monitor.tables import PostRow, PostVersion, Quarantine, Run
from replies.tables import Journal
from tests.monitor.shop import AGAIN, COMPLAINT, MONDAY, PRAISE, broken, dump, open_shop, own, post


def many(n):
    """Posts of different people, each at its own minute."""
    words = [COMPLAINT, PRAISE, AGAIN]
    return [
        post(str(i), f"{words[i % 3]} ({i})", author_id=f"a{i % 40}", created=MONDAY - timedelta(minutes=i + 1))
        for i in range(n)
    ]


def content(shop):
    """Posts, versions and duties without what a second look may change."""
    found = dump(
        shop.house, "last_seen_at", "at", "id", "post_id", "matter_id", "first_seen_at", "opened_at", "reasons", "salt"
    )
    return {name: found[name] for name in ("post", "post_version", "duty")}


def counted(shop):
    """(items, stored, changed, same, quarantined) of the newest run."""
    run = shop.all(Run)[-1]
    return run.items, run.stored, run.changed, run.same, run.quarantined


def test_the_same_page_again_changes_nothing(shop):
    """RELIABILITY G7: only the time of the last look moves, and how often a broken record was seen."""
    page = [*many(60), post("r", own=False, replies=(PublicReply("x", "Danke!", None, own=True),)), broken()]
    shop.round(page)
    moving = ("last_seen_at", "last_at", "times")
    before = dump(shop.house, *moving)
    shop.clock.wait(minutes=10)
    shop.round(page)
    after = dump(shop.house, *moving)
    assert {name for name in before if before[name] != after[name]} <= {"run", "source"}
    assert counted(shop) == (62, 0, 0, 61, 1)


def test_mixed_order_and_other_page_cuts_give_the_same_rows(tmp_path):
    """RELIABILITY G7 again: where a page ends is the platform's whim."""
    items = many(90)
    results = []
    for number, pages in enumerate(([items], [items[::-1]], [items[:7], items[7:50], items[40:]])):
        folder = tmp_path / str(number)
        folder.mkdir()
        with open_shop(folder) as shop:
            assert shop.round(*pages).ok
            found = content(shop)
            results.append({"post": found["post"], "versions": found["post_version"]})
    assert results[0] == results[1] == results[2]


def test_an_edit_is_a_new_version_and_the_old_one_stays(shop):
    """Both texts can be read."""
    shop.round([post("1", COMPLAINT)])
    shop.round([post("1", PRAISE)])
    versions = [(row.n, row.text) for row in shop.all(PostVersion)]
    assert versions == [(1, COMPLAINT), (2, PRAISE)]
    assert (shop.row("1").version, shop.row("1").text) == (2, PRAISE)


@pytest.mark.parametrize("change", [{"rating": 1.0, "rating_max": 5.0}, {"visible": False}])
def test_other_stars_and_another_visibility_are_versions_too(shop, change):
    """They decide what is owed."""
    shop.round([post("1", rating=4.0, rating_max=5.0)])
    shop.round([post("1", **({"rating": 4.0, "rating_max": 5.0} | change))])
    assert shop.row("1").version == 2


def test_a_new_name_or_address_is_taken_over_without_a_version(shop):
    """The platform's last word about a person counts: a deleted account's name must not stay."""
    shop.round([post("1", permalink="https://a.example/1")])
    shop.round([post("1", author="Gelöschter Nutzer", author_id=None, permalink="https://a.example/2")])
    row = shop.row("1")
    assert (row.author, row.author_id, row.permalink) == ("Gelöschter Nutzer", None, "https://a.example/2")
    assert row.version == 1


def test_times_from_the_future_are_not_believed(shop):
    """A wrong clock upstream must not sort a post to the top for ever; the record as it came keeps it."""
    shop.round([post("1", created=MONDAY + timedelta(days=400)), post("2", created=MONDAY + timedelta(minutes=4))])
    assert shop.row("1").created_at is None
    assert shop.row("2").created_at == MONDAY + timedelta(minutes=4)
    assert shop.source().newest_post_at == MONDAY + timedelta(minutes=4)


def test_the_same_post_twice_on_a_page_is_one_post_with_the_later_words(shop):
    """Overlapping lists are usual."""
    shop.round([post("1", COMPLAINT), post("2"), post("1", PRAISE)])
    assert shop.row("1").text == PRAISE
    assert counted(shop) == (3, 2, 0, 1, 0)


def test_a_broken_record_is_kept_once_and_the_rest_of_the_page_is_stored(shop):
    """RELIABILITY G8: it neither blocks nor disappears."""
    shop.round([post("1"), broken({"id": 7, "x": "ä"}), broken({"id": 8})])
    shop.round([broken({"x": "ä", "id": 7})])
    held = shop.all(Quarantine)
    assert [(row.reason, row.resolved_at) for row in held] == [("no id", None)] * 2
    assert shop.row("1").text == COMPLAINT


NASTY = ["\ud800", "a\x00b", "\udfff\U0001f600", "\u202e", "x" * 200_000]


@pytest.mark.parametrize("words", NASTY, ids=["surrogate", "nul", "pair", "bidi", "long"])
def test_no_letter_in_any_field_holds_up_a_page(shop, words):
    """Text that a database does not take is cleaned, in the quarantine too; nothing is cut."""
    strange = post("1", words, author=words, author_id=words, lang=words, thread=words, permalink=words, parent=words)
    assert shop.round([strange, broken({"key " + words: words}), broken(words, words), post("2")]).ok
    assert len(shop.row("1").text) == len(words)
    assert shop.row("2").version == 1
    assert len(shop.all(Quarantine)) == 2


def test_new_posts_are_sealed_as_they_are_read_back(shop):
    """RELIABILITY G18: the seal is taken from the values in hand; every kind of value must come back the same."""
    odd = post("1", "Ä\0😀 \ud800", author=None, created=None, rating=4, rating_max=5, permalink="https://x.example/1")
    whole = replace(odd, ref="2", created=MONDAY, rating=3.1, kind=PostKind.COMMENT, visible=False, own=True)
    shop.round([odd, whole, post("3", created=MONDAY + timedelta(days=900))])
    with shop.house.reading() as session:
        kept = session.exec(select(Journal).where(Journal.event == "posts.kept")).one().data["seals"]
        assert kept == seals.of_posts(session, [shop.row(ref).id for ref in "123"])


_ITEMS = st.lists(
    st.one_of(
        st.builds(
            lambda ref, words, visible, rating: post(ref, words, visible=visible, rating=rating, rating_max=5.0),
            st.sampled_from("abcdef"),
            st.sampled_from([COMPLAINT, PRAISE, AGAIN, "", "?"]),
            st.booleans(),
            st.sampled_from([None, 1.0, 5.0]),
        ),
        st.builds(lambda ref: own(ref, "a"), st.sampled_from("xyz")),
        st.builds(broken, st.sampled_from(["1", "2", "3"])),
    ),
    max_size=9,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rounds=st.lists(st.lists(_ITEMS, max_size=3), min_size=1, max_size=4))
def test_whatever_comes_every_item_is_counted_and_every_post_has_its_versions(tmp_path_factory, rounds):
    """Items = stored + changed + same + quarantined, always; versions run from 1 without a gap."""
    with open_shop(tmp_path_factory.mktemp("shop")) as shop:
        for pages in rounds:
            shop.clock.wait(minutes=10)
            assert shop.round(*pages).ok
            run = shop.all(Run)[-1]
            assert run.items == sum(map(len, pages)) == run.stored + run.changed + run.same + run.quarantined
        with shop.house.reading() as session:
            for row in session.exec(select(PostRow)).all():
                versions = session.exec(select(PostVersion.n).where(PostVersion.post_id == row.id)).all()
                assert sorted(versions) == list(range(1, row.version + 1))


def test_a_post_that_came_back_is_there_again(shop):
    """Gone is not for ever."""
    shop.round([post("1")])
    shop.change(replace_row(shop.row("1"), gone_at=MONDAY, absent_since=MONDAY))
    shop.round([post("1")])
    row = shop.row("1")
    assert (row.gone_at, row.absent_since, row.version) == (None, None, 1)


def test_a_post_of_ours_that_was_not_known_as_ours_becomes_ours(shop):
    """`own_accounts` was filled in later: the answer that stood there counts from then on."""
    shop.round([post("1"), replace(own("2", "1"), own=False)])
    assert shop.duty("1").state == "open"
    shop.round([own("2", "1")])
    assert shop.row("2").own
    assert shop.duty("1").proof == "answered_elsewhere"


def replace_row(row, **values):
    """A row with other values."""
    for name, value in values.items():
        setattr(row, name, value)
    return row
