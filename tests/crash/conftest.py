"""One table at the end of the run: what was killed how often, and what came of it."""

from collections.abc import Callable

import pytest

HEAD = ("class", "database", "kills", "replies", "duplicates", "lost", "to a person", "seconds")
_PROPERTY = "crash table"


@pytest.fixture
def line(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """`line("list", "sqlite", 200, …)`: one line of the table, in the order of `HEAD`."""

    def write(*cells: object) -> None:
        record_property(_PROPERTY, [str(cell) for cell in cells])

    return write


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    reports = [report for group in ("passed", "failed") for report in terminalreporter.stats.get(group, [])]
    lines = sorted(cells for report in reports for name, cells in report.user_properties if name == _PROPERTY)
    if not lines:
        return
    widths = [max(len(cell) for cell in column) for column in zip(HEAD, *lines, strict=True)]
    terminalreporter.section("crash suite")
    for cells in (HEAD, *lines):
        words = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        terminalreporter.write_line("  ".join(words).rstrip())
