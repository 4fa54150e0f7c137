"""The prescribed German sentiment library, alone in this file: one weak second opinion, never the decider.

Measured weaknesses are in FEATURES d.3 and SENTIMENT 3 ("Leider war die Lieferung zu spät" gets +1.00). The tokenizer
is passed to blob and analyser, else the library asks for NLTK data that is not on the package index.
"""

import re
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from typing import Any

READS_AT_MOST = 1500
"""Characters that are handed to the library; its cost is about 10 ms per 1,000 characters, and it is one opinion."""

_RUN = re.compile(r"([^\w\s])\1+")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LOCK = threading.Lock()  # the library keeps caches in module globals


@cache
def name() -> str:
    """Name and installed version, without importing the library."""
    return f"textblob-de {version('textblob-de')}"


def polarity(text: str) -> float:
    """Polarity of a German text, -1..1; 0.0 for a text without a known word.

    Only the first `READS_AT_MOST` characters are read. Safe from several threads.
    """
    readable = _UNREADABLE.sub(" ", _RUN.sub(r"\1", text[: 4 * READS_AT_MOST]))[:READS_AT_MOST]
    if not any(char.isalpha() for char in readable):
        return 0.0
    with _LOCK:
        blob_class, tokenizer, analyzer = _library()
        value = float(blob_class(readable, tokenizer=tokenizer, analyzer=analyzer).polarity)
    return min(max(value, -1.0), 1.0)


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Let modules seem not to be installed for a while: nltk takes them along if it can, 90 MB that nobody uses."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


@cache
def _library() -> tuple[Any, Any, Any]:
    """Import the library (about 1.3 s) on first use. Its own modules warn about old string escapes."""
    with warnings.catch_warnings(), _without("sklearn", "matplotlib"):
        warnings.simplefilter("ignore")
        from textblob_de import PatternTokenizer, TextBlobDE
        from textblob_de.sentiments import PatternAnalyzer

        tokenizer = PatternTokenizer()
        analyzer = PatternAnalyzer(tokenizer=tokenizer)
        analyzer.analyze("Das ist gut.")  # reads the lexicon now, while warnings are held
    return TextBlobDE, tokenizer, analyzer
