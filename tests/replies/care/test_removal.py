# ruff: noqa: E501 - tables of cases
"""A notice by Art. 16 DSA: complete, honest, never of an opinion, and never against our own answer."""

from datetime import timedelta

import pytest

from replies.care import removal
from replies.care.removal import Request, move, prepare
from replies.care.tables import RemovalNotice
from replies.care.words import Ground, NoticeStand
from replies.errors import Blocked, NotAllowed
from replies.lifecycle import ReplyKind, State
from tests.replies.shop import ANNA, BERND, CLARA

TEXT = "Das Brot war hart. Der Chef hat mich geschlagen."
NOBODY = Request(Ground.NO_CONTACT, "Niemand dieses Namens war hier.", searched=True, good_faith=True)
UNTRUE = Request(Ground.UNTRUE, "Das ist nicht geschehen.", passage="Der Chef hat mich geschlagen.", good_faith=True)


def notice(shop, asked, actor=ANNA, duty=None):
    """Somebody prepares a notice; returns its id."""
    post = shop.duty(duty).post_id if duty else shop.post(TEXT)
    with shop.database.transaction() as session:
        return prepare(session, post, TEXT, 1, asked, "a" * 64, actor, shop.clock()).id


@pytest.mark.parametrize("asked", [NOBODY, UNTRUE], ids=lambda asked: asked.ground)
def test_a_complete_notice_is_prepared_and_an_owner_sends_it(shop, asked):
    """With the day on which to look what became of it."""
    number = notice(shop, asked)
    with pytest.raises(NotAllowed):
        shop.do(move, number, NoticeStand.SENT, ANNA, shop.timing)
    sent = shop.do(move, number, NoticeStand.SENT, BERND, shop.timing, reference="R-17")
    assert (sent.stand, sent.reference, sent.remind_at - sent.sent_at) == (NoticeStand.SENT, "R-17", timedelta(days=3))
    shop.clock.forward(days=3)
    with shop.database.reading() as session:
        assert [row.id for row in removal.due(session, shop.clock())] == [number]
    kept = shop.do(move, number, NoticeStand.KEPT, BERND, shop.timing)
    assert (kept.remind_at, kept.decided_at) == (None, shop.clock())


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Request(Ground.NO_CONTACT, "Nie gesehen.", good_faith=True), "not_searched"), (Request(Ground.INSULT, "Schmähung.", good_faith=True), "passage_missing"),
        (Request(Ground.UNTRUE, "Falsch.", passage="Er hat gelogen.", good_faith=True), "passage_unknown"),
        (Request(Ground.SPAM, "Werbung."), "good_faith_missing"), (Request(Ground.SPAM, " ", good_faith=True), "reason_missing"),
        (Request(Ground.SPAM, "Ein Spinner.", good_faith=True), "note_words"),
    ],
    ids=lambda value: str(getattr(value, "ground", value)),
)  # fmt: skip
def test_an_incomplete_notice_says_what_is_missing(shop, asked, code):
    """And is not stored."""
    with pytest.raises(Blocked) as why:
        notice(shop, asked)
    assert why.value.code == code
    assert shop.rows(RemovalNotice) == []


def test_an_opinion_stays_and_is_answered(shop):
    """It is marked so, cannot be sent, and forbids no later notice of a fact."""
    number = notice(shop, Request(Ground.OPINION, "Der Geschmack des Brotes ist eine Wertung."))
    assert shop.rows(RemovalNotice)[0].stand == NoticeStand.NOT_REMOVABLE
    with pytest.raises(NotAllowed):
        shop.do(move, number, NoticeStand.SENT, BERND, shop.timing)
    with shop.database.reading() as session:
        assert removal.open_grounds(session, 1) == ()


def test_auditors_report_nothing(shop):
    """Clara reads."""
    with pytest.raises(NotAllowed):
        notice(shop, NOBODY, CLARA)


def test_one_open_notice_at_a_time(shop):
    """A second one waits for the end of the first."""
    duty = shop.complaint()
    first = notice(shop, NOBODY, duty=duty)
    with pytest.raises(NotAllowed):
        notice(shop, UNTRUE, duty=duty)
    shop.do(move, first, NoticeStand.WITHDRAWN, BERND, shop.timing)
    assert notice(shop, UNTRUE, duty=duty) == 2


@pytest.mark.parametrize(
    ("asked", "text"),
    [(NOBODY, "Sie waren am Samstag bei uns, das tut uns leid."), (UNTRUE, "Sie haben recht, das hätte nicht sein dürfen.")],
    ids=lambda value: str(getattr(value, "ground", ""))[:12],
)  # fmt: skip
@pytest.mark.parametrize("kind", [ReplyKind.FINAL, ReplyKind.HOLDING])
def test_no_answer_takes_back_an_open_ground(calm_shop, asked, text, kind):
    """Neither a holding reply; a neutral one goes, and after the notice has ended any."""
    duty = calm_shop.complaint()
    number = notice(calm_shop, asked, duty=duty)
    calm_shop.facts(duty)
    reply = calm_shop.draft(duty, kind, text)
    with pytest.raises(Blocked) as why:
        calm_shop.hand_over(reply, ANNA)
    assert "E10" in {found.rule for found in why.value.findings}
    neutral = calm_shop.draft(
        duty, ReplyKind.QUESTION, "Guten Tag, bitte melden Sie sich unter 030 5550, dann klären wir das."
    )
    assert calm_shop.hand_over(neutral, ANNA).state == State.SUBMITTED
    calm_shop.do(move, number, NoticeStand.WITHDRAWN, BERND, calm_shop.timing)
    assert calm_shop.hand_over(reply, ANNA).state == State.SUBMITTED


def test_no_notice_says_the_opposite_of_our_own_answer(shop):
    """The other direction: what we conceded in public cannot be denied to the platform."""
    duty = shop.complaint()
    shop.published(duty, text="Sie waren am Samstag bei uns, das tut uns leid.")
    with pytest.raises(Blocked) as why:
        notice(shop, NOBODY, duty=duty)
    assert why.value.code == "reply_against_removal"
    assert notice(shop, UNTRUE, duty=duty) == 1


@pytest.mark.parametrize("field", ["note", "reference"])
def test_what_became_of_a_notice_judges_nobody(shop, field):
    """Its words are read by colleagues and, on request, by the author (K18)."""
    number = notice(shop, UNTRUE)
    with pytest.raises(Blocked) as why:
        shop.do(move, number, NoticeStand.SENT, BERND, shop.timing, **{field: "Das ist ein Querulant."})
    assert why.value.code == "note_words"


def test_every_stand_has_an_end():
    """From each one that is open a way leads to one that is not."""
    for stand in removal.OPEN:
        assert set(removal.STEPS[stand]) - removal.OPEN
    assert not {NoticeStand.REMOVED, NoticeStand.WITHDRAWN, NoticeStand.NOT_REMOVABLE} & set(removal.STEPS)
