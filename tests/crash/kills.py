"""Kills workers on one capability class until enough is enough. A process of its own; each worker is a fork of it."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from connectors.core.contract import Capability
from tests.crash import strategies
from tests.crash.connector import HALF
from tests.crash.server import AFTER, BEFORE, Script
from tests.crash.stage import TIMING, Stage

SENDING = ("before-claim", "after-claim", HALF, BEFORE, AFTER, "before-settle", "after-settle")
POINTS = (*SENDING, "lease-expired", "before-look", "after-look", "after-conclude")
ON_THE_WIRE = {"after-claim", HALF, BEFORE, AFTER, "before-settle"}
CONTROL = ("after-claim", HALF, BEFORE, AFTER, "before-settle")
BATCH, FEW = 15, 5
TOO_MANY = 10  # lives for each kill
HASTY = TIMING.model_copy(update={"settle": 1.0, "absent_gap": 1.0})  # far below late commit plus read lag


def run(folder: Path, capability: str, kills: int, seed: int, strategy: str = "ours") -> dict[str, Any]:
    """Kill and start again; then let it come to its end, and judge."""
    timing = HASTY if strategy == "hasty" else TIMING
    stage = Stage(folder, Capability(capability), timing, script=Script(seed=seed))
    work = strategies.ours if strategy == "hasty" else getattr(strategies, strategy)
    try:
        stage.warm_up(work)
        stage.approve(BATCH)
        lives = _kill(stage, work, kills, CONTROL if strategy in {"naive", "mark_first"} else POINTS)
        return {**_judged(stage, work), "killed": stage.killed, "replies": stage.replies, "lives": lives}
    finally:
        stage.close()


def _kill(stage: Stage, work: strategies.Strategy, kills: int, points: tuple[str, ...]) -> int:
    """So many lives that end by a kill, until each point was among them; in rounds, each point once a round."""
    order: list[str] = []
    lives = 0
    while (left := kills - stage.killed.total()) > 0 or stage.killed.keys() < set(points):
        if not order:
            order = list(points) if left > 0 else sorted(set(points) - stage.killed.keys())
            stage.chance.shuffle(order)
        lives += 1
        assert lives < TOO_MANY * kills, f"after {lives} lives: {dict(stage.killed)}"
        if stage.live(work, order.pop()) or stage.waiting() < FEW:
            stage.approve(BATCH)
    stage.live(work)
    return lives


def _judged(stage: Stage, work: strategies.Strategy) -> dict[str, Any]:
    verdict, broken = stage.judged()
    asked = verdict.to_a_person
    if stage.capability == Capability.BLIND:
        while strategies.bernd_looks(stage):
            stage.live(work)
        verdict, more = stage.judged()
        broken += more
    return {**asdict(verdict), "to_a_person": asked, "broken": broken}
