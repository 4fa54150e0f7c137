"""Ten ways in which somebody writes a text again (SENTIMENT 4), to measure repetition with. Deterministic by seed."""

import random
import re
from collections.abc import Callable, Sequence

_LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"})
_SPELT = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ENDS = (" !!!", " 😡😡", " 👎", " ...")
Edit = Callable[[str, random.Random, Sequence[str]], str]
"""(text, chance, words that may be put in) -> the edited text."""


def _dressed(text: str, chance: random.Random, _words: Sequence[str]) -> str:
    return re.sub(r"[.,!?]", "", text).lower() + chance.choice(_ENDS)


def _spelt(text: str, _chance: random.Random, _words: Sequence[str]) -> str:
    return "".join(_SPELT.get(char, char) for char in text.lower())


def _leet(text: str, chance: random.Random, _words: Sequence[str]) -> str:
    return "".join(char.translate(_LEET) if chance.random() < 0.3 else char for char in text)


def _typos(share: float) -> Edit:
    """Of the characters changed a third each is left out, doubled, or becomes another letter; a quarter stays."""

    def edit(text: str, chance: random.Random, _words: Sequence[str]) -> str:
        written = []
        for char in text:
            cast = chance.random()
            if cast < share / 4:
                continue
            if cast < share / 2:
                written.append(char * 2)
            else:
                written.append(chance.choice(_LETTERS) if cast < 3 * share / 4 else char)
        return "".join(written)

    return edit


def _reworded(share: float) -> Edit:
    """A third each of the chosen words is left out, replaced, or followed by another."""

    def edit(text: str, chance: random.Random, words: Sequence[str]) -> str:
        written: list[str] = []
        for word in text.split():
            cast = chance.random()
            if cast < share / 3:
                continue
            if cast < 2 * share / 3:
                written.append(chance.choice(words))
            else:
                written += [word, chance.choice(words)] if cast < share else [word]
        return " ".join(written) or text

    return edit


def _reordered(text: str, _chance: random.Random, _words: Sequence[str]) -> str:
    parts = re.split(r"(?<=[.!?])\s+", text)
    parts = parts if len(parts) > 1 else text.split(", ")
    if len(parts) < 2:
        words = text.split()
        parts = [" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])]
    return " ".join(parts[1:] + parts[:1])


def _padded(text: str, _chance: random.Random, _words: Sequence[str]) -> str:
    return f"Hallo zusammen, ich muss das jetzt mal loswerden: {text} Wer hat das auch erlebt?"


def _halved(text: str, _chance: random.Random, _words: Sequence[str]) -> str:
    words = text.split()
    return " ".join(words[: max(4, len(words) // 2)])


EDITS: dict[str, tuple[Edit, float, float]] = {
    "case, punctuation, emoji": (_dressed, 1.00, 1.00),
    "umlaut transliteration": (_spelt, 1.00, 1.00),
    "leet 30 %": (_leet, 0.99, 1.00),
    "typos 3 % of characters": (_typos(0.03), 0.99, 1.00),
    "typos 10 %": (_typos(0.10), 0.78, 0.95),
    "15 % of words changed": (_reworded(0.15), 0.92, 0.98),
    "30 % of words changed": (_reworded(0.30), 0.72, 0.89),
    "sentences reordered": (_reordered, 1.00, 1.00),
    "prefix + suffix added": (_padded, 0.78, 0.89),
    "first half only": (_halved, 0.48, 0.76),
}
"""Name -> the edit, the recall of the candidates and of the Jaccard alone that SENTIMENT 4 lists."""
