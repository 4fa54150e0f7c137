"""Tables in text form, as people export them: encoding, delimiter and rows with their line numbers.

Python's `csv` swallows the rest of a file after one quote that is never closed; here such a row is reported with its
line and the next line is read again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.core.charset import mostly_utf8
from connectors.core.errors import Changed

DELIMITERS = ";,\t|"
LONGEST_CELL = 131_072  # characters; csv.field_size_limit() has the same default
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its first line (from 1), its cells, and what is wrong with it."""

    line: int
    cells: tuple[str, ...]
    error: str | None = None


def decode(body: bytes) -> str:
    """Text of a file in UTF-8, UTF-16 (with or without mark) or Windows' cp1252; line ends become line feeds.

    UTF-8 and cp1252 may take turns from line to line, as where two exports were put together.

    Raises:
        Changed: a workbook or a PDF.
    """
    if body.startswith(_WORKBOOK):
        raise Changed("this is a workbook or a PDF, not a text table; save it as CSV first")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = body.decode("utf-16", "replace")
    elif _looks_wide(body):
        text = body.decode("utf-16-le" if body[1:2] == b"\0" else "utf-16-be", "replace")
    else:
        text = _by_lines(body)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _by_lines(body: bytes) -> str:
    """UTF-8, and cp1252 in the lines that are none."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        found = ((line, mostly_utf8(line)) for line in body.splitlines(keepends=True))
        return "".join(line.decode("cp1252", "replace") if text is None else text for line, text in found)


def _looks_wide(body: bytes) -> bool:
    """UTF-16 without a mark: every second byte of the beginning is zero."""
    start = body[:200]
    return len(start) >= 4 and (
        start[1::2].count(0) * 2 > len(start) * 0.8 or start[0::2].count(0) * 2 > len(start) * 0.8
    )


def rows(text: str, delimiter: str) -> Iterator[Row]:
    """The rows of a table, blank lines left out."""
    place, line = 0, 1
    while place < len(text):
        cells, end, error = _row(text, place, delimiter)
        if error:  # the row is given up up to its first line end, so that the next line gets its chance
            end = _line_end(text, place)
            cells = [text[place:end]]
        if error or any(cell.strip() for cell in cells):
            yield Row(line, tuple(cells), error)
        line += text.count("\n", place, end + 1)
        place = end + 1


def _line_end(text: str, place: int) -> int:
    found = text.find("\n", place)
    return len(text) if found < 0 else found


def _row(text: str, place: int, delimiter: str) -> tuple[list[str], int, str | None]:
    """Cells of the row at `place`, the place of its line end, and what is wrong with it."""
    cells: list[str] = []
    while True:
        if text.startswith('"', place):
            cell, place, error = _quoted(text, place + 1, delimiter)
            if error:
                return cells, place, error
        else:
            ends = (text.find(delimiter, place, _line_end(text, place)), _line_end(text, place))
            end = ends[0] if ends[0] >= 0 else ends[1]
            cell, place = text[place:end], end
        cells.append(cell)
        if len(cell) > LONGEST_CELL:
            return cells, place, f"a cell has {len(cell)} characters, {LONGEST_CELL} are read"
        if not text.startswith(delimiter, place):
            return cells, place, None
        place += 1


def _quoted(text: str, start: int, delimiter: str) -> tuple[str, int, str | None]:
    """A cell in quotes: its text, the place after it, and what is wrong with it.

    A single quote inside is taken literally when the cell is closed on the same line ("Das "beste" Haus").
    """
    closing = re.compile(rf'"(?:[ \t]*(?={re.escape(delimiter)}|\n|\Z))')
    place = start
    while True:
        quote = text.find('"', place, start + LONGEST_CELL + 1)
        if quote < 0:
            return "", start, "a quote is never closed"
        if text.startswith('""', quote):
            place = quote + 2
            continue
        closed = closing.match(text, quote)
        if closed:
            return text[start:quote].replace('""', '"'), closed.end(), None
        if not closing.search(text, quote + 1, _line_end(text, quote) + 1):
            return "", start, "a quote is never closed"
        place = quote + 1


def delimiter_of(header: str) -> str:
    """The delimiter of a header line: the candidate that parts it into the most names, `;` before `,`."""
    counts = {mark: _outside_quotes(header).count(mark) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: counts[mark])


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)
