"""The wordings of every purpose as data (`blocks.de.toml`)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a sentence is there for: its wordings, and the rules of the guideline that it comes from."""

    name: str
    rules: tuple[str, ...]
    wordings: tuple[str, ...]


@cache
def _read() -> dict[str, dict[str, dict[str, list[str]]]]:
    text = resources.files("replies.blocks").joinpath("blocks.de.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def blocks() -> dict[str, Purpose]:
    """Every purpose by name."""
    found = _read()["purpose"].items()
    return {name: Purpose(name, tuple(body["rules"]), tuple(body["wordings"])) for name, body in found}


@cache
def about() -> dict[str, str]:
    """What each topic is called inside a sentence, in the accusative."""
    return {name: str(words) for name, words in _read()["about"].items()}


def dative(words: str) -> str:
    """The same in the dative: "die Lieferung" -> "der Lieferung"."""
    changes = {"die": "der", "den": "dem", "das": "dem", "diese": "dieser"}
    return " ".join(changes.get(word, word) for word in words.split())
