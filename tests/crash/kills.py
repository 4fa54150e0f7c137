"""Kills one capability class until enough is enough, and prints what came of it as one JSON object.

    python -m tests.crash.kills FOLDER CAPABILITY KILLS SEED [STRATEGY]

A process of its own: it imports once, and each worker is a fork of it.
"""

import json
import random
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from connectors.core.contract import Capability
from tests.crash import strategies
from tests.crash.connector import HALF
from tests.crash.server import AFTER, BEFORE, Script, die_with_parent
from tests.crash.stage import TIMING, Stage

SENDING = ("before-claim", "after-claim", HALF, BEFORE, AFTER, "before-settle", "after-settle")
POINTS = (*SENDING, "lease-expired", "before-look", "after-look", "after-conclude")
ON_THE_WIRE = {"after-claim", HALF, BEFORE, AFTER, "before-settle"}
CONTROL = ("after-claim", HALF, BEFORE, AFTER, "before-settle")
BATCH, FEW = 15, 5
HASTY = TIMING.model_copy(update={"settle": 1.0, "absent_gap": 1.0})  # far below late commit plus read lag


def run(folder: Path, capability: Capability, kills: int, seed: int, strategy: str) -> dict[str, Any]:
    """Kill and start again; then let it come to its end, and judge."""
    begun = time.monotonic()
    timing = HASTY if strategy == "hasty" else TIMING
    stage = Stage(folder, capability, timing, script=Script(seed=seed))
    try:
        found = _run(stage, kills, random.Random(seed), strategy)
    finally:
        stage.close()
    return {**found, "seconds": round(time.monotonic() - begun, 1)}


def _run(stage: Stage, kills: int, chance: random.Random, strategy: str) -> dict[str, Any]:
    work = strategies.ours if strategy == "hasty" else getattr(strategies, strategy)
    stage.warm_up(work)
    stage.approve(BATCH)
    order: list[str] = []
    while stage.killed.total() < kills:
        if not order:
            order = list(CONTROL if strategy in {"naive", "mark_first"} else POINTS)
            chance.shuffle(order)
        if stage.live(work, order.pop()) or stage.waiting() < FEW:
            stage.approve(BATCH)
    stage.live(work)
    verdict, broken = stage.judged()
    asked = verdict.to_a_person
    if stage.capability == Capability.BLIND:
        while strategies.bernd_looks(stage):
            stage.live(work)
        verdict, more = stage.judged()
        broken += more
    return {**asdict(verdict), "to_a_person": asked, "broken": broken, "killed": stage.killed, "replies": stage.replies}


if __name__ == "__main__":
    die_with_parent()
    place, named, wanted, number, *how = sys.argv[1:]
    told = run(Path(place), Capability(named), int(wanted), int(number), how[0] if how else "ours")
    print(json.dumps(told))  # noqa: T201
