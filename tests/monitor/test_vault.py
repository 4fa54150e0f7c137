"""Tokens: encrypted at rest, the key outside, and nowhere to be read."""

import logging
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from monitor import vault
from monitor.bootstrap import open_house
from monitor.config import ConfigError
from monitor.log import OneLine
from monitor.tables import Secret
from tests.monitor.shop import BLOG, CONFIG, open_shop

CANARY = "kanarienvogel-4711"


def secrets_of(house):
    """What a connection to the blog would get."""
    with house.reading() as session:
        return vault.secrets_of(session, house.config.sources["blog"])


def files(folder):
    """Every byte in the folder but the key's."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "key")


def test_a_token_is_not_in_any_file_and_can_be_read_back(shop):
    """RELIABILITY S18."""
    assert secrets_of(shop.house) == {"application_password": CANARY}
    shop.house.close()
    assert CANARY.encode() not in files(shop.folder)


def test_the_look_into_the_files_would_find_it(shop):
    """The control: written in the clear, the canary is found."""
    (shop.folder / "note").write_text(CANARY)
    assert CANARY.encode() in files(shop.folder)


def test_a_key_is_made_for_its_owner_only(shop, key_file):
    """0600, and it stays the same."""
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert len(key_file.read_bytes().strip()) == 44


def test_a_key_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    """On a full disk nothing stays that would pass for a key that is broken."""
    monkeypatch.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(ConfigError, match="lässt sich nicht lesen oder anlegen"):
        vault.open_vault(tmp_path / "key")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    vault.open_vault(tmp_path / "key")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_of_two_first_starts_one_makes_the_key(tmp_path):
    """Both lock with the same; the control shows that two keys differ."""
    path = tmp_path / "key"
    with ThreadPoolExecutor(8) as starts:
        ciphers = list(starts.map(lambda _n: vault.open_vault(path), range(40)))
    locked = [cipher.encrypt(CANARY, "blog/token") for cipher in ciphers]
    assert {vault.open_vault(path).decrypt(data, "blog/token") for data in locked} == {CANARY}
    assert vault.open_vault(tmp_path / "other").decrypt(locked[0], "blog/token") is None


@pytest.mark.parametrize(("mode", "open_"), [(0o440, False), (0o444, True)])
def test_what_systemd_hands_over_is_guarded_by_its_folder(tmp_path, monkeypatch, mode, open_):
    """The mask of its ACL looks like the group's right; elsewhere the same mode is refused."""
    path = tmp_path / "key"
    path.write_bytes(b"x")
    path.chmod(mode)
    assert vault.open_to_others(path)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert vault.open_to_others(path) is open_


def test_a_key_that_others_can_read_is_refused(shop, key_file):
    """With the command that mends it."""
    key_file.chmod(0o640)
    with pytest.raises(ConfigError, match=re.escape(f"chmod 600 {key_file}")):
        secrets_of(shop.house)


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 44])
def test_a_file_that_is_no_key_is_told(shop, key_file, content):
    """It was cut or mixed up."""
    key_file.write_bytes(content)
    with pytest.raises(ConfigError, match="enthält keinen Schlüssel"):
        secrets_of(shop.house)


def test_a_folder_in_place_of_the_key_is_told(shop, key_file):
    """The system's own words, and the path."""
    key_file.unlink()
    key_file.mkdir(mode=0o700)
    with pytest.raises(ConfigError, match="lässt sich nicht lesen oder anlegen"):
        secrets_of(shop.house)


def test_the_wrong_key_is_told_and_nothing_is_overwritten(shop, key_file):
    """A restored database with a new key."""
    with shop.house.reading() as session:
        before = session.exec(select(Secret)).one().cipher
    key_file.unlink()
    with pytest.raises(ConfigError, match="passt nicht zu den gespeicherten"):
        secrets_of(shop.house)
    with shop.house.reading() as session:
        assert session.exec(select(Secret)).one().cipher == before


def test_a_row_copied_to_another_place_opens_nowhere(shop):
    """Who can write into the database cannot make one source log in as another; in its own place the row opens."""
    with shop.house.transaction() as session:
        row = session.exec(select(Secret)).one()
        session.add(Secret(source="laden", field=row.field, cipher=row.cipher, updated_at=row.updated_at))
    with shop.house.reading() as session:
        assert vault.fetch(session, "blog", "application_password") == CANARY
        with pytest.raises(ConfigError, match="passt nicht"):
            vault.fetch(session, "laden", "application_password")


@pytest.mark.parametrize("damage", [b"", b"short", b"\x00" * 80])
def test_a_damaged_row_is_told_like_a_wrong_key(shop, damage):
    """Cut, or overwritten."""
    with shop.house.transaction() as session:
        session.exec(select(Secret)).one().cipher = damage
    with pytest.raises(ConfigError, match="passt nicht"):
        secrets_of(shop.house)


def test_without_a_named_key_file_a_secret_is_not_taken_in(tmp_path, monkeypatch):
    """The sentence says where to name it."""
    monkeypatch.delenv("WIDERHALL_KEY_FILE")
    with pytest.raises(ConfigError, match="WIDERHALL_KEY_FILE"), open_shop(tmp_path):
        pass


def test_later_starts_work_without_the_variable(shop, monkeypatch):
    """Taken in once, a token is there."""
    monkeypatch.delenv("WIDERHALL_TEST_PASSWORD")
    house = open_house(shop.folder / "config.toml")
    assert secrets_of(house) == {"application_password": CANARY}
    house.close()


def test_a_new_token_replaces_the_old_one(shop, monkeypatch):
    """After a login was renewed; one row, not two."""
    monkeypatch.setenv("WIDERHALL_TEST_PASSWORD", "neu")
    house = open_house(shop.folder / "config.toml")
    assert secrets_of(house) == {"application_password": "neu"}
    with house.reading() as session:
        assert len(session.exec(select(Secret)).all()) == 1
    house.close()


def test_a_token_that_a_connector_needs_and_nobody_gave_is_told_with_its_key(tmp_path, monkeypatch):
    """The path of the key that is missing."""
    monkeypatch.setattr("monitor.vault.secret_fields", lambda _kind: {"application_password": True})
    monkeypatch.delenv("WIDERHALL_TEST_PASSWORD")
    with open_shop(tmp_path) as shop, pytest.raises(ConfigError, match=r"sources\.blog\.application_password_file"):
        secrets_of(shop.house)


def test_a_secret_file_that_is_no_text_is_told_with_its_key(tmp_path):
    """A picture by mistake."""
    (tmp_path / "token").write_bytes(b"\x89PNG\xff")
    sources = BLOG.replace("_env", "_file").replace("WIDERHALL_TEST_PASSWORD", "token")
    (tmp_path / "config.toml").write_text(CONFIG + sources)
    with pytest.raises(ConfigError, match=r"sources\.blog\.application_password_file: .* nicht als Text"):
        open_house(tmp_path / "config.toml")


def test_no_repr_shows_a_token(shop):
    """Neither settings, nor configuration, nor row."""
    settings = shop.house.config.sources["blog"].settings(secrets_of(shop.house))
    with shop.house.reading() as session:
        shown = repr((settings, shop.house.config, session.exec(select(Secret)).one(), shop.house))
    assert CANARY not in shown


def test_a_trace_and_a_foreign_text_never_begin_a_line_of_the_log():
    """RELIABILITY S16: what a platform writes cannot look like a line of ours."""
    try:
        raise ValueError("x\n2026-11-23T09:00:00Z INFO monitor approved")  # noqa: TRY301
    except ValueError as error:
        record = logging.LogRecord(
            "m", logging.INFO, "", 0, "by %s", ("y\nINFO z",), (ValueError, error, error.__traceback__)
        )
    lines = OneLine().format(record).splitlines()
    assert lines[0].endswith("INFO m by y INFO z")
    assert all(line.startswith("    ") for line in lines[1:])
    assert len(lines) > 3
