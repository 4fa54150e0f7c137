"""A sentence is said in the language of here and now: of this request, this command, this message."""

import gettext
from threading import Thread

import pytest

from monitor import words
from monitor.words import Spoken, _, later, ngettext, speaking

HELD = Spoken({"open": later("offen"), "": ""})


@pytest.fixture
def catalogue(monkeypatch):
    """An English catalogue of three words; German words that were asked for and are not in it."""

    class Three(gettext.NullTranslations):
        def __init__(self):
            super().__init__()
            self.known = {"offen": "open", "Tag": "day", "Tage": "days"}

        def gettext(self, message):
            return self.known[message]

        def ngettext(self, one, many, n):
            return self.known[one if n == 1 else many]

    monkeypatch.setattr(words, "english", Three)


def in_a_thread(function):
    """What it returns in a thread of its own, whose context is empty."""
    found = []
    thread = Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def test_german_needs_no_catalogue(monkeypatch):
    """The daemon of a German house never reads one."""
    monkeypatch.setattr(words, "english", None)
    assert (_("offen"), ngettext("Tag", "Tage", 1), ngettext("Tag", "Tage", 0), HELD["open"]) == (
        "offen", "Tag", "Tage", "offen",
    )  # fmt: skip


@pytest.mark.usefixtures("catalogue")
def test_english_is_spoken_inside_and_german_again_after():
    """Tables, plurals and plain sentences."""
    with speaking("en"):
        assert (_("offen"), ngettext("Tag", "Tage", 2), dict(HELD)) == ("open", "days", {"open": "open", "": ""})
    assert HELD.get("open") == "offen"


@pytest.mark.usefixtures("catalogue")
def test_another_language_than_ours_means_the_houses():
    """A cookie may hold anything."""
    with speaking("xx"):
        assert _("offen") == "offen"


@pytest.mark.usefixtures("catalogue")
def test_the_houses_language_holds_in_every_thread(monkeypatch):
    """A new thread begins with an empty context."""
    monkeypatch.setattr(words, "_house", "de")
    words.speak("en")
    assert in_a_thread(lambda: _("offen")) == "open"


@pytest.mark.usefixtures("catalogue")
def test_what_one_thread_chose_no_other_speaks():
    """Two people at once."""
    with speaking("en"):
        assert in_a_thread(lambda: _("offen")) == "offen"


def test_tables_are_added_and_hold_their_order():
    """A room of sentences takes in those of care."""
    both = HELD | Spoken({"late": later("überfällig")})
    assert (list(both), len(both), "late" in both) == (["open", "", "late"], 3, True)
