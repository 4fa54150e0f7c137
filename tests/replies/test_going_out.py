"""What the guideline stops, what an owner must have seen, and that internal words are held to the same."""

import pytest

from replies import duty as duties
from replies.attempts import settle_by_person
from replies.errors import Blocked
from replies.going_out import HouseRules, Text, mark
from replies.lifecycle import Action, FactVerdict, ReplyKind
from tests.replies.shop import ANNA, BERND

FINAL = ReplyKind.FINAL
RUDE = "Guten Tag, Sie sind ein Idiot. Wie könnte eine Lösung aussehen?"
WARNED = "Guten Tag, das war unser Fehler. Wie könnte eine für Sie annehmbare Lösung aussehen?"
CALM = "Guten Tag, danke für den Hinweis auf das Brot. Wie könnte eine für Sie annehmbare Lösung aussehen?"


def warnings(shop, reply):
    """What the form of an approval brings along."""
    with shop.database.reading() as session:
        row = shop.reply(reply)
        return mark(shop.desk.read_over(session, row.duty_id, Text(row.kind, row.text), shop.clock()))


def test_an_insult_cannot_be_handed_over(shop):
    """The step is refused with its findings, the text stays as it was."""
    duty = shop.complaint()
    shop.facts(duty)
    reply = shop.draft(duty, FINAL, RUDE)
    with pytest.raises(Blocked) as refused:
        shop.do(shop.desk.submit, reply, ANNA, seen_version=1)
    assert (refused.value.code, refused.value.findings[0].rule) == ("policy_stop", "002-2")
    assert (shop.reply(reply).state, shop.reply(reply).text) == ("draft", RUDE)


def test_a_calm_text_passes(shop):
    """The control: not everything is stopped."""
    assert shop.agree(shop.submitted(shop.complaint(), text=CALM)).state == "approved"


def test_an_owner_cannot_slip_an_insult_into_a_submitted_text(shop):
    """An edit of what waits for approval is checked like a submission."""
    reply = shop.submitted(shop.complaint(), text=CALM)
    with pytest.raises(Blocked) as refused:
        shop.do(shop.desk.edit, reply, RUDE, BERND, seen_version=1)
    assert refused.value.code == "policy_stop"
    assert shop.reply(reply).text == CALM


def test_a_warning_needs_the_owners_tick(shop):
    """Without it nothing is approved; with it the journal keeps which rules were seen."""
    reply = shop.submitted(shop.complaint(), text=WARNED)
    with pytest.raises(Blocked) as refused:
        shop.agree(reply)
    assert refused.value.code == "warnings_unseen"
    ticked = warnings(shop, reply)
    shop.do(shop.desk.approve, reply, shop.shown(reply), BERND, ticked=ticked)
    assert shop.events(f"reply:{reply}")[-2:] == ["reply.warned", "reply.approve"]


def test_a_tick_is_for_the_warnings_that_were_shown(shop):
    """Another text, other warnings: the old tick is worth nothing."""
    reply = shop.submitted(shop.complaint(), text=WARNED)
    other = shop.submitted(shop.complaint(ref="p2"), text=WARNED.replace("unser Fehler", "am Montag unser Fehler"))
    with pytest.raises(Blocked) as refused:
        shop.do(shop.desk.approve, other, shop.shown(other), BERND, ticked=warnings(shop, reply))
    assert refused.value.code == "warnings_unseen"


def test_holding_replies_with_warnings_are_not_approved_in_a_heap(shop):
    """Together only what nobody has to look at."""
    reply = shop.submitted(shop.complaint(), ReplyKind.HOLDING, "Das war unser Fehler, wir prüfen es.")
    with pytest.raises(Blocked) as refused:
        shop.do(shop.desk.approve_all, {reply: shop.shown(reply)}, BERND)
    assert refused.value.code == "warnings_unseen"


def test_under_secrecy_not_even_a_contact_is_confirmed(shop):
    """The same words that a shop may write stop a practice."""
    text = Text(FINAL, "Guten Tag, Ihr Termin dauerte länger als geplant. Rufen Sie uns an.")
    duty = shop.complaint("Mein Termin dauerte ewig.")
    with shop.database.reading() as session:
        open_house = shop.desk.read_over(session, duty, text, shop.clock())
        strict = type(shop.desk)(shop.world, shop.timing, rules=HouseRules(secrecy=True))
        closed = strict.read_over(session, duty, text, shop.clock())
    assert "E3" not in {one.rule for one in open_house}
    assert "E3" in {one.rule for one in closed}


def test_our_own_telephone_number_may_stand(shop):
    """It is no personal data of the author."""
    text = Text(FINAL, "Guten Tag, unsere Nummer 0341 555010 ist 030 555020 gewichen.")
    duty = shop.complaint()
    ours = HouseRules(ours=("Telefon 0341 555010", "Telefon 030 555020"))
    with shop.database.reading() as session:
        strange = shop.desk.read_over(session, duty, text, shop.clock())
        known = type(shop.desk)(shop.world, shop.timing, rules=ours).read_over(session, duty, text, shop.clock())
    assert ("E2" in {one.rule for one in strange}, "E2" in {one.rule for one in known}) == (True, False)


@pytest.mark.parametrize("where", ["source", "share", "return", "withdraw", "no_complaint"])
def test_internal_words_judge_nobody(shop, where):
    """The same guard looks at notes, wherever one is written."""
    stamp, partly = "Das ist ein Querulant.", FactVerdict.PARTLY
    duty = shop.complaint()
    reply = shop.submitted(duty, text=CALM)
    steps = {
        "source": lambda: shop.do(shop.desk.check_facts, duty, partly, stamp, "keiner: Ware in Ordnung", ANNA),
        "share": lambda: shop.do(shop.desk.check_facts, duty, partly, "Kassenbuch", stamp, ANNA),
        "return": lambda: shop.do(shop.desk.send_back, reply, stamp, BERND),
        "withdraw": lambda: shop.do(shop.desk.withdraw, reply, stamp, ANNA),
        "no_complaint": lambda: shop.on(duty, duties.propose_no_complaint, ANNA, note=stamp),
    }  # fmt: skip
    with pytest.raises(Blocked) as refused:
        steps[where]()
    assert refused.value.code == "note_words"


def test_what_was_seen_judges_nobody(shop):
    """Neither the note of a decision about an unclear reply, nor that of a second person's look."""
    stamp, delivered = "Das ist ein Querulant.", shop.delivered(shop.complaint())
    with pytest.raises(Blocked) as looked:
        shop.do(lambda s, now: shop.watch.seen_by_person(s, delivered, BERND, stamp, now, four_eyes=True))
    shop.platform.script.append("drop")
    unclear = shop.delivered(shop.complaint(ref="p2"))
    assert shop.reply(unclear).state == "unclear"
    with pytest.raises(Blocked) as settled:
        shop.do(settle_by_person, unclear, Action.REFUSE, stamp, BERND, shop.world, shop.timing)
    assert (looked.value.code, settled.value.code) == ("note_words", "note_words")
    assert [shop.reply(reply).state for reply in (delivered, unclear)] == ["delivered", "unclear"]
