"""The Markdown of `bench repetition`: every figure with its unit, every bound with what was reached."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor.commands import bench_repetition as bench
from monitor.words import _

MOST_WRONG = 0.001  # of the nearest other posts; SENTIMENT 4 sets its thresholds there
LEAST_FOUND = 0.92  # at a million posts, 15 % of the words changed
MOST_MEMORY = 400.0  # MB, as measured for SENTIMENT 4


def table(texts: Sequence[str], data: Path | None, posts: int) -> tuple[list[str], bool]:
    """All lines, and whether a bound was missed."""
    recalls = list(bench.recalls(texts))
    wrong = bench.wrong(texts)
    large = bench.large(texts, posts)
    per_line, size = bench.stream(texts)
    missed = (
        not all(recall.met for recall in recalls)
        or wrong.between > MOST_WRONG
        or large.found < LEAST_FOUND
        or large.memory > MOST_MEMORY
    )
    lines = [
        *_head(texts, data), *_recalls(recalls), "", *_wrong(wrong), "", *_large(large),
        _("- `widerhall judge` im Speicher: {ms:.2f} ms und {kb:.1f} KB je Beitrag, ohne das Einschätzen.").format(
            ms=per_line, kb=size
        ),
    ]  # fmt: skip
    return lines, missed


def _head(texts: Sequence[str], data: Path | None) -> Iterator[str]:
    yield _("# Wiederholung: gemessen")
    yield ""
    yield _("Geschrieben von `widerhall bench repetition`. Der Testteil des Korpus wird dafür nicht gelesen.")
    yield ""
    source = _("der eigene Trainingsteil") if data is None else _("die vier äußeren Korpora von SENTIMENT 4")
    yield _("- Texte: {source}, {count} verschiedene von {least} bis {most} Zeichen.").format(
        source=source, count=len(texts), least=bench.SHORTEST, most=bench.LONGEST
    )
    yield from bench.digests(data)
    yield ""


def _recalls(recalls: Sequence[bench.Recall]) -> Iterator[str]:
    yield _("Trefferquote bei tausend veränderten Abschriften gegen den Index aller Texte. „Index“: er bringt das")
    yield _("Original als Kandidaten; daneben, was SENTIMENT 4 dafür nennt. „Fremde“: und der Vergleich Zeichen für")
    yield _("Zeichen bestätigt es, auch bei verschiedenen Verfassern. „Selbes Konto“: gegen die eigene Vorgeschichte.")
    yield ""
    yield _(
        "| Veränderung | gleicher Schlüssel | Index | SENTIMENT | Fremde | selbes Konto | SENTIMENT, nur Jaccard | |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for one in recalls:
        figures = (one.exact, one.candidate, one.listed, one.between, one.same_author, one.listed_verified)
        state = _("eingehalten") if one.met else _("verfehlt")
        yield f"| {one.edit} | " + " | ".join(f"{figure:.2f}" for figure in figures) + f" | {state} |"


def _wrong(wrong: bench.Wrong) -> Iterator[str]:
    yield _(
        "Falsch verbunden: {pairs} Beiträge neben dem ähnlichsten anderen ({natural} Paare über {near} sind von Natur "
        "aus fast gleich und zählen nicht). Der Index bringt {candidates:.2%} von ihnen, {between:.2%} würden zwischen "
        "Fremden als Abschrift gelten (höchstens {most:.1%}), {same:.2%} als Wiederholung desselben Kontos."
    ).format(
        pairs=wrong.pairs, natural=wrong.natural, near=bench.NATURAL, candidates=wrong.candidates,
        between=wrong.between, most=MOST_WRONG, same=wrong.same_author,
    )  # fmt: skip


def _large(large: bench.Large) -> Iterator[str]:
    yield _(
        "Bei {posts} Beiträgen in SQLite (aus Hälften zusammengesetzt), dazu zweitausend Abschriften, in denen 15 %"
    ).format(posts=f"{large.posts:,}".replace(",", "."))
    yield _("der Wörter verändert sind, Seiten zu fünfzig, wie eine Runde sie bringt:")
    yield ""
    yield _("- Fingerabdruck: {ms:.2f} ms Rechenzeit je Beitrag").format(ms=large.fill_ms)
    yield _("- Nachsehen, vergleichen und eintragen: {ms:.2f} ms je neuem Beitrag").format(ms=large.new_ms)
    yield _("- Gefunden und bestätigt: {found:.1%} (mindestens {least:.0%})").format(
        found=large.found, least=LEAST_FOUND
    )
    yield _(
        "- Arbeitsspeicher: {mb:.0f} MB, davon {grown:.0f} MB durch das Nachsehen (höchstens {most:.0f} MB)"
    ).format(mb=large.memory, grown=large.memory_grown, most=MOST_MEMORY)
    yield _("- Auf der Platte: {size:.0f} Byte je Beitrag").format(size=large.disk)
