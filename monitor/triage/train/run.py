"""From texts to the two files of the model. Everything that is chosen is chosen on training posts alone."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from monitor.triage import lexicon, signals, textblob_german
from monitor.triage.corpus import Labelled
from monitor.triage.model.heads import Heads
from monitor.triage.model.mix import hints
from monitor.triage.train import blend, linear
from monitor.triage.train.data import MOODS, Outside, moods, outside, potts
from monitor.triage.train.own import OWN_HEADS, OwnCorpus, answers

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Foreign:
    """One head of an outside corpus: its texts, and for each whether it says yes."""

    name: str
    texts: list[str]
    yes: list[bool]


def foreign_heads(folder: Path) -> list[Foreign]:
    """One head per label definition: GermEval 2018, GAHD, and three moods each of SB10k and of PotTS."""
    found = []
    for name, file in (("ge18.offensive", "ge18.train"), ("gahd.hate", "gahd.train")):
        read = outside(folder, file)
        found.append(Foreign(name, read.texts, [label == "1" for label in read.labels]))
    for prefix, read in (("sb10k", moods(folder, "sb10k.train")), ("potts", potts(folder)[0])):
        found.extend(mood_heads(prefix, read))
    return found


def mood_heads(prefix: str, read: Outside) -> list[Foreign]:
    """Three heads, one a mood."""
    return [Foreign(f"{prefix}.{mood}", read.texts, [label == mood for label in read.labels]) for mood in MOODS]


@dataclass(frozen=True, slots=True)
class Trained:
    """The arrays of the files; `both` is the mix with the strong tier, where its values were given."""

    heads: dict[str, Any]
    mix: dict[str, Any]
    both: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Unseen:
    """What the strong tier says about posts that it was not trained on: posts x its heads, by id."""

    names: list[str]
    values: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Unseen":
        """The file that `train.strong` writes."""
        with np.load(path, allow_pickle=False) as stored:
            ids, values = stored["ids"].tolist(), stored["values"]
            return cls([str(name) for name in stored["names"]], dict(zip(ids, values, strict=True)))


def train(
    posts: Sequence[Labelled],
    foreign: Sequence[Foreign],
    plain: Sequence[Labelled] = (),
    strong: Unseen | None = None,
) -> Trained:
    """Train everything. The order of the arguments matters, nothing else does."""
    corpus = OwnCorpus(posts, plain)
    matrices: dict[int, Any] = {}
    for one in foreign:
        if id(one.texts) not in matrices:
            matrices[id(one.texts)] = linear.matrix(one.texts)
    rare, scale = linear.rarity(linear.stacked([corpus.counts, *matrices.values()]))
    log.info("texts: %d own, %d outside", len(posts), sum(counts.shape[0] for counts in matrices.values()))
    rows = {key: linear.weighed(counts, rare, scale) for key, counts in matrices.items()}
    outside_solved = [linear.head(rows[id(one.texts)], np.array(one.yes), strength=linear.TWEETS) for one in foreign]
    names = [*OWN_HEADS, *(one.name for one in foreign)]
    everything = np.ones(len(posts), bool)
    solved = [*corpus.fit(OWN_HEADS, everything, rare, scale), *outside_solved]
    arrays = linear.packed(names, solved, rare, scale)
    values = corpus.unseen(OWN_HEADS, rare, scale)
    values = _with_outside(posts, values, Heads(arrays))
    first, chances = _mixed(posts, names, values)
    return Trained(arrays, first, None if strong is None else _of_both(strong, posts, chances))


def _with_outside(posts: Sequence[Labelled], unseen: Any, heads: Heads) -> Any:
    """Values of all heads: our own by folds, the outside ones as shipped, then the hints."""
    words = lexicon.german()
    known = np.stack([heads.logits(post.text) for post in posts])
    known[:, : unseen.shape[1]] = unseen
    beside = np.stack([hint(post.text, words) for post in posts])
    return np.concatenate([np.clip(known, -6, 6), beside], axis=1)


def hint(text: str, words: lexicon.Lexicon) -> Any:
    """The numbers beside the heads: what word lists and textblob-de say of a text."""
    return hints(text, signals.signals(text, words), textblob_german.polarity(text))


def _mixed(posts: Sequence[Labelled], names: Sequence[str], values: Any) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The mix of tier A, and the chance of each question for each post by mixes that had not seen it."""
    ids = [post.id for post in posts]
    solved, chances = [], {}
    for question in OWN_HEADS:
        yes, open_ = answers(posts, question), blend.allowed(question, names)
        solved.append(blend.solve(values, yes, open_))
        chances[question] = blend.crossed(ids, values, yes, open_)
    return dict(blend.packed(OWN_HEADS, solved, _thresholds(posts, chances))), chances


def _of_both(strong: Unseen, posts: Sequence[Labelled], chances: Mapping[str, Any]) -> dict[str, Any]:
    """The mix of both tiers, learnt on posts that neither had seen: tier A's log odds, then the strong tier's heads."""
    log.info("with the strong tier:")
    rows = [place for place, post in enumerate(posts) if post.id in strong.values]
    kept = [posts[place] for place in rows]
    ids = [post.id for post in kept]
    first = blend.log_odds(np.stack([chances[question][rows] for question in OWN_HEADS], axis=1))
    theirs = np.stack([strong.values[name] for name in ids])
    values = np.clip(np.concatenate([first, theirs], axis=1), -6, 6)
    solved, together = [], {}
    for question in OWN_HEADS:
        yes, open_ = answers(kept, question), blend.allowed_of_both(question, OWN_HEADS, strong.names)
        if yes.sum() < blend.FEWEST_OF_BOTH:  # too few to learn from: tier A's word stands
            solved.append((blend.alone(question, OWN_HEADS, values.shape[1]), 0.0))
            together[question] = chances[question][rows]
        else:
            solved.append(blend.solve(values, yes, open_))
            together[question] = blend.crossed(ids, values, yes, open_)
    return dict(blend.packed(OWN_HEADS, solved, _thresholds(kept, together)))


def _thresholds(posts: Sequence[Labelled], chances: Mapping[str, Any]) -> dict[str, float]:
    """Thresholds of every question, the band of complaints and the factors of the moods."""
    found = {}
    for question in OWN_HEADS:
        yes = answers(posts, question)
        found[question] = blend.best_threshold(chances[question], yes)
        _tell(question, chances[question], yes, found[question])
    complaint = answers(posts, "complaint")
    found["complaint.none"], found["complaint.sure"] = blend.band(chances["complaint"], complaint)
    three = np.stack([chances[mood] for mood in MOODS], axis=1)
    labels = np.array([MOODS.index(post.labels["sentiment"]) for post in posts])
    for mood, factor in zip(MOODS, blend.mood_offsets(three, labels), strict=True):
        found[f"mood.{mood}"] = factor
    return found


def _tell(question: str, chances: Any, yes: Any, threshold: float) -> None:
    said = chances >= threshold
    both = float((said & yes).sum())
    log.info(
        "%-22s %4d yes  from %.2f: precision %.3f recall %.3f",
        question, yes.sum(), threshold, both / max(said.sum(), 1), both / max(yes.sum(), 1),
    )  # fmt: skip


def write(arrays: dict[str, Any], path: Path) -> None:
    """One npz without pickles; numpy's zip carries no clock, so the bytes repeat. Complete or not at all."""
    part = path.with_name(f"{path.name}.part.npz")
    np.savez_compressed(part, allow_pickle=False, **arrays)
    part.replace(path)
