"""What the heads learn from: the project's own posts, and the outside corpora where their folder is named."""

import hashlib
import random
from dataclasses import dataclass
from pathlib import Path

from monitor.triage.corpus import lines
from monitor.triage.judgement import Sentiment

FOLDS = 5
_SEED_OF_THE_TENTH = 4
MOODS = tuple(mood.value for mood in Sentiment)


@dataclass(frozen=True, slots=True)
class Outside:
    """Texts of one outside corpus with one label each."""

    texts: list[str]
    labels: list[str]


def fold(name: str, folds: int = FOLDS) -> int:
    """The fold of a post, by the hash of its id: the same on every machine, whatever else is in the corpus."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % folds


def outside(folder: Path, name: str) -> Outside:
    """One file of `folder/train`, its records in order."""
    records = list(lines(folder / "train" / f"{name}.jsonl"))
    return Outside([record["text"] for record in records], [str(record["label"]) for record in records])


def moods(folder: Path, name: str) -> Outside:
    """The same, three classes alone: `mixed` is left out."""
    read = outside(folder, name)
    kept = [place for place, label in enumerate(read.labels) if label in MOODS]
    return Outside([read.texts[place] for place in kept], [read.labels[place] for place in kept])


def potts(folder: Path) -> tuple[Outside, Outside]:
    """PotTS without its fixed tenth, and the tenth: drawn by a seed from the posts without `mixed`."""
    read = moods(folder, "potts.train")
    order = list(range(len(read.texts)))
    random.Random(_SEED_OF_THE_TENTH).shuffle(order)  # noqa: S311 - a fixed draw, no secret
    tenth = set(order[: len(order) // 10])
    rest = [place for place in range(len(order)) if place not in tenth]
    return _picked(read, rest), _picked(read, sorted(tenth))


def _picked(read: Outside, places: list[int]) -> Outside:
    return Outside([read.texts[place] for place in places], [read.labels[place] for place in places])


def sha256(path: Path) -> str:
    """Digest of a file, for the tables."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
