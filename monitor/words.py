"""German is the source language; every sentence a person reads goes through `_` when it is read.

The language is chosen per request, message and command, so no sentence is translated while a module is imported:
there `later` marks it, and a table of sentences is a `Spoken`. The catalogue is read with the first English sentence.
"""

import errno as _errno
import gettext as _gettext
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TypeVar

GERMAN, ENGLISH = "de", "en"
LANGUAGES = (GERMAN, ENGLISH)
CATALOGUE = Path(__file__).parent / "locale/en/LC_MESSAGES/widerhall.mo"

K = TypeVar("K")
_chosen: ContextVar[str] = ContextVar("language")
_house = GERMAN


def language() -> str:
    """What is spoken here and now: "de" or "en"; where nobody chose, the house's."""
    return _chosen.get(_house)


def house() -> str:
    """The house's language, which is spoken where nobody chose another."""
    return _house


def speak(chosen: str) -> None:
    """The house's language, for the rest of this process: every thread in which nobody chose another."""
    global _house  # noqa: PLW0603 - a new thread begins with an empty context, so a ContextVar cannot hold it
    _house = chosen if chosen in LANGUAGES else GERMAN


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """A language for what happens inside; anything else than a language of ours means the house's."""
    token = _chosen.set(chosen if chosen in LANGUAGES else _house)
    try:
        yield
    finally:
        _chosen.reset(token)


def _(text: str) -> str:
    """The sentence in the language of here and now."""
    return text if not text or language() == GERMAN else english().gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a sentence that fits the number."""
    if language() == GERMAN:
        return one if n == 1 else many
    return english().ngettext(one, many, n)


def pgettext(context: str, text: str) -> str:
    """A German word that means two things, where it means the one that `context` names."""
    return text if language() == GERMAN else english().pgettext(context, text)


def later(text: str) -> str:
    """A sentence at the top of a module, marked for the catalogue and unchanged: whoever reads it says `_` to it."""
    return text


class Spoken(Mapping[K, str]):
    """A table of sentences by their codes, each said in the language of whoever reads it."""

    __slots__ = ("_words",)

    def __init__(self, words: Mapping[K, str]) -> None:
        """Hold German sentences, each marked with `later`."""
        self._words = dict(words)

    def __getitem__(self, code: K) -> str:
        """The sentence of a code, translated now."""
        return _(self._words[code])

    def __iter__(self) -> Iterator[K]:
        """The codes, in the order of the table."""
        return iter(self._words)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._words)

    def __or__(self, other: "Spoken[K]") -> "Spoken[K]":
        """Both tables as one."""
        return Spoken({**self._words, **other._words})


@cache
def english() -> _gettext.NullTranslations:
    """The catalogue, read once."""
    with CATALOGUE.open("rb") as file:
        return _gettext.GNUTranslations(file)


_REFUSALS = Spoken(
    {
        _errno.ENOENT: later("das gibt es nicht"),
        _errno.EISDIR: later("das ist ein Ordner"),
        _errno.ENOTDIR: later("auf dem Weg dorthin liegt eine Datei statt eines Ordners"),
        _errno.EACCES: later("dafür fehlen die Rechte"),
        _errno.EPERM: later("dafür fehlen die Rechte"),
        _errno.EEXIST: later("das gibt es schon"),
        _errno.ENOSPC: later("der Datenträger ist voll"),
        _errno.EROFS: later("der Datenträger ist schreibgeschützt"),
        _errno.ENAMETOOLONG: later("der Name ist zu lang"),
        _errno.EBADF: later("die Eingabe ist geschlossen"),
        _errno.EADDRINUSE: later("der Port ist schon belegt"),
    }
)


def refusal(error: OSError) -> str:
    """What the operating system said, in words; the number where we have none for it."""
    return _REFUSALS.get(error.errno or 0) or _("Fehler {n} des Betriebssystems").format(n=error.errno)
