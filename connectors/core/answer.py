"""What goes out and what comes back, as plain values."""

import json as jsonlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from connectors.core.errors import Changed, Unclear
from connectors.core.fields import read_json

Params = Mapping[str, Any] | Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform said: status, headers (names in lower case), decompressed body, address without its query."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str
    wrote: bool = False

    def header(self, name: str) -> str | None:
        """One header by name, whatever its case."""
        return self.headers.get(name.lower())

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            Changed: not JSON, or nested too deeply.
            Unclear: the same, in the answer to a write.
        """
        try:
            return read_json(self.body, self.url)
        except Changed as error:
            problem = error
        raise Unclear(f"written, but {problem}", status=self.status) if self.wrote else problem


def payload(form: Params | None, json: Any) -> tuple[bytes, str]:
    """The body of a request and its content type."""
    if form is not None:
        return urlencode(form, doseq=True).encode(), "application/x-www-form-urlencoded"
    return jsonlib.dumps(json, ensure_ascii=False).encode(), "application/json"


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name; repeated ones are joined by a comma."""
    found: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found
