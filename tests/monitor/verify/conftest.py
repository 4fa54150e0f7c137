"""The same small business as in the tests of the promise."""

from tests.replies.fixtures import clock, database, empty_database, shop

__all__ = ["clock", "database", "empty_database", "shop"]
