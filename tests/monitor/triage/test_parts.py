"""The parts by themselves: the old library behind its door, the language, the word lists."""

import subprocess
import sys

import pytest

from monitor.triage import default_judge, textblob_german
from monitor.triage.language import language
from monitor.triage.lexicon import Lexicon, LexiconError, german


@pytest.mark.parametrize(
    ("text", "sign"), [("Der Service war schlecht.", -1), ("Super!", 1), ("", 0), ("😡😡", 0), ("\ud800", 0)]
)
def test_the_old_library_gives_a_sign_without_any_download(text, sign):
    """NLTK data is never asked for."""
    value = textblob_german.polarity(text)
    assert (value > 0) - (value < 0) == sign
    assert -1 <= textblob_german.polarity(text * 1000) <= 1


def test_nothing_heavy_is_imported_with_the_stage():
    """`widerhall --help` stays fast."""
    heavy = {"textblob_de", "numpy", "py3langid", "nltk", "rapidfuzz"}
    code = f"import sys, monitor.triage; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "lang"),
    [("Nie wieder!", "de"), ("ok", "de"), ("I bin ned zfriedn", "de"), ("", "und"), ("😡 5/5", "und"),
     ("Delivery was late and nobody answers my mails.", "en"), ("Très bon restaurant, je recommande", "fr")],
)  # fmt: skip
def test_short_texts_count_as_german(text, lang):
    """A wrong "en" would hide a complaint."""
    assert language(text) == lang


def test_the_judge_names_its_versions():
    """Stored verdicts are renewed when the name changes."""
    assert german().version in default_judge().name
    assert "textblob-de 0.4.3" in default_judge().name


def test_every_rule_has_a_sentence_for_people():
    """Reasons are read on the page."""
    assert all(rule.words.endswith((".", ")")) and 0 < rule.weight <= 1 for rule in german().rules.values())


@pytest.mark.parametrize("pattern", ["zu ..3", "a*b", "<nix>", "~2 zu"])
def test_a_broken_pattern_is_refused_with_its_rule(pattern):
    """Words are data; a slip in them is found at once."""
    rule = {"id": "x", "group": "complaint", "words": "Etwas.", "patterns": [pattern]}
    with pytest.raises(LexiconError):
        Lexicon({"meta": {"version": "t"}, "names": {"verneint": "nicht"}, "rule": [rule]})


def test_two_rules_of_one_name_are_refused():
    """An id names one reason for ever."""
    rule = {"id": "x", "group": "complaint", "words": "Etwas.", "patterns": ["a"]}
    with pytest.raises(LexiconError, match=r"complaint\.x"):
        Lexicon({"meta": {"version": "t"}, "names": {"verneint": "nicht"}, "rule": [rule, rule]})
