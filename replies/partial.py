"""Partial indexes: the condition is said once, for SQLite, and holds on PostgreSQL as well.

Said with `postgresql_where` SQLAlchemy would load that dialect with the tables: 2.5 MB in every daemon that works on
SQLite.
"""

from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.compiler import DDLCompiler


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows that `where` selects, in SQL that both databases read; a query must say the same words."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


@compiles(CreateIndex, "postgresql")
def _the_same_rows(create: CreateIndex, compiler: DDLCompiler, **options: Any) -> str:
    """Hand the condition on to the dialect that is writing."""
    index = create.element
    where = index.dialect_options["sqlite"].get("where")
    if where is not None and index.dialect_options["postgresql"].get("where") is None:
        index.dialect_options["postgresql"]["where"] = where
    return str(compiler.visit_create_index(create, **options))  # type: ignore[no-untyped-call]
