"""The outside corpora by their own metrics: five folds, held-out parts, and each left out once. Needs scikit-learn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from monitor.triage.corpus import Labelled
from monitor.triage.measure import macro_f1, official_f
from monitor.triage.train import linear
from monitor.triage.train.data import FOLDS, MOODS, Outside, moods, outside, potts, sha256

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
    """The class with the highest value; factors between classes come from folds inside the training texts."""
    counts, labels = linear.matrix(train.texts), np.array(train.labels)
    rare, scale = linear.rarity(counts)
    rows = linear.weighed(counts, rare, scale, _NO_STEMS)
    inner = np.zeros((len(labels), len(classes)))
    for number in range(2):
        held = np.arange(len(labels)) % 2 == number
        inner[held] = _values(rows[~held], labels[~held], rows[held], classes)
    shift = _shift(inner, labels, classes)
    values = _values(rows, labels, linear.weighed(linear.matrix(texts), rare, scale, _NO_STEMS), classes)
    return [classes[place] for place in (values + shift).argmax(1)]


def _values(rows: Any, labels: Any, others: Any, classes: Sequence[str]) -> Any:
    solved = [linear.head(rows, labels == one, strength=linear.TWEETS, exact=True) for one in classes]
    return np.stack([others @ weights + bias for weights, bias in solved], axis=1)


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
