"""`bench repetition [--data DIR]`: who writes it again, found or not; what is joined wrongly; a million posts.

The texts are our own training part, or with `--data` the outside corpora of SENTIMENT 4. Nothing of the test part is
read. Recall is measured twice, as the index brings it and as it is verified, beside what SENTIMENT lists.
"""

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from monitor.triage import prints, repetition
from monitor.triage.corpus import lines, training_part
from monitor.triage.edits import EDITS
from monitor.triage.prints import Print
from monitor.triage.repetition import Bands, Tie
from monitor.words import _

FILES = ("ge18.train", "sb10k.train", "potts.train", "gahd.train")
SHORTEST, LONGEST = 40, 600
EDITED = 1000
NEIGHBOURS = 2000  # posts whose nearest other post is looked for
NATURAL = 0.6  # nearer pairs are copies of each other by nature, as in SENTIMENT 4
_WIDTH = 4096  # buckets of the n-grams that the nearest posts are found by
_MILLION = 1_000_000
Vectors = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Recall:
    """One edit: shares of the edited posts, 0..1. `listed` is the recall of the candidates in SENTIMENT 4."""

    edit: str
    exact: float
    candidate: float
    between: float
    same_author: float
    listed: float
    listed_verified: float

    @property
    def met(self) -> bool:
        """At least what is listed, to the two digits that the list has."""
        return round(self.candidate, 2) >= self.listed


@dataclass(frozen=True, slots=True)
class Wrong:
    """Nearest other posts that are no copies: how many pairs, and the shares that would be taken for one."""

    pairs: int
    natural: int
    candidates: float
    between: float
    same_author: float


def pool(data: Path | None) -> list[str]:
    """Distinct texts of 40 to 600 characters, in an order that a seed has mixed."""
    if data is None:
        found: Iterable[str] = (post.text for post in training_part())
    else:
        found = (record["text"] for name in FILES for record in lines(data / "train" / f"{name}.jsonl"))
    texts: dict[str, str] = {}
    for text in (" ".join(text.split()) for text in found):
        if SHORTEST <= len(text) <= LONGEST:
            texts.setdefault(prints.key(text), text)
    mixed = list(texts.values())
    random.Random(7).shuffle(mixed)  # noqa: S311 - a sample, no secret
    return mixed


def recalls(texts: Sequence[str]) -> Iterator[Recall]:
    """Every edit of the first thousand posts, against an index of all of them."""
    marks = [prints.of(text) for text in texts]
    index = Bands()
    for place, mark in enumerate(marks):
        index.add(mark.numbers(), place)
    words = [word for text in texts[:3000] for word in text.split()]
    for name, (edit, listed, listed_verified) in EDITS.items():
        chance = random.Random(f"repetition {name}")  # noqa: S311 - a sample, no secret
        written = [edit(text, chance, words) for text in texts[:EDITED]]
        edited = [prints.of(text) for text in written]
        pairs = list(zip(edited, marks, strict=False))
        found = [
            place in index.find(prints.sought(text, new))
            for place, (text, new) in enumerate(zip(written, edited, strict=True))
        ]
        between = [hit and _taken(new, old, Tie.NONE) for hit, (new, old) in zip(found, pairs, strict=True)]
        same = [_taken(new, old, Tie.ACCOUNT) for new, old in pairs]
        exact = [new.key == old.key for new, old in pairs]
        yield Recall(name, _share(exact), _share(found), _share(between), _share(same), listed, listed_verified)


def _share(part: Sequence[bool]) -> float:
    return float(np.mean(part))


def _taken(new: Print, old: Print, tie: Tie) -> bool:
    """Would the one be taken for the other, as the product decides it: signature first, then letter by letter?"""
    likely = repetition.worth_a_look(new.signature, [old.signature], 1)
    return bool(likely) and repetition.alike(new.folded, old.folded, tie) is not None


def wrong(texts: Sequence[str]) -> Wrong:
    """Posts beside their nearest other post by TF-IDF of character 3- to 5-grams; natural copies are left out."""
    marks = [prints.of(text) for text in texts[: 3 * NEIGHBOURS]]
    vectors = _vectors([mark.key for mark in marks])
    near = vectors[:NEIGHBOURS] @ vectors.T
    count = min(NEIGHBOURS, len(marks))
    near[np.arange(count), np.arange(count)] = 0.0
    nearest, likeness = near.argmax(axis=1), near.max(axis=1)
    pairs = [(marks[n], marks[int(nearest[n])]) for n in range(count) if likeness[n] <= NATURAL]
    shared = [not set(one.numbers()).isdisjoint(other.numbers()) for one, other in pairs]
    between = [hit and _taken(one, other, Tie.NONE) for hit, (one, other) in zip(shared, pairs, strict=True)]
    same = [_taken(one, other, Tie.ACCOUNT) for one, other in pairs]
    return Wrong(len(pairs), count - len(pairs), _share(shared), _share(between), _share(same))


def _vectors(keys: Sequence[str]) -> Vectors:
    """TF-IDF of character n-grams in buckets, rows of length 1."""
    found = np.zeros((len(keys), _WIDTH), np.float32)
    for row, folded in enumerate(keys):
        raw = np.frombuffer(f" {folded} ".encode("utf-8", "surrogatepass"), np.uint8).astype(np.uint64)
        for size in (3, 4, 5):
            hashed = np.zeros(max(len(raw) - size + 1, 0), np.uint64)
            for place in range(size):
                hashed = hashed * np.uint64(1_000_003) + raw[place : place + len(hashed)]
            buckets = (hashed * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(52)
            found[row] += np.bincount(buckets.astype(np.int64), minlength=_WIDTH)
    rarity = np.log((1 + len(keys)) / (1 + (found > 0).sum(axis=0))) + 1
    found = np.where(found > 0, (1 + np.log(np.maximum(found, 1))) * rarity, 0).astype(np.float32)
    lengths = np.linalg.norm(found, axis=1, keepdims=True).astype(np.float32)
    unit: Vectors = found / np.maximum(lengths, 1e-9)
    return unit


@dataclass(frozen=True, slots=True)
class Large:
    """Many posts in the database. Milliseconds of processor time a post, bytes on disk, megabytes of memory."""

    posts: int
    fill_ms: float
    disk: float
    new_ms: float
    found: float
    memory: float
    memory_grown: float


def large(texts: Sequence[str], posts: int) -> Large:
    """Fill a database with spliced texts, then bring two thousand copies with 15 % of their words changed.

    Filling and looking are processes of their own: each one's peak of memory is its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        filled = _child("fill", folder, posts)
        looked = _child("look", folder, posts)
    return Large(posts, filled["ms"], filled["disk"], looked["ms"], looked["found"], looked["rss"], looked["grown"])


def _child(step: str, folder: str, posts: int) -> dict[str, float]:
    command = [sys.executable, "-m", "monitor.commands.bench_repetition_million", step, folder, str(posts)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def stream(texts: Sequence[str], posts: int = 20_000) -> tuple[float, float]:
    """(milliseconds, kilobytes) a post of `widerhall judge`'s memory of its run, judging left out."""
    import tracemalloc

    from monitor.triage import PostText, Sentiment
    from monitor.triage.judgement import Judgement

    said = Judgement("de", Sentiment.NEUTRAL, 0.0, 0.0, is_hostile=False, complaint=0.0, needs_answer=False, sure=True)
    asked = [PostText(str(n), text) for n, text in enumerate(spliced(texts, posts))]
    repeats = repetition.Repeats()
    begin = time.process_time()
    for post in asked:
        repeats.add(post, said)
    spent = time.process_time() - begin
    tracemalloc.start()
    smaller = repetition.Repeats()
    for post in asked[:2000]:
        smaller.add(post, said)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return 1000 * spent / posts, size / 1024 / min(2000, posts)


def spliced(texts: Sequence[str], count: int) -> Iterator[str]:
    """Texts made of the first half of one post and the second half of another, as many as wanted, none twice."""
    for n in range(count):
        first, step = n % len(texts), n // len(texts)
        if not step:
            yield texts[first]
            continue
        one, other = texts[first].split(), texts[(first + 7919 * step) % len(texts)].split()
        yield " ".join([*one[: len(one) // 2], *other[len(other) // 2 :]])


def digests(data: Path | None) -> Iterator[str]:
    """SHA-256 of what was read."""
    for name in FILES if data is not None else ():
        content = ((data or Path()) / "train" / f"{name}.jsonl").read_bytes()
        yield f"- {name}.jsonl: SHA-256 `{hashlib.sha256(content).hexdigest()}`"


def bench(data: Path | None, write: Path | None, posts: int = _MILLION) -> int:
    """Print the report as Markdown; exit 1 if a bound is missed, 2 without texts."""
    texts = pool(data)
    if not texts:
        print(_("Hier liegen keine Texte, an denen sich messen ließe."), file=sys.stderr)
        return 2
    from monitor.commands.repetition_table import table

    report, missed = table(texts, data, posts)
    text = "\n".join(report) + "\n"
    print(text, end="")
    if write is not None:
        write.write_text(text, encoding="utf-8")
    return 1 if missed else 0
