"""A telephone number is one number, whatever way it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replies.contacts import number, numbers

_GAPS = st.sampled_from(["", " ", "-", "/", "\u00a0", " / "])


@given(area=st.integers(20, 9999), line=st.integers(10_000, 9_999_999), gap=_GAPS, other=_GAPS, text=st.booleans())
def test_all_ways_of_writing_a_number_are_one(area, line, gap, other, text):
    """National, +49, 0049, with the zero in brackets; alone and inside a sentence."""
    ways = [f"0{area}{gap}{line}", f"+49{other}{area}{gap}{line}", f"0049{other}{area}{gap}{line}",
            f"+49{other}(0){area}{gap}{line}", f"+49{other}0{area}{gap}{line}"]  # fmt: skip
    found = {numbers(f"Rufen Sie {way} an.") if text else frozenset({number(way)}) for way in ways}
    assert found == {frozenset({f"0{area}{line}"})}


@pytest.mark.parametrize(
    "other", ["+43 341 555010", "0341 555011", "0342 555010", "0341 5550100", "341 555010", "110", ""]
)
def test_another_number_is_another(other):
    """The control: another country, another digit, one more, no prefix."""
    assert number(other) != number("0341 555010")
