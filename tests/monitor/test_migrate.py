"""The schema: from nothing to head, again, killed in between, and equal to the models."""

import signal

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel

from monitor import migrate
from monitor.db import Database
from tests.monitor.shop import dump, python

TABLES = {
    "post",
    "post_version",
    "duty",
    "reply",
    "attempt",
    "journal",
    "journal_head",
    "source",
    "run",
    "secret",
    "user",
}


@pytest.fixture
def database(tmp_path):
    """An empty file."""
    found = Database(f"sqlite:///{tmp_path / 'w.db'}")
    yield found
    found.close()


def names(database, kind="table"):
    """Tables or indexes that there are, on either engine."""
    with database.reading() as session:
        schema = inspect(session.connection())
        tables = schema.get_table_names()
        if kind == "table":
            return set(tables)
        return {index["name"] for table in tables for index in schema.get_indexes(table)}


def test_an_empty_file_gets_the_whole_schema(database):
    """From nothing to head."""
    assert migrate.revision(database) is None
    assert migrate.migrate(database) == migrate.head() == migrate.revision(database)
    assert names(database) >= TABLES


def test_the_newest_file_is_the_head():
    """A start looks at the file's name alone; a misnamed migration would never be applied."""
    assert migrate.newest() == migrate.head()


def test_the_schema_is_what_the_models_say(database):
    """Whoever changes a table and forgets the migration is told here."""
    migrate.migrate(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_second_run_changes_nothing(shop):
    """Every command brings the schema up to date; that must cost nothing."""
    before = dump(shop.house), names(shop.house.database, "index")
    migrate.migrate(shop.house.database)
    assert (dump(shop.house), names(shop.house.database, "index")) == before


def test_the_journal_refuses_change_and_removal(shop):
    """The guards are part of the schema (RELIABILITY G18)."""
    for statement in ("UPDATE journal SET event = 'x'", "DELETE FROM journal"):
        with pytest.raises(DatabaseError, match="append"), shop.house.transaction() as session:
            session.connection().execute(text(statement))
    assert shop.events("source.added") == ["source.added"]


def test_a_migration_that_is_killed_leaves_nothing_half_done(tmp_path, database):
    """SIGKILL in the middle of it; the next run does the whole (RELIABILITY G23)."""
    code = (
        "import os, signal; from alembic.operations import Operations as O; from monitor.db import Database\n"
        "from monitor import migrate\nreal, seen = O.create_table, []\n"
        "def create(self, name, *a, **k):\n"
        "    seen.append(name)\n"
        "    if len(seen) == 8: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(self, name, *a, **k)\n"
        f"O.create_table = create\nmigrate.migrate(Database('sqlite:///{tmp_path / 'w.db'}'))\n"
    )
    code = code.replace(
        "O.create_table = create",
        "from alembic import op; op.create_table = lambda n, *a, **k: create(op._proxy, n, *a, **k)",
    )
    assert python(code).returncode == -signal.SIGKILL
    assert migrate.revision(database) is None
    assert names(database) == set()
    migrate.migrate(database)
    assert names(database) >= TABLES


def test_the_way_down_and_up_again_works(database):
    """Nothing is left behind at the bottom."""
    migrate.migrate(database)
    with database.engine.connect() as connection:
        config = migrate._alembic()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()
    assert names(database) == {"alembic_version"}
    assert migrate.migrate(database) == migrate.head()


def test_a_database_of_a_newer_version_is_left_alone_with_a_sentence(database):
    """An old program on a new file would break it."""
    migrate.migrate(database)
    with database.transaction() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.NewerDatabase) as caught:
        migrate.migrate(database)
    assert "neueren Version" in caught.value.sentence
    assert migrate.revision(database) == "9999"
