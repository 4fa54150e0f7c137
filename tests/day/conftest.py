"""The installations of the walks: they watch one fresh article of the real WordPress."""

import pytest

from tests.day.house import PASSWORDS, Installation


def open_house(folder, wordpress, *, undo=2):
    """A running installation that watches the real WordPress."""
    (folder / "password").write_text(wordpress.admin_password)
    source = (
        f'[sources.blog]\nkind = "wordpress"\ntitle = "Unser Blog"\nurl = "{wordpress.url}"\nstate = "SN"\n'
        f'username = "{wordpress.admin_user}"\napplication_password_file = "password"\n'
        'allow_networks = ["127.0.0.0/8"]\n'
    )
    return begun(Installation(folder, source, undo=undo))


def begun(house):
    """The same with people, and running."""
    house.hire()
    house.start()
    return house


@pytest.fixture
def house(tmp_path, wordpress, request):
    """An installation of its own."""
    house = open_house(tmp_path, wordpress, undo=getattr(request, "param", 2))
    yield house
    house.stop()


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory, wordpress):
    """One installation for a whole module: its tests ask only about posts of their own."""
    house = open_house(tmp_path_factory.mktemp("house"), wordpress)
    yield house
    house.stop()


@pytest.fixture
def article(wordpress):
    """A new article of the business."""
    return wordpress.publish("Herbst", "Neu im Herbst")


@pytest.fixture
def anna(house, person):
    """Anna before her screen."""
    return person(house.url, "Anna", PASSWORDS["Anna"])


@pytest.fixture
def bernd(house, person):
    """Bernd before his."""
    return person(house.url, "Bernd", PASSWORDS["Bernd"])
