"""HTTP status to error class: one table, and how long a platform asks us to wait.

status            read            write
3xx               ConfigProblem   Unclear       (redirects are never followed)
400, 413, 422     Changed         Refused
401, 403          LoginExpired    LoginExpired
402               ConfigProblem   ConfigProblem
404, 410          Gone            Gone
408, 425          Unavailable     Unclear
409               Changed         Unclear
429               RateLimited     RateLimited
other 4xx         Changed         Refused
5xx, other        Unavailable     Unclear
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from connectors.core.access import Rows
from connectors.core.errors import (
    Changed,
    ConfigProblem,
    ConnectorError,
    Gone,
    LoginExpired,
    RateLimited,
    Refused,
    Unavailable,
    Unclear,
    one_line,
)

LONGEST_WAIT = timedelta(hours=24)
SHORTEST_WAIT = timedelta(seconds=1)
USUAL_WAIT = timedelta(minutes=1)  # a 429 that names no time
_EPOCH_FROM = 1_000_000_000  # a larger number is a unix time, a smaller one seconds left (Reddit)

_BOTH: dict[int, type[ConnectorError]] = {
    401: LoginExpired,
    402: ConfigProblem,
    403: LoginExpired,
    404: Gone,
    410: Gone,
    429: RateLimited,
}
_READ: dict[int, type[ConnectorError]] = {408: Unavailable, 425: Unavailable}
_WRITE: dict[int, type[ConnectorError]] = {408: Unclear, 409: Unclear, 425: Unclear}


@dataclass(frozen=True, slots=True)
class Words:
    """How a message may speak: the request in words, and what masks secrets in foreign text."""

    where: str
    mask: Callable[[str], str]


def error_for(
    words: Words, status: int, headers: Mapping[str, str], body: Any, *, write: bool, rows: Rows
) -> ConnectorError:
    """The error for an answer that is not 2xx. The platform's own sentence is shown for `Refused` alone.

    Args:
        words: request and mask.
        status: HTTP status.
        headers: names in lower case.
        body: the decoded JSON of the answer, None if there was none.
        write: it was the answer to a write.
        rows: the platform's exceptions from the table.
    """
    code = platform_code(body)
    kind = error_class(status, code, write=write, rows=rows)
    code = words.mask(code) if code else None
    text = f"{words.where}: HTTP {status}" + (f" {code}" if code else "")
    if issubclass(kind, RateLimited):
        return kind(text, until=wait_until(headers, datetime.now(UTC)), status=status, code=code)
    if kind is ConfigProblem and _is_redirect(status):
        text += f", redirect to {_target(headers)}; write that address into the configuration"
    said = platform_message(body) if issubclass(kind, Refused) else ""
    return kind(f"{text}: {words.mask(said)}" if said else text, status=status, code=code)


def _is_redirect(status: int) -> bool:
    return 300 <= status < 400


def _target(headers: Mapping[str, str]) -> str:
    """Where a redirect leads, without query and login."""
    try:
        url = urlsplit(headers.get("location", ""))
    except ValueError:
        return "an unreadable address"
    return f"{url.scheme}://{url.hostname}{url.path}" if url.hostname else url.path or "nowhere"


def error_class(status: int, code: str | None, *, write: bool, rows: Rows) -> type[ConnectorError]:
    """The class for a status that is not 2xx; `rows` win over the table."""
    for key in ((status, code), (status, None)):
        if key in rows:
            return rows[key]
    special = _BOTH.get(status) or (_WRITE if write else _READ).get(status)
    if special:
        return special
    if _is_redirect(status):
        return Unclear if write else ConfigProblem
    if 400 <= status < 500:
        return Refused if write else Changed
    return Unclear if write else Unavailable


def platform_code(body: Any) -> str | None:
    """The platform's own error code: `code`, `error.code` or a one-word `error` of a JSON object."""
    if not isinstance(body, Mapping):
        return None
    error = body.get("error")
    inner = error.get("code") if isinstance(error, Mapping) else None
    for value in (body.get("code"), inner, error):
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value and len(value) <= 80 and " " not in value:
            return one_line(value)
    return None


def platform_message(body: Any) -> str:
    """The platform's words for people, for `Refused` only; may be localised, so nothing is decided by it."""
    if not isinstance(body, Mapping):
        return ""
    error = body.get("error")
    inner = error.get("message") if isinstance(error, Mapping) else None
    for value in (body.get("message"), inner, body.get("error_description"), error):
        if isinstance(value, str) and value.strip():
            return one_line(value, 160)
    return ""


def wait_until(headers: Mapping[str, str], now: datetime) -> datetime:
    """When we may ask again after a 429: Retry-After, else a reset header, else in a minute; 1 s to 24 h ahead.

    Args:
        headers: names in lower case.
        now: aware.
    """
    names = ("retry-after", "x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")
    for name in names:
        until = _moment(headers.get(name, "").strip(), now)
        if until is not None:
            return min(max(until, now + SHORTEST_WAIT), now + LONGEST_WAIT)
    return now + USUAL_WAIT


def _moment(text: str, now: datetime) -> datetime | None:
    """Read seconds, a unix time, an ISO time or an HTTP date."""
    try:
        number = float(text)
    except ValueError:
        return _date(text)
    if not math.isfinite(number) or number < 0:
        return None
    if number >= _EPOCH_FROM:
        number = min(number, 4e9)
        return datetime.fromtimestamp(number, UTC)
    return now + timedelta(seconds=min(number, LONGEST_WAIT.total_seconds()))


def _date(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, TypeError, OverflowError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
