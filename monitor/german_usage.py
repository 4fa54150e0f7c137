"""argparse in German: its own words come from a module-level `_`, which takes our table instead of gettext's."""

import argparse

from monitor.words import GERMAN, language

_WORDS = {
    "usage: ": "Aufruf: ",
    "positional arguments": "Angaben",
    "options": "Schalter",
    "show this help message and exit": "diese Hilfe zeigen",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "the following arguments are required: %s": "Es fehlt noch: %s",
    "unrecognized arguments: %s": "Diese Angaben kenne ich nicht: %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r gibt es nicht. Zur Wahl stehen: %(choices)s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "expected one argument": "hier fehlt ein Wert",
    "invalid %(type)s value: %(value)r": "%(value)r passt hier nicht",
    "not allowed with argument %s": "geht nicht zusammen mit %s",
    "one of the arguments %s is required": "eine dieser Angaben ist nötig: %s",
}


def say(text: str) -> str:
    """A word of argparse's in the language of here and now; one it has no translation for stays English."""
    return _WORDS.get(text, text) if language() == GERMAN else text


def speak() -> None:
    """From now on argparse asks us for its words."""
    setattr(argparse, "_", say)  # noqa: B010 - the module's own hook has no public name
