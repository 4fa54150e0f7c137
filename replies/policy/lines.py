"""`widerhall check-reply`: replies as JSON lines in, findings a line out, same order (DESIGN 6)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from replies.policy.check import check
from replies.policy.findings import Finding

KINDS = ("holding", "question", "final")


class BadLine(ValueError):
    """An input line that cannot be checked; the message is German and for people."""


def check_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Check each line, streaming and in order; blank lines are passed over.

    A broken line gives `{"line": n, "error": "…"}` in its place; the caller ends with exit 1 if there was one.

    Args:
        lines: JSON objects with `id`, `post`, `reply` and optionally `facts`, `kind`, `secrecy`, `one_reply`.
    """
    for number, line in enumerate(lines, start=1):
        content = line.removeprefix("\ufeff") if number == 1 else line
        if not content.strip():
            continue
        try:
            record = _record(content)
            found = checked(record)
        except BadLine as error:
            yield {"line": number, "error": str(error)}
            continue
        yield {"id": record["id"], "findings": [as_row(one) for one in found]}


def checked(record: Mapping[str, Any]) -> list[Finding]:
    """The findings of one record.

    Raises:
        BadLine: a field is missing or is not what it has to be.
    """
    facts = record.get("facts")
    facts = [] if facts is None else facts
    if not isinstance(facts, list) or not all(isinstance(fact, str) for fact in facts):
        raise BadLine("„facts“ muss eine Liste von Texten sein.")
    kind = record.get("kind")
    kind = "final" if kind is None else kind
    if kind not in KINDS:
        raise BadLine(f"„kind“ muss eines von {', '.join(KINDS)} sein.")
    return check(
        _text(record, "post"),
        _text(record, "reply"),
        facts=facts,
        kind=kind,
        secrecy=_switch(record, "secrecy"),
        one_reply=_switch(record, "one_reply"),
    )


def as_row(found: Finding) -> dict[str, Any]:
    """A finding as other programs read it."""
    return {
        "rule": found.rule,
        "severity": found.severity.value,
        "start": found.start,
        "end": found.end,
        "message": found.message,
        "suggestion": found.suggestion,
    }


def _record(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine("Die Zeile ist kein gültiges JSON.") from error
    if not isinstance(record, dict):
        raise BadLine("Die Zeile ist kein JSON-Objekt mit „id“, „post“ und „reply“.")
    given = record.get("id")
    if isinstance(given, bool) or not isinstance(given, str | int) or given == "":
        raise BadLine("„id“ fehlt oder ist weder Text noch ganze Zahl.")
    return record


def _text(record: Mapping[str, Any], name: str) -> str:
    text = record.get(name)
    if not isinstance(text, str):
        raise BadLine(f"„{name}“ fehlt oder ist kein Text.")
    return text


def _switch(record: Mapping[str, Any], name: str) -> bool:
    value = record.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadLine(f"„{name}“ muss true oder false sein.")
    return bool(value)
