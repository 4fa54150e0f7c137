"""The English catalogue is whole: what the source says stands in it, translated, and the .mo is what is read."""

import pytest
from babel.messages.catalog import Catalog

from monitor.locale import catalogue
from monitor.words import CATALOGUE


@pytest.fixture(scope="module")
def source():
    """What the source says now."""
    return catalogue.of_source()


@pytest.fixture(scope="module")
def stored():
    """What is committed."""
    return catalogue.stored()


def test_every_sentence_of_the_source_stands_in_the_catalogue(source, stored):
    """If this fails: `make catalogue`, translate what it names, and once more."""
    assert catalogue.strangers(source, stored) == []


def test_no_sentence_stands_there_that_the_source_does_not_say(source, stored):
    """If this fails: `make catalogue`."""
    assert catalogue.strangers(stored, source) == []


def test_every_sentence_is_translated_and_holds_the_same_places(stored):
    """If this fails: translate what is named in widerhall.po, then `make catalogue`."""
    assert catalogue.lacks(stored) == []


def test_what_is_read_is_what_is_committed(stored):
    """If this fails: `make catalogue`."""
    assert catalogue.MO.read_bytes() == catalogue.compiled(stored)
    assert CATALOGUE == catalogue.MO


def test_the_file_is_written_the_same_way_twice(stored):
    """No time and no line number stands in it."""
    assert catalogue.written(catalogue.renewed(stored)) == catalogue.PO.read_bytes()


@pytest.mark.parametrize(
    "kind",
    [
        "monitor/web/labels.py",
        "monitor/web/templates/base.html",
        "monitor/triage/lexicon.de.toml",
        "replies/policy/policy.de.toml",
        "replies/policy/guideline.de.toml",
    ],
)
def test_every_kind_of_file_is_read(source, kind):
    """Python, templates and the tables of words that our own people read."""
    assert any(kind == place for message in source for place, _line in message.locations)


@pytest.mark.parametrize(
    "spoil",
    [
        {"string": ""},
        {"string": "{folder} is not there.", "flags": ["fuzzy"]},
        {"string": "The folder does not exist."},
        {"string": "{ordner} does not exist."},
    ],
)
def test_the_control_a_catalogue_that_lacks_something_is_seen(spoil):
    """Empty, fuzzy, without a place, with another one."""
    few = Catalog(locale="en")
    few.add("Offen.", "Open.")
    few.add("Den Ordner {folder} gibt es nicht.", **spoil)
    assert len(catalogue.lacks(few)) == 1


def test_the_control_a_new_sentence_is_a_stranger(stored):
    """What `make catalogue` was not run for."""
    more = Catalog(locale="en")
    more.add("Das ist neu.")
    assert catalogue.strangers(more, stored) == ["Das ist neu."]
