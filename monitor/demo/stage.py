"""What stands on the made-up platform: people, posts, and the answers of our business. One JSON file holds it all.

The faults of DESIGN 7 are decided here, by counting the distinct answers that our business has tried to post:

    2nd   the connection breaks and the answer is **not** stored. The demo's history sends the first two, so that an
          `unclear` stands there from the first minute and stays until two looks after the settle window found nothing
    4th   (the second one that a visitor approves) the answer is stored and then the connection breaks: `unclear` too,
          but the next look finds it
    else  an ordinary answer
A repetition with the same `Idempotency-Key` never counts again.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

MAX_CHARACTERS = 500
_MENTION = re.compile(r"(?<![\w/])@([A-Za-z0-9_]+)")
_TAG = re.compile(r"(?<![\w/&])#(\w+)")


class Fault(StrEnum):
    """What goes wrong with one answer."""

    NONE = "none"
    LOST = "lost"  # dropped, and not stored
    CUT = "cut"  # stored, then dropped


FAULTS: Mapping[int, Fault] = {2: Fault.LOST, 4: Fault.CUT}


@dataclass(slots=True)
class Status:
    """One post. `id` grows with time, like Mastodon's own."""

    id: str
    who: str
    text: str
    created: str
    edited: str | None = None
    parent: str | None = None
    visibility: str = "public"
    key: str | None = None

    @property
    def mentions(self) -> list[str]:
        """Whom the text addresses, without repetition."""
        return list(dict.fromkeys(name.lower() for name in _MENTION.findall(self.text)))

    @property
    def tags(self) -> list[str]:
        """Its hashtags in lower case."""
        return list(dict.fromkeys(tag.lower() for tag in _TAG.findall(self.text)))

    @property
    def public(self) -> bool:
        """Can everybody read it?"""
        return self.visibility in ("public", "unlisted")


@dataclass(slots=True)
class _Kept:
    """The file's content."""

    people: dict[str, str] = field(default_factory=dict)  # account name -> shown name
    statuses: dict[str, Status] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)  # idempotency keys in the order of their first arrival
    script: dict[str, str] = field(default_factory=dict)  # step of the scenario -> id of its status
    seconds: float = 0.0  # how far the scenario has been played
    port: int = 0
    token: str = ""


class Stage:
    """The platform's memory; every public method is safe to call from any thread."""

    def __init__(self, file: Path, business: str, clock: Callable[[], datetime]) -> None:
        """`business` is the account name of our own business; `clock` may be set back while history is made."""
        self.business = business
        self.clock = clock
        self._file = file
        self._lock = threading.RLock()
        self._kept = _read(file) if file.exists() else _Kept()

    @property
    def kept(self) -> _Kept:
        """Port, token and the scenario's position; call `save` after a change."""
        return self._kept

    def save(self) -> None:
        """Write the file anew, all or nothing."""
        with self._lock:
            text = json.dumps(asdict(self._kept), ensure_ascii=False, indent=1)
            aside = self._file.with_suffix(".new")
            aside.touch(mode=0o600)
            aside.write_text(text, encoding="utf-8")
            aside.replace(self._file)

    def meet(self, who: str, shown: str) -> None:
        """Make an account known."""
        with self._lock:
            self._kept.people.setdefault(who.lower(), shown)

    def shown(self, who: str) -> str:
        """The shown name of an account."""
        return self._kept.people.get(who, who)

    def number(self, who: str) -> str:
        """The stable id of an account."""
        return str(1001 + list(self._kept.people).index(who))

    def who(self, number: str) -> str | None:
        """The account with this id."""
        return next((who for who in self._kept.people if self.number(who) == number), None)

    def post(
        self, who: str, text: str, *, parent: str | None = None, visibility: str = "public", key: str | None = None
    ) -> Status:
        """Store a new post, now."""
        with self._lock:
            now = self.clock()
            newest = max((int(each) for each in self._kept.statuses), default=0)
            number = str(max(int(now.timestamp() * 1000) << 16, newest + 1))
            status = Status(number, who.lower(), text, _stamp(now), None, parent, visibility, key)
            self._kept.people.setdefault(status.who, status.who)
            self._kept.statuses[number] = status
            self.save()
            return status

    def answer(self, text: str, *, parent: str | None, visibility: str, key: str | None) -> tuple[Status | None, Fault]:
        """Take an answer of our business; None means that nothing was stored."""
        with self._lock:
            known = next((s for s in self._kept.statuses.values() if key and s.key == key), None)
            if known is not None:
                return known, Fault.NONE
            again = bool(key) and key in self._kept.answers
            if not again:
                self._kept.answers.append(key or "")
                self.save()
            fault = Fault.NONE if again else FAULTS.get(len(self._kept.answers), Fault.NONE)
            if fault == Fault.LOST:
                return None, fault
            return self.post(self.business, text, parent=parent, visibility=visibility, key=key), fault

    def edit(self, number: str, text: str) -> Status | None:
        """Change the words of a post."""
        with self._lock:
            status = self._kept.statuses.get(number)
            if status is not None:
                status.text, status.edited = text, _stamp(self.clock())
                self.save()
            return status

    def delete(self, number: str) -> Status | None:
        """Remove a post."""
        with self._lock:
            status = self._kept.statuses.pop(number, None)
            self.save()
            return status

    def get(self, number: str) -> Status | None:
        """One post."""
        return self._kept.statuses.get(number)

    def all(self) -> list[Status]:
        """Everything, oldest first."""
        with self._lock:
            return sorted(self._kept.statuses.values(), key=lambda status: int(status.id))

    def mentions(self) -> list[Status]:
        """What others wrote to our business, oldest first."""
        return [s for s in self.all() if s.who != self.business and self.business in s.mentions]

    def age(self, status: Status) -> timedelta:
        """How long a post has been standing there."""
        return self.clock() - datetime.fromisoformat(status.created)

    def answers_to(self, number: str) -> list[Status]:
        """What our business has answered to one post."""
        return [s for s in self.all() if s.parent == number and s.who == self.business]

    def ancestors(self, status: Status) -> list[Status]:
        """What a post hangs under, root first."""
        above: list[Status] = []
        parent = self.get(status.parent) if status.parent else None
        while parent is not None:
            above.insert(0, parent)
            parent = self.get(parent.parent) if parent.parent else None
        return above

    def descendants(self, number: str) -> Iterator[Status]:
        """What hangs under a post, depth first."""
        for status in self.all():
            if status.parent == number:
                yield status
                yield from self.descendants(status.id)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _read(file: Path) -> _Kept:
    record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    statuses = {number: Status(**status) for number, status in record.pop("statuses").items()}
    return _Kept(statuses=statuses, **record)
