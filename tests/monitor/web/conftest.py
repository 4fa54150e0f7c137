"""The fixtures of the page's tests."""

import pytest

from tests.monitor.web.shop import open_shop


@pytest.fixture
def shop(tmp_path):
    """An open shop with a database of its own."""
    shop = open_shop(tmp_path)
    yield shop
    shop.house.close()


@pytest.fixture
def anna(shop):
    """Staff, logged in."""
    return shop.client("Anna")


@pytest.fixture
def bernd(shop):
    """An owner, logged in."""
    return shop.client("Bernd")


@pytest.fixture
def clara(shop):
    """An auditor, logged in."""
    return shop.client("Clara")


@pytest.fixture
def dora(shop):
    """A second owner, logged in."""
    return shop.client("Dora")
