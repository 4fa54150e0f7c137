"""What a rule says about a text."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What follows: `stop` cannot be submitted, `warn` needs the owner's eye, `hint` is advice."""

    STOP = "stop"
    WARN = "warn"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place of a reply that a rule of the guideline or of the law speaks about.

    Attributes:
        rule: an id of RULES.md or LAW.md, such as `K18` or `E2`.
        start: first code point of the place in the reply; `end` is one behind its last.
        says: German, what is wrong; `why`: the guideline's own sentence, or the law's in plain words.
        suggestion: German, a sentence that may stand instead (`take`); empty if the sentence is best left out.
    """

    rule: str
    severity: Severity
    start: int
    end: int
    says: str
    why: str
    suggestion: str

    @property
    def message(self) -> str:
        """What is wrong and why, in German."""
        return f"{self.says} {self.why}"
