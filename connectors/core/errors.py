"""Connector errors. The type says who must act, never what broke inside.

    ConnectorError
    ├── ConfigProblem   the operator, now: address, permission or plan is wrong
    ├── LoginExpired    the owner, now: sign in again; clocks keep running
    ├── RateLimited     nobody: we wait until `until`
    ├── Unavailable     nobody: we wait; on a publish: provably not executed
    ├── Changed         a developer: the platform's answer no longer fits
    ├── Refused         staff: the platform does not accept this text
    ├── Unclear         the outbox: a write may have arrived; look before anything else
    └── Gone            the post is not there any more

The message is for people who run Widerhall: no secret, no foreign markup, no line break (RELIABILITY S16).
"""

import re
from datetime import datetime

_PATH = re.compile(r"(?<=[^\s/:])/\S*|\bat://\S*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def one_line(text: str, limit: int = 300) -> str:
    """Foreign text as one printable line of at most `limit` characters."""
    line = _CONTROL.sub(" ", text).strip()
    return line if len(line) <= limit else line[: limit - 1] + "…"


def without_paths(line: str) -> str:
    """A message without what follows a host: a path may name a post, and so lead back to who wrote it."""
    return _PATH.sub(lambda path: "/…" + (path[0][-1] if path[0][-1] in ":,;" else ""), line)


class ConnectorError(Exception):
    """Something between us and a platform failed; the subclass says who must act.

    Args:
        message: what happened and where, one English line for log and status page.
        status: HTTP status if there was an answer.
        code: the platform's own error code (`comment_duplicate`), never its localised text.
    """

    def __init__(self, message: str, *, status: int | None = None, code: str | None = None) -> None:
        super().__init__(one_line(message))
        self.status = status
        self.code = code


class ConfigProblem(ConnectorError):
    """The configuration of this source is wrong; the operator must change it."""


class LoginExpired(ConnectorError):
    """The platform does not accept our login any more; the owner must sign in again."""


class RateLimited(ConnectorError):
    """The platform asks us to wait until `until` (aware UTC, at most 24 h ahead); nothing was executed."""

    def __init__(self, message: str, *, until: datetime, status: int | None = None, code: str | None = None) -> None:
        super().__init__(message, status=status, code=code)
        self.until = until


class Unavailable(ConnectorError):
    """The platform cannot be reached or has a fault; we try again later. A write was provably not executed."""


class Changed(ConnectorError):
    """The platform's answer does not have the shape that this connector knows; a developer must look."""


class Refused(ConnectorError):
    """The platform, or our own check before sending, does not accept this text; staff must rework it."""


class Unclear(ConnectorError):
    """A write was sent and no trustworthy answer came back; it may be public."""


class Gone(ConnectorError):
    """The post that we want to read or answer is not there any more."""
