"""A shop whose people can be reached by a real mail server."""

from collections.abc import Iterator

import pytest

from monitor.tables import User
from tests.monitor.notify.post_office import PASSWORD, USER, PostOffice, certificate, open_office
from tests.monitor.shop import CONFIG, Shop, open_shop
from tests.monitor.test_judging import people

SECTION = """
[notify]
smtp_host = "localhost"
smtp_port = {port}
smtp_user = "{user}"
smtp_password_file = "mail-password"
quiet_hours = "20:00-07:00"
"""


@pytest.fixture
def office(tmp_path, monkeypatch) -> Iterator[PostOffice]:
    """The mail server; its certificate is one that we trust."""
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with open_office(pem) as found:
        yield found


@pytest.fixture
def shop(tmp_path, engine, office) -> Iterator[Shop]:
    """Anna and Bernd have an address."""
    (tmp_path / "mail-password").write_text(PASSWORD)
    section = SECTION.format(port=office.port, user=USER)
    with open_shop(tmp_path, config=CONFIG + section) as found:
        with found.house.transaction() as session:
            people(session)
            session.flush()
            for number, name in ((1, "anna"), (2, "bernd")):
                person = session.get_one(User, number)
                person.mail = f"{name}@example.de"
                session.add(person)
        yield found
