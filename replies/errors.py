"""Errors of the promise. Each carries a `code`; the page turns it into a German sentence (monitor/web/labels.py).

ReplyError
├── NotAllowed   the lifecycle has no such step, or not for this person
├── Stale        what was shown is not what stands there any more; look again
├── Blocked      a rule of the guideline stops it; `code` says which
└── Unknown      no such duty or reply
"""

from collections.abc import Iterable

from replies.policy.findings import Finding


class ReplyError(Exception):
    """A step at the desk or in the outbox cannot be taken."""

    def __init__(self, message: str, *, code: str = "", findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.code = code or type(self).__name__.lower()
        self.findings = tuple(findings)


class NotAllowed(ReplyError):
    """This step does not exist from here, or not for this person."""


class Stale(ReplyError):
    """The text or the state changed since it was shown."""


class Blocked(ReplyError):
    """A rule stops this step."""


class Unknown(ReplyError):
    """There is no such row."""
