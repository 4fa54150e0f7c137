"""Every error that a person sees is a German sentence with what to do."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import connectors
import monitor
from connectors.core import errors
from connectors.core.errors import ConnectorError, RateLimited
from monitor import saying
from monitor.tables import Problem

SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for package in (connectors, monitor)
    for path in sorted(Path(package.__path__[0]).rglob("*.py"))
    if path.name != "saying.py"
)
ENGLISH = re.compile(r"\b(the|is|not|was|of|and|cannot|this|please|with)\b")


def family(kind=ConnectorError):
    """The class and all that inherit from it."""
    return {kind, *(found for child in kind.__subclasses__() for found in family(child))}


def made(kind, line="something nobody has seen"):
    """An error of this class."""
    return kind(line, until=datetime(2026, 3, 2, tzinfo=UTC)) if issubclass(kind, RateLimited) else kind(line)


def is_german(sentence):
    """One or more whole sentences, none of them English."""
    return bool(sentence) and sentence[-1] == "." and not ENGLISH.search(sentence)


@pytest.mark.parametrize("kind", sorted(family(), key=lambda kind: kind.__name__))
def test_every_class_of_error_has_its_sentence(kind):
    """A new class is noticed here; the control is an English line, which is no sentence of ours."""
    assert kind in saying.CLASSES or not kind.__module__.startswith("connectors")
    assert is_german(saying.of_error(made(kind)))
    assert not is_german(str(made(kind, "the token is not accepted.")))


@pytest.mark.parametrize("table", [saying.LINES, saying.RECORDS, saying.MESSAGES])
def test_every_known_line_is_still_said_somewhere(table):
    """Each pattern has at least one alternative in the source of connectors or monitor, and a German sentence."""
    for pattern, sentence in table:
        words = [re.sub(r"\\.|[.^$*+?()\[\]]|i\)", " ", part).split() for part in pattern.split("|")]
        longest = [max(part, key=len) for part in words if part]
        assert any(word in SOURCES for word in longest), pattern
        assert is_german(sentence), sentence


def test_a_known_line_gives_a_closer_sentence():
    """Whoever runs Widerhall learns what to type, not only whose turn it is."""
    wrong = errors.ConfigProblem("shop.example: resolves to 10.0.0.7, which is private")
    assert "allow_networks" in saying.of_error(wrong)
    assert "allow_networks" in saying.of_source(Problem.CONFIG, str(wrong))
    assert saying.of_source(Problem.CONFIG, "never seen") == saying.PROBLEMS[Problem.CONFIG]
    assert "doppelt" in saying.of_error(errors.Refused("said no", code="comment_duplicate"))


def test_a_record_and_a_message_have_their_sentences():
    """Unknown reasons too."""
    for line in ("rating: 7 is more than 5", "created: not a time: 'x'", "never seen"):
        assert is_german(saying.of_record(line))
    for line in ("the place did not take it", "never seen"):
        assert is_german(saying.of_message(line))
