"""Many rows in one INSERT: SQLAlchemy's statement and types without its work per row, which is most of the whole.

The statement is compiled once per table, columns and database; each column's values are converted in one go and handed
to the driver's `executemany`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Dialect, Table, insert
from sqlmodel import Session

Convert = Callable[[Any], Any]


class _Plan(NamedTuple):
    """An INSERT as the driver takes it. `columns`: how each one's values are converted, in the statement's order."""

    statement: str
    columns: dict[str, Convert | None]
    defaults: dict[str, Any]  # of the columns that the rows do not name, converted
    positional: bool


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; a column that none names gets its fixed default, or NULL.

    Raises:
        ValueError: a column that is left out has a default that differs from row to row.
    """
    if not rows:
        return
    session.flush()
    connection = session.connection()
    plan = _plan(table, tuple(rows[0]), connection.dialect)
    values = [
        [plan.defaults[name]] * len(rows) if name in plan.defaults else _converted(convert, [row[name] for row in rows])
        for name, convert in plan.columns.items()
    ]
    lines: Any = zip(*values, strict=True)
    if not plan.positional:
        lines = (dict(zip(plan.columns, line, strict=True)) for line in lines)
    connection.exec_driver_sql(plan.statement, list(lines))


def _converted(convert: Convert | None, values: list[Any]) -> list[Any]:
    """Values as the driver takes them; the same object again and again, as "now" is, is converted once."""
    if convert is None:
        return values
    found = []
    last = ready = object()
    for value in values:
        if value is not last:
            last, ready = value, convert(value)
        found.append(ready)
    return found


@lru_cache(64)
def _plan(table: Table, names: tuple[str, ...], dialect: Dialect) -> _Plan:
    defaults = {
        column.name: _fixed(column, dialect)
        for column in table.columns
        if column.name not in names and column.default is not None
    }
    columns = {
        column.name: _convert(column, dialect)
        for column in table.columns
        if column.name in names or column.name in defaults
    }
    compiled: Any = insert(table).compile(dialect=dialect, column_keys=list(columns))
    return _Plan(str(compiled), columns, defaults, compiled.positional)


def _convert(column: Column[Any], dialect: Dialect) -> Convert | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _fixed(column: Column[Any], dialect: Dialect) -> Any:
    default: Any = column.default
    if not default.is_scalar:
        raise ValueError(f"{column} has a default of its own for each row: the rows must name it")
    convert = _convert(column, dialect)
    return convert(default.arg) if convert else default.arg
