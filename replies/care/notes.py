"""What our own people write down: the same guard as for replies, and never empty (RULES K18, 000-6, 002-18)."""

from replies.errors import Blocked
from replies.policy.check import check_note


def noted(text: str, missing: str = "reason_missing") -> str:
    """The note, stripped.

    Raises:
        Blocked: it is empty (`missing` is the code), or it judges a person instead of a text (`note_words`).
    """
    text = text.strip()
    if not text:
        raise Blocked("a word is needed", code=missing)
    return fair(text)


def fair(text: str) -> str:
    """The note, stripped; it may be empty.

    Raises:
        Blocked: it judges a person instead of a text (`note_words`).
    """
    found = check_note(text)
    if found:
        raise Blocked(found[0].message, code="note_words")
    return text.strip()
