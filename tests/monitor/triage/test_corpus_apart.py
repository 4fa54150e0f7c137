"""Test and training part of the corpus know nothing of each other, and the test part is what was committed."""

import hashlib
from collections import defaultdict

import pytest

from monitor.triage.corpus import FOLDER, Labelled, plain_cases, training_part, untouched_part

CLOSE = 0.3


def grams(text):
    """Character 5-grams, lower case, blanks joined."""
    folded = " ".join(text.lower().split())
    return {folded[place : place + 5] for place in range(max(1, len(folded) - 4))}


def close_ones(one, other, limit=CLOSE):
    """Pairs of ids whose texts have a Jaccard similarity above `limit`."""
    holders = defaultdict(list)
    sets = {post.id: grams(post.text) for post in other}
    for name, found in sets.items():
        for gram in found:
            holders[gram].append(name)
    pairs = []
    for post in one:
        mine, shared = grams(post.text), defaultdict(int)
        for gram in mine:
            for name in holders.get(gram, ()):
                shared[name] += 1
        pairs += [(post.id, name) for name, n in shared.items() if n / (len(mine) + len(sets[name]) - n) > limit]
    return pairs


def test_no_test_text_is_close_to_a_training_text():
    """Else the benchmark would measure memory. Only ids are shown: nobody reads the test part."""
    learnt = [*training_part(), *plain_cases()]
    assert len(learnt) > 1000
    assert close_ones(untouched_part(), learnt) == []


def test_a_close_text_is_found():
    """The control: one word changed."""
    one = [Labelled("a", "Die Lieferung kam drei Tage zu spät.", "post", None, None, "", {})]
    other = [Labelled("b", "Die Lieferung kam vier Tage zu spät.", "post", None, None, "", {})]
    assert close_ones(one, other) == [("a", "b")]


@pytest.mark.parametrize("line", (FOLDER / "test.sha256").read_text(encoding="utf-8").splitlines())
def test_the_test_part_is_what_was_committed_before_the_first_training(line):
    """Byte for byte."""
    digest, name = line.split()
    assert hashlib.sha256((FOLDER / name.lstrip("*")).read_bytes()).hexdigest() == digest


def test_every_post_of_the_training_part_has_its_labels():
    """A label without text, or the other way round, is a slip."""
    posts = training_part()
    assert len({post.id for post in posts}) == len(posts)
    assert all(post.text.strip() and post.labels["topics"] for post in posts)
