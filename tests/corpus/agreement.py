"""How far the two labellings of the test part agree: Cohen's kappa per head, and the disagreements as a file.

Run from the root of the repository: `python tests/corpus/agreement.py` prints the table and writes
`corpus/test.disagreements.jsonl` (one line per post and head: id, head, a, b). Same labels, same output.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).resolve().parent
FLAGS = ("hostile", "complaint", "question", "legal", "threat", "extortion", "spam", "personal", "resolved")
LISTS = ("demands", "topics")

Labels = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One head compared: posts that have the label in a and in b (0 to 1,028), disagreements, Cohen's kappa."""

    head: str
    in_a: int
    in_b: int
    disagreements: int
    kappa: float | None


def labels(name: str) -> Labels:
    """Every line of a labelling, `needs_answer` added as `docs/labels.md` computes it."""
    rows: Labels = [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]
    return [row | {"needs_answer": row["complaint"] or row["question"]} for row in rows]


def kappa(a: Sequence[object], b: Sequence[object]) -> float | None:
    """Cohen's kappa of two labellings of the same posts, -1 to 1 (Cohen 1960).

    None where both give one and the same label to every post: chance alone then agrees fully and kappa is 0/0.

    Raises:
        ValueError: the two are of different length or empty.
    """
    if len(a) != len(b) or not a:
        raise ValueError(f"kappa needs two labellings of the same posts, got {len(a)} and {len(b)} labels")
    total = len(a)
    observed = sum(x == y for x, y in zip(a, b, strict=True)) / total
    count_a, count_b = Counter(a), Counter(b)
    chance = sum(count_a[label] * count_b[label] for label in count_a) / total**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def columns(a: Labels, b: Labels) -> Iterator[tuple[str, list[object], list[object]]]:
    """Every head with its labels in a and b; a list head gives one yes-or-no column per value, named `head.value`."""
    for head in ("sentiment", *FLAGS, "needs_answer"):
        yield head, [row[head] for row in a], [row[head] for row in b]
    for head in LISTS:
        for value in sorted({value for row in a + b for value in row[head]}):
            yield f"{head}.{value}", [value in row[head] for row in a], [value in row[head] for row in b]


def agreements(a: Labels, b: Labels) -> list[Agreement]:
    """The comparison of every head; for `sentiment` the counts are those of `negative`."""
    return [
        Agreement(
            head=head,
            in_a=sum(label in (True, "negative") for label in left),
            in_b=sum(label in (True, "negative") for label in right),
            disagreements=sum(x != y for x, y in zip(left, right, strict=True)),
            kappa=kappa(left, right),
        )
        for head, left, right in columns(a, b)
    ]


def disagreements(a: Labels, b: Labels) -> list[dict[str, Any]]:
    """One row per post and head on which the two differ, lists compared as sets; `needs_answer` is left out."""
    return [
        {"id": left["id"], "head": head, "a": left[head], "b": right[head]}
        for left, right in zip(a, b, strict=True)
        for head in ("sentiment", *FLAGS, *LISTS)
        if (set(left[head]) != set(right[head]) if head in LISTS else left[head] != right[head])
    ]


def table(a: Labels, b: Labels) -> Iterator[str]:
    """The lines of the report, one per head, then how many posts have a different list."""
    yield f"{'head':<24}{'in a':>6}{'in b':>6}{'differ':>8}{'kappa':>8}"
    for found in agreements(a, b):
        figure = "-" if found.kappa is None else f"{found.kappa:.3f}"
        yield f"{found.head:<24}{found.in_a:>6}{found.in_b:>6}{found.disagreements:>8}{figure:>8}"
    differing = Counter(row["head"] for row in disagreements(a, b))
    for head in LISTS:
        yield f"{head}: {differing[head]} of {len(a)} posts with a different list"


def main() -> None:
    """Print the table and write the file of disagreements."""
    a, b = labels("test.labels-a.jsonl"), labels("test.labels-b.jsonl")
    if [row["id"] for row in a] != [row["id"] for row in b]:
        sys.exit("The two labellings do not hold the same ids in the same order; put them right first.")
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in disagreements(a, b))
    (CORPUS / "test.disagreements.jsonl").write_text("".join(lines), encoding="utf-8")
    sys.stdout.write("\n".join(table(a, b)) + "\n")


if __name__ == "__main__":
    main()
