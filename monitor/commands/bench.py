"""`bench [PART]`: ratios within one run, each beside its target. Absolute times of one machine prove nothing."""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monitor.words import _

_ROUNDS = 15


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measured ratio. `target` is a bound: at most, or at least if `at_least`."""

    name: str
    value: float
    target: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Does the figure keep its target?"""
        return self.value >= self.target if self.at_least else self.value <= self.target


def _seconds(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def start() -> Iterator[Ratio]:
    """`widerhall --help` against `python -c pass`, in turns; the median of the pairs' ratios (RELIABILITY P8)."""
    bare, ours = [sys.executable, "-c", "pass"], [sys.executable, "-m", "monitor", "--help"]
    pairs = [(_seconds(ours), _seconds(bare)) for _round in range(_ROUNDS)]
    yield Ratio(_("widerhall --help gegen python -c pass"), statistics.median(a / b for a, b in pairs), 8.0)


def judge() -> Iterator[Ratio]:
    """The whole first judge against textblob-de alone over the same texts: what the word lists cost on top."""
    from monitor.triage import PostText, default_judge
    from monitor.triage.textblob_german import polarity

    texts = [
        f"Die Lieferung Nummer {n} kam vier Tage zu spät, und niemand hat sich gemeldet. {'Schade. ' * (n % 5)}"
        for n in range(200)
    ]
    judge_ = default_judge()
    judge_.judge(PostText(id="0", text=texts[0]))
    polarity(texts[0])
    begin = time.perf_counter()
    for text in texts:
        polarity(text)
    middle = time.perf_counter()
    for number, text in enumerate(texts):
        judge_.judge(PostText(id=str(number), text=text))
    end = time.perf_counter()
    yield Ratio(_("Einschätzung gegen textblob-de allein"), (end - middle) / (middle - begin), 3.0)


PARTS: dict[str, Callable[[], Iterator[Ratio]]] = {"start": start, "judge": judge}


def bench(arguments: argparse.Namespace) -> int:
    """Measure one part or all; exit 1 if a target is missed. `judgement`, `repetition`, `replies` go by name alone."""
    if arguments.part == "judgement":
        from monitor.commands import bench_judgement

        return bench_judgement.bench(arguments.data, arguments.write)
    if arguments.part == "repetition":
        from monitor.commands import bench_repetition

        return bench_repetition.bench(arguments.data, arguments.write)
    if arguments.part == "replies":
        from monitor.commands import bench_replies

        return bench_replies.replies(arguments)
    if arguments.part and arguments.part not in PARTS:
        print(
            _("{part} gibt es nicht. Teile: {parts}").format(
                part=arguments.part, parts=", ".join([*PARTS, "judgement", "repetition", "replies"])
            ),
            file=sys.stderr,
        )
        return 2
    parts = [arguments.part] if arguments.part else list(PARTS)
    missed = False
    for part in parts:
        for ratio in PARTS[part]():
            missed = missed or not ratio.met
            bound = _("mindestens") if ratio.at_least else _("höchstens")
            state = _("eingehalten") if ratio.met else _("verfehlt")
            print(f"{part:<8} {ratio.name}: {ratio.value:.1f}  ({bound} {ratio.target:g}, {state})")
    return 1 if missed else 0
