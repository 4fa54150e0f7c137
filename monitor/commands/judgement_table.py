"""The Markdown of `bench judgement`: every figure with its unit, every bound with what was reached."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from monitor.commands import bench_judgement as bench
from monitor.triage.corpus import FOLDER, Labelled, training_part
from monitor.triage.stage import ModelJudge
from monitor.words import _

MEASURED_BEFORE = (
    "400a19e04a01", "f4755d7e7a9a", "a918219324ad", "70662d6be0ca", "22fa6668eddd", "dcd21238054f", "331d9a6c1d20",
    "aec9fba7075a", "b4c195592ec0", "9b11cd3bb9cd",
)  # fmt: skip
"""Heads that were measured on the test part before these: add a model's digest when the next one takes its place."""


def table(posts: Sequence[Labelled], data: Path | None) -> tuple[list[str], bool]:
    """All lines, and whether a bound was missed."""
    judge, texts = bench.best(), [post.text for post in posts]
    parts = bench.judged(posts, judge)
    reached = [*bench.goals(parts), *bench.robustness(parts, judge)]
    goals = [*reached, *bench.speed(texts), *bench.strong_speed(texts)]
    lines = [*_head(posts, judge), *_rows(parts), "", bench.band(parts), "", *_goals(goals), *_alone(posts, judge)]
    lines += _agreement()
    missed = any(not goal.met for goal in goals)
    if data is not None:
        outside, short = _outside(data)
        lines += outside
        missed = missed or short
    return lines, missed


def _alone(posts: Sequence[Labelled], judge: ModelJudge) -> Iterator[str]:
    """What an installation without the strong tier reaches."""
    if judge.strong is not None:
        first = ModelJudge()
        parts = bench.judged(posts, first)
        yield from ("", _("## Ohne die starke Stufe"), "", f"- Judge: {first.name}", "", bench.band(parts), "")
        yield from _goals([*bench.goals(parts), *bench.robustness(parts, first)])


def _head(posts: Sequence[Labelled], judge: ModelJudge) -> Iterator[str]:
    from monitor.triage.model import heads, strong

    here = (heads.shipped().digest, *([strong.digest()] if judge.strong is not None else []))
    models = dict.fromkeys((*MEASURED_BEFORE, *here))
    yield _("# Einschätzung: gemessen")
    yield ""
    yield _("Geschrieben von `widerhall bench judgement`. Nichts wurde nach diesen Zahlen ausgewählt.")
    yield ""
    yield _("- Judge: {name}").format(name=judge.name)
    yield _("- Testteil: {count} Beiträge, nur der Text zählt, Sterne sind abgedeckt.").format(count=len(posts))
    yield _("- Gemessen wurde der Testteil bisher für {count} Modelle, dieses eingerechnet: {names}.").format(
        count=len(models), names=", ".join(models)
    )
    for name in ("test.jsonl", "test.labels-a.jsonl"):
        yield f"- {name}: SHA-256 `{hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()}`"
    yield ""


def _rows(parts: Sequence[bench.Judged]) -> Iterator[str]:
    yield _(
        "| Kopf | ja | Genauigkeit | Trefferquote | F1 | Kalibrierung | textblob-de F1 | Wortliste F1 | Mehrheit F1 |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, ours, old, lists, most in bench.rows(parts):
        figures = (ours.precision, ours.recall, ours.f1, ours.error, old, lists, most)
        yield f"| {name} | {ours.yes} | " + " | ".join(map(_figure, figures)) + " |"
    ours_f1, old, lists, most = bench.moods(parts)
    yield (
        f"| {_('Stimmung, macro-F1')} | {len(parts)} | | | "
        + " | ".join([_figure(ours_f1), "", *map(_figure, (old, lists, most))])
        + " |"
    )


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _goals(goals: Iterable[bench.Goal]) -> Iterator[str]:
    yield _("| Ziel | erreicht | Schranke | |")
    yield "|---|---|---|---|"
    for goal in goals:
        sign = "≥" if goal.at_least else "≤"
        yield f"| {goal.name} | {goal.value:.3f} | {sign} {goal.bound:g} | {_('ja') if goal.met else _('nein')} |"


def _agreement() -> Iterator[str]:
    found = list(bench.agreement())
    if found:
        yield ""
        yield _("Zwei unabhängige Kennzeichnungen, Cohens Kappa: ") + ", ".join(f"{n} {k:.2f}" for n, k in found) + "."


def _outside(data: Path) -> tuple[list[str], bool]:
    from monitor.triage.train import outside

    lines = ["", _("## Fremde Daten"), "", _("| Messung | Texte | Wert | Schranke |"), "|---|---|---|---|"]
    missed = False
    for line in outside.lines(data, training_part()):
        bound = "" if line.target is None else f"≥ {line.target:g}"
        missed = missed or (line.target is not None and line.value < line.target)
        lines.append(f"| {line.name} | {line.texts} | {line.value:.3f} | {bound} |")
    lines += ["", *(f"- {name}: SHA-256 `{digest}`" for name, digest in outside.digests(data))]
    return lines, missed
