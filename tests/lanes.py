"""Which tests share a worker when `pytest -n` runs them side by side (`--dist loadgroup`).

Tests of one file stay together, so that what a module starts is started once; all tests of one real server stay
together across files, because each worker has its own session and a WordPress takes half a minute to start. Slow
groups are handed out first, or the run ends with one worker waiting for the other.
"""

import pytest

SHARED_PEERS = ("wordpress",)
SLOW = ("crash", "day", "peer")


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker, marks every test with its lane and puts the slow lanes to the front."""
    if not hasattr(config, "workerinput"):  # the name pytest-xdist gives to a worker's orders
        return
    lanes = {item: lane(item) for item in items}
    slow = {name for item, name in lanes.items() if any(item.get_closest_marker(mark) for mark in SLOW)}
    for item, name in lanes.items():
        item.add_marker(pytest.mark.xdist_group(name))
    items.sort(key=lambda item: lanes[item] not in slow)


def lane(item: pytest.Item) -> str:
    """The name of the group a test runs in: its real server's, else its file's."""
    names = getattr(item, "fixturenames", ())
    return next((peer for peer in SHARED_PEERS if peer in names), item.path.name)
