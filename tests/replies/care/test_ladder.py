"""The ladder: reasons, owner gates, and what stops an answer (RULES b.7)."""

import pytest

from replies.care import ladder
from replies.care.ladder import LADDER, climb, rung_of, stand
from replies.care.tables import Rung
from replies.care.temper import Temper
from replies.care.words import Level
from replies.errors import Blocked, NotAllowed
from replies.lifecycle import ReplyKind, State
from tests.replies.shop import ANNA, BERND, CLARA

UPPER = [step.level for step in LADDER if step.owner]


def go(shop, duty, level, actor=BERND, reason="Ein Grund.", **more):
    """Somebody sets a rung."""
    temper = shop.tempers(None, shop.duty(duty).post_id)
    return shop.on(duty, climb, level, reason, actor, temper=temper, **more)


def test_the_ladder_has_the_rungs_of_the_guideline():
    """0 to 6, S, A and B, in this order; the last three are the owner's."""
    assert "".join(step.sign for step in LADDER) == "0123456SAB"
    assert UPPER == [Level.SAFETY, Level.LAWYER, Level.END]
    assert {step.level for step in LADDER} == set(Level)


def test_every_step_has_its_reason_and_stays(calm_shop):
    """Also the way down; nothing is overwritten, the journal names the steps and no reason."""
    duty = calm_shop.complaint()
    go(calm_shop, duty, Level.OPTIONS, ANNA, "Zweite Runde ohne Ergebnis.")
    go(calm_shop, duty, Level.QUESTION, ANNA, "Doch noch eine Frage offen.")
    assert [rung.level for rung in calm_shop.rows(Rung)] == [Level.OPTIONS, Level.QUESTION]
    assert calm_shop.events(f"duty:{duty}")[-2:] == ["duty.rung", "duty.rung"]
    with pytest.raises(Blocked, match="a word is needed"):
        go(calm_shop, duty, Level.CALL, ANNA, "  ")


@pytest.mark.parametrize("level", UPPER)
def test_staff_set_none_of_the_upper_rungs_and_none_below_them(calm_shop, level):
    """The way back is the owner's as well."""
    duty = calm_shop.complaint()
    with pytest.raises(NotAllowed):
        go(calm_shop, duty, level, ANNA)
    go(calm_shop, duty, level, BERND, lawyer_note="Frau Dr. Weber: geht so.")
    with pytest.raises(NotAllowed):
        go(calm_shop, duty, Level.ANSWER, ANNA)
    assert go(calm_shop, duty, Level.ANSWER, BERND).level == Level.ANSWER


def test_auditors_set_nothing(calm_shop):
    """Clara reads."""
    with pytest.raises(NotAllowed):
        go(calm_shop, calm_shop.complaint(), Level.HOLDING, CLARA)


def test_the_end_needs_what_the_lawyer_said(calm_shop):
    """RULES 001-18: never without having asked."""
    duty = calm_shop.complaint()
    with pytest.raises(Blocked) as why:
        go(calm_shop, duty, Level.END)
    assert why.value.code == "lawyer_missing"


def test_the_last_word_ends_the_negotiation_and_not_the_duty(calm_shop):
    """One final statement may go out, and the clocks run until it is seen; a later post is answered again (004-8)."""
    duty = calm_shop.complaint()
    due = calm_shop.duty(duty).due_at
    assert go(calm_shop, duty, Level.CLOSING, ANNA, "Unser letztes Angebot steht.").level == Level.CLOSING
    assert (calm_shop.duty(duty).state, calm_shop.duty(duty).due_at) == ("open", due)
    calm_shop.facts(duty)
    assert calm_shop.hand_over(calm_shop.draft(duty, text="Mehr können wir nicht anbieten."), ANNA).state == "submitted"
    later = calm_shop.complaint(ref="p2", occasion=2)
    assert calm_shop.duty(later).state == "open"


def test_a_reason_judges_no_person(calm_shop):
    """The guard of the replies looks at notes too."""
    with pytest.raises(Blocked) as why:
        go(calm_shop, calm_shop.complaint(), Level.CALL, ANNA, "Der ist ein Querulant.")
    assert why.value.code == "note_words"


@pytest.mark.parametrize(
    ("flags", "level"),
    [
        ((), Level.ANSWER),
        (("legal",), Level.LAWYER),
        (("threat", "legal"), Level.SAFETY),
        (("extortion",), Level.SAFETY),
    ],
)
def test_flags_stand_for_a_rung_until_somebody_sets_one(clock, flags, level):
    """And again for an edited post; a rung above stays until it is taken back."""
    temper = Temper(hostile=True, flags=flags, said_at=clock(), version=2)
    rung = Rung(duty_id=1, level=Level.ANSWER, reason="x", post_version=2, by=2, at=clock())
    older = Rung(duty_id=1, level=Level.ANSWER, reason="x", post_version=1, by=2, at=clock())
    stopped = Rung(duty_id=1, level=Level.LAWYER, reason="x", post_version=1, by=2, at=clock())
    assert stand(None, temper) == level
    assert stand(rung, temper) == Level.ANSWER
    assert stand(older, temper) == level
    assert stand(stopped, temper) == Level.LAWYER


@pytest.mark.parametrize(("flag", "code"), [("legal", "legal_stop"), ("threat", "safety_stop")])
def test_legal_words_and_threats_stop_an_answer_until_an_owner_releases_it(calm_shop, flag, code):
    """A holding reply goes meanwhile; the release has a reason and counts for this version only."""
    duty = calm_shop.complaint()
    post = calm_shop.duty(duty).post_id
    calm_shop.tempers.say(post, flag, hostile=False)
    calm_shop.facts(duty)
    final = calm_shop.draft(duty)
    with pytest.raises(Blocked) as why:
        calm_shop.hand_over(final, ANNA)
    assert why.value.code == code
    assert calm_shop.hand_over(calm_shop.draft(duty, ReplyKind.HOLDING), ANNA).state == State.SUBMITTED
    go(calm_shop, duty, Level.ANSWER, BERND, "Mit der Anwältin besprochen, sachlich antworten.")
    assert calm_shop.hand_over(final, ANNA).state == State.SUBMITTED
    calm_shop.tempers.say(post, flag, hostile=False, version=2)
    with pytest.raises(Blocked):
        calm_shop.hand_over(calm_shop.draft(duty, ReplyKind.QUESTION), ANNA)


def test_the_newest_rung_counts(calm_shop):
    """The control for the queries: another duty's rungs are another duty's."""
    one, two = calm_shop.complaint(ref="a"), calm_shop.complaint(ref="b")
    go(calm_shop, one, Level.CALL, ANNA)
    with calm_shop.database.reading() as session:
        assert rung_of(session, one).level == Level.CALL
        assert rung_of(session, two) is None
    assert ladder.step_of(Level.CALL).rule == "004-7"
