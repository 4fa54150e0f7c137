"""Logging: one line per event on stderr, UTC, no secrets; foreign text cannot forge a second line (RELIABILITY S16)."""

import logging
import sys
import time
from typing import Any

from connectors.core.errors import one_line


class OneLine(logging.Formatter):
    """A record as one printable line; a trace follows it indented."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        """Time, level, place, message."""
        super().__init__("%(asctime)sZ %(levelname)s %(name)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The message without line breaks."""
        record.message = one_line(record.message, 2000)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        """The trace, every line of it indented: what a platform wrote into an error never begins a line."""
        return "\n".join(f"    {one_line(line, 2000)}" for line in super().formatException(ei).splitlines())


def start_logging(level: int = logging.INFO) -> None:
    """Send everything from `level` on to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "apscheduler", "uvicorn.error", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
