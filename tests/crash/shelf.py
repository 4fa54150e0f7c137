"""What a platform keeps: texts under posts, one way for each capability class. No HTTP here.

A write may be carried out later than it was asked for, and what stands there is readable only after a lag. Both are
drawn for each write, so that no two are alike.
"""

import random
from dataclasses import asdict, dataclass, field

from connectors.core.contract import Capability

KEY_LIVES = 3600.0  # seconds, as Mastodon's


@dataclass(frozen=True, slots=True)
class Lags:
    """Seconds: how late a write may be carried out after its answer, and how long readers then see the state before.

    The longest delay on record is 106 s (RELIABILITY 3.5). Their sum has to be below the settle window.
    """

    late: tuple[float, float] = (20.0, 400.0)
    read: tuple[float, float] = (0.0, 300.0)


@dataclass(slots=True)
class Copy:
    """One text that stands there, readable from `seen_from` on."""

    ref: str
    post: str
    text: str
    key: str
    at: float
    seen_from: float


@dataclass(frozen=True, slots=True)
class Write:
    """One request to publish; `nonce` is its own."""

    post: str
    text: str
    key: str
    nonce: str


@dataclass(slots=True)
class Shelf:
    """Everything that a platform has."""

    capability: Capability
    lags: Lags
    chance: random.Random
    copies: list[Copy] = field(default_factory=list)
    pending: list[tuple[float, Write]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # nonces, in order
    done: list[str] = field(default_factory=list)  # of those that were carried out

    def later(self, write: Write, now: float) -> None:
        """Carry it out long after the client has given up."""
        self.pending.append((now + self.chance.uniform(*self.lags.late), write))

    def catch_up(self, now: float) -> None:
        """Carry out what is due by now, in order."""
        due = sorted((item for item in self.pending if item[0] <= now), key=lambda item: item[0])
        self.pending = [item for item in self.pending if item[0] > now]
        for at, write in due:
            self.keep(write, at)

    def keep(self, write: Write, now: float) -> Copy:
        """Carry it out, each class in its way."""
        self.done.append(write.nonce)
        known = self._same(write, now)
        if known is not None:
            known.text = write.text if self.capability == Capability.PUT else known.text
            return known
        ref = f"r{len(self.copies) + 1}"
        copy = Copy(ref, write.post, write.text, write.key, now, now + self.chance.uniform(*self.lags.read))
        self.copies.append(copy)
        return copy

    def _same(self, write: Write, now: float) -> Copy | None:
        for copy in self.copies:
            if self.capability == Capability.PUT and copy.post == write.post:
                return copy
            if self.capability == Capability.RKEY and copy.key == write.key:
                return copy
            if self.capability == Capability.KEY and copy.key == write.key and now < copy.at + KEY_LIVES:
                return copy
        return None

    def readable(self, post: str, now: float) -> list[dict[str, str]]:
        """What a reader is shown under a post."""
        return [
            {"id": copy.ref, "text": copy.text} for copy in self.copies if copy.post == post and copy.seen_from <= now
        ]

    def truth(self) -> dict[str, object]:
        """Everything, for the judge; no client is ever shown this."""
        return {
            "copies": [asdict(copy) for copy in self.copies],
            "pending": [write.nonce for _, write in self.pending],
            "asked": self.asked,
            "done": self.done,
        }
