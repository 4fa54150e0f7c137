"""Whether somebody says it again: the same author on the same matter, or the same text from several authors.

Method and thresholds follow SENTIMENT 4: exact key first, then minhash bands (prints.py); what they bring is verified
by the Jaccard of its 5-grams and rapidfuzz's ratio. Reworded posts are left to the author, the topic and the time.
The rules here are pure; `Repeats` keeps a run in memory, monitor/repeats.py keeps everything in the database.
"""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.triage import prints
from monitor.triage.judgement import Judgement, PostText
from monitor.triage.prints import Folded, Print
from monitor.words import _, later

JACCARD_SAME_AUTHOR, RATIO_SAME_AUTHOR = 0.30, 0.74
JACCARD_BETWEEN, RATIO_BETWEEN = 0.38, 0.78
SHORT_TEXT = 40
JACCARD_SHORT, RATIO_SHORT = 0.60, 0.90
"""Two people's short texts (up to `SHORT_TEXT` characters of key) are alike by nature; more is asked of them."""
WINDOW = timedelta(days=30)
"""How long the same author is taken to mean the same matter in other words."""
CAMPAIGN_WINDOW = timedelta(days=14)
CAMPAIGN_FROM = 3
"""So many authors with nearly the same text within the window are worth a sentence."""
MATCHES_AT_MOST = 50
"""Repeats named for one post; the best ones. A flood of ten thousand copies needs no list of ten thousand ids."""
NEWEST = 20
"""Posts taken from one band: the newest. Stock phrases fill bands without end."""
HISTORY = 60
"""Newest posts of one author that a new one is compared with."""
FUZZED_UP_TO = 2000
_DOUBT = 0.12  # an estimate may lie so far below the truth: twice its standard error
_ORDINALS = (
    later("Zweites"),
    later("Drittes"),
    later("Viertes"),
    later("Fünftes"),
    later("Sechstes"),
    later("Siebtes"),
    later("Achtes"),
    later("Neuntes"),
)
_COPIED = later("Fast derselbe Text steht schon bei einem anderen Beitrag.")
_SAME_WORDS = later("{nth} Mal dasselbe Anliegen, fast mit denselben Worten.")
_OTHER_WORDS = later("{nth} Mal dasselbe Anliegen, in anderen Worten.")


class Tie(StrEnum):
    """What is known about two posts' authors. An equal name is no equal person: it needs alike words as well."""

    ACCOUNT = "account"
    NAME = "name"
    NONE = "none"


class Again(StrEnum):
    """How a post repeats an earlier one; the value is the rule's id."""

    TEXT = "repeat.same-text"  # same author, alike text
    MATTER = "repeat.same-matter"  # same account, both complain about the same within the window, in other words
    COPY = "repeat.copy"  # alike text of another or unknown author


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier post that this one repeats; `score` is the likeness of the texts, 0..1."""

    id: str
    score: float
    rule: Again

    @property
    def why(self) -> str:
        """One plain German sentence, as it is stored."""
        return sentence(self.rule, 2)


def sentence(rule: Again, nth: int) -> str:
    """The how-manieth time it is, and in which way: German, because it is stored (`anew` says it to a person)."""
    if rule is Again.COPY:
        return _COPIED
    time = _ORDINALS[nth - 2] if 2 <= nth < 2 + len(_ORDINALS) else f"{nth}."
    return (_SAME_WORDS if rule is Again.TEXT else _OTHER_WORDS).format(nth=time)


def anew(stored: str) -> str:
    """A stored sentence about a text in the language of whoever reads it, as it stands there where we have no other."""
    for form in (_SAME_WORDS, _OTHER_WORDS):
        time = stored.removesuffix(form.removeprefix("{nth}"))
        if time != stored:
            return _(form).format(nth=_(time) if time in _ORDINALS else time)
    return _(stored)


def subject_of(*, complains: bool, topics: Iterable[str], demands: Iterable[str]) -> frozenset[str]:
    """What a complaint is about and asks for; empty for a post that does not complain."""
    return frozenset({*map(str, topics), *map(str, demands)} - {"other"}) if complains else frozenset()


def subject(judgement: Judgement) -> frozenset[str]:
    """The same from a judgement."""
    return subject_of(complains=judgement.is_complaint, topics=judgement.topics, demands=judgement.demands)


def alike(new: Folded, old: Folded, tie: Tie) -> float | None:
    """The likeness of two texts if it is enough for what ties their authors, else None.

    Two people's stock phrases ("Alles bestens, gerne wieder") are nobody's copy, however alike.
    """
    if not new.key or not old.key:
        return None
    shorter = min(len(new.key), len(old.key))
    if tie is not Tie.ACCOUNT and shorter < prints.SHORT_KEY:
        return None
    if new.key == old.key:
        return 1.0
    least, most = _bounds(tie, shorter)
    jaccard = prints.jaccard(new.grams, old.grams)
    ratio = 0.0 if jaccard >= least else _ratio(new.key, old.key)
    return round(max(jaccard, ratio), 3) if jaccard >= least or ratio >= most else None


def _bounds(tie: Tie, shorter: int) -> tuple[float, float]:
    if tie is Tie.ACCOUNT:
        return JACCARD_SAME_AUTHOR, RATIO_SAME_AUTHOR
    return (JACCARD_BETWEEN, RATIO_BETWEEN) if shorter > SHORT_TEXT else (JACCARD_SHORT, RATIO_SHORT)


def _ratio(one: str, other: str) -> float:
    from rapidfuzz import fuzz

    return fuzz.ratio(one, other) / 100 if max(len(one), len(other)) <= FUZZED_UP_TO else 0.0


def same_matter(
    new: frozenset[str], old: frozenset[str], written: tuple[datetime | None, datetime | None], window: timedelta
) -> bool:
    """Whether two complaints of one account are about the same, as far as their topics and times tell."""
    earlier, later = written
    if earlier is not None and later is not None and abs(later - earlier) > window:
        return False
    return not new.isdisjoint(old)


def worth_a_look(signature: bytes, others: Sequence[bytes], most: int) -> list[int]:
    """Places of the others that may be alike by their signatures, the likeliest and newest first, at most `most`."""
    found = prints.estimates(signature, others)
    least = JACCARD_SAME_AUTHOR - _DOUBT
    likely = sorted((place for place, value in enumerate(found) if value >= least), key=lambda n: (-found[n], -n))
    return likely[:most]


def best(found: Iterable[Match]) -> list[Match]:
    """The likest ones first."""
    return sorted(found, key=lambda match: -match.score)[:MATCHES_AT_MOST]


class Bands:
    """Which posts stand under which number; the newest `NEWEST` of each. About 1.5 KB a post."""

    def __init__(self) -> None:
        """Start empty."""
        self._places: dict[int, int | deque[int]] = {}

    def add(self, numbers: Iterable[int], place: int) -> None:
        """Put a post under its numbers."""
        for number in numbers:
            known = self._places.get(number)
            if known is None:
                self._places[number] = place
            elif isinstance(known, int):
                self._places[number] = deque((known, place), maxlen=NEWEST)
            else:
                known.append(place)

    def find(self, numbers: Iterable[int]) -> list[int]:
        """Posts that share a number, those that share most of them first."""
        counted: Counter[int] = Counter()
        for number in numbers:
            known = self._places.get(number, ())
            counted.update((known,) if isinstance(known, int) else known)
        return [place for place, _count in counted.most_common()]


@dataclass(slots=True)
class _Entry:
    post: PostText
    key: str
    signature: bytes
    names: frozenset[str]


class Repeats:
    """Remembers the posts of one run and says of each new one which earlier ones it repeats.

    Memory is about 3 KB a post plus its text; time per post does not grow with the run.
    """

    def __init__(self, *, window: timedelta = WINDOW) -> None:
        """Start empty; `window`: how long one account is taken to mean the same matter in other words."""
        self._window = window
        self._entries: list[_Entry] = []
        self._bands = Bands()
        self._by_author: dict[tuple[str | None, str], deque[int]] = {}

    def add(self, post: PostText, judgement: Judgement) -> list[Match]:
        """Remember a post; returns the earlier ones that it repeats, best first."""
        mark = prints.of(post.text)
        if not mark.key:
            return []
        entry = _Entry(post, mark.key, mark.signature, subject(judgement))
        mine = (post.source, post.author_id or "")
        history = list(self._by_author.get(mine, ())) if post.author_id else []
        shared = self._bands.find(prints.sought(post.text, mark))
        places = [*history, *(place for place in shared if place not in set(history))]
        found = self._alike(entry, mark, places)
        found += self._same_matter(entry, history, {match.id for match in found})
        self._remember(entry, mark, mine)
        return best(found)

    def _alike(self, new: _Entry, mark: Print, places: Sequence[int]) -> list[Match]:
        found = []
        signatures = [self._entries[place].signature for place in places]
        for n in worth_a_look(mark.signature, signatures, MATCHES_AT_MOST):
            old = self._entries[places[n]]
            tie = _tie(new.post, old.post)
            score = alike(mark.folded, mark.folded if old.key == mark.key else prints.of_key(old.key), tie)
            if score is not None:
                found.append(Match(old.post.id, score, Again.COPY if tie is Tie.NONE else Again.TEXT))
        return found

    def _same_matter(self, new: _Entry, history: Sequence[int], but: set[str]) -> list[Match]:
        earlier = [self._entries[place] for place in history if self._entries[place].post.id not in but]
        return [
            Match(old.post.id, 0.0, Again.MATTER)
            for old in earlier
            if same_matter(new.names, old.names, (old.post.created, new.post.created), self._window)
        ]

    def _remember(self, entry: _Entry, mark: Print, mine: tuple[str | None, str]) -> None:
        place = len(self._entries)
        self._entries.append(entry)
        self._bands.add(mark.numbers(), place)
        if entry.post.author_id:
            self._by_author.setdefault(mine, deque(maxlen=HISTORY)).append(place)


def _tie(one: PostText, other: PostText) -> Tie:
    same = bool(one.author_id) and (one.author_id, one.source) == (other.author_id, other.source)
    return Tie.ACCOUNT if same else Tie.NONE
