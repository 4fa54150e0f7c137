"""Sparse matrices of n-grams and one logistic regression a head. The same input gives the same bytes.

liblinear solves the dual form, which draws its order from a fixed seed; sums run in a fixed order on one thread.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from monitor.triage import normal
from monitor.triage.model import features
from monitor.triage.model.heads import Heads

STRENGTH = 30.0
"""Inverse regularisation; 30 to 100 are alike on the folds of our own corpus, 8 is 0.003 to 0.005 AUC below."""
TWEETS = 8.0
"""The same for the outside corpora, whose labels are noisier."""
_ITERATIONS = 300
_TOLERANCE = 0.1
"""Of liblinear; smaller ones take longer and order the posts of the folds alike (0.0002 AUC)."""
_EXACT = 1e-4
_COARSE = 2
"""Weights of topics and demands are even numbers: a bit less each, so that the file keeps below its 5 MB."""
_word_ids = cache(features.word_ids)


def matrix(texts: Sequence[str]) -> Any:
    """Texts x buckets, counts (scipy CSR, float32)."""
    from scipy.sparse import csr_matrix

    rows = [_ids(text) for text in texts]
    ends = np.cumsum([0, *map(len, rows)])
    places = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    counts = csr_matrix((np.ones(len(places), np.float32), places, ends), shape=(len(texts), features.BUCKETS))
    counts.sum_duplicates()
    return counts


def _ids(text: str) -> features.Ids:
    words = normal.words(text)
    if not words:
        return np.zeros(0, np.int64)
    numbers = np.array([_numbers(word) for word in words], np.uint64)
    return np.concatenate([*(_word_ids(word) for word in words), features.pair_ids(*numbers.T)])


@cache
def _numbers(word: str) -> tuple[int, int]:
    return features.number(word), features.number(features.stem(word))


def rarity(counts: Any) -> tuple[Any, float]:
    """Inverse document frequency of each bucket as uint8, and its scale."""
    seen = np.bincount(counts.indices, minlength=features.BUCKETS)
    values = np.log((1 + counts.shape[0]) / (1 + seen)) + 1
    scale = float(values.max()) / 255
    return np.round(values / scale).astype(np.uint8), scale


def importance(rare: Any, scale: float, emphasis: float = features.EMPHASIS) -> Any:
    """What one occurrence counts in each bucket: its rarity, times the emphasis of its region."""
    values = rare.astype(np.float64) * scale
    values[features.LETTERS :] *= emphasis
    return values


def weighed(counts: Any, rare: Any, scale: float, emphasis: float = features.EMPHASIS) -> Any:
    """Rows divided by their length, as `Heads` does it at run time: occurrence by occurrence."""
    from scipy.sparse import diags

    values = importance(rare, scale, emphasis)
    length = np.sqrt(np.maximum(counts @ values**2, 1e-9))
    return (diags(1 / length) @ counts @ diags(values)).tocsr()


def stacked(parts: Sequence[Any]) -> Any:
    """Matrices under each other."""
    from scipy.sparse import vstack

    return vstack(list(parts)).tocsr() if len(parts) > 1 else parts[0]


def head(rows: Any, answers: Any, weights: Any = None, strength: float = STRENGTH, *, exact: bool = False) -> Any:
    """Weights and bias of one question; without two answers to learn from, always the same one.

    `exact` solves the primal form to the end, three times as long; the figures of the outside corpora are measured so.
    """
    from sklearn.linear_model import LogisticRegression

    if not 2 <= answers.sum() < len(answers):
        return np.zeros(rows.shape[1]), 6.0 if answers.all() else -6.0
    model = LogisticRegression(
        C=strength, class_weight="balanced", solver="liblinear", dual=not exact, random_state=0,
        max_iter=_ITERATIONS, tol=_EXACT if exact else _TOLERANCE,
    )  # fmt: skip
    model.fit(rows, answers, sample_weight=weights)
    return model.coef_[0], float(model.intercept_[0])


def packed(names: Sequence[str], solved: Sequence[tuple[Any, float]], rare: Any, scale: float) -> dict[str, Any]:
    """Heads as the arrays that `Heads` reads: weights times rarity, int8, one scale a head."""
    import hashlib

    floats = np.stack([weights for weights, _ in solved], axis=1) * importance(rare, scale)[:, None]
    unit = np.maximum(np.quantile(np.abs(floats), 0.9999, axis=0), 1e-9) / 127
    step = np.array([_COARSE if name.startswith(("topic.", "demand.")) else 1 for name in names])
    small = np.clip(np.round(floats / unit / step) * step, -126, 126).astype(np.int8)
    arrays = {
        "names": np.array(names),
        "weights": small,
        "scale": unit.astype(np.float32),
        "bias": np.array([bias for _, bias in solved], np.float32),
        "rarity": rare,
        "rarity_scale": np.float32(scale),
    }
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(arrays[key]).tobytes() for key in sorted(arrays)))
    return arrays | {"digest": np.array(digest.hexdigest()[:12])}


def heads(names: Sequence[str], solved: Sequence[tuple[Any, float]], rare: Any, scale: float) -> Heads:
    """The same as `Heads`, as they will be read from the file."""
    return Heads(packed(names, solved, rare, scale))
