"""Rows in bulk: what SQLAlchemy would have written, and nothing left out in silence."""

import pytest
from sqlalchemy import insert, select

from monitor.tables import Matter, PostRow
from replies.bulk import insert_rows


def test_a_bulk_insert_writes_what_sqlalchemy_writes(shop):
    """Times, fixed defaults and NULL as through SQLAlchemy itself, on either database."""
    table, now = Matter.__table__, shop.clock()
    rows = [{"source_id": 1, "opened_at": now}, {"source_id": 1, "opened_at": now}]
    with shop.database.transaction() as session:
        insert_rows(session, table, rows)
        session.connection().execute(insert(table), rows)
        found = [tuple(row)[1:] for row in session.execute(select(table))]
    assert found[-4:] == [(1, now, False)] * 4


def test_a_column_whose_default_differs_from_row_to_row_must_be_named(shop):
    """One salt for a whole page would be a defect that nobody sees."""
    with shop.database.transaction() as session, pytest.raises(ValueError, match=r"post\.salt"):
        insert_rows(session, PostRow.__table__, [{"source_id": 1, "ref": "x"}])
