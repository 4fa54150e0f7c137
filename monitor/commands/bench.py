"""`bench [PART]`: ratios within one run, each beside its target. Absolute times of one machine prove nothing."""

import argparse
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module

from monitor.bench.ratio import Lines, Note, Options, Ratio, seconds
from monitor.words import _

_ROUNDS = 15
Part = Callable[[Options], Lines]


def _run(command: list[str]) -> None:
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def start(_options: Options) -> Lines:
    """`widerhall --help` against `python -c pass`, in turns; the median of the pairs' ratios (RELIABILITY P8)."""
    bare, ours = [sys.executable, "-c", "pass"], [sys.executable, "-m", "monitor", "--help"]
    pairs = [(seconds(partial(_run, ours)), seconds(partial(_run, bare))) for _round in range(_ROUNDS)]
    yield Ratio(_("widerhall --help gegen python -c pass"), statistics.median(a / b for a, b in pairs), 8.0)


def judge(_options: Options) -> Lines:
    """The whole judge against textblob-de alone over the same texts: what heads and word lists cost on top."""
    from monitor.triage import PostText, default_judge
    from monitor.triage.textblob_german import polarity

    texts = [
        f"Die Lieferung Nummer {n} kam vier Tage zu spät, und niemand hat sich gemeldet. {'Schade. ' * (n % 5)}"
        for n in range(200)
    ]
    judge_ = default_judge()
    judge_.judge(PostText(id="0", text=texts[0]))
    polarity(texts[0])
    alone = seconds(lambda: [polarity(text) for text in texts])
    whole = seconds(lambda: [judge_.judge(PostText(id=str(n), text=text)) for n, text in enumerate(texts)])
    yield Ratio(_("Einschätzung gegen textblob-de allein"), whole / alone, 3.0)


def _later(name: str) -> Part:
    """A part with imports of its own: they load when it is its turn."""

    def part(options: Options) -> Lines:
        lines: Lines = getattr(import_module(f"monitor.bench.{name}"), name)(options)
        return lines

    return part


PARTS: dict[str, Part] = {
    "start": start,
    "judge": judge,
    **{name: _later(name) for name in ("ingest", "page", "fetch", "idle", "outbox", "verify")},
}


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
    options = Options(arguments.posts, arguments.seconds)
    parts = [arguments.part] if arguments.part else list(PARTS)
    missed = False
    for part in parts:
        for line in PARTS[part](options):
            missed = missed or (isinstance(line, Ratio) and not line.met)
            print(f"{part:<8} {line.words if isinstance(line, Note) else line.line()}", flush=True)
    return 1 if missed else 0
