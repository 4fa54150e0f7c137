"""The fixtures of the page's tests."""

import socket
import threading

import pytest
import uvicorn

from monitor.web.app import create_app
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


@pytest.fixture
def address(shop):
    """The page, served on loopback."""
    door = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(shop.house), log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    door.close()
