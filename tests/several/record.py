"""What the platform wrote down, and what must not be in it. The same checks judge our daemons and careless ones."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

_SLACK = 0.3  # seconds; a request is on its way for a moment


@dataclass(frozen=True, slots=True)
class Record:
    """Every request that reached the platform, in order."""

    lines: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, folder: Path) -> "Record":
        """What is there by now."""
        file = folder / "record"
        return cls([json.loads(line) for line in file.read_text().splitlines()] if file.exists() else [])

    def times(self, what: str, blog: int) -> list[float]:
        """When one kind of request came, seconds since 1970."""
        return [line["at"] for line in self.lines if line["what"] == what and line["blog"] == blog]

    def rounds(self, blog: int) -> list[float]:
        """When the site was read."""
        return self.times("round", blog)


def read_too_often(rounds: Sequence[float], every: float, lost: int) -> list[str]:
    """Where one source was read more often than its interval and the lease rule allow.

    A round is anchored at the time it was due, so after a late one the next may follow half an interval later, and in
    the long run there is one in each interval. Each of the `lost` rounds, whose worker was killed, stopped or cut off
    from the database, may be followed by one more as soon as its lease is over.
    """
    gaps = [after - at for at, after in pairwise(rounds)]
    early = [f"{gap:.2f} s" for gap in gaps if gap < every / 2 - _SLACK]
    found = early if len(early) > lost else []
    span = rounds[-1] - rounds[0] if rounds else 0.0
    if len(rounds) > span / every + 2 + lost:
        found = [*found, f"{len(rounds)} rounds in {span:.0f} s"]
    return found


def public_twice(comments: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Answers of the business that stand somewhere more than once."""
    ours = Counter(
        (blog, one["parent"], one["content"]["raw"]) for blog, all_ in comments.items() for one in all_ if one["author"]
    )
    return [f"{count} times in blog {blog}: {text}" for (blog, _parent, text), count in ours.items() if count > 1]
