"""`bench judgement [--data DIR]`: what the judge reaches on the untouched part of our own corpus, beside simpler ones.

The only reader of the test part. Nothing may be chosen by these figures.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from monitor.triage import Judgement, LexiconJudge, ModelJudge, PostText, Sentiment, StrongJudge
from monitor.triage.corpus import FOLDER, Labelled, training_part, untouched_part
from monitor.triage.judgement import Demand, Topic
from monitor.triage.measure import Figures, figures, kappa, macro_f1, precision_at, recall_at
from monitor.triage.opinion import Opinion
from monitor.words import _

MOODS = tuple(mood.value for mood in Sentiment)
_FLAGS = ("question", "legal", "threat", "extortion", "resolved")
_BLOCK = 100  # single turns would measure how each throws the other out of the processor's cache
_ONLY_MODEL = ("spam", "personal")


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure beside its bound; `at_least` or at most."""

    name: str
    value: float
    bound: float
    at_least: bool = True

    @property
    def met(self) -> bool:
        """Does the figure keep its bound?"""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass(frozen=True, slots=True)
class Judged:
    """One post with its labels and what each of the three says."""

    post: Labelled
    ours: Judgement
    model: Opinion
    lists: Judgement
    old: float

    @property
    def mood_of_old(self) -> str:
        """Three classes by the sign of textblob-de's polarity."""
        return "negative" if self.old < 0 else "positive" if self.old > 0 else "neutral"


def best() -> ModelJudge:
    """The strong tier where it is installed, else tier A."""
    from monitor.triage.model.strong_files import installed

    return StrongJudge() if installed() else ModelJudge()


def judged(posts: Sequence[Labelled], ours: ModelJudge, *, stars: bool = False) -> list[Judged]:
    """Judge every post by its text alone, or with its stars."""
    from monitor.triage import lexicon, opinion, signals, textblob_german

    lists = LexiconJudge()
    found = []
    for post in posts:
        rating = (post.rating, post.rating_max) if stars else (None, None)
        asked = PostText(post.id, post.text, *rating, kind=post.kind)
        old = textblob_german.polarity(post.text)
        model = opinion.opinion(post.text, signals.signals(post.text, lexicon.german()), old, ours.strong)
        found.append(Judged(post, ours.judge(asked), model, lists.judge(asked), old))
    return found


Row = tuple[str, Figures, float | None, float | None, float]
"""Name, our figures, F1 of textblob-de, F1 of the word lists, F1 of always saying the same."""


def rows(parts: Sequence[Judged]) -> Iterator[Row]:
    """One line a head, by the text alone."""
    bare = [one for one in parts if one.post.rating is None]
    yield _row(_("Beschwerde, Beiträge ohne Sterne"), bare, "complaint", lambda said: said.is_complaint, _sour)
    yield _row(_("Beschwerde, alle"), parts, "complaint", lambda said: said.is_complaint, _sour)
    yield _row(_("feindselig"), parts, "hostile", lambda said: said.is_hostile, _sour)
    for mood in MOODS:
        yield _row(mood, parts, mood, partial(_has_mood, mood), partial(_old_has_mood, mood))
    for flag in _FLAGS:
        yield _row(flag, parts, flag, partial(_has_flag, flag), None)
    for flag in _ONLY_MODEL:
        yes = [one.post.has(flag) for one in parts]
        chances = [one.model.chances[flag] for one in parts]
        yield (flag, figures([one.model.says(flag) for one in parts], yes, chances), None, None, _always(yes))
    for topic in Topic:
        yield _row(f"topic.{topic.value}", parts, f"topic.{topic.value}", partial(_has_topic, topic), None)
    for demand in Demand:
        name = f"demand.{demand.value}"
        yield _row(name, parts, name, partial(_has_demand, demand), None)


def _has_mood(mood: str, said: Judgement) -> bool:
    return said.sentiment.value == mood


def _old_has_mood(mood: str, one: Judged) -> bool:
    return one.mood_of_old == mood


def _has_flag(flag: str, said: Judgement) -> bool:
    return bool(getattr(said, flag))


def _has_topic(topic: Topic, said: Judgement) -> bool:
    return topic in said.topics


def _has_demand(demand: Demand, said: Judgement) -> bool:
    return demand in said.demands


def _sour(one: Judged) -> bool:
    return one.old < 0


def _row(
    name: str,
    parts: Sequence[Judged],
    head: str,
    says: Callable[[Judgement], bool],
    old: Callable[[Judged], bool] | None,
) -> Row:
    yes = [one.post.has(head) for one in parts]
    ours = figures([says(one.ours) for one in parts], yes, [one.model.chances[head] for one in parts])
    lists = figures([says(one.lists) for one in parts], yes).f1
    return name, ours, None if old is None else figures([old(one) for one in parts], yes).f1, lists, _always(yes)


def _always(yes: Sequence[bool]) -> float:
    """F1 of the majority: yes to everything where most posts are one, else 0."""
    return figures([True] * len(yes), yes).f1 if 2 * sum(yes) > len(yes) else 0.0


def moods(parts: Sequence[Judged]) -> tuple[float, float, float, float]:
    """Macro F1 of the three moods: ours, textblob-de, the word lists, the majority."""
    labels = [str(one.post.labels["sentiment"]) for one in parts]
    most = max(MOODS, key=labels.count)
    said = (
        [one.ours.sentiment.value for one in parts],
        [one.mood_of_old for one in parts],
        [one.lists.sentiment.value for one in parts],
        [most] * len(parts),
    )
    ours, old, lists, majority = (macro_f1(words, labels, MOODS) for words in said)
    return ours, old, lists, majority


def goals(parts: Sequence[Judged]) -> Iterator[Goal]:
    """The bounds of issue 4, "Must show" 2."""
    bare = [one for one in parts if one.post.rating is None]
    table = {row[0]: row for row in rows(parts)}
    complaint, hostile = table[_("Beschwerde, Beiträge ohne Sterne")], table[_("feindselig")]
    chances = [one.model.chances["complaint"] for one in bare]
    yes = [one.post.has("complaint") for one in bare]
    yield Goal(_("Beschwerde ohne Sterne: Trefferquote"), complaint[1].recall, 0.97)
    yield Goal(_("Beschwerde ohne Sterne: Genauigkeit"), complaint[1].precision, 0.90)
    yield Goal(_("… Genauigkeit bei Trefferquote 0,97"), precision_at(chances, yes, 0.97), 0.90)
    yield Goal(_("… Trefferquote bei Genauigkeit 0,90"), recall_at(chances, yes, 0.90), 0.97)
    yield Goal(_("… F1 über der Wortliste"), complaint[1].f1 - (complaint[3] or 0.0), 0.15)
    seen = [one.ours.needs_answer for one in bare if one.post.has("complaint")]
    yield Goal(_("Beschwerden, die eine Person sieht"), sum(seen) / max(len(seen), 1), 0.97)
    yield Goal(_("feindselig: F1"), hostile[1].f1, 0.85)
    yield Goal(_("… über der Wortliste"), hostile[1].f1 - (hostile[3] or 0.0), 0.15)
    ours, _old, lists, _most = moods(parts)
    yield Goal(_("Stimmung: macro-F1"), ours, 0.80)
    yield Goal(_("… über der Wortliste"), ours - lists, 0.15)


def band(parts: Sequence[Judged]) -> str:
    """How much stands in the group "Bitte einordnen", and how good the sure ones are."""
    sure = [one for one in parts if one.ours.sure]
    called = [one.post.has("complaint") for one in sure if one.ours.is_complaint]
    quiet = [one for one in parts if not one.ours.needs_answer]
    missed = sum(one.post.has("complaint") for one in quiet)
    return _(
        "Sicher: {sure} von {all}; sichere Beschwerden: {called}, davon richtig {right:.3f}; ohne Antwortpflicht: {quiet}, darunter Beschwerden: {missed}."  # noqa: E501
    ).format(
        sure=len(sure), all=len(parts), called=len(called), right=sum(called) / max(len(called), 1),
        quiet=len(quiet), missed=missed,
    )  # fmt: skip


def robustness(parts: Sequence[Judged], judge: ModelJudge) -> Iterator[Goal]:
    """Recall of hostile posts after each edit, relative to the clean ones that are found."""
    from monitor.triage import lexicon, variants

    hostile = [one.post for one in parts if one.post.has("hostile")]
    clean = sum(one.ours.is_hostile for one in parts if one.post.has("hostile"))
    words = lexicon.german()
    for edit in variants.EDITS:
        hits = 0
        for post in hostile:
            places = variants.words_to_hide(post.text, variants.hostile_places(post.text, words))
            hits += judge.judge(PostText(post.id, variants.changed(post.text, edit, places))).is_hostile
        yield Goal(_("feindselig, {edit}").format(edit=edit), hits / max(clean, 1), 0.95)


def speed(texts: Sequence[str]) -> Iterator[Goal]:
    """Texts per second of all heads against textblob-de, in turns of a hundred; memory of its own process.

    Both have read the training part before, as a daemon has read some thousand posts; their caches hold no text of
    the test part.
    """
    from monitor.triage import normal, textblob_german
    from monitor.triage.model import heads

    normal.forget()
    ours = heads.load()  # fresh: nothing of the test part is in its cache
    for post in training_part():
        ours.logits(post.text)
        textblob_german.polarity(post.text)
    spent = [0.0, 0.0]
    for first in range(0, len(texts), _BLOCK):
        block = texts[first : first + _BLOCK]
        for place, read in enumerate((ours.logits, textblob_german.polarity)):
            begin = time.process_time()
            for text in block:
                read(text)
            spent[place] += time.process_time() - begin
    yield Goal(
        _("Köpfe gegen textblob-de, Texte je Sekunde"),
        spent[1] / max(spent[0], 1e-9),
        10.0,
    )
    yield Goal(_("Köpfe: Millisekunden je Text"), 1000 * spent[0] / len(texts), 1.0, at_least=False)
    yield Goal(_("Köpfe: Speicher in MB (eigener Prozess)"), _memory(), 60.0, at_least=False)


_ALONE = """
from monitor.triage.corpus import FOLDER, lines
from monitor.triage.model import heads
loaded = heads.shipped()
for path in sorted(FOLDER.glob("train-*.jsonl")):
    if "labels" not in path.name:
        for record in lines(path):
            loaded.logits(record["text"])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) / 1024)
"""


def strong_speed(texts: Sequence[str]) -> Iterator[Goal]:
    """Milliseconds a text of the strong tier alone, on one core; nothing where it is not installed."""
    from monitor.triage.model import strong
    from monitor.triage.model.strong_files import installed

    if installed():
        tier = strong.shipped()
        begin = time.process_time()
        for text in texts:
            tier.logits(text)
        yield Goal(
            _("Starke Stufe: Millisekunden je Text"),
            1000 * (time.process_time() - begin) / len(texts),
            15.0,
            at_least=False,
        )


def _memory() -> float:
    """Peak resident memory of a process that loads the heads and reads the training part, MB (Linux).

    `ru_maxrss` would carry the peak of this process over the fork.
    """
    done = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, check=True)
    return float(done.stdout)


def agreement() -> Iterator[tuple[str, float]]:
    """Cohen's kappa of the two labellings of the test part, per label; nothing where there is only one."""
    first = {post.id: post for post in untouched_part()}
    other = {post.id: post for post in untouched_part(labelling="b")}
    both = sorted(first.keys() & other.keys())
    for name in ("sentiment", "complaint", "hostile", *_FLAGS, *_ONLY_MODEL) if both else ():
        yield name, kappa(*([str(part[key].labels[name]) for key in both] for part in (first, other)))


def bench(data: Path | None, write: Path | None) -> int:
    """Print the whole table as Markdown; exit 1 if a bound is missed, 2 without a corpus."""
    posts = untouched_part()
    if not posts:
        print(_("Der Testteil des Korpus liegt nicht in {folder}.").format(folder=FOLDER), file=sys.stderr)
        return 2
    from monitor.commands.judgement_table import table

    lines, missed = table(posts, data)
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if write is not None:
        write.write_text(text, encoding="utf-8")
    return 1 if missed else 0
