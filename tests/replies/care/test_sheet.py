"""Abwägung: an owner compares an option with a dispute; it is stored, and it goes nowhere."""

import pytest

from replies.care import sheet
from replies.care.sheet import Costs
from replies.care.tables import Sheet
from replies.errors import Blocked, NotAllowed
from replies.tables import Reply
from tests.replies.shop import ANNA, BERND, CLARA

COSTS = Costs(option=4_900, dispute=60_000, minutes=360, hour=4_500, reach=800)


def test_an_option_is_compared_with_a_dispute(shop):
    """The dispute costs its own time too; the older sheet stays, and no text of ours knows of it."""
    duty = shop.complaint()
    shop.on(duty, sheet.weigh_up, "„49 Euro zurück“", "Porto und Brot ersetzen", COSTS, "Wir ersetzen beides.", BERND)
    shop.on(duty, sheet.weigh_up, "", "Nur das Porto", Costs(500, 0), "Doch nur das Porto.", BERND)
    with shop.database.reading() as session:
        newest, first = sheet.of_duty(session, duty)
        assert (sheet.costs_of(first).of_dispute, sheet.costs_of(first).saved) == (87_000, 82_100)
        assert sheet.costs_of(newest).saved == -500
    assert shop.rows(Reply) == []
    assert "duty.weighed" in shop.events(f"duty:{duty}")


@pytest.mark.parametrize("actor", [ANNA, CLARA])
def test_a_sheet_is_an_owners(shop, actor):
    """It speaks of money and of a dispute."""
    duty = shop.complaint()
    with pytest.raises(NotAllowed):
        shop.on(duty, sheet.weigh_up, "", "Porto", COSTS, "Ja.", actor)
    assert shop.rows(Sheet) == []


@pytest.mark.parametrize(
    ("option", "costs", "decision", "code"),
    [
        ("", COSTS, "Ja.", "option_missing"),
        ("Porto", COSTS, " ", "decision_missing"),
        ("Porto", Costs(-1, 0), "Ja.", "cost_wrong"),
        ("Porto", Costs(0, sheet.MOST + 1), "Ja.", "cost_wrong"),
        ("Dem Querulanten nichts", COSTS, "Ja.", "note_words"),
    ],
)
def test_a_sheet_is_whole_and_judges_nobody(shop, option, costs, decision, code):
    """A refused one leaves nothing behind."""
    duty = shop.complaint()
    with pytest.raises(Blocked) as why:
        shop.on(duty, sheet.weigh_up, "", option, costs, decision, BERND)
    assert (why.value.code, shop.rows(Sheet)) == (code, [])
