"""The fixtures of the promise's tests, and a temper that a test sets."""

from tests.replies.care.people import calm_shop
from tests.replies.fixtures import clock, database, shop

__all__ = ["calm_shop", "clock", "database", "shop"]
