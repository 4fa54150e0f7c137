"""Precision and recall of the rules on replies whose findings people wrote down beforehand.

`stop` and `warn` of a record are complete; hints count only where the record says `hints`. One (record, rule) is one
judgement, so a rule that speaks twice in one reply counts once.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from replies.policy.findings import Severity
from replies.policy.lines import checked

Key = tuple[str, str]


@dataclass(slots=True)
class Score:
    """Hits, false alarms and misses per (rule, severity); `replies` and `good` count the records."""

    hits: Counter[Key] = field(default_factory=Counter)
    false_alarms: Counter[Key] = field(default_factory=Counter)
    misses: Counter[Key] = field(default_factory=Counter)
    replies: int = 0
    good: int = 0

    def keys(self) -> list[Key]:
        """Every rule that was expected or found, `stop` first."""
        order = list(Severity)
        found = self.hits.keys() | self.false_alarms.keys() | self.misses.keys()
        return sorted(found, key=lambda key: (order.index(Severity(key[1])), key[0]))

    def of(self, *, rule: str | None = None, severity: str | None = None) -> tuple[float, float, int]:
        """Precision, recall (each 0..1) and how many were expected, over one rule or one severity."""
        keys = [key for key in self.keys() if rule in (None, key[0]) and severity in (None, key[1])]
        hits = sum(self.hits[key] for key in keys)
        alarms = sum(self.false_alarms[key] for key in keys)
        misses = sum(self.misses[key] for key in keys)
        precision = hits / (hits + alarms) if hits + alarms else 1.0
        recall = hits / (hits + misses) if hits + misses else 1.0
        return precision, recall, hits + misses


def measure(lines: Iterable[str]) -> Score:
    """Check every record and compare with what it expects.

    Args:
        lines: JSON objects as `check-reply` reads them, with `expected` (list of `rule`, `severity`).
    """
    score = Score()
    for line in lines:
        record = json.loads(line)
        hints = bool(record.get("hints"))
        found = {(one.rule, one.severity.value) for one in checked(record) if hints or one.severity != Severity.HINT}
        expected = {(one["rule"], one["severity"]) for one in record["expected"]}
        score.replies += 1
        score.good += not any(severity != "hint" for _rule, severity in expected)
        score.hits.update(found & expected)
        score.false_alarms.update(found - expected)
        score.misses.update(expected - found)
    return score
