"""The project's own labelled posts: where they stand and how they are read.

The test part is opened by the benchmark alone (`untouched_part`); training and every choice see `training_part`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = next(
    (ROOT / place for place in ("tests/corpus", "corpus") if (ROOT / place / "train-1.jsonl").is_file()),
    ROOT / "tests/corpus",
)
"""The corpus of a checkout. An installed wheel has none; the benchmark says so."""
CASES = (
    ROOT / "tests/monitor/triage/cases.de.jsonl",
    Path(__file__).parent / "train" / "plain.de.jsonl",
)
LEFT_OUT = Path(__file__).parent / "train" / "left_out.txt"
"""Ids of training posts that are close to a text of the test part: nobody learns from them."""
_PLAIN: dict[str, dict[str, Any]] = {
    "complaint": {"sentiment": "negative", "complaint": True},
    "mixed": {"complaint": True},
    "praise": {"sentiment": "positive"},
    "hostile": {"sentiment": "negative", "complaint": True, "hostile": True},
    "question": {"sentiment": "neutral", "question": True},
    "other": {"sentiment": "neutral"},
}
FLAGS = ("hostile", "complaint", "question", "legal", "threat", "extortion", "spam", "personal", "resolved")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One post of the corpus with one labelling. `labels` as in docs/labels.md."""

    id: str
    text: str
    kind: str
    rating: float | None
    rating_max: float | None
    trade: str
    labels: dict[str, Any]

    def has(self, head: str) -> bool:
        """Whether a head should say yes: a flag, a sentiment, `demand.refund` or `topic.price`."""
        group, _, value = head.partition(".")
        if value:
            return value in self.labels[f"{group}s"]
        return bool(self.labels[head]) if head in FLAGS else bool(self.labels["sentiment"] == head)


def training_part(folder: Path = FOLDER) -> list[Labelled]:
    """Every `train*.jsonl` with its labels, in the order of the file names; without unlabelled posts and `LEFT_OUT`."""
    found: list[Labelled] = []
    for path in sorted(folder.glob("train*.jsonl")):
        if "labels" not in path.name:
            found.extend(_joined(path, folder / f"{path.stem}.labels.jsonl"))
    return _far(found)


def _far(posts: Iterable[Labelled]) -> list[Labelled]:
    close = frozenset(LEFT_OUT.read_text(encoding="utf-8").split())
    return [post for post in posts if post.id not in close]


def plain_cases(paths: Sequence[Path] = CASES) -> list[Labelled]:
    """Plain posts of our own, for complaint, question, hostile and (but for `mixed`) the mood.

    The corpus is written with wit; these are the everyday sentences that it has too few of: the cases of the first
    issue, and some more. Never measured on.
    """
    flags = {"complaint": False, "hostile": False, "question": False, "threat": False}
    records = [record for path in paths if path.is_file() for record in lines(path)]
    return _far(_labelled(record, {**flags, **_PLAIN[record["label"]]}) for record in records)


def untouched_part(folder: Path = FOLDER, labelling: str = "a") -> list[Labelled]:
    """The untouched part. Only `bench judgement` and the tests that compare texts may call this."""
    return _joined(folder / "test.jsonl", folder / f"test.labels-{labelling}.jsonl")


def _joined(texts: Path, labels: Path) -> list[Labelled]:
    if not texts.is_file() or not labels.is_file():
        return []
    known = {record["id"]: record for record in lines(labels)}
    return [_labelled(record, known[record["id"]]) for record in lines(texts) if record["id"] in known]


def _labelled(record: dict[str, Any], labels: dict[str, Any]) -> Labelled:
    return Labelled(
        id=str(record["id"]),
        text=record["text"],
        kind=record.get("kind", "post"),
        rating=record.get("rating"),
        rating_max=record.get("rating_max"),
        trade=record.get("trade", ""),
        labels=labels,
    )


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file of JSON lines."""
    with path.open(encoding="utf-8") as source:
        for line in source:
            if line.strip():
                yield json.loads(line)
