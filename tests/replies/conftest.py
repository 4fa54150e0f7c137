"""The fixtures of the promise's tests."""

from tests.replies.fixtures import clock, database, shop

__all__ = ["clock", "database", "shop"]
