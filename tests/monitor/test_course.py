"""The course of a matter: what came in a row, how it sounds, what is still open, and that an owner hears of it."""

from datetime import timedelta

import pytest

from monitor import course
from monitor.notify import occasions
from monitor.tables import Matter, PostRow, Verdict
from replies.lifecycle import Role
from tests.replies.fixtures import clock, database, shop

__all__ = ["clock", "database", "shop"]


def matter(shop, *tones, hours=30):
    """Posts of one matter, so many hours apart, each this hostile; returns their duties."""
    with shop.database.transaction() as session:
        row = Matter(source_id=1, opened_at=shop.clock())
        session.add(row)
        session.flush()
        number = row.id
    duties = []
    for place, tone in enumerate(tones):
        duties.append(shop.complaint(ref=f"m{place}", occasion=place + 1))
        with shop.database.transaction() as session:
            post = session.get(PostRow, shop.duty(duties[-1]).post_id)
            post.matter_id = number
            session.add_all([post, verdict(post.id, tone, shop.clock())])
        shop.clock.forward(hours=hours)
    return duties


def verdict(post, tone, at):
    """What triage says of a text."""
    return Verdict(post_id=post, version=1, judge="t", at=at, lang="de", sentiment="negative", polarity=0,
                   hostile=tone, is_hostile=tone >= 0.5, complaint=0.9, needs_answer=True, sure=True)  # fmt: skip


def read(shop):
    """The course of the only matter."""
    with shop.database.reading() as session:
        return course.of_matter(session, 1, shop.clock())


def test_rounds_and_what_is_still_open_are_counted_for_the_matter(shop):
    """An answered post is a round; one before that waits is said at the later one."""
    first, second, third = matter(shop, 0.1, 0.1, 0.1)
    shop.published(second)
    found = read(shop)
    posts = [shop.duty(duty).post_id for duty in (first, second, third)]
    assert (found.rounds, found.waiting) == (1, (posts[0], posts[2]))
    assert [found.left_behind(post) for post in posts] == [0, 1, 1]
    assert found.steps >= 1
    assert found.lasts >= timedelta(hours=60)


@pytest.mark.parametrize(
    ("tones", "rising"),
    [([0.1, 0.3, 0.6], True), ([0.1, 0.6, 0.2], False), ([0.6, 0.6], False), ([0.9], False), ([0.1, 0.35], False)],
)
def test_a_rising_tone_is_one_that_grows_and_is_sharp(tones, rising):
    """Milder again, sharp from the start, alone, or still calm: none of these rises."""
    assert course.is_rising(tones) == rising


@pytest.mark.parametrize(("tones", "hours", "kinds"), [
    ((0.1, 0.7), 30, {"rising"}), ((0.1, 0.1, 0.1), 2, {"burst"}), ((0.1, 0.1, 0.1), 30, set()),
    ((0.2, 0.4, 0.8), 1, {"rising", "burst"}),
])  # fmt: skip
def test_an_owner_is_told_of_a_rising_tone_and_of_a_burst(shop, tones, hours, kinds):
    """Owners alone, with the page, and without a word of the posts; when all is answered it is over."""
    duties = matter(shop, *tones, hours=hours)
    with shop.database.reading() as session:
        found = {one.name: one for one in occasions.current(session, shop.clock())}
    told = {name.partition(":")[0]: one for name, one in found.items() if name.endswith(":1")}
    assert kinds == set(told) & {"rising", "burst"}
    for kind in kinds:
        assert told[kind].roles == {Role.OWNER}
        assert told[kind].path == f"/beitrag/{shop.duty(duties[-1]).post_id}"
    for duty in duties:
        shop.published(duty)
    with shop.database.reading() as session:
        assert list(course.pressing(session)) == []
