"""Partial indexes: one condition, two databases."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex
from sqlmodel import SQLModel

import monitor.tables  # noqa: F401 - the tables of both layers
from replies.partial import partial_index

DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}


@pytest.mark.parametrize("name", DIALECTS)
def test_the_condition_is_written_for_both_databases(name):
    """Said once; and an index without a condition gets none."""
    index = partial_index("few", "n", where="n > 3", unique=True)
    Table("many", MetaData(), Column("n", Integer), index)
    assert str(CreateIndex(index).compile(dialect=DIALECTS[name])) == "CREATE UNIQUE INDEX few ON many (n) WHERE n > 3"


def test_every_partial_index_of_the_house_is_one_on_both():
    """One live reply per post and account is a promise that a forgotten condition would break, or make too strong."""
    written = {
        index.name: {name: "WHERE" in str(CreateIndex(index).compile(dialect=d)) for name, d in DIALECTS.items()}
        for table in SQLModel.metadata.sorted_tables
        for index in table.indexes
    }
    assert {name for name, where in written.items() if where["sqlite"] != where["postgresql"]} == set()
    assert {name for name, where in written.items() if where["postgresql"]} >= {"reply_one_live", "alarm_one_open"}
