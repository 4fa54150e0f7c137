"""What every connector does with a page of records: take it apart, read each one alone, notice when a walk hangs."""

import html
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from connectors.core.contract import Malformed, Post, Raw
from connectors.core.errors import Changed, ConfigProblem, Gone, LoginExpired
from connectors.core.fields import BadField, mapping, read_json
from connectors.core.text import fold, plain

if TYPE_CHECKING:
    from connectors.core.http import Http

MAX_PAGES = 10_000  # of one walk; at 40 posts a page that is 400,000 posts
S = TypeVar("S")


def read_record(build: Callable[[Raw, S], Post], raw: Any, settings: S) -> Post | Malformed:
    """Read one record; a broken one becomes `Malformed` and harms no other."""
    try:
        return build(mapping(raw, "record"), settings)
    except BadField as error:
        ref = raw.get("id") if isinstance(raw, Mapping) else None
        return Malformed(str(error), raw, str(ref) if isinstance(ref, int | str) and ref != "" else None)


def json_records(body: bytes, *lists: str) -> Iterator[Any]:
    """The records of a JSON answer: those of a list, those under the keys `lists` of an object, or the object itself.

    Raises:
        Changed: neither a list nor an object.
    """
    value = read_json(body)
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        found = [value[key] for key in lists if isinstance(value.get(key), list)]
        yield from (record for part in found for record in part) if found else (value,)
    else:
        raise Changed(f"answer: expected a list of records, got {type(value).__name__}")


class Walk:
    """Guards one walk over pages against going in circles."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._seen: set[str] = set()
        self._pages = 0

    def page(self, keys: Iterable[str]) -> None:
        """Note a page by the keys of its records.

        Raises:
            Changed: a page with records holds none that is new, or the walk does not end.
        """
        found = set(keys)
        self._pages += 1
        if found and found <= self._seen:
            raise Changed(f"{self._where}: page {self._pages} repeats what was read before; the walk stops here")
        if self._pages > MAX_PAGES:
            raise Changed(f"{self._where}: more than {MAX_PAGES} pages; the walk stops here")
        self._seen |= found


def numbered(fetch: Callable[[int], tuple[list[Any], int | None]], where: str) -> Iterator[tuple[list[Any], bool]]:
    """Walk pages 1, 2, 3 … until the last one that the platform announces, or an empty one.

    Args:
        fetch: page number -> its records and the number of pages, if known.
        where: for messages.

    Yields:
        The records of a page, and whether it is the last.
    """
    walk = Walk(where)
    for number in count(1):
        records, total = fetch(number)
        walk.page(str(record.get("id")) if isinstance(record, Mapping) else repr(record) for record in records)
        last = not records or (total is not None and number >= total)
        yield records, last
        if last:
            return


def expect_object(value: Any, where: str) -> Mapping[str, Any]:
    """The value if it is a JSON object.

    Raises:
        Changed: it is something else.
    """
    if not isinstance(value, Mapping):
        raise Changed(f"{where}: expected an object, got {type(value).__name__}")
    return value


def shown_on_page(http: "Http", link: str | None, text: str) -> bool:
    """Whether a stranger's browser finds the text on a page of the platform; for APIs that are closed to strangers."""
    if link is None:
        return False
    try:
        page = http.get(link.partition("#")[0], anonymous=True).body.decode("utf-8", "replace")
    except (Gone, LoginExpired, ConfigProblem, Changed):
        return False
    wanted = fold(text)
    return wanted in fold(plain(page)) or wanted in fold(html.unescape(page))
