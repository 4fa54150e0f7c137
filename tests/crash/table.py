"""One table at the end of the run: what was killed how often, and what came of it. With `pytest -n` too.

A plugin of the whole test run: where tests run in several processes, the one that prints never sees this folder.
"""

import pytest

HEAD = ("class", "database", "kills", "replies", "duplicates", "lost", "to a person", "computing s")
PROPERTY = "crash table"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    reports = [report for group in ("passed", "failed") for report in terminalreporter.stats.get(group, [])]
    lines = sorted(cells for report in reports for name, cells in report.user_properties if name == PROPERTY)
    if not lines:
        return
    widths = [max(len(cell) for cell in column) for column in zip(HEAD, *lines, strict=True)]
    terminalreporter.section("crash suite")
    for cells in (HEAD, *lines):
        words = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        terminalreporter.write_line("  ".join(words).rstrip())
