"""Internal words: notes, reasons, sources. They are read by colleagues and, on request, by the person they speak of."""

from replies.errors import Blocked
from replies.policy import Severity, check_note


def fit(*texts: str) -> None:
    """Hold internal words to the same respect: no insult, stamp, guess about health or remark about gender.

    Raises:
        Blocked: `note_stop`, with what was found (RULES K18, 000-6, 002-4, 002-18).
    """
    for text in texts:
        found = [one for one in check_note(text) if one.severity == Severity.STOP] if text else []
        if found:
            raise Blocked("a note judges a person", code="note_stop", findings=found)
