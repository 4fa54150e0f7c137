# ruff: noqa: E501 - tables of cases
"""Learning: a week as a team, told in sentences; measures with an owner, a date and a public sentence."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.core.contract import PostKind
from monitor.learning import causes, figures, load, measures, plots, report, weeks
from monitor.tables import Matter, PostRow, PostVersion, Verdict
from replies.care import tasks
from replies.care.tables import Task
from replies.errors import Blocked, NotAllowed
from replies.lifecycle import Cause, FactVerdict
from tests.replies.fixtures import clock, database, shop
from tests.replies.shop import ANNA, BERND, CLARA

__all__ = ["clock", "database", "shop"]
PARTLY = FactVerdict.PARTLY
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


def test_an_answer_that_was_replaced_does_not_count_again(shop):
    """Posts are counted, not texts; the length is that of what stands there."""
    duty = shop.complaint()
    first = shop.published(duty, text="Das tut uns leid.")
    second = shop.published(duty, text="Nachtrag: Das Geld ist wieder bei Ihnen.")
    assert shop.reply(first).successor_id == second
    assert read(shop).criticism == figures.Care(1, 1, 40)


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


def checked(shop, ref, cause, source="Aushang an der Tür", **more):
    """A complaint of which somebody found out the cause; returns the post."""
    duty = shop.complaint(ref=ref)
    shop.do(shop.desk.check_facts, duty, PARTLY, source, "Der Aushang ist alt.", ANNA, cause=cause, **more)
    return shop.duty(duty).post_id


def test_causes_come_from_the_fact_checks(shop):
    """The newest check of a duty counts, what nobody knows does not; and what lay unanswered before is counted."""
    checked(shop, "a", Cause.DELAY, waited_before=True)
    checked(shop, "b", Cause.UNKNOWN)
    twice = checked(shop, "c", Cause.SERVICE)
    duty = shop.duty(3).id
    shop.do(shop.desk.check_facts, duty, PARTLY, "Kassenbuch", "Wir waren langsam.", ANNA, cause=Cause.DELAY)
    found = read(shop)
    assert (found.causes, found.waited_before, twice) == ({"delay": 2}, 1, shop.duty(duty).post_id)
    judged(shop, twice, ["delivery"])
    with shop.database.reading() as session:
        told = " ".join(report.sentences(figures.history(session, WEEK, shop.clock())))
    assert "Nach Prüfung meist: es hat zu lange gedauert (2)." in told
    assert "Einmal blieb davor eine Nachricht an uns liegen." in told


def test_own_texts_that_let_people_expect_more_are_named(shop):
    """Where a gap of expectation or a misunderstanding showed, by the source of the check (RULES 003-9)."""
    first = checked(shop, "a", Cause.EXPECTATION)
    checked(shop, "b", Cause.DELAY)
    second = checked(shop, "c", Cause.MISUNDERSTANDING)
    checked(shop, "d", Cause.EXPECTATION, "Preisliste")
    with shop.database.reading() as session:
        door, prices = causes.unclear_texts(session, WEEK, 4)
    assert (door.source, door.posts) == ("Aushang an der Tür", (first, second))
    assert prices.source == "Preisliste"


def test_the_load_is_the_teams(shop):
    """Texts, rounds and time of matters; no name, no author, and nothing of another week."""
    duty = shop.complaint()
    in_a_matter(shop, duty)
    shop.published(duty)
    with shop.database.reading() as session:
        found, before = load.read(session, WEEK), load.read(session, WEEK.back(1))
        text = report.plain(
            figures.history(session, WEEK, shop.clock()), "Radhaus", [], report.read_team(session, WEEK)
        )
    assert (found.texts, found.fullest, found.rounds, found.long) == (1, 1, 1, 0)
    assert found.lasts == shop.duty(duty).answered_at - shop.duty(duty).opened_at
    assert (before.texts, before.fullest, before.rounds, before.lasts) == (0, 0, None, None)
    assert {"hostile", "fullest", "texts", "asked", "calls", "rounds", "long", "lasts", "unseen"} == set(
        found.__slots__
    )
    assert "Last im Team" in text
    assert not {"Anna", "Bernd"} & set(text.split())


def in_a_matter(shop, duty):
    """The post of this duty is about a matter."""
    with shop.database.transaction() as session:
        row = Matter(source_id=1, opened_at=shop.clock())
        session.add(row)
        session.flush()
        session.get(PostRow, shop.duty(duty).post_id).matter_id = row.id


def test_no_week_aims_at_having_no_complaints(shop):
    """What is measured is time, answers and what was solved; a week full of complaints is no bad one (RULES 002-1)."""
    for place in range(3):
        shop.published(shop.complaint(ref=f"p{place}"))
    with shop.database.reading() as session:
        told = " ".join(report.sentences(figures.history(session, WEEK, shop.clock())))
    assert "3 von 3 kamen rechtzeitig" in told
    assert not re.search(r"(?i)\b(?:ziel|weniger|null) \w*beschwerde|zu viele|schlechte woche", told)


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
        assert all(0 <= row.width <= plots.LONGEST for row in plots.lying(values))
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


def test_a_topic_that_waits_for_a_measure_is_named_once(shop):
    """By its newest post, however many complaints had it."""
    for ref in ("one", "two", "three"):
        post = checked(shop, ref, "delay")
        judged(shop, post, ["hygiene"])
    with shop.database.reading() as session:
        assert measures.missing(session) == [(post, "hygiene")]
