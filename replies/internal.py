"""Internal words: notes, reasons, sources. They are read by colleagues and, on request, by the person they speak of.

No insult, stamp, guess about health or remark about gender stands in them (RULES K18, 000-6, 002-4, 002-18).
"""

from replies.errors import Blocked
from replies.policy import check_note


def fit(*texts: str) -> None:
    """Hold internal words to the same respect as public ones.

    Raises:
        Blocked: `note_words`, with what was found.
    """
    for text in texts:
        found = check_note(text) if text else []
        if found:
            raise Blocked("a note judges a person", code="note_words", findings=found)


def fair(text: str) -> str:
    """The note, stripped; it may be empty.

    Raises:
        Blocked: as `fit`.
    """
    fit(text)
    return text.strip()


def noted(text: str, missing: str = "reason_missing") -> str:
    """The note, stripped.

    Raises:
        Blocked: it is empty (`missing` is the code), or as `fit`.
    """
    if not text.strip():
        raise Blocked("a word is needed", code=missing)
    return fair(text)
