"""Plays the people of the made-up platform: who writes what, and when, while the demo runs.

The texts and their times are data (`data/scenario.toml`). How far it has been played is kept with the platform, so that
a second start neither repeats nor skips anything.
"""

import threading
import time
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources

from monitor.demo.stage import Stage

_BEAT = 0.5  # seconds between two looks at what is due
_KEEP_EVERY = 5.0  # seconds of running time between two notes of the position


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does. Either `at` counts, or `after` with `wait`; seconds."""

    name: str
    text: str
    who: str = ""
    at: float | None = None
    after: str | None = None
    wait: float = 0.0
    to: str | None = None
    edits: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """All steps, and the people in them with their shown names."""

    people: dict[str, str]
    steps: tuple[Step, ...]


def load() -> Script:
    """The scenario that comes with the demo."""
    record = tomllib.loads(resources.files("monitor.demo").joinpath("data/scenario.toml").read_text(encoding="utf-8"))
    return Script(dict(record["people"]), tuple(Step(**step) for step in record["step"]))


class Scenario:
    """Plays a script on a stage, in a thread of its own."""

    def __init__(self, stage: Stage, script: Script, *, pace: float = 1.0) -> None:
        """`pace` 2.0 plays twice as fast."""
        self._stage, self._script, self._pace = stage, script, pace
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo-scenario", daemon=True)
        for who, shown in script.people.items():
            stage.meet(who, shown)

    def start(self) -> None:
        """Go on where the last run stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and keep the position."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5)
        self._stage.save()

    def _run(self) -> None:
        began, before = time.monotonic(), self._stage.kept.seconds
        kept = before
        while not self._stop.wait(_BEAT / self._pace):
            seconds = before + (time.monotonic() - began) * self._pace
            self.play(seconds)
            if seconds - kept >= _KEEP_EVERY:
                self._stage.save()
                kept = seconds

    def play(self, seconds: float) -> None:
        """Do everything that is due at `seconds` of running time and has not been done."""
        self._stage.kept.seconds = seconds
        for step in self._script.steps:
            if step.name not in self._stage.kept.script and self._due(step, seconds):
                self._do(step)

    def _due(self, step: Step, seconds: float) -> bool:
        done = self._stage.kept.script
        needed = [name for name in (step.to, step.edits, step.after) if name is not None]
        if any(name not in done for name in needed):
            return False
        if step.after is None:
            return step.at is not None and seconds >= step.at
        answers = self._stage.answers_to(done[step.after])
        if not answers:
            return False
        return self._stage.age(answers[0]) >= timedelta(seconds=step.wait / self._pace)

    def _do(self, step: Step) -> None:
        done = self._stage.kept.script
        if step.edits is not None:
            self._stage.edit(done[step.edits], step.text)
            done[step.name] = done[step.edits]
        else:
            above = step.to or step.after
            parent = done[above] if above else None
            if step.after is not None:
                parent = self._stage.answers_to(done[step.after])[0].id
            done[step.name] = self._stage.post(step.who, step.text, parent=parent).id
        self._stage.save()
