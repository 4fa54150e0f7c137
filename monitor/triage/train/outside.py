"""The outside corpora by their own metrics: five folds, held-out parts, and each left out once. Needs scikit-learn.

Measured is what tier A is: heads, and a mix of them with word lists and textblob-de, both learnt from the texts named.
Five folds of PotTS without its tenth chose that (macro-F1 .621 with heads alone, .658 with the mix); SB10k train agrees
(.645, .663).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from monitor.triage import lexicon
from monitor.triage.corpus import Labelled
from monitor.triage.measure import macro_f1, official_f
from monitor.triage.train import blend, linear
from monitor.triage.train.data import FOLDS, MOODS, Outside, moods, outside, potts, sha256
from monitor.triage.train.run import hint

FILES = ("ge18.train", "gahd.train", "gahd.dev", "sb10k.train", "sb10k.dev", "potts.train")
_HATE = ("0", "1")
_NO_STEMS = 0.0
"""Emphasis of stems among tweets, chosen by three folds of PotTS without its tenth: .620, against .614 with ours."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what was measured on how many texts, 0..1, and the bound it should reach, if there is one."""

    name: str
    texts: int
    value: float
    target: float | None = None


def digests(folder: Path) -> list[tuple[str, str]]:
    """SHA-256 of every file that is read."""
    return [(name, sha256(folder / "train" / f"{name}.jsonl")) for name in FILES]


def lines(folder: Path, posts: Sequence[Labelled]) -> Iterator[Line]:
    """Official figures, then leave-one-corpus-out. `posts`: our own training part, as one corpus among them."""
    ge18 = outside(folder, "ge18.train")
    said = _five_folds(ge18)
    yield Line("GermEval 2018, fünf Teile: official average F", len(said), official_f(said, ge18.labels, _HATE), 0.70)
    yield Line("GermEval 2018, fünf Teile: macro-F1", len(said), macro_f1(said, ge18.labels, _HATE))
    rest, tenth = potts(folder)
    dev = moods(folder, "sb10k.dev")
    sb10k = moods(folder, "sb10k.train")
    yield _moods("SB10k dev: macro-F1", sb10k, dev, 0.64)
    yield _moods("PotTS, festes Zehntel: macro-F1", rest, tenth, 0.64)
    own_moods = Outside([post.text for post in posts], [str(post.labels["sentiment"]) for post in posts])
    parts = {"SB10k": sb10k, "PotTS": rest, "eigene": own_moods}
    for name, part in parts.items():
        others = _joined([other for key, other in parts.items() if key != name])
        yield _moods(f"Stimmung, ohne {name} gelernt, auf {name}: macro-F1", others, part)
    own_hostile = Outside([post.text for post in posts], [str(int(post.labels["hostile"])) for post in posts])
    parts = {"GermEval 2018": ge18, "GAHD": outside(folder, "gahd.train"), "eigene": own_hostile}
    for name, part in parts.items():
        others = _joined([other for key, other in parts.items() if key != name])
        guess = _classes(others, part.texts, _HATE)
        yield Line(
            f"Feindseligkeit, ohne {name} gelernt, auf {name}: official average F",
            len(guess),
            official_f(guess, part.labels, _HATE),
        )


def _joined(parts: Sequence[Outside]) -> Outside:
    return Outside([text for part in parts for text in part.texts], [word for part in parts for word in part.labels])


def _moods(name: str, train: Outside, test: Outside, target: float | None = None) -> Line:
    return Line(name, len(test.texts), macro_f1(_classes(train, test.texts, MOODS), test.labels, MOODS), target)


def _five_folds(read: Outside) -> list[str]:
    """Every fifth text in turn is judged by heads that learnt from the other four fifths."""
    said = [""] * len(read.texts)
    for number in range(FOLDS):
        inside = [place for place in range(len(read.texts)) if place % FOLDS != number]
        held = [place for place in range(len(read.texts)) if place % FOLDS == number]
        train = Outside([read.texts[place] for place in inside], [read.labels[place] for place in inside])
        for place, word in zip(held, _classes(train, [read.texts[place] for place in held], _HATE), strict=True):
            said[place] = word
    return said


def _classes(train: Outside, texts: Sequence[str], classes: Sequence[str]) -> list[str]:
    """What tier A says when it learns from `train` alone: heads, then their mix with word lists and textblob-de.

    As in `run`, the mix learns from values of heads that had not seen the post, and what is added to each class is
    chosen on chances of mixes that had not.
    """
    counts, labels = linear.matrix(train.texts), np.array(train.labels)
    rare, scale = linear.rarity(counts)
    rows = linear.weighed(counts, rare, scale, _NO_STEMS)
    others = linear.weighed(linear.matrix(texts), rare, scale, _NO_STEMS)
    unseen = _crossed(rows, labels, lambda seen, said, held: _values(seen, said, held, classes), len(classes))
    inside = _with_hints(unseen, train.texts)
    mixed = _crossed(inside, labels, lambda seen, said, held: _mixed(seen, said, held, classes), len(classes))
    new = _with_hints(_values(rows, labels, others, classes), texts)
    values = _mixed(inside, labels, new, classes) + _shift(mixed, labels, classes)
    return [classes[place] for place in values.argmax(1)]


def _crossed(rows: Any, labels: Any, judge: Callable[[Any, Any, Any], Any], width: int) -> Any:
    """Values of each row by what was learnt on the rows of the other folds."""
    found = np.zeros((len(labels), width))
    for number in range(FOLDS):
        held = np.arange(len(labels)) % FOLDS == number
        found[held] = judge(rows[~held], labels[~held], rows[held])
    return found


def _values(rows: Any, labels: Any, others: Any, classes: Sequence[str]) -> Any:
    solved = [linear.head(rows, labels == one, strength=linear.TWEETS, exact=True) for one in classes]
    return np.stack([others @ weights + bias for weights, bias in solved], axis=1)


def _mixed(values: Any, labels: Any, others: Any, classes: Sequence[str]) -> Any:
    """Log odds of each class by a mix of all columns."""
    open_ = np.ones(values.shape[1], bool)
    solved = [blend.solve(values, labels == one, open_) for one in classes]
    return np.stack([others @ weights + bias for weights, bias in solved], axis=1)


def _with_hints(values: Any, texts: Sequence[str]) -> Any:
    return np.concatenate([np.clip(values, -6, 6), np.stack([_hint(text) for text in texts])], axis=1)


@cache
def _hint(text: str) -> Any:
    return hint(text, lexicon.german())


def _shift(values: Any, labels: Any, classes: Sequence[str]) -> Any:
    """What is added to each class so that macro F1 is highest on texts that the heads had not seen."""
    words = list(labels)
    best, chosen = -1.0, np.zeros(len(classes))
    grid = np.arange(-0.8, 0.81, 0.2)
    for low in grid:
        for high in grid if len(classes) > 2 else (0.0,):
            shift = np.array([low, *([0.0] * (len(classes) - 2)), high])
            said = [classes[place] for place in (values + shift).argmax(1)]
            score = macro_f1(said, words, classes)
            if score > best + 1e-9:
                best, chosen = score, shift
    return chosen
