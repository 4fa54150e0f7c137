"""What the journal tells: read once per question, row by row, however many rules ask."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sqlmodel import Session

from replies import journal
from replies.journal import Break

_PAGE = 4096  # ids
_SIZE = 32  # bytes of a seal
_NONE = bytes(_SIZE)
KINDS = ("post", "reply", "duty", "facts", "attempt", "earlier", "user")
_WITH_STATE = frozenset({"reply", "duty"})


class Seals:
    """id -> seal, 32 bytes each, kept in pages: a million posts take 32 MB, and one id far out takes one page."""

    def __init__(self) -> None:
        """Empty."""
        self._pages: dict[int, bytearray] = {}

    def put(self, number: int, seal: bytes) -> None:
        """Keep the newest seal of an id."""
        page, place = divmod(number, _PAGE)
        start = place * _SIZE
        self._pages.setdefault(page, bytearray(_PAGE * _SIZE))[start : start + _SIZE] = seal

    def get(self, number: int) -> bytes | None:
        """The seal of an id, None if the journal names none."""
        page, place = divmod(number, _PAGE)
        start = place * _SIZE
        found = bytes(self._pages.get(page, b"")[start : start + _SIZE])
        return found if found and found != _NONE else None

    def drop(self, number: int) -> None:
        """This one is accounted for."""
        if number // _PAGE in self._pages:
            self.put(number, _NONE)

    def left(self) -> Iterator[int]:
        """The ids that nobody has dropped, ascending."""
        for page in sorted(self._pages):
            body = self._pages[page]
            if any(body):
                for place in range(_PAGE):
                    if body[place * _SIZE : (place + 1) * _SIZE] != _NONE:
                        yield page * _PAGE + place


class Told:
    """The journal's breaks, the last state of each reply and duty, and the last seal of each row."""

    def __init__(self, session: Session) -> None:
        """Nothing is read yet."""
        self._session = session
        self.states: dict[str, dict[int, str]] = {"reply": {}, "duty": {}}
        self.seals = {kind: Seals() for kind in KINDS}

    @cached_property
    def breaks(self) -> list[Break]:
        """Where the chain does not hold; asking for it reads the journal."""
        return list(journal.breaks(self._session, self._take))

    def read(self) -> "Told":
        """The same, read."""
        assert self.breaks is not None  # noqa: S101 - asking is reading
        return self

    def _take(self, row: Any) -> None:
        thing, _colon, number = row.subject.partition(":")
        data = row.data if isinstance(row.data, dict) else {}
        after = data.get("to")
        if thing in _WITH_STATE and after is not None and number.isdecimal() and row.event.startswith(thing):
            self.states[thing][int(number)] = str(after)
        sealed = data.get("seals")
        for subject, digest in sealed.items() if isinstance(sealed, dict) else ():
            self._seal(str(subject), str(digest))

    def _seal(self, subject: str, digest: str) -> None:
        kind, _colon, number = subject.partition(":")
        if kind in self.seals and number.isdecimal():
            self.seals[kind].put(int(number), _bytes(digest))


def _bytes(digest: str) -> bytes:
    try:
        found = bytes.fromhex(digest)
    except ValueError:
        found = b""
    return found if len(found) == _SIZE else b"\xff" * _SIZE  # fits nothing
