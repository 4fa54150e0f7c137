"""Brings the database's schema up to date. One head, forward only; safe to run again after a crash."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from monitor.db import Database, take_turn
from monitor.words import _

_SCRIPTS = Path(__file__).parent / "migrations"


class NewerDatabase(Exception):
    """The database has a schema that this version does not know."""

    def __init__(self, found: str) -> None:
        super().__init__(f"schema {found} is newer than {head()}")
        self.sentence = _(
            "Die Datenbank gehört zu einer neueren Version von Widerhall (Schema {found}). Nehmen Sie diese Version."
        ).format(found=found)


def _alembic() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


def migrate(database: Database) -> str:
    """Apply what is missing and return the schema's revision.

    Raises:
        NewerDatabase: a later version of Widerhall has worked with it.
    """
    config = _alembic()
    found = revision(database)
    if found is not None and found not in {
        step.revision for step in ScriptDirectory.from_config(config).walk_revisions()
    }:
        raise NewerDatabase(found)
    with database.engine.connect() as connection:
        if not database.is_sqlite:  # several daemons start at once; SQLite's BEGIN IMMEDIATE lets one in
            take_turn(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    return head()


def head() -> str:
    """The revision that this version of Widerhall needs."""
    return str(ScriptDirectory.from_config(_alembic()).get_current_head())


def revision(database: Database) -> str | None:
    """The revision that the database has; None for an empty one."""
    with database.engine.connect() as connection:
        context: Any = MigrationContext.configure(connection)
        found = context.get_current_revision()
    return str(found) if found else None
