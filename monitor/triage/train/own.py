"""Our own heads and what they say about posts that they were not trained on."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from monitor.triage import lexicon, variants
from monitor.triage.corpus import FLAGS, Labelled
from monitor.triage.judgement import Demand, Topic
from monitor.triage.train import linear
from monitor.triage.train.blend import CORE
from monitor.triage.train.data import FOLDS, MOODS, fold

OWN_HEADS = (
    *MOODS, *FLAGS, *(f"topic.{topic.value}" for topic in Topic), *(f"demand.{demand.value}" for demand in Demand),
)  # fmt: skip
PLAIN_HEADS = (*CORE, "threat")
PLAIN_WEIGHT = 3.0
"""How much an everyday sentence counts. The corpus is written against what models get wrong: among its 39,526 posts
plain words mean the opposite so often that with 1.0 "Ich bin sehr enttäuscht von dieser Firma." was no complaint."""
_COPY_WEIGHT = 0.4
_COPIED = ("one letter dropped", "leet", "spaced", "masked", *variants.SLIPS)
_STREWN = 2
"""Copies with slips all over the text, so that a misspelt harmless word does not make a hostile post a mild one."""


def answers(posts: Sequence[Labelled], name: str) -> Any:
    """Yes or no of one head for every post."""
    return np.array([post.has(name) for post in posts])


def copies(posts: Sequence[Labelled]) -> tuple[list[str], list[int]]:
    """Hidden and misspelt copies of the hostile posts and of every sixth other; the second list names the originals."""
    words = lexicon.german()
    texts: list[str] = []
    origin: list[int] = []
    for place, post in enumerate(posts):
        if not post.labels["hostile"] and fold(post.id, 6):
            continue
        places = variants.words_to_hide(post.text, variants.hostile_places(post.text, words))
        texts.extend(variants.changed(post.text, edit, places) for edit in _COPIED)
        texts.extend(variants.strewn(post.text, turn) for turn in range(_STREWN))
        origin.extend([place] * (len(_COPIED) + _STREWN))
    return texts, origin


def _knows(post: Labelled, name: str) -> bool:
    return name in post.labels or (name in MOODS and "sentiment" in post.labels)


class OwnCorpus:
    """The training part as matrices, with the copies that the hostile head learns from."""

    def __init__(self, posts: Sequence[Labelled], plain: Sequence[Labelled] = ()) -> None:
        """`posts` in a fixed order; `plain` ones have core labels only and are in every fold's training."""
        self.posts = posts
        self.plain = {name: [post for post in plain if _knows(post, name)] for name in PLAIN_HEADS}
        self.plain_counts = {name: linear.matrix([post.text for post in self.plain[name]]) for name in PLAIN_HEADS}
        self.counts = linear.matrix([post.text for post in posts])
        self.folds = np.array([fold(post.id) for post in posts])
        texts, origin = copies(posts)
        self.copies, self.origin = linear.matrix(texts), np.array(origin, np.int64)

    def fit(self, names: Sequence[str], train: Any, rare: Any, scale: float) -> list[tuple[Any, float]]:
        """Heads from the posts where `train` holds."""
        rows = linear.weighed(self.counts[train], rare, scale)
        kept = train[self.origin]
        copied = linear.weighed(self.copies[kept], rare, scale)
        solved = []
        for name in names:
            yes = answers(self.posts, name)
            parts, known, weights = [rows], [yes[train]], [np.ones(rows.shape[0])]
            if name == "hostile":
                parts.append(copied)
                known.append(yes[self.origin[kept]])
                weights.append(np.full(copied.shape[0], _COPY_WEIGHT))
            if self.plain.get(name):
                parts.append(linear.weighed(self.plain_counts[name], rare, scale))
                known.append(answers(self.plain[name], name))
                weights.append(np.full(len(self.plain[name]), PLAIN_WEIGHT))
            solved.append(linear.head(linear.stacked(parts), np.concatenate(known), np.concatenate(weights)))
        return solved

    def unseen(self, names: Sequence[str], rare: Any, scale: float) -> Any:
        """Posts x heads: values by heads that were trained on the other folds."""
        values = np.zeros((len(self.posts), len(names)), np.float32)
        for number in range(FOLDS):
            train = self.folds != number
            solved = self.fit(names, train, rare, scale)
            rows = linear.weighed(self.counts[~train], rare, scale)
            for column, (weights, bias) in enumerate(solved):
                values[~train, column] = rows @ weights + bias
        return values
