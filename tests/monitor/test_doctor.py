"""The doctor names what must be mended, and is quiet about a sound house."""

import re
import time

import pytest
import time_machine
from sqlalchemy import text

from monitor import doctor, vault
from monitor.bootstrap import open_house
from monitor.cipher import new_key
from monitor.config import load
from monitor.db import Database
from monitor.doctor import Grade
from monitor.place import NotHere, network_of, refuse_network
from tests.monitor.shop import BLOG, CONFIG, MONDAY, widerhall
from tests.peers.postgres import database_for

MOUNTS = """22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
31 22 0:44 / /srv rw,relatime shared:9 - nfs4 server:/export rw
32 31 8:2 / /srv/local\\040disk rw - xfs /dev/sdb1 rw
"""


def said(findings, grade=Grade.MEND):
    """The sentences of one grade."""
    return [found.sentence for found in findings if found.grade == grade]


@pytest.fixture
def config(tmp_path, engine):
    """A configuration with a database that was set up."""
    written = CONFIG.replace("sqlite:///widerhall.db", database_for(tmp_path)) + BLOG
    (tmp_path / "config.toml").write_text(written, encoding="utf-8")
    open_house(tmp_path / "config.toml").close()
    return load(tmp_path / "config.toml")


def test_a_sound_house_has_nothing_to_mend(config):
    """On both databases."""
    assert said(doctor.examine(config, MONDAY.replace(year=2030))) == []


def test_the_command_says_so(config):
    """Exit 0, and every line has its grade."""
    done = widerhall("doctor", "--config", str(config.path))
    lines = done.stdout.decode().splitlines()
    assert (done.returncode, lines[-1]) == (0, "Alles Nötige ist in Ordnung."), done
    assert all(re.match(r"(gut|Hinweis): ", line) for line in lines[:-1])


def test_a_house_that_never_started_is_left_as_it_is(tmp_path):
    """Neither the folder nor the database is made; what a first start needs is looked at all the same."""
    (tmp_path / "config.toml").write_text(CONFIG.replace("sqlite:///widerhall.db", "sqlite:///data/deep/widerhall.db"))
    found = list(doctor.examine(load(tmp_path / "config.toml"), MONDAY))
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
    assert said(found) == []
    assert any("noch leer" in sentence for sentence in said(found, Grade.NOTE))
    assert any(f"{tmp_path}:" in one.sentence for one in found if one.sentence.startswith("Frei auf"))


def test_the_command_ends_with_1_when_something_is_wrong(config, key_file):
    """Other programs ask it."""
    key_file.chmod(0o644)
    done = widerhall("doctor", "--config", str(config.path))
    assert (done.returncode, b"chmod 600" in done.stdout, b"1 Fehler" in done.stdout) == (1, True, True)


def test_a_lost_key_is_told(config, monkeypatch):
    """Logins are stored, and nothing can open them."""
    monkeypatch.delenv(vault.KEY_VARIABLE)
    assert "der Schlüssel dazu fehlt" in said(doctor.examine(config, MONDAY.replace(year=2030)))[0]


def test_a_key_beside_the_configuration_is_named(config, key_file, monkeypatch):
    """As the demo's is, of which its own start alone knows; the control has none there."""
    monkeypatch.delenv(vault.KEY_VARIABLE)
    key_file.rename(config.path.with_name("key"))
    [told] = said(doctor.key(config), Grade.NOTE)
    assert told.endswith(f"export WIDERHALL_KEY_FILE={config.path.with_name('key')}")
    config.path.with_name("key").unlink()
    assert list(doctor.key(config)) == []


def test_a_key_that_does_not_open_what_is_stored_is_told(config, key_file):
    """A new key beside a restored database: which secrets, and what to do."""
    key_file.write_bytes(new_key())
    [told] = [line for line in said(doctor.examine(config, MONDAY.replace(year=2030))) if "Geheimnisse" in line]
    assert "blog/application_password" in told


def test_a_database_of_another_version_is_told(config):
    """With the command that mends it."""
    database = Database(config.database_url)
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert "widerhall migrate" in said(doctor.reached(database, MONDAY))[0]
    database.close()


def test_a_database_that_is_not_there_is_told():
    """A sentence with the reason, no stack trace."""
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert said(doctor.reached(database, MONDAY))[0].startswith("Die Datenbank antwortet nicht")
    database.close()


def test_a_clock_that_was_set_back_is_told(config):
    """The journal already knows a later time."""
    assert "Die Uhr geht nach" in " ".join(said(doctor.examine(config, MONDAY.replace(year=2020))))


def test_clocks_that_differ_are_told(config):
    """Leases of several machines are compared with each machine's clock."""
    with time_machine.travel(time.time() + 60):
        told = " ".join(said(doctor.examine(config, MONDAY.replace(year=2030))))
    assert ("gehen" in told) == config.database_url.startswith("postgresql")


def test_a_password_in_a_file_that_all_can_read_is_told(tmp_path):
    """The database's address may hold one."""
    file = tmp_path / "Café und Söhne.toml"
    file.write_text(CONFIG.replace("sqlite:///widerhall.db", "postgresql+psycopg://w:geheim@db.example/w"))
    file.chmod(0o644)
    assert f"chmod 640 '{file}'" in said(doctor.configuration(load(file)))[0]
    file.chmod(0o640)
    assert said(doctor.configuration(load(file))) == []


@pytest.mark.parametrize(
    ("version", "loses"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_versions_of_sqlite_with_the_reset_bug_are_known(version, loses):
    """RELIABILITY 2, the row of SQLite."""
    assert doctor.loses_a_reset(version) is loses


def test_too_old_a_python_is_told():
    """3.11 is the oldest."""
    assert (len(said(doctor.python((3, 10, 9)))), said(doctor.python((3, 11, 0)))) == (1, [])


@pytest.mark.parametrize(("free", "grade"), [(5e7, Grade.MEND), (5e8, Grade.NOTE), (5e10, Grade.GOOD)])
def test_a_full_disk_is_told_before_it_is_full(tmp_path, free, grade):
    """A note below 1 GB, an error below 100 MB."""
    assert [found.grade for found in doctor.room(int(free), tmp_path)] == [grade]


@pytest.mark.parametrize(
    ("place", "kind"), [("/var/lib", None), ("/srv/w", "nfs4"), ("/srv/local disk/w", None), ("/srvx", None)]
)
def test_a_network_drive_is_known(tmp_path, place, kind):
    """The longest mount point counts, blanks and all."""
    (tmp_path / "mounts").write_text(MOUNTS)
    assert network_of(tmp_path.__class__(place), tmp_path / "mounts") == kind


def test_a_database_file_on_a_network_drive_is_refused(tmp_path, monkeypatch):
    """RELIABILITY 4.4: its locks do not hold; PostgreSQL has no file here."""
    monkeypatch.setattr("monitor.place.network_of", lambda _path: "nfs4")
    with pytest.raises(NotHere) as wrong:
        refuse_network(tmp_path / "w.db")
    assert "Netzlaufwerk (nfs4)" in wrong.value.sentence
    refuse_network(None)


def test_the_doctor_speaks_the_language_that_is_asked_for(tmp_path, say):
    """Grades and figures, too; the German words are the control."""
    (tmp_path / "config.toml").write_text(CONFIG)
    assert re.search(r"^gut: .*[0-9],[0-9] GB$", say("doctor"), re.MULTILINE)
    english = say("doctor", "--lang", "en")
    assert re.search(r"^good: .*[0-9]\.[0-9] GB$", english, re.MULTILINE)
    assert not re.search(r"^(gut|Hinweis|Fehler):", english, re.MULTILINE)
