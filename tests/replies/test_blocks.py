"""Building blocks: every wording passes the guideline's own check, fits the case, and is said once in a place."""

import itertools

import pytest

from replies.blocks import Situation, blocks, drafts, purposes
from replies.blocks.wordings import about
from replies.lifecycle import Cause, FactVerdict, ReplyKind
from replies.policy import Severity, check

HOLDING, QUESTION, FINAL = ReplyKind
JUSTIFIED, PARTLY, UNJUSTIFIED, UNCLEAR = FactVerdict
POST = "Die Lieferung kam zu spät, der Preis ist zu hoch, die Rechnung falsch. Das Personal war unfreundlich."
CARD = "Die Lieferzeit beträgt drei Werktage."
WARNED = {"002-6", "E34"}  # fault and goodwill: the owner's eye is wanted there
SITUATIONS = [
    Situation(kind, 7, verdict, ("delivery",), turn, cards, "24.11.", standing, keeps, "Telefon 0341 555010")
    for kind, verdict, turn, cards, (standing, keeps) in itertools.product(
        ReplyKind, FactVerdict, (1, 2, 4), ((), (CARD,)), (("", False), ("3. November 2026", False), ("", True))
    )
    if kind == FINAL or (turn == 1 and not cards)
]


def findings(text, situation):
    """What the check says, with what the house knows."""
    facts = [*situation.statements, situation.contact]
    return check(POST, text, facts=[one for one in facts if one], kind=situation.kind, one_reply=situation.keeps_one)


def first(number=7, **values):
    """The first draft of a situation."""
    return next(drafts(Situation(number=number, **{"kind": FINAL, "topics": ("delivery",), **values})))


def test_no_draft_is_stopped_and_only_fault_and_goodwill_are_warned_of():
    """What we propose may go out; hints may remain."""
    seen = {}
    for situation in SITUATIONS:
        for text in itertools.islice(drafts(situation), 1):
            for one in findings(text, situation):
                if one.severity != Severity.HINT and one.rule not in WARNED:
                    seen[one.rule, text[one.start : one.end]] = text
    assert seen == {}


@pytest.mark.parametrize("name", sorted(blocks()))
def test_every_wording_passes_the_check(name):
    """Each one, not only those that come first."""
    for wording, subject in zip(blocks()[name].wordings, itertools.cycle(about().values()), strict=False):
        text = wording.format(
            about=subject, about_dative="der Lieferung", statement=CARD, contact="Telefon 0341 555010", code="W7",
            date="3. November 2026", until="24.11.",
        )  # fmt: skip
        kind = "holding" if name == "holding" else "final"
        found = check(POST, f"Guten Tag, {text}", facts=["Telefon 0341 555010", CARD, "3. November 2026"], kind=kind)
        assert {one.rule for one in found if one.severity != Severity.HINT} <= WARNED, text


def test_fault_is_only_said_after_a_fact_check_that_found_it():
    """Two apologies: for the experience free, for our fault only where it is one (W7)."""
    for verdict in (UNJUSTIFIED, UNCLEAR, None):
        assert not {"fault", "share"} & set(purposes(Situation(FINAL, 1, verdict)))
    assert "fault" in purposes(Situation(FINAL, 1, JUSTIFIED))
    assert "share" in purposes(Situation(FINAL, 1, PARTLY))


def test_what_is_owed_is_never_called_goodwill():
    """A claim by law gets options without one (LAW E35), the others carry the clause (K10)."""
    assert "Kulanz" not in first(verdict=JUSTIFIED, round=2, topics=("quality",))
    beyond = first(verdict=JUSTIFIED, round=2)
    assert beyond.lower().index("darüber hinaus") < beyond.index("auf Kulanz, ohne Anerkennung einer Rechtspflicht")
    assert "auf Kulanz, ohne Anerkennung einer Rechtspflicht" in first(verdict=PARTLY, round=2)


def test_options_come_early_where_somebody_asks_for_them():
    """Else the first round asks for a solution."""
    assert "3." in first(verdict=JUSTIFIED, options=True)
    assert "3." not in first(verdict=JUSTIFIED)


def test_unclear_facts_propose_a_question():
    """No answer before the facts are known."""
    text = first(verdict=UNCLEAR)
    assert "verstanden" in text
    assert text.count("?") == 2


def test_a_declined_wish_gets_the_limit_and_what_a_card_says():
    """No argument, no excuse; where the wish was owed after all, the fault comes first (RULES 000-8)."""
    wish = {"cause": Cause.DECLINED, "verdict": UNJUSTIFIED, "statements": (CARD,)}
    assert purposes(Situation(FINAL, 1, **wish))[3:5] == ("limit", "fact")
    text = first(**wish)
    assert any(wording in text for wording in blocks()["limit"].wordings)
    assert CARD in text
    assert "limit" not in purposes(Situation(FINAL, 1, JUSTIFIED, cause=Cause.DECLINED))


def test_a_fact_card_speaks_for_itself():
    """The guideline's example: "zu spät" and three days."""
    assert CARD in first(verdict=UNJUSTIFIED, statements=(CARD,))


def test_a_repetition_is_short_and_refers_to_the_standing_answer():
    """Unless the platform replaces the old one, where a reference would point nowhere (K02)."""
    again = first(verdict=JUSTIFIED, round=3, standing="3. November 2026")
    assert "3. November 2026" in again
    assert len(again) < 200
    assert "3. November" not in first(verdict=JUSTIFIED, round=3, standing="3. November 2026", keeps_one=True)


def test_no_place_hears_the_same_text_twice():
    """Fifty answers to the same complaint in one place are fifty texts."""
    used = set()
    for number in range(50):
        text = first(number, verdict=JUSTIFIED, used=frozenset(used))
        assert text not in used
        used.add(text)
    assert len(used) == 50


def test_neighbours_begin_differently():
    """The next duty does not begin with the words of the last one."""
    assert len({first(number, verdict=JUSTIFIED).split(".")[0] for number in range(1, 5)}) == 4


def test_used_up_wordings_are_said_to_be_used_up():
    """Rather nothing than the same words again."""
    situation = Situation(HOLDING, 1, until="24.11.")
    everything = frozenset(drafts(situation))
    assert len(everything) == 6
    assert list(drafts(Situation(HOLDING, 1, until="24.11.", used=everything))) == []


@pytest.mark.parametrize("most", [500, 300])
def test_a_draft_fits_the_platform(most):
    """What is only kind is left out first; nothing is cut."""
    for verdict, turn in itertools.product((JUSTIFIED, UNJUSTIFIED), (1, 2)):
        for text in itertools.islice(drafts(Situation(FINAL, 3, verdict, round=turn, max_length=most)), 20):
            assert len(text) <= most
            assert text[-1] in ".?"


def test_the_author_is_addressed_where_the_platform_wants_it():
    """And the salutation follows, German after its comma in lower case."""
    text = first(verdict=JUSTIFIED, address="@mira@social.example")
    assert text.startswith("@mira@social.example Guten Tag, ")
    assert not text.startswith("@mira@social.example Guten Tag, Danke")
