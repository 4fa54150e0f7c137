"""The hashed features: stems, two regions of buckets, one memory for all threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from monitor.triage.model import features, heads

TEXTS = [f"Die Lieferung {number} kam zu spät, Wort{number} und Wert{number} fehlen." for number in range(400)]


@pytest.mark.parametrize("word", ["lieferung", "lieferungen", "geliefert", "lieferten", "lieferte"])
def test_forms_of_one_word_meet_in_its_stem(word):
    """So that a form that was never seen still counts."""
    assert features.stem(word) == "liefer"


@pytest.mark.parametrize("word", ["gut", "nie", "geht", "ware", "esse"])
def test_short_words_keep_their_letters(word):
    """Four letters are left at least, else all of them."""
    assert features.stem(word) == word


def test_letters_and_sense_have_buckets_of_their_own():
    """A word gives one bucket of sense: its stem."""
    ids = features.word_ids("lieferung")
    assert sum(ids >= features.LETTERS) == 1
    assert ids.max() < features.BUCKETS


def test_a_word_costs_the_same_alone_and_among_others():
    """Its buckets do not depend on the words beside it."""
    ids, owners = features.words_ids(["zu", "spät", "geliefert"])
    assert sorted(ids[owners == 2]) == sorted(features.word_ids("geliefert"))


def test_a_full_memory_changes_no_value(monkeypatch):
    """The words that are kept are a memory, not a part of the model."""
    loaded = heads.load()
    plenty = [loaded.logits(text) for text in TEXTS]
    monkeypatch.setattr(heads, "_WORDS_KEPT", 150)
    few = heads.load()
    assert np.allclose([few.logits(text) for text in TEXTS], plenty, atol=1e-4)


def test_a_text_of_more_new_words_than_are_kept_is_read(monkeypatch):
    """One text may be longer than the memory."""
    text = " ".join(f"wort{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(300))
    plenty = heads.load().logits(text)
    monkeypatch.setattr(heads, "_WORDS_KEPT", 100)
    assert np.allclose(heads.load().logits(text), plenty, atol=1e-4)


def test_threads_share_one_memory(monkeypatch):
    """Words are learnt by one thread at a time, read by all."""
    loaded = heads.load()
    alone = [loaded.logits(text) for text in TEXTS]
    monkeypatch.setattr(heads, "_WORDS_KEPT", 200)
    shared = heads.load()
    with ThreadPoolExecutor(4) as pool:
        assert np.allclose(list(pool.map(shared.logits, TEXTS)), alone, atol=1e-4)
