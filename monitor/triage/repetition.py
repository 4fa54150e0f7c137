"""Whether somebody says it again: the same author on the same matter, or the same text from several authors.

Method and thresholds follow SENTIMENT 4: compare folded keys by character 5-grams (Jaccard) and rapidfuzz ratio; short
keys match everything and count only when equal; nothing is ever joined by a shown name. For a run, posts are found
again through the smallest hashes of their 5-grams (a bottom-k sketch), so the work per post stays bounded however
many there are.
"""

import re
import unicodedata
import zlib
from array import array
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

from monitor.triage.judgement import Judgement, PostText
from monitor.words import _

SKETCH = 256
"""Hashes kept of a text; texts up to about this many characters are compared exactly, longer ones by estimate."""
INDEXED = 24
"""Smallest hashes under which a text can be found again."""
SHARED = 3
POSTING = 200
VERIFIED = 40
MATCHES_AT_MOST = 50
"""Repeats named for one post; the best ones. A flood of ten thousand copies needs no list of ten thousand ids."""
AUTHOR_HISTORY = 100
FUZZED_UP_TO = 2000
SHORT_KEY = 25
SHORT_KEY_BETWEEN_AUTHORS = 40
JACCARD_SAME_AUTHOR, RATIO_SAME_AUTHOR = 0.30, 0.74
JACCARD_BETWEEN, RATIO_BETWEEN = 0.42, 0.78
WINDOW = timedelta(days=30)

_URL = re.compile(r"https?://\S{1,2000}|www\.\S{1,2000}")
_HANDLE = re.compile(r"[@#](?=\w)")
_LEET_INSIDE = re.compile(r"(?<=[a-z])[43105@$](?=[a-z])")
_LEET = {"4": "a", "3": "e", "1": "i", "0": "o", "5": "s", "@": "a", "$": "s"}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_OTHER = re.compile(r"[\W_]+")
_RUN = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier post that this one repeats.

    Attributes:
        id: the earlier post.
        score: likeness of the texts, 0..1.
        why: one plain German sentence for people.
        rule: `repeat.same-text` (same author, similar text), `repeat.same-matter` (same author, both complain about
            the same topic or ask for the same within the window), `repeat.copy` (another or unknown author's text).
    """

    id: str
    score: float
    why: str
    rule: str


@dataclass(frozen=True, slots=True)
class Print:
    """Fingerprint of a text: folded `key` and the `SKETCH` smallest 5-gram hashes, ascending."""

    key: str
    sketch: "array[int]" = field(repr=False)


def key(text: str) -> str:
    """The text folded for comparison: case, umlauts, punctuation, emojis, links, leet and long runs do not count."""
    folded = unicodedata.normalize("NFKC", text).lower().translate(_UMLAUTS)
    folded = _HANDLE.sub(" ", _URL.sub(" ", folded))
    folded = _LEET_INSIDE.sub(lambda match: _LEET[match[0]], folded)
    return _RUN.sub(r"\1\1", _OTHER.sub(" ", folded)).strip()


def fingerprint(text: str) -> Print:
    """Key and sketch of a text, about 0.1 ms for 300 characters."""
    folded = key(text)
    padded = f" {folded} ".encode("utf-8", "surrogatepass")
    grams = {padded[n : n + 5] for n in range(max(len(padded) - 4, 1))}
    return Print(folded, array("I", sorted(zlib.crc32(gram) for gram in grams)[:SKETCH]))


def likeness(one: Print, other: Print) -> tuple[float, float]:
    """Jaccard of the 5-grams and rapidfuzz ratio of the keys, each 0..1."""
    from rapidfuzz import fuzz

    if one.key == other.key:
        return 1.0, 1.0
    ratio = 0.0
    if max(len(one.key), len(other.key)) <= FUZZED_UP_TO:
        ratio = fuzz.ratio(one.key, other.key) / 100
    return _jaccard(one.sketch, other.sketch), ratio


def _jaccard(one: "array[int]", other: "array[int]") -> float:
    """Exact while neither sketch is full, else the bottom-k estimate."""
    first, second = set(one), set(other)
    union = first | second
    if len(one) == SKETCH or len(other) == SKETCH:
        union = set(sorted(union)[:SKETCH])
    return len(first & second & union) / len(union) if union else 0.0


def is_repeat(post: PostText, candidates: Iterable[PostText], *, window: timedelta = WINDOW) -> list[Match]:
    """Which candidates `post` repeats, best first, at most `MATCHES_AT_MOST`.

    Pure; compares with every candidate (0.2 to 0.5 ms each), so give posts of one author or one window. Authors are the
    same only with equal `author_id` and `source`.

    Args:
        post: the new post.
        candidates: earlier posts; one with the same id as `post` is passed over.
        window: how long the same author is taken to mean the same matter in other words.
    """
    new = _Entry(post, fingerprint(post.text))
    found = [
        match
        for other in candidates
        if other.id != post.id and (match := _compare(new, _Entry(other, fingerprint(other.text)), window)) is not None
    ]
    return _best(found)


def _best(found: list[Match]) -> list[Match]:
    return sorted(found, key=lambda match: -match.score)[:MATCHES_AT_MOST]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a post complains about and asks for; empty for one that does not complain."""

    names: frozenset[str]


def _subject_of(judgement: Judgement) -> _Subject:
    names = frozenset({*judgement.topics, *judgement.demands}) - {"other"}
    return _Subject(frozenset(map(str, names)) if judgement.is_complaint else frozenset())


@lru_cache(maxsize=2048)
def _subject_by_words(text: str) -> _Subject:
    """The same by the word lists alone, for posts that come without a judgement."""
    from monitor.triage import lexicon, signals, verdict

    found = signals.signals(text, lexicon.german())
    return _subject_of(verdict.decide(PostText("", text), found, "de", 0.0))


@dataclass(slots=True)
class _Entry:
    post: PostText
    print: Print
    subject: _Subject | None = None

    def names(self) -> frozenset[str]:
        """Topics and demands of a complaint, looked up only when they are needed."""
        if self.subject is None:
            self.subject = _subject_by_words(self.post.text)
        return self.subject.names


def _same_author(one: PostText, other: PostText) -> bool:
    return bool(one.author_id) and one.author_id == other.author_id and one.source == other.source


def _compare(new: _Entry, old: _Entry, window: timedelta) -> Match | None:
    if not new.print.key or not old.print.key:
        return None
    jaccard, ratio = likeness(new.print, old.print)
    score = round(max(jaccard, ratio), 3)
    if not _same_author(new.post, old.post):
        copied = _is_copy(new.print, old.print, jaccard, ratio)
        why = _("Fast derselbe Text steht schon bei einem anderen Beitrag.")
        return Match(old.post.id, score, why, "repeat.copy") if copied else None
    if jaccard >= JACCARD_SAME_AUTHOR or ratio >= RATIO_SAME_AUTHOR:
        return Match(
            old.post.id, score, _("Dasselbe Konto schreibt fast denselben Text noch einmal."), "repeat.same-text"
        )
    if _same_matter(new, old, window):
        return Match(
            old.post.id, score, _("Dasselbe Konto meldet sich in derselben Sache noch einmal."), "repeat.same-matter"
        )
    return None


def _is_copy(new: Print, old: Print, jaccard: float, ratio: float) -> bool:
    """Stock phrases ("Alles bestens, gerne wieder") are nobody's copy: short keys must be equal."""
    shorter = min(len(new.key), len(old.key))
    if shorter < SHORT_KEY:
        return False
    if shorter < SHORT_KEY_BETWEEN_AUTHORS:
        return new.key == old.key
    return jaccard >= JACCARD_BETWEEN or ratio >= RATIO_BETWEEN


def _same_matter(new: _Entry, old: _Entry, window: timedelta) -> bool:
    earlier, later = old.post.created, new.post.created
    if earlier is not None and later is not None and abs(later - earlier) > window:
        return False
    return not new.names().isdisjoint(old.names())


class Repeats:
    """Remembers the posts of one run and says of each new one which earlier ones it repeats.

    Memory is about 2 KB a post plus its text; time per post does not grow with the run.
    """

    def __init__(self, *, window: timedelta = WINDOW) -> None:
        """Start empty; `window` as in `is_repeat`."""
        self._window = window
        self._entries: list[_Entry] = []
        self._by_key: dict[str, deque[int]] = {}
        self._by_hash: dict[int, deque[int]] = {}
        self._by_author: dict[tuple[str | None, str], deque[int]] = {}

    def add(self, post: PostText, judgement: Judgement) -> list[Match]:
        """Remember a post; returns the earlier ones that it repeats, best first."""
        entry = _Entry(post, fingerprint(post.text), _subject_of(judgement))
        found = [
            match
            for place in sorted(self._candidates(entry))
            if (match := _compare(entry, self._entries[place], self._window)) is not None
        ]
        self._remember(entry)
        return _best(found)

    def _candidates(self, entry: _Entry) -> set[int]:
        post = entry.post
        places = set(self._by_key.get(entry.print.key, ()))
        if post.author_id:
            places.update(self._by_author.get((post.source, post.author_id), ()))
        shared = Counter(place for gram in entry.print.sketch[:INDEXED] for place in self._by_hash.get(gram, ()))
        places.update(place for place, count in shared.most_common(VERIFIED) if count >= SHARED)
        return places

    def _remember(self, entry: _Entry) -> None:
        place = len(self._entries)
        self._entries.append(entry)
        if not entry.print.key:
            return
        copies = self._by_key.setdefault(entry.print.key, deque(maxlen=MATCHES_AT_MOST))
        if not copies:  # equal texts are found by their key; one of them stands in the index of grams
            for gram in entry.print.sketch[:INDEXED]:
                self._by_hash.setdefault(gram, deque(maxlen=POSTING)).append(place)
        copies.append(place)
        if entry.post.author_id:
            author = (entry.post.source, entry.post.author_id)
            self._by_author.setdefault(author, deque(maxlen=AUTHOR_HISTORY)).append(place)
