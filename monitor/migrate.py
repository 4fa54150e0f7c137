"""Brings the database's schema up to date. One head, forward only; safe to run again after a crash."""

from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, inspect, select

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


def _alembic() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


def migrate(database: Database) -> str:
    """Apply what is missing and return the schema's revision.

    Raises:
        NewerDatabase: a later version of Widerhall has worked with it.
    """
    found = revision(database)
    if found == newest():
        return found
    from alembic import command
    from alembic.script import ScriptDirectory

    config = _alembic()
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


def newest() -> str:
    """The number of the last migration by its file's name: asked at every start, and alembic alone holds 12 MB."""
    return max(path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*_*.py"))


def head() -> str:
    """The revision that this version of Widerhall needs."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory.from_config(_alembic()).get_current_head())


def revision(database: Database) -> str | None:
    """The revision that the database has; None for an empty one."""
    version = Table("alembic_version", MetaData(), Column("version_num", String))
    with database.engine.connect() as connection:
        if not inspect(connection).has_table(version.name):
            return None
        found = connection.execute(select(version.c.version_num)).scalar_one_or_none()
    return None if found is None else str(found)
