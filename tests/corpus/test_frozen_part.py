"""The test part of the corpus: frozen, well formed, without copies."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from monitor.triage.judgement import Demand, Sentiment, Topic

CORPUS = Path(__file__).resolve().parent
FLAGS = ("hostile", "complaint", "question", "legal", "threat", "extortion", "spam", "personal", "resolved")


def rows(name: str) -> list[dict[str, Any]]:
    """Every line of a file of the corpus."""
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


def grams(text: str) -> set[str]:
    """Character 5-grams, lower case, white space joined."""
    folded = " ".join(text.lower().split())
    return {folded[i : i + 5] for i in range(max(1, len(folded) - 4))}


def close_pairs(texts: Iterable[str], limit: float) -> list[tuple[int, int]]:
    """Pairs of places whose texts have a Jaccard similarity of at least `limit`."""
    seen: list[set[str]] = []
    holders: dict[str, list[int]] = defaultdict(list)
    pairs = []
    for place, text in enumerate(texts):
        mine = grams(text)
        shared = Counter(other for gram in mine for other in holders[gram])
        pairs += [(o, place) for o, n in shared.items() if n / (len(mine) + len(seen[o]) - n) >= limit]
        seen.append(mine)
        for gram in mine:
            holders[gram].append(place)
    return pairs


def test_the_test_part_is_the_one_that_was_committed_first() -> None:
    """The hashes of the texts, labels and scenarios are the recorded ones."""
    for line in (CORPUS / "test.sha256").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((CORPUS / name).read_bytes()).hexdigest() == digest, name


def test_every_text_has_one_labelling_in_the_words_of_the_definitions() -> None:
    """Ids agree line by line; words and lists come from the code's own enumerations."""
    posts, labels = rows("test.jsonl"), rows("test.labels-a.jsonl")
    assert [post["id"] for post in posts] == [label["id"] for label in labels]
    for label in labels:
        assert set(label) == {"id", "sentiment", "demands", "topics", *FLAGS}
        assert label["sentiment"] in set(Sentiment)
        assert label["topics"]
        assert set(label["topics"]) <= set(Topic)
        assert set(label["demands"]) <= set(Demand)
        assert all(isinstance(label[flag], bool) for flag in FLAGS)


def test_no_two_texts_of_the_test_part_are_close() -> None:
    """No pair reaches a Jaccard similarity of 0.3."""
    assert close_pairs((str(post["text"]) for post in rows("test.jsonl")), 0.3) == []


def test_the_search_for_close_texts_finds_a_close_pair() -> None:
    """The control: a changed copy is found."""
    texts = ["Die Torte kam zu spät und war zerdrückt.", "Alles bestens.", "Die Torte kam zu spät und war zerlaufen."]
    assert close_pairs(texts, 0.3) == [(0, 2)]
