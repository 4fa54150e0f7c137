"""The benchmark's arithmetic, by hand."""

import pytest

from monitor.triage import lexicon, variants
from monitor.triage.measure import calibration_error, figures, kappa, macro_f1, official_f, precision_at, recall_at


def test_precision_and_recall_of_four_posts():
    """Two of three said rightly, two of two found."""
    found = figures([True, True, True, False], [True, True, False, False])
    assert (round(found.precision, 3), found.recall, round(found.f1, 3)) == (0.667, 1.0, 0.8)


def test_the_official_average_is_not_the_mean_of_f1():
    """Harmonic mean of macro precision (0.75, from 1 and 0.5) and macro recall (0.833, from 0.667 and 1)."""
    said, labels = ["1", "1", "0", "0"], ["1", "1", "1", "0"]
    assert official_f(said, labels, ("0", "1")) == pytest.approx(2 * 0.75 * 0.8333 / (0.75 + 0.8333), abs=1e-3)
    assert macro_f1(said, labels, ("0", "1")) == pytest.approx((2 / 3 + 0.8) / 2)


def test_thresholds_trade_precision_for_recall():
    """The best of the curve on either side."""
    chances, yes = [0.9, 0.8, 0.7, 0.1], [True, False, True, False]
    assert precision_at(chances, yes, 1.0) == pytest.approx(2 / 3)
    assert recall_at(chances, yes, 1.0) == 0.5


def test_honest_chances_have_no_calibration_error():
    """Half of those with 0.5 are right; saying 0.95 of them would be 0.45 off."""
    assert calibration_error([0.5, 0.5], [True, False]) == 0
    assert calibration_error([0.95, 0.95], [True, False]) == pytest.approx(0.45)


def test_kappa_takes_chance_away():
    """Full agreement is 1, agreement as by chance 0."""
    assert kappa(["a", "b"], ["a", "b"]) == 1
    assert kappa(["a", "a", "b", "b"], ["a", "b", "a", "b"]) == 0


@pytest.mark.parametrize(
    ("edit", "expected"),
    [("masked", "Du I***t!"), ("leet", "Du Id10t!"), ("spaced", "Du I d i o t!"), ("capitals", "DU IDIOT!")],
)
def test_edits_hide_the_listed_word_alone(edit, expected):
    """The rest of the text stays."""
    text = "Du Idiot!"
    places = variants.words_to_hide(text, variants.hostile_places(text, lexicon.german()))
    assert variants.changed(text, edit, places) == expected


def test_without_a_listed_word_the_longest_one_is_hidden():
    """Else the benchmark would only measure the list."""
    assert variants.words_to_hide("So ein Unmensch dort", []) == [(7, 15)]


@pytest.mark.parametrize(("slip", "expected"), [("another letter dropped", "Gauer"), ("letters swapped", "Gauenr")])
def test_slips_to_train_against_change_one_place(slip, expected):
    """Deterministic by the word, and not the letter that the measured edit drops."""
    assert variants.changed("Gauner", slip, [(0, 6)]) == expected != variants.shortened("Gauner")


def test_slips_are_strewn_over_a_text_and_leave_most_of_it():
    """Another turn hits other words; short words and the order stay."""
    text = "Der Fahrer stellte das Paket einfach draussen ab und verschwand wortlos"
    once, again = variants.strewn(text, 0), variants.strewn(text, 1)
    assert len({text, once, again}) == 3
    for changed in (once, again):
        pairs = list(zip(text.split(), changed.split(), strict=True))
        assert all(len(one) - len(other) in (0, len(one) >= 4) for one, other in pairs)
        assert sum(one == other for one, other in pairs) >= len(pairs) / 2
