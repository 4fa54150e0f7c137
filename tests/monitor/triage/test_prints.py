"""Fingerprints: those in a database stay valid, whoever computes them, and a daemon needs no numpy for them."""

import hashlib
import subprocess
import sys

import pytest

from monitor.triage import prints

TEXTS = (
    "Die Lieferung kam vier Tage zu spät. Niemand ging ans Telefon. Nie wieder!",
    "Alles bestens",
    "",
    "\ud800 ß 😡",
    "zu spät " * 3000,
)


def test_the_numbers_of_a_text_never_change():
    """They stand in every database: other numbers would find nothing again."""
    told = [
        (mark.signature.hex(), mark.exact, mark.words, sought)
        for mark, sought in prints.several(TEXTS, prints.signatures)
    ]
    assert (
        hashlib.sha256(repr(told).encode()).hexdigest()
        == "b17c769a34b0dd4be4a7e0faf245f1b54e7d1a525e259d1235b00f64178750f5"
    )


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_one_text_is_printed_like_many(text):
    """The same mark, looked for in the same places."""
    [(mark, sought)] = prints.several([text], prints.signatures)
    assert prints.of(text) == mark
    assert prints.sought(text, mark) == sought


def test_what_is_alike_is_estimated_and_counted():
    """A text and itself, a text and another; the estimate from signatures lies near the truth."""
    one, other = prints.of(TEXTS[0]), prints.of(TEXTS[0].replace("vier", "fünf"))
    assert prints.jaccard(one.folded.grams, one.folded.grams) == 1.0
    truth = prints.jaccard(one.folded.grams, other.folded.grams)
    assert 0.5 < truth < 1.0
    assert prints.estimates(one.signature, [one.signature, other.signature]) == pytest.approx([1.0, truth], abs=0.2)


def test_daemon_and_page_load_no_numpy():
    """The judge's process has it; in the resting daemon it was 17 MB."""
    code = "import sys, monitor.commands.serve, monitor.daemon, monitor.repeats, monitor.web.app, connectors.core.http;"
    code += "from monitor.triage import default_judge; default_judge(strong=True); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
