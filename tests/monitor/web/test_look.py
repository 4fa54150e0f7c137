"""The shop that `look.py` photographs can be opened, page by page."""

import pytest

from tests.monitor.web import look


@pytest.fixture
def seeded(shop):
    """As `look.py` begins."""
    look.seed(shop)
    return shop


def test_every_page_that_is_photographed_is_there(seeded):
    """The last one is the page that says so."""
    bernd = seeded.client("Bernd")
    status = {name: bernd.get(path).status_code for name, path in look.PAGES.items() if name != "login"}
    assert status == dict.fromkeys(status, 200) | {"fehlt": 404}
