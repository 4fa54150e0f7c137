"""A fault server for every test of this folder that asks for one."""

import pytest

from tests.connectors.faults import FaultServer


@pytest.fixture
def server():
    """A server on loopback; see `FaultServer`."""
    running = FaultServer()
    yield running
    running.close()
