"""A text as folded words in one searchable line, each with its place in the original.

Folding makes one word of its spellings: case, ä and ae, ß and ss, hyphens (`E-Mail`), invisible characters, spaced
letters (`I d i o t`) and masks (`A***loch` becomes `a*loch`). Rules see folded words; findings quote the original.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff\ufe0e\ufe0f"
_SPACED = r"(?<![^\W\d_])[^\W\d_](?:[ .\-_*][^\W\d_]){3,40}(?![^\W\d_])"
_PART = rf"\w[\w{_INVISIBLE}]*"
_MAIL = r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
_SHORT = r"(?<!\w)(?:(?:Nr|Dr|Str|Tel|bzw|ca|evtl|inkl|St|Prof|usw|ggf|Bsp|Abs|Art)\.|(?:z\. ?B|d\. ?h|u\. ?a)\.)"
_ORDINAL = (
    r"\d{1,2}\.(?=\s?(?:\d|Jan|Feb|M[äa]r|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|[a-zäöü]))"  # "am 14. Juni" goes on
)
_TOKEN = re.compile(
    rf"{_SPACED}|{_MAIL}|{_SHORT}|{_ORDINAL}|{_PART}(?:[-*#$@'’]+{_PART}|(?<=\d)[.,:]\d+)*|\n[ \t\r]*\n|[^\w\s]"
)
_HIDDEN = re.compile(rf"(?<=.)[{_INVISIBLE}\-'’](?=.)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ẞ": "ss"})
_LEET = str.maketrans({"4": "a", "@": "a", "3": "e", "1": "i", "0": "o", "5": "s", "$": "s", "7": "t"})
_INCLUSIVE = re.compile(r"\*(?:innen|in)$")
_QUOTES = frozenset("\"'`´„“”‚‘’»«›‹_~")
_OPENING, _CLOSING = '„“"»«‚›‹', '“”"«»‘‹›'
ENDS = frozenset(".!?;\n…")
_GREETINGS = frozenset(
    {"guten", "hallo", "liebe", "lieber", "sehr", "moin", "servus", "gruess", "hi", "werte", "werter"}
)
_LONGEST_GREETING = 8
_LONGEST_SENTENCE = 100


@dataclass(frozen=True, slots=True)
class Word:
    """One folded word or mark and its half-open place in the original."""

    word: str
    start: int
    end: int


@lru_cache(maxsize=20_000)
def fold(raw: str) -> str:
    """One word in the spelling that patterns are compared in."""
    if "@" in raw and re.fullmatch(_MAIL, raw):
        return "@"
    plain = unicodedata.normalize("NFKC", raw).lower().translate(_UMLAUTS)
    plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    if re.search(r"[^\W\d_][*#$@]|[*#$@][^\W\d_]", plain):
        plain = re.sub(r"[*#]+", "*", _INCLUSIVE.sub("", plain))
    plain = _HIDDEN.sub("", plain)
    return (
        re.sub(r"[ .\-_]", "", plain) if " " in raw or ("." in raw and len(raw) > 1 and not raw[0].isdigit()) else plain
    )


def unmasked(word: str) -> str:
    """The word with digits and signs read as letters (`1d10t`)."""
    return word.translate(_LEET)


class Reading:
    """A text read once: `line` holds the folded words between single blanks, `words` their places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = _greeting_ends(list(_words(text)))
        self.line = " . " + "".join(f"{word.word} " for word in self.words)
        self._offsets = [3]
        for word in self.words:
            self._offsets.append(self._offsets[-1] + len(word.word) + 1)
        self._starts = [word.start for word in self.words]
        self.vocabulary = frozenset(word.word for word in self.words)

    def places(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """First and last word (inclusive) of every hit."""
        for match in pattern.finditer(self.line):
            first = bisect_right(self._offsets, match.start()) - 1
            last = bisect_right(self._offsets, max(match.end() - 1, match.start())) - 1
            if first >= 0 and last < len(self.words):
                yield first, last

    def has(self, pattern: re.Pattern[str]) -> bool:
        """Is the pattern anywhere in the text?"""
        return pattern.search(self.line) is not None

    def sentence(self, index: int) -> tuple[int, int]:
        """First and last word of the sentence that holds the word; its end mark belongs to it.

        A text without any end mark counts as sentences around each word, `_LONGEST_SENTENCE` words to either side.
        """
        first = last = index
        floor, ceiling = max(0, index - _LONGEST_SENTENCE), min(len(self.words) - 1, index + _LONGEST_SENTENCE)
        while first > floor and self.words[first - 1].word not in ENDS:
            first -= 1
        while last < ceiling and self.words[last].word not in ENDS:
            last += 1
        return first, last

    def part(self, first: int, last: int) -> str:
        """The folded words `first..last` as a line of their own."""
        return " . " + "".join(f"{word.word} " for word in self.words[first : last + 1])

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The place of words `first..last` in code points."""
        return self.words[first].start, self.words[last].end

    def at(self, position: int) -> int:
        """The word that stands at (or before) a code point."""
        return max(0, bisect_right(self._starts, position) - 1)

    def quoted(self, first: int, last: int) -> str | None:
        """The quotation around the words, if both stand inside one."""
        start, end = self.span(first, last)
        for match in re.finditer(rf"[{_OPENING}]([^{_OPENING}{_CLOSING}]{{1,400}})[{_CLOSING}]", self.text):
            if match.start() < start and end <= match.end():
                return match[1]
        return None


def _words(text: str) -> Iterator[Word]:
    for match in _TOKEN.finditer(text):
        raw = match[0]
        if raw in _QUOTES:
            continue
        folded = "\n" if raw[0] == "\n" else fold(raw[:80])
        if folded and " " not in folded:
            yield Word(folded, match.start(), match.end())


def _greeting_ends(words: list[Word]) -> list[Word]:
    """The comma after the salutation counts as the end of a sentence."""
    if words and words[0].word in _GREETINGS:
        for index, word in enumerate(words[:_LONGEST_GREETING]):
            if word.word == ",":
                words[index] = Word(".", word.start, word.end)
                break
    return words
