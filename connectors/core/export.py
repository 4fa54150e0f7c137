"""Posts as JSON for other programs (`widerhall parse`, DESIGN 6)."""

from datetime import UTC, datetime
from typing import Any

from connectors.core.contract import Malformed, Post


def as_json(item: Post | Malformed) -> dict[str, Any]:
    """One record as a JSON-serialisable object; times RFC 3339 in UTC, ending in Z.

    A broken record is `{"malformed": reason, "raw": …}`, with its `line` where it came from a file.
    """
    if isinstance(item, Malformed):
        broken: dict[str, Any] = {"malformed": item.reason, "raw": item.raw}
        return broken if item.line is None else {**broken, "line": item.line}
    fields: dict[str, Any] = {
        name: getattr(item, name)
        for name in ("ref", "kind", "thread", "parent", "author", "author_id", "own", "text", "lang")
    }
    fields["kind"] = item.kind.value
    fields |= {"rating": item.rating, "rating_max": item.rating_max}
    fields |= {"created": rfc3339(item.created), "updated": rfc3339(item.updated)}
    fields |= {"permalink": item.permalink, "visible": item.visible}
    fields["replies"] = [
        {"ref": reply.ref, "text": reply.text, "created": rfc3339(reply.created), "own": reply.own}
        for reply in item.replies
    ]
    return fields


def rfc3339(when: datetime | None) -> str | None:
    """`2026-01-31T13:51:43Z`, with a fraction only where there is one."""
    if when is None:
        return None
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
