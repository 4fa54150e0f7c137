"""From a stored post to what is owed: complaints, questions, own answers, repetitions, edits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.core.contract import Page, PostKind, PublicReply
from connectors.core.errors import Unclear
from monitor import jobs
from monitor.tables import Matter, Verdict
from monitor.triage import default_judge
from replies import duty as duties
from replies.lifecycle import DutyState, FactVerdict, Proof, State
from replies.tables import Duty, Journal, Reply, ReplyKind
from tests.monitor.shop import (
    AGAIN,
    ANNA,
    BERND,
    COMPLAINT,
    FILES,
    MONDAY,
    PRAISE,
    QUESTION,
    PlainJudge,
    hire,
    open_shop,
    own,
    post,
)

OURS = "Das tut uns leid, wir rufen Sie heute noch an."


@pytest.fixture(scope="module")
def judge():
    """The real judge, loaded once."""
    return default_judge()


@pytest.fixture
def shop(tmp_path, judge, engine):
    """A house with the real judge, on each database."""
    with open_shop(tmp_path, judge=judge) as found:
        yield found


def inside(text=OURS, ref="a1", *, is_own=True):
    """An answer that the platform shows inside a review."""
    return PublicReply(ref, text, MONDAY, own=is_own)


def publish(shop, ref, text, kind=ReplyKind.FINAL, *, looks=True):
    """Take a text through the desk, the outbox and the first look."""
    house, duty = shop.house, shop.duty(ref)
    with house.transaction() as session:
        people(session)
        house.desk.check_facts(session, duty.id, FactVerdict.JUSTIFIED, "Lieferschein", "wir", ANNA, house.now())
        reply = house.desk.draft(session, duty.id, kind, text, ANNA, house.now())
        house.desk.submit(session, reply.id, ANNA, house.now(), seen_version=1)
        house.desk.approve(session, reply.id, house.desk.to_agree(session, reply), BERND, house.now())
    house.outbox.send(reply.id)
    if looks:
        shop.clock.wait(minutes=5)
        house.watch.look(reply.id)


def people(session):
    """Anna and Bernd, once."""
    from monitor.tables import User

    if session.get(User, 1) is None:
        for actor in (ANNA, BERND):
            hire(session, actor, MONDAY)
        session.flush()


def test_a_complaint_owes_an_answer_with_two_clocks(shop):
    """Four business hours to the first contact, one business day to the answer, from when we first saw it."""
    shop.round([post()])
    duty = shop.duty("1")
    assert (duty.state, duty.unsure, duty.backlog, duty.occasion) == (DutyState.OPEN, False, False, 1)
    assert duty.first_due_at == duty.due_at == MONDAY + timedelta(hours=4)
    assert duty.final_due_at == MONDAY + timedelta(days=1)


def test_praise_owes_nothing(shop):
    """It is stored and judged."""
    shop.round([post(words=PRAISE)])
    assert shop.duty("1") is None
    assert not shop.all(Verdict)[0].needs_answer


def test_a_question_owes_an_answer(shop):
    """Though nobody complains."""
    shop.round([post(words=QUESTION)])
    assert shop.duty("1").state == DutyState.OPEN


@pytest.mark.parametrize(("rating", "owes", "unsure"), [(2.0, True, False), (3.0, True, True), (4.0, False, None)])
def test_stars_without_words_owe_by_their_number(shop, rating, owes, unsure):
    """DESIGN 5: up to half a complaint, up to three quarters unsure, above nothing."""
    shop.round([post(words="", rating=rating, rating_max=5.0, kind=PostKind.REVIEW)])
    duty = shop.duty("1")
    assert (duty is not None) == owes
    assert duty is None or duty.unsure == unsure


def test_a_post_that_is_not_public_owes_nothing_until_it_is(shop):
    """Held by moderation today, public tomorrow."""
    shop.round([post(visible=False)])
    assert shop.duty("1") is None
    shop.clock.wait(days=1)
    shop.round([post()])
    assert shop.duty("1").opened_at == MONDAY + timedelta(days=1)


def test_own_posts_never_owe(shop):
    """However angry they sound."""
    shop.round([own("1", "0", COMPLAINT)])
    assert shop.all(Duty) == []


def test_a_post_recognised_late_as_our_own_owes_nothing_any_more(shop):
    """The account was named too late; when that was wrong, the duty is back."""
    shop.round([post("1")])
    shop.round([replace(post("1"), own=True)])
    duty = shop.duty("1")
    assert (duty.state, duty.proof, duty.due_at) == (DutyState.RELEASED, Proof.ANSWERED_ELSEWHERE, None)
    shop.round([post("1")])
    assert (shop.duty("1").state, shop.duty("1").reopened_note) == (DutyState.OPEN, "not_our_own")


def test_a_third_person_in_a_thread_owes_like_anybody(shop):
    """Whoever complains below somebody's praise is not forgotten."""
    shop.round([post("1", PRAISE), post("2", COMPLAINT, parent="1", author_id="paul")])
    assert shop.duty("2").state == DutyState.OPEN


@pytest.mark.parametrize(
    "rounds",
    [
        [[post("1"), own("2", "1")]],
        [[own("2", "1"), post("1")]],
        [[post("1")], [own("2", "1")]],
        [[own("2", "1")], [post("1")]],
        [[post("1", replies=(inside(),))]],
        [[post("1")], [post("1", replies=(inside(),))]],
        [[post("1", replies=(inside(ref=None),))]],
    ],
    ids=["same page", "other order", "later", "before", "inside", "inside later", "inside without a ref"],
)
def test_an_own_answer_given_elsewhere_releases(shop, rounds):
    """Whenever and wherever it is seen."""
    for page in rounds:
        shop.round(page)
    duty = shop.duty("1")
    assert (duty.state, duty.proof) == (DutyState.RELEASED, Proof.ANSWERED_ELSEWHERE)


@pytest.mark.parametrize(
    "answer",
    [own("2", "1", visible=False), replace(own("2", "1"), own=False), own("2", "9"), own("2", None)],
    ids=["not public", "a stranger", "under another post", "under none"],
)
def test_what_is_no_public_own_answer_to_it_releases_nothing(shop, answer):
    """The control for the seven above."""
    shop.round([post("1"), answer])
    assert shop.duty("1").state == DutyState.OPEN


@pytest.mark.parametrize("reply", [inside(is_own=False), inside(" ")], ids=["a stranger's", "empty"])
def test_a_strangers_or_empty_answer_inside_a_review_releases_nothing(shop, reply):
    """Only our own words do."""
    shop.round([post("1", replies=(reply,))])
    assert shop.duty("1").state == DutyState.OPEN


def test_when_the_answer_inside_a_review_vanishes_the_duty_opens_again(shop):
    """The proof is gone, so is the release."""
    shop.round([post("1", replies=(inside(),))])
    shop.round([post("1")])
    duty = shop.duty("1")
    assert (duty.state, duty.proof, duty.reopened_note) == (DutyState.OPEN, None, "answer_elsewhere_vanished")


def test_while_another_answer_stands_nothing_opens(shop):
    """One of two is enough."""
    shop.round([post("1", replies=(inside(), inside("Noch etwas: der Betrag ist unterwegs.", "a2")))])
    shop.round([post("1", replies=(inside(),))])
    assert shop.duty("1").state == DutyState.RELEASED


def test_our_own_reply_seen_again_is_no_answer_given_elsewhere(shop):
    """The holding reply comes back with the next fetch; the final answer is still owed."""
    shop.round([post("1")])
    publish(shop, "1", "Wir haben uns Ihres Anliegens angenommen und melden uns bis Dienstag.", ReplyKind.HOLDING)
    shop.round([own("r1", "1", "Wir haben uns Ihres Anliegens angenommen und melden uns bis Dienstag.")])
    assert (shop.duty("1").state, shop.duty("1").proof) == (DutyState.HELD, None)


def test_an_own_answer_while_ours_is_unclear_releases_nothing_and_asks_for_a_look(shop):
    """The platform shows `@karin` for `@karin@other.example`: it is the holding reply, the final one is still owed."""
    shop.round([post("1")])
    shop.platform.publish = lambda *_: (_ for _ in ()).throw(Unclear("the line broke"))
    publish(shop, "1", "@karin@other.example Wir melden uns bis Dienstag.", ReplyKind.HOLDING, looks=False)
    assert [reply.state for reply in shop.all(Reply)] == [State.UNCLEAR]
    shop.clock.wait(minutes=5)
    shop.round([own("r1", "1", "@karin Wir melden uns bis Dienstag.")])
    assert (shop.duty("1").state, shop.duty("1").proof) == (DutyState.OPEN, None)
    assert [reply.next_look_at for reply in shop.all(Reply)] == [shop.clock()]


def test_a_repetition_joins_the_matter_and_has_its_own_duty_with_half_the_time(shop):
    """RULES K03: each post is answered, the second one sooner."""
    shop.round([post("1")])
    shop.round([post("2", AGAIN)])
    first, second = shop.duty("1"), shop.duty("2")
    assert shop.row("1").matter_id == shop.row("2").matter_id
    assert (first.occasion, second.occasion) == (1, 2)
    assert second.first_due_at == MONDAY + timedelta(hours=2)
    assert first.first_due_at == MONDAY + timedelta(hours=4)


def test_another_persons_complaint_is_a_matter_of_its_own(shop):
    """The same words, another author."""
    shop.round([post("1"), post("2", author="Paul", author_id="paul")])
    assert shop.row("1").matter_id != shop.row("2").matter_id
    assert shop.duty("2").occasion == 1


def test_without_an_id_an_equal_name_and_similar_words_join(tmp_path, judge):
    """CSV and feeds know no accounts; case and blanks of a name do not count."""
    with open_shop(tmp_path, FILES, judge=judge) as shop:
        items = [post("1", author_id=None), post("2", AGAIN, author_id=None, author=" karin  vogt")]
        shop.house.ingest.take_items("files", [*items, post("3", author_id=None, author="Paul")], MONDAY)
        assert shop.row("1").matter_id == shop.row("2").matter_id != shop.row("3").matter_id


@pytest.mark.parametrize("name", [None, "", "Anonym", "Ein Google-Nutzer", "KUNDE", "Gast"])
def test_anonymous_people_are_never_joined(tmp_path, judge, name):
    """Two strangers of the same name are two."""
    with open_shop(tmp_path, FILES, judge=judge) as shop:
        items = [post(ref, words, author_id=None, author=name) for ref, words in (("1", COMPLAINT), ("2", AGAIN))]
        shop.house.ingest.take_items("files", items, MONDAY)
        assert shop.row("1").matter_id != shop.row("2").matter_id
        assert len(shop.all(Matter)) == 2


def test_in_the_first_run_what_is_older_than_the_horizon_stands_in_the_backlog(shop):
    """Thirty days; an unknown time is taken for new."""
    days = {"old": 31, "new": 29}
    items = [post(ref, created=MONDAY - timedelta(days=n), author_id=ref) for ref, n in days.items()]
    shop.round([*items, post("unknown", created=None, author_id="u")])
    assert {ref: shop.duty(ref).backlog for ref in ("old", "new", "unknown")} == {
        "old": True,
        "new": False,
        "unknown": False,
    }
    assert (shop.duty("old").due_at, shop.duty("old").first_due_at) == (None, None)


def test_after_the_first_run_an_old_post_that_appears_has_clocks(shop):
    """It became public today, after months in moderation."""
    shop.round([post("1", PRAISE)])
    shop.round([post("2", created=MONDAY - timedelta(days=90))])
    assert not shop.duty("2").backlog


def test_what_a_list_that_was_added_later_shows_of_old_stands_in_the_backlog(shop):
    """A new hashtag brings its history; what is recent there has its clocks."""
    shop.round([post("1")])
    shop.clock.wait(days=100)
    old, new = post("2", created=MONDAY + timedelta(days=10)), post("3", created=MONDAY + timedelta(days=99))
    shop.platform.pages = lambda _cursor, **_until: iter([Page((old, new), {}, stream="#neu", history=True)])
    shop.round()
    assert [shop.duty(ref).backlog for ref in ("2", "3")] == [True, False]


def test_the_weekly_walk_is_told_which_lists_were_read_before(shop):
    """It may be the first over a list that was added; it keeps no cursor of its own."""
    shop.round([post("1")])
    told = []
    shop.platform.pages = lambda cursor, **_until: told.append(cursor) or iter([Page((), {}, complete=True)])
    shop.sweep()
    shop.round()
    assert told == [{"page": 1}, {"page": 1}]


def test_the_second_imported_file_is_history_as_well(tmp_path):
    """Three platforms' exports are three files, none of them today's work."""
    with open_shop(tmp_path, FILES) as shop:
        for ref in ("1", "2"):
            shop.house.ingest.take_items("files", [post(ref, created=MONDAY - timedelta(days=200))], MONDAY)
        assert shop.duty("1").backlog
        assert shop.duty("2").backlog


def test_an_edit_after_the_answer_reopens(shop):
    """The answer answers what stood there before."""
    shop.round([post("1")])
    publish(shop, "1", "Guten Tag, die Lieferung kam zu spät. Das lag an uns, wir bitten um Entschuldigung.")
    assert shop.duty("1").state == DutyState.ANSWERED
    shop.round([post("1", COMPLAINT + " Und jetzt ist auch noch der Schrank kaputt!")])
    assert (shop.duty("1").state, shop.duty("1").reopened_note) == (DutyState.OPEN, "post_changed")


@pytest.mark.parametrize("where", ["below", "inside"])
def test_an_older_answer_given_elsewhere_does_not_answer_an_edit(shop, where):
    """It stands there unchanged, in the same round and in the next; only a new one counts."""
    changed = COMPLAINT + " Und jetzt ist auch noch der Schrank kaputt!"
    extra, given = ([own("2", "1")], ()) if where == "below" else ([], (inside(),))
    shop.round([post("1", replies=given), *extra])
    for _ in range(2):
        shop.round([post("1", changed, replies=given), *extra])
        assert shop.duty("1").state == DutyState.OPEN
    fresh = (
        ([own("3", "1", "Den Schrank tauschen wir.")], given)
        if where == "below"
        else ([], (*given, inside("Ja.", "a2")))
    )
    shop.round([post("1", changed, replies=fresh[1]), *fresh[0]])
    assert shop.duty("1").state == DutyState.RELEASED


@pytest.mark.parametrize("edited", [False, True], ids=["as it was", "edited"])
def test_an_edit_takes_back_that_it_was_called_no_complaint(shop, edited):
    """Anna said it of other words: nobody can confirm that any more, and the journal says why."""
    shop.round([post("1")])
    duty = shop.duty("1")
    with shop.house.transaction() as session:
        people(session)
        duties.propose_no_complaint(session, session.get(Duty, duty.id), ANNA, shop.house.now(), note="ein Lob")
    shop.round([post("1", COMPLAINT + " Ich hatte eine Lebensmittelvergiftung!" if edited else COMPLAINT)])
    events = [row.event for row in shop.all(Journal) if row.subject == f"duty:{duty.id}"]
    assert (shop.duty("1").proposed_by, shop.duty("1").proposed_note) == (
        (None, "") if edited else (ANNA.id, "ein Lob")
    )
    assert ("duty.drop_proposal" in events) == edited


def test_an_edit_revokes_what_was_approved_for_the_older_words(shop):
    """RELIABILITY G9."""
    shop.round([post("1")])
    house, duty = shop.house, shop.duty("1")
    with house.transaction() as session:
        people(session)
        reply = house.desk.draft(session, duty.id, ReplyKind.HOLDING, "Wir melden uns bis Dienstag.", ANNA, house.now())
        house.desk.submit(session, reply.id, ANNA, house.now(), seen_version=1)
        house.desk.approve(session, reply.id, house.desk.to_agree(session, reply), BERND, house.now())
    shop.round([post("1", AGAIN)])
    assert [(row.state, row.trouble) for row in shop.all(Reply)] == [("draft", "post_changed")]


def test_by_now_settled_goes_to_a_person_and_closes_nothing(shop):
    """The machine does not take a thank-you for an answer."""
    shop.round([post("1")])
    shop.round([post("1", COMPLAINT + " Nachtrag: hat sich inzwischen geklärt, danke!")])
    duty = shop.duty("1")
    assert (duty.state, duty.unsure) == (DutyState.OPEN, True)


def test_a_complaint_that_was_edited_into_praise_goes_to_a_person(shop):
    """A verdict never closes an open duty."""
    shop.round([post("1")])
    shop.round([post("1", PRAISE)])
    assert (shop.duty("1").state, shop.duty("1").unsure) == (DutyState.OPEN, True)


def test_praise_that_was_edited_into_a_complaint_owes_from_then_on(shop):
    """With clocks from the edit."""
    shop.round([post("1", PRAISE), own("2", "1", "Danke!")])
    shop.clock.wait(hours=1)
    shop.round([post("1", COMPLAINT), own("2", "1", "Danke!")])
    assert (shop.duty("1").state, shop.duty("1").opened_at) == (DutyState.OPEN, MONDAY + timedelta(hours=1))


def test_a_post_that_comes_back_opens_its_duty_again(shop):
    """Gone was the proof."""
    shop.round([post("1"), post("0", PRAISE)])
    shop.platform.there.pop("1")
    for _ in range(2):
        shop.clock.wait(days=1, minutes=1)
        shop.sweep([post("0", PRAISE)])
        jobs.look_for_absent(shop.house, shop.clock())
    assert shop.duty("1").proof == Proof.GONE
    shop.round([post("1")])
    assert (shop.duty("1").state, shop.duty("1").reopened_note) == (DutyState.OPEN, "post_back")


class Lenient(PlainJudge):
    """A judge that finds nothing wrong with anything."""

    name = "lenient-2"

    def judge(self, text):
        """All is well."""
        return replace(super().judge(text), complaint=0.0, needs_answer=False)


def test_a_renewed_verdict_never_closes_an_open_duty(shop):
    """RELIABILITY G5: a rule that changed may open, never close."""
    shop.round([post("1")])
    shop.house.ingest._judge = Lenient()
    assert jobs.judge_stored(shop.house, shop.clock()) == 1
    assert jobs.judge_stored(shop.house, shop.clock()) == 0
    assert shop.duty("1").state == DutyState.OPEN
    assert {row.judge for row in shop.all(Verdict)} >= {"lenient-2"}


def test_a_renewed_verdict_opens_what_was_overlooked(tmp_path):
    """Old posts go to the backlog, answered ones stay answered, gone and own ones are left alone."""
    with open_shop(tmp_path, judge=Lenient()) as shop:
        old = post("old", created=MONDAY - timedelta(days=400), author_id="o")
        answered = [post("done", author_id="d"), own("a", "done"), post("in", author_id="i", replies=(inside(),))]
        shop.round([post("new"), old, *answered])
        assert shop.all(Duty) == []
        shop.house.ingest._judge = PlainJudge()
        jobs.judge_stored(shop.house, shop.clock())
        assert not shop.duty("new").backlog
        assert shop.duty("old").backlog
        assert {shop.duty(ref).proof for ref in ("done", "in")} == {Proof.ANSWERED_ELSEWHERE}
        assert shop.duty("a") is None


def test_another_judge_through_the_seam_changes_nothing_but_the_verdict(tmp_path):
    """The same words, rules and rows around it; its name stands with what it said."""
    with open_shop(tmp_path, judge=PlainJudge()) as shop:
        shop.round([post("1"), post("2", PRAISE, author_id="p"), own("3", "1")])
        assert {row.judge for row in shop.all(Verdict)} == {"plain-1"}
        assert [row.post_id for row in shop.all(Duty)] == [1]
        assert shop.duty("1").proof == Proof.ANSWERED_ELSEWHERE


def test_the_same_words_get_the_same_verdict(judge, tmp_path):
    """RELIABILITY G24."""
    seen = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        with open_shop(tmp_path / name, judge=judge) as shop:
            shop.round([post("1"), post("2", QUESTION), post("3", PRAISE)])
            seen.append([row.model_dump() for row in shop.all(Verdict)])
    assert seen[0] == seen[1]
    assert seen[0][0]["reasons"]


def test_a_weekend_does_not_run_down_the_clocks(shop):
    """Seen on Saturday, due on Monday."""
    shop.clock.now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    shop.round([post("1")])
    assert shop.duty("1").first_due_at == datetime(2026, 11, 30, 12, tzinfo=UTC)
