"""Test and training part of the corpus know nothing of each other, and the test part is what was committed."""

import hashlib

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from monitor.triage.corpus import FOLDER, Labelled, plain_cases, training_part, untouched_part

CLOSE = 0.3
_BLOCK = 100


def grams(text):
    """Character 5-grams, lower case, blanks joined."""
    folded = " ".join(text.lower().split())
    return {folded[place : place + 5] for place in range(max(1, len(folded) - 4))}


def close_ones(one, other, limit=CLOSE):
    """Pairs of ids whose texts have a Jaccard similarity above `limit`; a block of `one` at a time, for the memory."""
    holds = CountVectorizer(analyzer=grams, binary=True, dtype=np.int32)
    theirs = holds.fit_transform(post.text for post in other).T.tocsc()
    sizes = np.array([len(grams(post.text)) for post in other])
    pairs = []
    for start in range(0, len(one), _BLOCK):
        block = one[start : start + _BLOCK]
        shared = (holds.transform(post.text for post in block) @ theirs).tocoo()
        either = np.array([len(grams(post.text)) for post in block])[shared.row] + sizes[shared.col] - shared.data
        close = shared.data > limit * either
        pairs += [
            (block[row].id, other[place].id) for row, place in zip(shared.row[close], shared.col[close], strict=True)
        ]
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
