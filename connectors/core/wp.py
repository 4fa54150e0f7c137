"""What WordPress' records have in common, whichever of its programming interfaces shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.core import fields
from connectors.core.text import plain, same_text


def approved(record: Mapping[str, Any]) -> bool:
    """Whether everybody sees it. The store API shows nothing else and names no status."""
    return str(record.get("status") or "approved") in {"approved", "approve", "1"}


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
