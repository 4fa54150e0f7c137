# ruff: noqa: E501 - tables of cases
"""Learning: a week as a team, told in sentences; measures with an owner, a date and a public sentence."""

from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.core.contract import PostKind
from monitor.learning import figures, measures, plots, report, weeks
from monitor.tables import PostRow, PostVersion, Verdict
from replies.care import tasks
from replies.care.tables import Task
from replies.errors import Blocked, NotAllowed
from tests.replies.fixtures import clock, database, empty_database, shop
from tests.replies.shop import ANNA, BERND, CLARA

__all__ = ["clock", "database", "empty_database", "shop"]
WEEK = weeks.week_of(date(2026, 3, 2))


def judged(shop, post, topics, sentiment="negative"):
    """What triage says of a post."""
    with shop.database.transaction() as session:
        session.add(
            Verdict(post_id=post, version=1, judge="t", at=shop.clock(), lang="de", sentiment=sentiment, polarity=0, hostile=0, is_hostile=False,
                    complaint=0.9, needs_answer=True, sure=True, topics=topics)
        )  # fmt: skip


def read(shop, week=WEEK):
    """The figures."""
    with shop.database.reading() as session:
        return figures.read(session, week, shop.clock())


def test_a_week_is_counted_for_the_team(shop):
    """Opened, answered, open, in the middle, in time, and the oldest that waits."""
    first, second = shop.complaint(ref="a"), shop.complaint(ref="b")
    for duty, topics in ((first, ["delivery", "price"]), (second, ["delivery"])):
        judged(shop, shop.duty(duty).post_id, topics)
    shop.published(first)
    shop.clock.forward(days=2)
    found = read(shop)
    assert (found.opened, found.answered, found.open, found.kept, found.judged) == (2, 1, 1, 1, 2)
    assert found.topics == {"delivery": 2, "price": 1}
    assert found.first == found.final == shop.duty(first).answered_at - shop.duty(first).opened_at
    assert found.oldest == shop.clock() - shop.duty(second).opened_at


def test_another_week_is_another_week(shop):
    """The control: what began on the Monday after does not count, and an answer later does not close the past."""
    shop.clock.forward(days=7)
    duty = shop.complaint()
    assert (read(shop).opened, read(shop, WEEK.back(-1)).opened) == (0, 1)
    assert read(shop).oldest is None
    shop.published(duty)
    assert read(shop, WEEK.back(-1)).answered == 1


def test_praise_is_counted_beside_criticism(shop):
    """With the answers that stand below it, ours as a post of its own or inside the record."""
    for ref, replies in (
        ("p1", []),
        ("p2", [{"ref": "r", "text": "Danke!", "own": True, "created": None}]),
        ("p3", []),
    ):
        post = shop.post("Sehr gut!", ref)
        judged(shop, post, [], "positive")
        with shop.database.transaction() as session:
            session.get(PostVersion, post).replies = replies
    with shop.database.transaction() as session:
        session.add(
            PostRow(
                source_id=1,
                ref="our",
                parent="p3",
                own=True,
                kind=PostKind.COMMENT,
                text="Wir freuen uns.",
                content_hash="x",
                first_seen_at=shop.clock(),
                last_seen_at=shop.clock(),
            )
        )
    shop.published(shop.complaint(ref="c"), text="Das tut uns leid.")
    found = read(shop)
    assert found.praise == figures.Care(3, 2, 10.5)
    assert found.criticism == figures.Care(1, 1, 17)


def test_what_came_of_asking_again(shop):
    """Solved and not solved; not known is neither."""
    for ref, solved in (("a", True), ("b", False), ("c", None)):
        shop.published(shop.complaint(ref=ref))
        shop.do(tasks.done, shop.rows(Task)[-1].id, "Nachgesehen.", ANNA, solved=solved)
    assert (read(shop).solved, read(shop).unsolved) == (1, 1)


def test_the_week_is_told_in_sentences(shop):
    """German, plain, with what is new."""
    duty = shop.complaint()
    judged(shop, shop.duty(duty).post_id, ["waiting"])
    with shop.database.reading() as session:
        found = figures.history(session, WEEK, shop.clock())
    told = " ".join(report.sentences(found))
    assert "Ein Beitrag brauchte eine Antwort, 1 davon sind noch offen." in told
    assert "Häufigster Anlass: Wartezeit (1)." in told
    text = report.plain(found, "Radhaus", [])
    assert text.startswith("Radhaus: Woche 2026-W10, ab Montag, 2. März\n====")
    assert max(len(line) for line in text.splitlines()) < 100
    assert not {"Anna", "Bernd"} & set(text.split())


@pytest.mark.parametrize("text", ["2026-W54", "2026-10", "W10", "", "gestern", "0000-W01", "2026-W00"])
def test_a_week_that_does_not_exist_is_none(text):
    """And one that does is."""
    assert weeks.parse(text) is None
    assert weeks.parse("2026-W10") == WEEK


def test_a_week_ends_at_midnight_of_the_wall_clock():
    """Also across the change to summer time: 167 hours."""
    week = weeks.week_at(datetime(2026, 3, 29, 12, tzinfo=UTC))
    assert (week.name, week.end - week.start) == ("2026-W13", timedelta(hours=167))


def test_plots_stay_inside_their_frame():
    """Whatever the values; nothing at all as well."""
    for values in ([], [("a", 0.0, "0")], [(str(n), float(n), "x") for n in range(12)]):
        for bar in plots.bars(values):
            assert 0 <= bar.x <= bar.x + bar.width <= plots.WIDTH
            assert plots.TOP <= bar.y <= bar.y + bar.height <= plots.HEIGHT
        assert all(0 <= row.width <= 380 for row in plots.lying(values))
    assert [point.name for point in plots.line([("a", None, "-"), ("b", 2.0, "2 h")])] == ["b"]


def test_a_measure_has_cause_owner_date_and_public_sentence(shop):
    """Decided by one, done by anyone at the desk, once."""
    due = shop.clock() + timedelta(days=14)
    row = shop.do(measures.decide, "delivery", "Zweite Abholung am Freitag.", BERND.id, due, ANNA)
    done = shop.do(measures.done, row.id, "Wir holen jetzt zweimal am Tag ab.", ANNA)
    assert (done.sentence, done.done_at) == ("Wir holen jetzt zweimal am Tag ab.", shop.clock())
    with pytest.raises(NotAllowed):
        shop.do(measures.done, row.id, "", ANNA)
    with pytest.raises(NotAllowed):
        shop.do(measures.decide, "delivery", "Etwas.", BERND.id, due, CLARA)


@pytest.mark.parametrize(("topic", "what", "code"), [("nichts", "Etwas.", "topic_missing"), ("price", " ", "measure_missing"), ("price", "Der Trottel geht.", "note_words")])  # fmt: skip
def test_a_measure_is_about_something(shop, topic, what, code):
    """With its cause, and no judgement of a person."""
    with pytest.raises(Blocked) as why:
        shop.do(measures.decide, topic, what, BERND.id, shop.clock() + timedelta(days=1), ANNA)
    assert why.value.code == code


def test_justified_criticism_asks_for_a_measure(shop):
    """Until something is decided about its cause (RULES 003-11)."""
    duty = shop.complaint()
    post = shop.duty(duty).post_id
    judged(shop, post, ["hygiene"])
    with shop.database.reading() as session:
        assert measures.missing(session) == []
    shop.facts(duty)
    with shop.database.reading() as session:
        assert measures.missing(session) == [(post, "hygiene")]
    shop.do(measures.decide, "hygiene", "Putzplan.", BERND.id, shop.clock() + timedelta(days=1), ANNA)
    with shop.database.reading() as session:
        assert measures.missing(session) == []
