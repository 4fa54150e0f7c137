"""The mix, learnt on values of heads that had not seen the post, and the thresholds, chosen on a second crossing."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from monitor.triage.model.mix import HINTS
from monitor.triage.train.data import FOLDS, MOODS, fold

CORE = ("complaint", "hostile", "question", *MOODS)
_STRENGTH = 0.3
SURE_PRECISION = 0.90
"""What is called a sure complaint shall be one this often; on dev data."""
NONE_RECALL = 0.97
"""This share of the complaints shall be called one, or shown to a person; on dev data."""
_FEWEST = 25
FEWEST_OF_BOTH = 15
"""With fewer examples among the posts that were held back, a question keeps tier A's chance."""


def allowed(question: str, heads: Sequence[str]) -> Any:
    """Which numbers a question may use: the core ones all but the lists of topics, the others few."""
    names = [*heads, *HINTS]
    if question in CORE:
        outside = {name for name in heads if "." in name and not name.startswith(("topic.", "demand."))}
        return np.array([name in CORE or name in outside or _is_general(name) for name in names])
    few = {question, f"listed.{question}", f"words.{question}", "complaint", "question", "spam", "legal", "threat"}
    few |= {"words.demand", "words.news", "words.advert", "text.first-person", "text.addressed", "text.length"}
    return np.array([name in few for name in names])


def allowed_of_both(question: str, ours: Sequence[str], theirs: Sequence[str]) -> Any:
    """The same for the mix of both tiers: our log odds, the strong head, for core questions all core ones."""
    few = {question, *(CORE if question in CORE else ())}
    return np.array([name == question for name in ours] + [name in few for name in theirs])


def alone(question: str, ours: Sequence[str], width: int) -> Any:
    """Weights that leave tier A's log odds as they are."""
    weights = np.zeros(width, np.float32)
    weights[list(ours).index(question)] = 1.0
    return weights


def log_odds(chances: Any) -> Any:
    """Of chances 0..1, finite."""
    kept = np.clip(chances, 1e-6, 1 - 1e-6)
    return np.log(kept / (1 - kept))


def _is_general(name: str) -> bool:
    return name.startswith(("words.", "text.", "second."))


def solve(values: Any, yes: Any, open_: Any) -> tuple[Any, float]:
    """Weights and bias of one question of the mix; closed columns get 0."""
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros(values.shape[1], np.float32)
    if not 2 <= yes.sum() < len(yes):
        return weights, 6.0 if yes.all() else -6.0
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=500)
    model.fit(values[:, open_], yes)
    weights[open_] = model.coef_[0]
    return weights, float(model.intercept_[0])


def crossed(ids: Sequence[str], values: Any, yes: Any, open_: Any) -> Any:
    """Probabilities for each post by a mix that was learnt on the others."""
    folds = np.array([fold(f"mix {name}") for name in ids])
    found = np.zeros(len(ids))
    for number in range(FOLDS):
        train = folds != number
        weights, bias = solve(values[train], yes[train], open_)
        found[~train] = 1 / (1 + np.exp(-(values[~train] @ weights + bias)))
    return found


def best_threshold(chances: Any, yes: Any) -> float:
    """Where F1 is highest, drawn towards 0.5 where only few posts say yes."""
    grid = np.arange(0.15, 0.951, 0.01)
    scores = [_f1(chances >= threshold, yes) for threshold in grid]
    smooth = np.convolve(scores, np.ones(5) / 5, mode="same")
    best = float(grid[int(smooth.argmax())])
    trust = min(float(yes.sum()) / (4 * _FEWEST), 1.0)
    return round(trust * best + (1 - trust) * 0.4, 3)


def _f1(said: Any, yes: Any) -> float:
    both = float((said & yes).sum())
    return 2 * both / max(float(said.sum() + yes.sum()), 1.0)


def band(chances: Any, yes: Any) -> tuple[float, float]:
    """Bounds of the review band of complaints: below the first none, from the second on sure."""
    none = float(np.quantile(chances[yes], 1 - NONE_RECALL)) if yes.any() else 0.2
    grid = np.arange(0.5, 0.991, 0.005)
    good = [t for t in grid if (chances >= t).any() and yes[chances >= t].mean() >= SURE_PRECISION]
    return round(none, 3), round(float(good[0]) if good else 0.95, 3)


def mood_offsets(chances: Any, labels: Any) -> tuple[float, float, float]:
    """Factors for the three moods (neutral keeps 1), so that macro F1 is highest on dev data."""
    best = (-1.0, 1.0, 1.0)
    for low in np.arange(0.5, 1.51, 0.1):
        for high in np.arange(0.6, 2.01, 0.1):
            said = (chances * np.array([low, 1.0, high])).argmax(1)
            score = float(np.mean([_f1(said == k, labels == k) for k in range(3)]))
            best = max(best, (round(score, 6), round(float(low), 2), round(float(high), 2)))
    return best[1], 1.0, best[2]


def packed(questions: Sequence[str], solved: Sequence[tuple[Any, float]], thresholds: dict[str, float]) -> Any:
    """The mix as the arrays that `model.mix` reads."""
    weights = np.stack([weights for weights, _ in solved]).astype(np.float32)
    bias = np.array([bias for _, bias in solved], np.float32)
    names = sorted(thresholds)
    values = np.array([thresholds[name] for name in names], np.float64)
    digest = hashlib.sha256(weights.tobytes() + bias.tobytes() + values.tobytes()).hexdigest()[:12]
    return {
        "questions": np.array(questions), "weights": weights, "bias": bias,
        "threshold_names": np.array(names), "thresholds": values, "digest": np.array(digest),
    }  # fmt: skip
