"""A shop with its people, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monitor.shop import Shop, open_shop
from tests.monitor.test_judging import people


@pytest.fixture
def shop(tmp_path: Path, engine: str) -> Iterator[Shop]:
    """A house with one scripted source, on each database."""
    with open_shop(tmp_path) as found:
        with found.house.transaction() as session:
            people(session)
        yield found
