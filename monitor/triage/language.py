"""The language of a text. Short texts count as German: the businesses are, and a wrong "en" would hide a complaint."""

import threading
from functools import cache
from typing import Any

_CODES = "ar cs da de el en es fr hr hu it nl pl pt ro ru sv tr uk"
LANGUAGES = frozenset(_CODES.split())
SHORT = 25
"""Letters below which only a clear case counts as another language."""
READS_AT_MOST = 4000
_COMMON = (
    "der die das und ist nicht ich wir ihr mit war ein eine einen sehr zu auf aber auch es im den dem bei für nie kein "
    "keine nur noch mehr wieder alles leider immer schon sind habe hat haben wurde wird vom zum zur"
)
_GERMAN_WORDS = frozenset(_COMMON.split())
_LOCK = threading.Lock()


def language(text: str) -> str:
    """ISO 639-1 code of the text's language, `und` for a text without letters.

    The first `READS_AT_MOST` characters decide.
    """
    part = "".join(char if not 0xD800 <= ord(char) <= 0xDFFF else " " for char in text[:READS_AT_MOST])
    letters = sum(char.isalpha() for char in part)
    if letters == 0:
        return "und"
    words = part.lower().split()
    german = sum(word.strip(".,!?;:\"'()") in _GERMAN_WORDS for word in words)
    if german >= 2 and german * 8 >= len(words):
        return "de"
    with _LOCK:
        lang, confidence = _identifier().classify(part)
    needed = 0.9 if letters < SHORT else 0.6
    return str(lang) if lang != "de" and confidence >= needed and not german else _with_some_german(lang, confidence)


def _with_some_german(lang: str, confidence: float) -> str:
    return lang if confidence >= 0.97 else "de"


@cache
def _identifier() -> Any:
    """Load the model (about 1 s with numpy) on first use."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    full = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    full.set_languages(LANGUAGES)
    ours = (full.nb_ptc.copy(), full.nb_pc.copy(), full.nb_classes)  # without the 120 other languages, 28 MB
    return LanguageIdentifier(*ours, full.tk_nextmove, full.tk_output, norm_probs=True, tk_row=full.tk_row)
