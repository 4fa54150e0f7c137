"""Alembic's door: the connection is handed in by monitor/migrate.py, there is no offline mode."""

from alembic import context
from sqlmodel import SQLModel

import monitor.tables  # noqa: F401 - registers its tables
import replies.tables  # noqa: F401 - the same

target_metadata = SQLModel.metadata


def run() -> None:
    """Run what is missing on the connection that was handed in, in one transaction."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=target_metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


run()
