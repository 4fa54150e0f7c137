"""A person's word: kept, laid over the verdict, honoured by every later judgement; it opens duties and closes none."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor import corrections, jobs
from monitor.corrections import Figure, Unreadable
from monitor.privacy.erase import erase
from monitor.privacy.export import export
from monitor.privacy.person import find
from monitor.privacy.retention import retain
from monitor.privacy.settings import Retention
from monitor.tables import Correction, Verdict
from monitor.verify import verify
from replies import duty as duties
from replies.errors import Blocked
from replies.lifecycle import DutyState, Proof
from tests.monitor.shop import ANNA, BERND, COMPLAINT, PRAISE, PlainJudge, own, post
from tests.monitor.test_judging import people

NOTHING = {"complaint": "no", "needs_answer": "no", "question": "no"}


class Newer(PlainJudge):
    """The same judge under another name, with more to say."""

    name = "plain-2"

    def judge(self, text):
        """Everything is hostile and about the price."""
        from monitor.triage import Topic

        return replace(super().judge(text), hostile=0.9, is_hostile=True, topics=(Topic.PRICE,))


@pytest.fixture
def told(shop):
    """Say something about the newest verdict of a post."""
    with shop.house.transaction() as session:
        people(session)

    def say(ref, actor=ANNA, note="", **words):
        with shop.house.transaction() as session:
            row = newest(shop, ref)
            judging = shop.house.ingest.judging
            judging.looked_at(session, session.get(Verdict, row.id), words, actor, shop.clock(), note=note)

    return say


def newest(shop, ref):
    """The newest verdict of a post."""
    number = shop.row(ref).id
    return [row for row in shop.all(Verdict) if row.post_id == number][-1]


def violations(shop):
    """What verify says."""
    with shop.house.reading() as session:
        return verify(session, shop.clock(), shop.house.timing)


def test_an_overlooked_complaint_gets_its_duty_at_once(shop, told):
    """With clocks from now, sure, and the correction in the journal."""
    shop.round([post("1", PRAISE)])
    shop.clock.wait(minutes=5)
    told("1", complaint="yes")
    duty = shop.duty("1")
    assert (duty.state, duty.unsure, duty.opened_at) == (DutyState.OPEN, False, shop.clock())
    assert newest(shop, "1").needs_answer  # DESIGN 5: a complaint needs one
    assert shop.events("verdict.") == ["verdict.look"]
    assert violations(shop) == []


def test_an_answer_that_stands_there_already_counts(shop, told):
    """Nobody is asked to answer twice."""
    shop.round([post("1", PRAISE), own("2", "1")])
    told("1", complaint="yes")
    assert shop.duty("1").proof == Proof.ANSWERED_ELSEWHERE


def test_no_complaint_closes_nothing_but_proposes(shop, told):
    """The second person closes, with a reason of their own."""
    shop.round([post("1")])
    told("1", note="Ein Scherz unter Freunden", **NOTHING)
    duty = shop.duty("1")
    assert (duty.state, duty.proposed_by, duty.proposed_note) == (DutyState.OPEN, 1, "Ein Scherz unter Freunden")
    told("1", BERND, **NOTHING)  # a second correction is no confirmation
    assert shop.duty("1").state == DutyState.OPEN
    with shop.house.transaction() as session:
        timing = shop.house.timing
        found = duties.of_post(session, duty.post_id)
        duties.confirm_no_complaint(session, found, BERND, shop.clock(), note="Stimmt", four_eyes=True, timing=timing)
    assert shop.duty("1").proof == Proof.NO_COMPLAINT
    assert violations(shop) == []


def test_without_a_reason_nothing_of_it_is_kept(shop, told):
    """The proposal wants one; half a step is none."""
    shop.round([post("1")])
    with pytest.raises(Blocked):
        told("1", **NOTHING)
    assert shop.all(Correction) == []
    assert not newest(shop, "1").said


def test_an_unsure_duty_is_sorted_in(shop, told):
    """Whoever answers the questions need not press the other button."""
    shop.round([post("1")])
    with shop.house.transaction() as session:
        duties.of_post(session, shop.row("1").id).unsure = True
    told("1", topics="delivery")
    assert not shop.duty("1").unsure


def test_a_renewed_verdict_keeps_a_persons_word(shop, told):
    """Another judge, the same text: what a person said stands, what the judge says stands beside it."""
    shop.round([post("1")])
    told("1", hostile="no", topics="delivery,staff", sentiment="negative")
    shop.house.ingest._judge = Newer()
    assert jobs.judge_stored(shop.house, shop.clock()) == 1
    row = newest(shop, "1")
    assert (row.judge, row.is_hostile, row.topics) == ("plain-2", False, ["delivery", "staff"])
    assert (row.said["hostile"], row.said["topics"]) == ("yes", "price")
    assert shop.duty("1").state == DutyState.OPEN
    assert violations(shop) == []


def test_a_judge_that_comes_back_is_shown_again(shop, told):
    """One judge, another one, the first again: its verdict is the newest, and a person's word lies over it still."""
    shop.round([post("1"), post("2")])
    told("1", topics="delivery")
    renewed = []
    for judge in (Newer(), PlainJudge()):
        shop.house.ingest._judge = judge
        renewed += [jobs.judge_stored(shop.house, shop.clock()) for _ in range(2)]
    rows = {ref: [row for row in shop.all(Verdict) if row.post_id == shop.row(ref).id] for ref in ("1", "2")}
    last = {ref: max(found, key=lambda row: row.id) for ref, found in rows.items()}
    assert (renewed, {ref: len(found) for ref, found in rows.items()}) == ([2, 0, 2, 0], {"1": 2, "2": 2})
    assert [(last[ref].judge, last[ref].topics, last[ref].is_hostile) for ref in ("1", "2")] == [
        ("plain-1", ["delivery"], False),
        ("plain-1", [], False),
    ]
    assert last["1"].said["topics"] == ""
    assert violations(shop) == []


def test_an_edited_text_is_judged_anew(shop, told):
    """The word was about the older words."""
    shop.round([post("1", PRAISE)])
    told("1", spam="yes")
    shop.round([post("1", COMPLAINT)])
    assert (newest(shop, "1").version, newest(shop, "1").flags) == (2, [])
    assert shop.duty("1").state == DutyState.OPEN


def test_figures_count_what_was_right_as_well(shop, told):
    """Two complaints looked at, one of them was none; one topic was missed."""
    shop.round([post("1", author_id="a"), post("2", author_id="b"), post("3", author_id="c")])
    told("1", topics="delivery")
    told("2", note="Lob", **NOTHING)
    with shop.house.reading() as session:
        found = {one.head: one for one in corrections.figures(session)}
    assert found["complaint"] == Figure("complaint", 2, 2, 1, 1)
    assert (found["complaint"].precision, found["complaint"].recall) == (0.5, 1.0)
    assert (found["topics.delivery"].precision, found["topics.delivery"].recall) == (None, 0.0)
    assert found["spam"].recall is None


def test_the_newest_look_counts(shop, told):
    """Two people looked at the same text."""
    shop.round([post("1")])
    told("1", spam="yes")
    told("1", BERND, spam="no")
    with shop.house.reading() as session:
        (spam,) = [one for one in corrections.figures(session) if one.head == "spam"]
    assert (spam.looked, spam.said, spam.meant) == (1, 0, 0)


@pytest.mark.parametrize("words", [{"complaint": "maybe"}, {"topics": "weather"}, {"sentiment": "grim"}])
def test_an_answer_that_no_question_knows_changes_nothing(shop, told, words):
    """Not even the others of the same form."""
    shop.round([post("1")])
    with pytest.raises(Unreadable):
        told("1", **words)
    assert shop.all(Correction) == []


def test_who_it_was_is_forgotten_with_the_post_or_after_its_term(shop, told):
    """The correction stays, without the name, in its row; the export gives it without the name at any time."""
    shop.round([post("1"), post("2", author_id="udo")])
    told("1", spam="yes")
    told("2", spam="no")
    with shop.house.transaction() as session:
        (karin,) = find(session, "karin")
        given = export(session, karin, shop.clock())
        erase(session, karin, shop.clock())
    assert "by_id" not in json.dumps(given)
    assert given["posts"][0]["corrections"][0]["corrected"]
    numbers = {row.post_id: row.by_id for row in shop.all(Correction)}
    assert numbers == {1: None, 2: 1}
    gone = retain(shop.house.transaction, Retention(), shop.clock() + timedelta(days=31))
    assert gone.looked == len(corrections.HEADS)
    assert {row.by_id for row in shop.all(Correction)} == {None}
