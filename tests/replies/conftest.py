"""The fixtures of the promise's tests."""

from tests.replies.fixtures import clock, database, empty_database, shop

__all__ = ["clock", "database", "empty_database", "shop"]
