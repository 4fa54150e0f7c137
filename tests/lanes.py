"""What begins first when `pytest -n` runs the files side by side (`--dist loadfile`).

The files with slow tests are handed out first, or the run ends with one worker waiting for the other. Not
`--dist loadgroup`: with pytest 9.2 the groups of pytest-xdist 3.8.0 are lost, no file stays together.
"""

import pytest

SLOW = ("crash", "day", "peer")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the files with slow tests to the front, in every worker alike; alone, the order is left to chance."""
    if not hasattr(config, "workerinput"):  # the name pytest-xdist gives to a worker's orders
        return
    slow = {item.path for item in items if any(item.get_closest_marker(mark) for mark in SLOW)}
    items.sort(key=lambda item: item.path not in slow)
