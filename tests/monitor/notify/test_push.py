"""Apprise: a short message to a place on loopback, and a secret address that stands nowhere."""

import json

import pytest
from pytest_httpserver import HTTPServer

from connectors.core.errors import LoginExpired
from monitor import jobs
from monitor.notify import push
from monitor.notify.errors import NotSent
from monitor.notify.settings import Notify, is_address
from monitor.tables import Notice
from tests.monitor.shop import CONFIG, dump, open_shop

SECRET = "kanarienvogel-push"


@pytest.fixture
def place():
    """A place that takes JSON."""
    with HTTPServer(host="127.0.0.1") as found:
        yield found


def test_a_push_has_a_heading_and_no_address_is_stored_or_logged(tmp_path, place, caplog, monkeypatch):
    """The address is a secret: the database knows its hash."""
    monkeypatch.setenv("PLACES", f"json://{SECRET}:x@127.0.0.1:{place.port}/told")
    monkeypatch.delenv("WIDERHALL_TEST_SERVER", raising=False)
    place.expect_request("/told").respond_with_data("ok")
    section = '\n[notify]\napprise_env = "PLACES"\nquiet_hours = ""\ndays = []\n'
    with open_shop(tmp_path, config=CONFIG + section) as shop:
        shop.round(LoginExpired("401"))
        assert jobs.tell(shop.house, shop.clock()) == 1
        assert jobs.tell(shop.house, shop.clock()) == 0
        assert SECRET not in json.dumps(dump(shop.house), default=str) + caplog.text
    (request, _answer) = place.log[0]
    assert request.get_json()["title"] == "Widerhall: eine Anmeldung ist abgelaufen"


def test_an_address_that_stands_there_twice_is_told_once(tmp_path, place, monkeypatch):
    """It had silenced every message for good."""
    address = f"json://{SECRET}:x@127.0.0.1:{place.port}/told"
    monkeypatch.setenv("PLACES", f"{address}\n{address}\n")
    place.expect_request("/told").respond_with_data("ok")
    section = '\n[notify]\napprise_env = "PLACES"\nquiet_hours = ""\ndays = []\n'
    with open_shop(tmp_path, config=CONFIG + section) as shop:
        shop.round(LoginExpired("401"))
        assert jobs.tell(shop.house, shop.clock()) == 1


def test_a_place_that_does_not_answer_is_tried_again(tmp_path, place, caplog, monkeypatch):
    """The daemon lives on."""
    monkeypatch.setenv("PLACES", f"json://{SECRET}:x@127.0.0.1:{place.port}/told")
    place.expect_ordered_request("/told").respond_with_data("no", status=500)
    section = '\n[notify]\napprise_env = "PLACES"\nquiet_hours = ""\ndays = []\n'
    with open_shop(tmp_path, config=CONFIG + section) as shop:
        shop.round(LoginExpired("401"))
        assert jobs.tell(shop.house, shop.clock()) == 0
        place.clear()
        place.expect_request("/told").respond_with_data("ok")
        assert jobs.tell(shop.house, shop.clock.wait(minutes=2)) == 1
        assert [row.tries for row in shop.all(Notice)] == [2]
    assert SECRET not in caplog.text


def test_an_address_that_nobody_understands_is_told_without_saying_it():
    """Its kind, not its words."""
    with pytest.raises(NotSent) as wrong:
        push.send(f"nonsense-{SECRET}", "a", "b")
    assert SECRET not in str(wrong.value)


@pytest.mark.parametrize(
    "text", ["anna", "a@b@c", "anna@example.de\nBcc: all@example.de", "a b@c", "<a@b>", "@b", "a@"]
)
def test_what_could_become_another_header_is_no_address(text):
    """One line, one @."""
    assert not is_address(text)
    with pytest.raises(ValueError, match=r"name@example\.de"):
        Notify(to={"staff": [text]})


def test_a_mail_server_needs_a_sender():
    """Told before anything starts."""
    with pytest.raises(ValueError, match="sender"):
        Notify(smtp_host="mail.example.de")
    assert Notify(smtp_host="mail.example.de", smtp_user="w@example.de").smtp_port == 587


def test_a_file_of_addresses_may_begin_with_a_byte_order_mark(tmp_path):
    """As Windows' editor writes it; the first address had begun with it."""
    (tmp_path / "push").write_bytes(b"\xef\xbb\xbfjson://127.0.0.1/a\n")
    assert Notify(apprise_file="push").addresses(tmp_path) == ("json://127.0.0.1/a",)
