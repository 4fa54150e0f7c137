"""SQLAlchemy's compiled statements, kept for the whole test process and not for one database each.

Every test opens a database of its own, and each new engine compiles all of its statements again: a quarter of what
such a test computes. The statements are the same; so all databases of one kind speak through one dialect here, and what
is compiled for the first test is there for the next.
"""

from typing import Any

import pytest
from sqlalchemy import Dialect, Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.util import LRUCache

_DIALECTS: dict[str, Dialect] = {}  # by name; a dialect is part of what a compiled statement is found by
_COMPILED: LRUCache[Any, Any] = LRUCache(2000)  # four times what one engine keeps


def speak_alike(engine: Engine) -> Engine:
    """The same engine with the dialect and the statements of all others of its kind."""
    name = engine.dialect.name
    if name not in _DIALECTS:
        # A dialect asks the first server it meets what it can do; for SQLite any file will do, and none is made.
        first = create_engine("sqlite://") if name == "sqlite" else create_engine(engine.url)
        try:
            first.connect().close()
        except OperationalError:
            return engine  # nobody there: what the test does next is its own affair
        finally:
            first.dispose()
        _DIALECTS[name] = first.dialect
    engine.dialect = _DIALECTS[name]
    engine.update_execution_options(compiled_cache=_COMPILED)
    return engine


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> None:
    """Every `Database` of this process; those of other processes compile as ever."""
    from monitor.db import Database

    made = Database._engine
    Database._engine = lambda self: speak_alike(made(self))
