"""Records of an exported file: a CSV table, JSON lines or one JSON list, told apart by its first letter."""

import re
from collections.abc import Iterator

from connectors.core import fields
from connectors.core.contract import Raw
from connectors.core.errors import Changed
from connectors.core.tables import decode, delimiter_of, rows

LINE, ERROR = "#line", "#error"


def records(body: bytes) -> Iterator[Raw]:
    """Rows of a CSV file, JSON lines or a JSON list; each record holds its line under `LINE`.

    What is no record, or does not fit the header, comes with its reason under `ERROR`.

    Raises:
        Changed: not a text file.
    """
    whole = decode(body)
    text = whole.lstrip("\n ")
    skipped = whole.count("\n", 0, len(whole) - len(text))
    if text.startswith("["):
        yield from _json_list(text)
    elif text.startswith("{"):
        yield from _json_lines(text, skipped)
    else:
        yield from _table(text, skipped)


def _json_list(text: str) -> Iterator[Raw]:
    value = fields.read_json(text, "file")
    for number, record in enumerate(value, 1):
        broken = {ERROR: "expected an object", "value": record}
        yield {**(record if isinstance(record, dict) else broken), LINE: number}


def _json_lines(text: str, skipped: int) -> Iterator[Raw]:
    for number, line in enumerate(text.split("\n"), skipped + 1):
        if not line.strip():
            continue
        try:
            record = fields.read_json(line, "line")
        except Changed as error:
            record = {ERROR: str(error), "value": line}
        if not isinstance(record, dict):
            record = {ERROR: "expected an object", "value": record}
        yield {**record, LINE: number}


def _table(text: str, skipped: int) -> Iterator[Raw]:
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r'"?sep=(.)"?', first.strip())  # Excel writes and reads this line
    if told:
        text, skipped = rest, skipped + 1
    delimiter = told[1] if told else delimiter_of(first)
    names: list[str] = []
    for row in rows(text, delimiter):
        line = row.line + skipped
        if not names:
            names = _names(row.cells)
        elif row.error or _overfull(row.cells, names) or len(row.cells) < len(names):
            reason = row.error or f"the row has {len(row.cells)} cells, the header {len(names)}"
            yield {LINE: line, ERROR: reason, "value": delimiter.join(row.cells)}
        else:
            yield {LINE: line, **dict(zip(names, row.cells, strict=False))}


def _overfull(cells: tuple[str, ...], names: list[str]) -> bool:
    return any(cell.strip() for cell in cells[len(names) :])


def _names(cells: tuple[str, ...]) -> list[str]:
    """Column names; a missing or repeated one gets its number."""
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = cell.strip() or f"column {number}"
        names.append(name if name not in names else f"{name} #{number}")
    return names
