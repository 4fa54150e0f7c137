"""Fact cards: written, found, cited, run out."""

from datetime import date

import pytest

from replies import fact_cards
from replies.errors import Blocked, NotAllowed, Stale
from replies.fact_cards import Statement
from replies.finding_cards import words_of
from replies.going_out import Text, newest_facts
from replies.lifecycle import FactVerdict, ReplyKind
from replies.moves import get_reply
from replies.tables import FactCard
from tests.replies.shop import ANNA, BERND, CLARA

LATE = "Die Lieferung kam zu spät!"
THREE_DAYS = "Die Lieferzeit beträgt drei Werktage."
ANSWER = (
    "Guten Tag, danke, dass Sie die Lieferung ansprechen. Die Lieferzeit beträgt drei Werktage. Fragen Sie uns gern."
)
YEAR = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}


def said(statement=THREE_DAYS, source="Bestellbestätigung", topics=("delivery",), **days):
    """What a person fills in."""
    return Statement(statement, source, topics, **{**YEAR, **days})


def written(shop, *args, actor=ANNA, replaces=0, **kwargs):
    """A card in force; its id."""
    return shop.do(fact_cards.write, said(*args, **kwargs), actor, replaces=replaces).id


def found(shop, text, topics=()):
    """The statements that stand beside a post."""
    with shop.database.reading() as session:
        return [card.statement for card in fact_cards.beside(session, text, topics, (), shop.clock())]


def citing(shop, duty, *cards):
    """A draft that rests on these cards."""
    shop.facts(duty)
    reply = shop.draft(duty, ReplyKind.FINAL, ANSWER)
    cite(shop, reply, *cards)
    return reply


def cite(shop, reply, *cards):
    """Let it rest on exactly these."""
    with shop.database.transaction() as session:
        fact_cards.cite(session, get_reply(session, reply), cards, ANNA, shop.clock())


def test_what_fits_far_less_does_not_stand_in_the_way(shop):
    """A card of the same topic alone helps where nothing better is there."""
    written(shop, "Pakete über 30 Kilo bringt eine Spedition.", "Versandseite")
    assert found(shop, LATE, ("delivery",)) == ["Pakete über 30 Kilo bringt eine Spedition."]
    written(shop)
    assert found(shop, LATE, ("delivery",)) == [THREE_DAYS]


def test_too_late_finds_three_days(shop):
    """The example of the guideline: the post says "zu spät", the card says three days (001 L6)."""
    written(shop)
    written(shop, "Samstags ist von 9 bis 14 Uhr geöffnet.", "Aushang", ("availability",))
    assert found(shop, LATE) == [THREE_DAYS]
    assert found(shop, "Stand vor verschlossener Tür, von wegen samstags geöffnet")[0].startswith("Samstags")


def test_the_rarer_word_weighs_more(shop):
    """Two cards speak of delivery, one of the express delivery that the post means."""
    written(shop)
    written(shop, "Eine Lieferung mit Express kommt am nächsten Werktag.", "Preisliste")
    assert found(shop, "Die Lieferung mit Express kam nicht")[0].startswith("Eine Lieferung mit Express")


def test_a_topic_finds_where_no_word_is_shared(shop):
    """And `other` finds nothing."""
    written(shop)
    written(shop, "Der Hof hat zwanzig Stellplätze.", "Plan", ("other",))
    assert found(shop, "Nie wieder", ("delivery", "other")) == [THREE_DAYS]
    assert found(shop, "Nie wieder") == []


def test_inflected_and_composed_words_share_their_beginning():
    """Enough for a search without a dictionary."""
    assert words_of("geliefert") & words_of("Lieferung") & words_of("Lieferzeiten") == {"liefer"}
    assert words_of("und die der zwei") == set()


@pytest.mark.parametrize("days", [{"valid_to": date(2026, 3, 1)}, {"valid_from": date(2026, 3, 3)}])
def test_a_card_out_of_its_days_is_neither_found_nor_cited(shop, days):
    """It is the second of March."""
    card = written(shop, **days)
    assert found(shop, LATE) == []
    with pytest.raises(Blocked) as refused:
        citing(shop, shop.complaint(LATE), card)
    assert refused.value.code == "card_expired"


def test_the_last_day_still_counts(shop):
    """Validity is a matter of days, to the end of the last one."""
    written(shop, valid_to=date(2026, 3, 2))
    assert found(shop, LATE) == [THREE_DAYS]


@pytest.mark.parametrize("what", ["ended", "replaced", "run out"])
def test_a_text_that_rests_on_a_card_out_of_force_goes_nowhere(shop, what):
    """Not handed over, and not approved either if it ran out in between."""
    card = written(shop)
    waiting = citing(shop, shop.complaint(LATE), card)
    shop.do(shop.desk.submit, waiting, ANNA, seen_version=1)
    draft = citing(shop, shop.complaint(LATE, ref="p2"), card)
    ends = {
        "ended": lambda: shop.do(fact_cards.end, card, BERND),
        "replaced": lambda: written(shop, "Die Lieferzeit beträgt fünf Werktage.", replaces=card),
        "run out": lambda: shop.clock.forward(days=400),
    }
    ends[what]()
    for step in (lambda: shop.do(shop.desk.submit, draft, ANNA, seen_version=1), lambda: shop.agree(waiting)):
        with pytest.raises(Blocked) as refused:
            step()
        assert refused.value.code == "card_expired"


def test_a_fact_check_leans_on_a_card(shop):
    """Unjustified, with the card as its source; when the card runs out the answer waits too."""
    card, duty = written(shop), shop.complaint(LATE)
    check = shop.do(shop.desk.check_facts, duty, FactVerdict.UNJUSTIFIED, "Faktenkarte", "keiner: drei Tage", ANNA)
    with shop.database.transaction() as session:
        fact_cards.lean_on(session, session.merge(check), card, shop.clock())
    reply = shop.draft(duty, ReplyKind.FINAL, ANSWER)
    shop.do(fact_cards.end, card, ANNA)
    with pytest.raises(Blocked) as refused:
        shop.do(shop.desk.submit, reply, ANNA, seen_version=1)
    assert refused.value.code == "card_expired"
    with shop.database.reading() as session:
        assert newest_facts(session, duty).card_id == card


def test_a_reason_is_an_excuse_until_a_card_carries_it(shop):
    """No excuse without a fact card (001-17)."""
    card = written(shop, "Am 27. Februar stand die Spedition wegen Streik still.", "Meldung der Spedition")
    duty = shop.complaint(LATE)
    words = "Guten Tag, wegen Streik der Spedition kam die Lieferung später. Melden Sie sich gern."
    with shop.database.reading() as session:
        bare = shop.desk.read_over(session, duty, Text(ReplyKind.FINAL, words), shop.clock())
        carried = shop.desk.read_over(session, duty, Text(ReplyKind.FINAL, words, frozenset({card})), shop.clock())
    assert ("001-17" in {one.rule for one in bare}, "001-17" in {one.rule for one in carried}) == (True, False)


def test_an_edit_is_a_new_version_and_the_old_one_stays(shop):
    """Two people cannot replace the same version."""
    card = written(shop)
    newer = written(shop, "Die Lieferzeit beträgt fünf Werktage.", replaces=card, actor=BERND)
    rows = {row.id: (row.statement, row.version, row.replaced_by) for row in shop.rows(FactCard)}
    assert rows[card] == (THREE_DAYS, 1, newer)
    assert rows[newer] == ("Die Lieferzeit beträgt fünf Werktage.", 2, None)
    with pytest.raises(Stale):
        written(shop, "Zehn Werktage.", replaces=card)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"statement": " "}, "statement_missing"),
        ({"source": ""}, "source_missing"),
        ({"valid_to": date(2025, 1, 1)}, "end_before_begin"),
        ({"statement": "Querulanten bekommen keine Gutschrift."}, "note_words"),
    ],
)
def test_a_card_is_whole_and_judges_nobody(shop, change, code):
    """Otherwise it is refused, with the reason."""
    with pytest.raises(Blocked) as refused:
        written(shop, **change)
    assert refused.value.code == code


def test_clara_writes_no_card(shop):
    """An auditor reads."""
    with pytest.raises(NotAllowed):
        written(shop, actor=CLARA)


def test_what_a_draft_rests_on_can_be_changed(shop):
    """The last choice counts."""
    first, second = written(shop), written(shop, "Express kommt am nächsten Werktag.")
    reply = citing(shop, shop.complaint(LATE), first)
    cite(shop, reply, second)
    with shop.database.reading() as session:
        assert fact_cards.cited(session, reply) == {second}
