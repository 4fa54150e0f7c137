"""What WordPress' lists and records have in common, whichever of its programming interfaces shows them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from connectors.core import fields
from connectors.core.contract import Malformed, Post
from connectors.core.errors import Changed
from connectors.core.marks import order
from connectors.core.records import numbered
from connectors.core.text import plain, same_text

if TYPE_CHECKING:
    from connectors.core.http import Http

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of a site: where it is, with which login, and whether it can be asked from a time on."""

    name: str
    path: str
    http: "Http"
    params: Mapping[str, Any]
    forward: bool = True

    def page(self, params: Mapping[str, Any], number: int) -> tuple[list[Any], int | None]:
        """Records of one page and the number of pages, where the site tells it.

        Raises:
            Changed: it is no list.
        """
        try:
            answer = self.http.get(self.path, {**params, "per_page": PER_PAGE, "page": number})
        except Changed as error:
            if number > 1 and (error.code or "").endswith("invalid_page_number"):
                return [], None
            raise
        records = answer.json()
        if not isinstance(records, list):
            raise Changed(f"{answer.url}: expected a list, got {type(records).__name__}")
        total = answer.header("x-wp-totalpages") or ""
        return records, int(total) if total.isdecimal() else None

    def everything(self) -> Iterator[Mapping[str, Any]]:
        """All usable records."""
        for records, _last in numbered(partial(self.page, self.params), self.path):
            yield from (record for record in records if isinstance(record, Mapping) and "id" in record)


def approved(record: Mapping[str, Any]) -> bool:
    """Whether everybody sees it. The store API shows nothing else and names no status."""
    return str(record.get("status") or "approved") in {"approved", "approve", "1"}


def still_held(known: Iterable[str], items: Iterable[Post | Malformed]) -> list[str]:
    """Refs of those that wait in the site's queue: `known` ones and those of `items`, the newest that fit a page."""
    seen = {post.ref: post.raw.get("status") == "hold" for post in items if isinstance(post, Post)}
    refs = {ref for ref in known if seen.get(ref, True)} | {ref for ref, waits in seen.items() if waits}
    return sorted(refs, key=order)[-PER_PAGE:]


def written_at(record: Mapping[str, Any], name: str, zone: str) -> datetime | None:
    """The UTC field; where an import left it empty, the local one in the site's zone.

    Raises:
        BadField: unreadable.
    """
    exact, local = (fields.optional(record, key) for key in (f"{name}_gmt", name))
    if exact and not exact.startswith("0000"):
        return fields.moment(exact, f"{name}_gmt")
    return fields.local_moment(local, zone, name) if local and not local.startswith("0000") else None


def rendered(record: Mapping[str, Any]) -> str:
    """The HTML that visitors see, "" if there is none."""
    content = record.get("content")
    found = content.get("rendered") if isinstance(content, Mapping) else None
    return found if isinstance(found, str) else ""


def typed(record: Mapping[str, Any]) -> str:
    """The text as it was typed (WordPress turns :-) into a picture), else as it is shown."""
    content = record.get("content")
    raw = content.get("raw") if isinstance(content, Mapping) else None
    return plain(raw.replace("\n", "<br>")) if isinstance(raw, str) else plain(rendered(record))


def says(record: Mapping[str, Any], wanted: str) -> bool:
    """Whether a comment holds this text, as typed or as shown."""
    return same_text(typed(record), wanted) or same_text(plain(rendered(record)), wanted)
