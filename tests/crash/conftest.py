"""What a test of the crash suite may say at the end of the run."""

from collections.abc import Callable

import pytest

from tests.crash.table import PROPERTY


@pytest.fixture
def line(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """`line("list", "sqlite", 200, …)`: one line of the table, in the order of `table.HEAD`."""

    def write(*cells: object) -> None:
        record_property(PROPERTY, [str(cell) for cell in cells])

    return write
