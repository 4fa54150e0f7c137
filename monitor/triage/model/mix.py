"""The mix: heads, word lists and the second opinion to one probability per question.

A logistic function of few named numbers, learnt on what the heads say about posts that they were not trained on. It is
what calibrates the heads, and where the word lists keep their say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from monitor.triage.judgement import Demand, Topic
from monitor.triage.model.heads import Vector
from monitor.triage.signals import Signals

PATH = Path(__file__).with_name("mix.npz")
BOTH_PATH = Path(__file__).with_name("mix-strong.npz")
GROUPS = (
    "complaint", "praise", "doubt", "profanity", "insult", "contempt", "threat", "legal", "demand", "question", "irony",
    "extortion", "resolved", "news", "advert",
)  # fmt: skip
HINTS = (
    *(f"words.{group}" for group in GROUPS),
    "words.clear-complaint", "words.clear-praise", "words.masked",
    "text.first-person", "text.addressed", "text.lone-doubt", "text.length", "text.short", "text.ends-in-question",
    "text.question-mark", "text.shouts", "text.commas", "text.sentences", "text.numbers", "text.unended",
    "second.polarity", "second.negative",
    *(f"listed.topic.{topic.value}" for topic in Topic), *(f"listed.demand.{demand.value}" for demand in Demand),
)  # fmt: skip
"""Names of the numbers beside the heads, in order; `words.*` is the heaviest rule of a group, 0..1."""
_NUMBERS = re.compile(r"\d+")
_COUNTED = 2000
"""Characters in which numbers are counted; four are enough to know."""


def hints(text: str, found: Signals, second_opinion: float) -> Vector:
    """The numbers named in `HINTS`, each between -1 and about 1."""
    values = dict.fromkeys(HINTS, 0.0)
    for evidence in found.evidence:
        rule = evidence.rule
        key = f"words.{rule.group}"
        if key in values:
            values[key] = max(values[key], rule.weight)
        for topic in rule.topics:
            values[f"listed.topic.{topic}"] = 1.0
        for demand in rule.demands:
            values[f"listed.demand.{demand}"] = 1.0
        values["words.masked"] = max(values["words.masked"], float(rule.id.endswith(".masked")))
    values["words.clear-complaint"] = min(len(found.weights("complaint")), 3) / 3
    values["words.clear-praise"] = min(len(found.of("praise")), 3) / 3
    stripped = text.rstrip()
    values |= {
        "text.first-person": float(found.first_person),
        "text.addressed": float(found.addressed),
        "text.lone-doubt": float(found.lone_doubt),
        "text.length": min(float(np.log1p(found.words)) / 5.0, 1.0),
        "text.short": float(found.words <= 4),
        "text.ends-in-question": float(stripped.endswith("?")),
        "text.question-mark": float("?" in stripped),
        "text.shouts": float("!!" in stripped),
        "text.commas": min(stripped.count(","), 5) / 5,
        "text.sentences": min(sum(stripped.count(mark) for mark in ".!?"), 6) / 6,
        "text.numbers": min(len(_NUMBERS.findall(stripped[:_COUNTED])), 4) / 4,
        "text.unended": float(stripped[-1:].isalnum()),
        "second.polarity": second_opinion,
        "second.negative": float(second_opinion < 0),
    }
    return np.array([values[name] for name in HINTS], np.float32)


@dataclass(frozen=True, slots=True)
class Mix:
    """Weights (questions x (heads + hints)), bias, and the thresholds, all chosen on dev data.

    Attributes:
        questions: names, as the heads'.
        thresholds: by name; `complaint` decides, `complaint.sure` and `complaint.none` bound the review band.
    """

    questions: tuple[str, ...]
    weights: Vector
    bias: Vector
    thresholds: Mapping[str, float]
    digest: str

    def chances(self, logits: Vector, hint: Vector) -> dict[str, float]:
        """Probability 0..1 of every question. Of both tiers: `logits` A's log odds, `hint` the strong heads'."""
        values = self.log_odds(logits, hint)
        return dict(zip(self.questions, (1.0 / (1.0 + np.exp(-values))).tolist(), strict=True))

    def log_odds(self, logits: Vector, hint: Vector) -> Vector:
        """The same before it becomes a probability, in the order of `questions`."""
        inputs = np.concatenate([np.clip(logits, -6, 6), np.clip(hint, -6, 6)])
        return np.asarray(self.weights @ inputs + self.bias, np.float32)


def load(path: Path = PATH) -> Mix:
    """Read a mix; pickles are refused."""
    with np.load(path, allow_pickle=False) as stored:
        read: dict[str, Any] = {name: stored[name] for name in stored.files}
    names = [str(name) for name in read["threshold_names"]]
    return Mix(
        questions=tuple(str(name) for name in read["questions"]),
        weights=read["weights"],
        bias=read["bias"],
        thresholds=dict(zip(names, read["thresholds"].tolist(), strict=True)),
        digest=str(read["digest"]),
    )


@cache
def shipped() -> Mix:
    """The mix that comes with the package."""
    return load()


@cache
def of_both() -> Mix:
    """The mix of both tiers that comes with the package."""
    return load(BOTH_PATH)
