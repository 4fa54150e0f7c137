"""Marked passages of a text, as the AT Protocol counts them: by UTF-8 bytes, the end exclusive."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.core import fields
from connectors.core.contract import Raw

_LINK = re.compile(r"""https?://[^\s<>"]+""")
_LINK_END = ".,;:!?'…’“”»)"
_HANDLE = re.compile(r"(?<![\w@./])@([a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+)", re.IGNORECASE)


def facets(text: str, did_of: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """Links and mentions of a text as the protocol marks them.

    Args:
        text: the words of the post.
        did_of: handle -> did; None: nobody has it, it stays ordinary text.
    """
    found: list[tuple[int, int, dict[str, str]]] = []
    for match in _LINK.finditer(text):
        address = _link(match[0])
        found.append((match.start(), len(address), {"$type": "app.bsky.richtext.facet#link", "uri": address}))
    for match in _HANDLE.finditer(text):
        did = did_of(match[1].lower())
        if did is not None:
            found.append((match.start(), len(match[0]), {"$type": "app.bsky.richtext.facet#mention", "did": did}))
    return [
        {
            "index": {"byteStart": _bytes(text[:start]), "byteEnd": _bytes(text[: start + size])},
            "features": [feature],
        }
        for start, size, feature in sorted(found, key=lambda entry: entry[0])
    ]


def _link(address: str) -> str:
    """An address without the punctuation of the sentence around it; a bracket that it opened itself stays."""
    while address[-1] in _LINK_END and not (address[-1] == ")" and address.count("(") >= address.count(")")):
        address = address[:-1]
    return address


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def marked(record: Raw) -> Iterator[tuple[int, int, Raw]]:
    """The marked passages of a text: first byte, byte after the last, what they mean."""
    found = record.get("facets")
    for facet in found if isinstance(found, list) else ():
        index = facet.get("index") if isinstance(facet, Mapping) else None
        features = facet.get("features") if isinstance(facet, Mapping) else None
        if not isinstance(index, Mapping) or not isinstance(features, list):
            continue
        start, end = index.get("byteStart"), index.get("byteEnd")
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end:
            yield from ((start, end, feature) for feature in features if isinstance(feature, Mapping))


def full_text(record: Raw) -> str:
    """A record's text, with addresses that were shortened for showing in full again.

    Raises:
        BadField: it has none.
    """
    whole = fields.string(record, "text").encode("utf-8", "surrogatepass")
    for start, end, feature in sorted(marked(record), key=lambda entry: -entry[0]):
        address, shown = fields.web_address(feature.get("uri")), whole[start:end].decode("utf-8", "replace")
        if address and shown.endswith(("...", "…")):
            whole = whole[:start] + address.encode() + whole[end:]
    return fields.clean(whole.decode("utf-8", "replace")).strip()
