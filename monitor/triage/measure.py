"""Figures of a judge: precision, recall, F1, calibration, agreement. Pure; counts in, shares 0..1 out."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """What a yes-or-no question reached; `error` is the expected calibration error, None without chances."""

    yes: int
    precision: float
    recall: float
    error: float | None = None

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def figures(said: Sequence[bool], yes: Sequence[bool], chances: Sequence[float] | None = None) -> Figures:
    """Precision and recall of a question; 0 where nothing was said or nothing is to be found."""
    both = sum(a and b for a, b in zip(said, yes, strict=True))
    error = None if chances is None else calibration_error(chances, yes)
    return Figures(sum(yes), both / max(sum(said), 1), both / max(sum(yes), 1), error)


def calibration_error(chances: Sequence[float], yes: Sequence[bool], bins: int = 10) -> float:
    """Mean distance of chance and share over equal bins of the chance, weighted by their size."""
    total = 0.0
    for number in range(bins):
        inside = [(c, y) for c, y in zip(chances, yes, strict=True) if min(int(c * bins), bins - 1) == number]
        if inside:
            total += abs(sum(c for c, _ in inside) - sum(y for _, y in inside))
    return total / max(len(chances), 1)


def macro_f1(said: Sequence[str], labels: Sequence[str], classes: Sequence[str]) -> float:
    """Mean of the classes' F1."""
    return sum(of_class(said, labels, one).f1 for one in classes) / len(classes)


def official_f(said: Sequence[str], labels: Sequence[str], classes: Sequence[str]) -> float:
    """GermEval's average F: harmonic mean of macro precision and macro recall."""
    found = [of_class(said, labels, one) for one in classes]
    precision = sum(one.precision for one in found) / len(classes)
    recall = sum(one.recall for one in found) / len(classes)
    return 2 * precision * recall / max(precision + recall, 1e-9)


def of_class(said: Sequence[str], labels: Sequence[str], one: str) -> Figures:
    """One class against the others."""
    return figures([word == one for word in said], [label == one for label in labels])


def precision_at(chances: Sequence[float], yes: Sequence[bool], recall: float) -> float:
    """Best precision among the thresholds whose recall is at least `recall`."""
    return max((p for p, r in _curve(chances, yes) if r >= recall), default=0.0)


def recall_at(chances: Sequence[float], yes: Sequence[bool], precision: float) -> float:
    """Best recall among the thresholds whose precision is at least `precision`."""
    return max((r for p, r in _curve(chances, yes) if p >= precision), default=0.0)


def _curve(chances: Sequence[float], yes: Sequence[bool]) -> list[tuple[float, float]]:
    ordered = sorted(zip(chances, yes, strict=True), key=lambda pair: -pair[0])
    hits, found, total = 0, [], max(sum(yes), 1)
    for count, (chance, right) in enumerate(ordered, start=1):
        hits += right
        if count == len(ordered) or ordered[count][0] != chance:
            found.append((hits / count, hits / total))
    return found


def kappa(one: Sequence[str], other: Sequence[str]) -> float:
    """Cohen's kappa of two labellings of the same posts; 1 where both always say the same one word."""
    total = len(one)
    agreed = sum(a == b for a, b in zip(one, other, strict=True)) / max(total, 1)
    words = set(one) | set(other)
    chance = sum((one.count(word) / total) * (other.count(word) / total) for word in words) if total else 1.0
    return 1.0 if chance >= 1.0 else (agreed - chance) / (1.0 - chance)
