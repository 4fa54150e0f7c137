"""Foreign records to typed values: strict, pure, and with a reason that names the field when something does not fit."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator

from connectors.core.errors import Changed

MAX_DEPTH = 64
LONGEST_TAG = 100
_UNSTORABLE = re.compile(r"[\0\ud800-\udfff]")


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone; write one like Europe/Berlin")
    return name


Zone = Annotated[str, AfterValidator(_zone)]
"""A field of `Settings` that holds an IANA time zone."""


def _hashtag(tag: str) -> str:
    if not tag.strip("#. ") or len(tag) > LONGEST_TAG:
        raise ValueError('hashtags = ["sonnenlaib"]')
    return tag


Hashtag = Annotated[str, AfterValidator(_hashtag)]
"""A field of `Settings` that holds a hashtag: it becomes a part of an address, so it must not be empty."""


class BadField(Exception):
    """A field of a record is missing or has the wrong shape; `parse` turns this into `Malformed`."""


def read_json(body: bytes | str, where: str = "answer") -> Any:
    """Decode JSON.

    Lone surrogates and NUL, which no database takes, become U+FFFD.

    Raises:
        Changed: not JSON, NaN or infinity, deeper than `MAX_DEPTH`, an absurd number.
    """
    try:
        text = body if isinstance(body, str) else body.decode(json.detect_encoding(body), "surrogatepass")
        value = _DECODER.decode(text)
    except RecursionError:
        raise Changed(f"{where}: JSON is nested too deeply") from None
    except (ValueError, UnicodeError) as error:
        begin = (body if isinstance(body, bytes) else body.encode("utf-8", "replace"))[:40]
        raise Changed(f"{where}: not JSON ({type(error).__name__}), starts with {begin!r}") from None
    return _walk(value, where)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _walk(root: Any, where: str) -> Any:
    """Check the depth and clean the strings, without recursion."""
    box = [root]
    level: list[Any] = [box]
    for _ in range(MAX_DEPTH + 2):
        below: list[Any] = []
        for container in level:
            pairs = list(container.items()) if isinstance(container, dict) else list(enumerate(container))
            for key, item in pairs:
                if isinstance(item, str):
                    container[key] = clean(item)
                elif isinstance(item, (dict, list)):
                    below.append(item)
        if not below:
            return box[0]
        level = below
    raise Changed(f"{where}: JSON is nested deeper than {MAX_DEPTH}")


def clean(text: str) -> str:
    """Replace what cannot be stored: lone surrogates and NUL become U+FFFD."""
    try:
        if not text.isascii():
            text.encode()  # ten times quicker than looking for what hardly ever stands there
    except UnicodeEncodeError:
        return _UNSTORABLE.sub("\ufffd", text)
    return text.replace("\0", "\ufffd")


def mapping(value: Any, name: str) -> Mapping[str, Any]:
    """An object.

    Raises:
        BadField: it is something else.
    """
    if not isinstance(value, Mapping):
        raise BadField(f"{name}: expected an object, got {_shape(value)}")
    return value


def string(record: Mapping[str, Any], name: str) -> str:
    """A string that must be there (it may be empty).

    Raises:
        BadField: missing or not a string.
    """
    value = record.get(name)
    if not isinstance(value, str):
        raise BadField(f"{name}: expected a string, got {_shape(value)}")
    return value


def optional(record: Mapping[str, Any], name: str) -> str | None:
    """A string, None when it is missing, empty or blank.

    Raises:
        BadField: it is there and not a string.
    """
    if record.get(name) is None:
        return None
    return string(record, name).strip() or None


def ident(record: Mapping[str, Any], name: str) -> str:
    """An id: a non-empty string or a positive integer, as a string.

    Raises:
        BadField: missing, empty, zero or of another type.
    """
    value = maybe_ident(record, name)
    if value is None:
        raise BadField(f"{name}: no id")
    return value


def maybe_ident(record: Mapping[str, Any], name: str) -> str | None:
    """An id as a string; None when missing, null, empty or 0 (WordPress' word for "none").

    Raises:
        BadField: of another type.
    """
    value = record.get(name)
    if value is None or value == "" or (value == 0 and not isinstance(value, bool)):
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise BadField(f"{name}: expected an id, got {_shape(value)}")
    return str(value)


def moment(text: str | None, name: str) -> datetime | None:
    """An ISO 8601 time as aware UTC; one without a zone is taken as UTC. None stays None.

    Raises:
        BadField: unreadable, or outside the years 1970 to 9998.
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadField(f"{name}: not a time: {text[:40]!r}") from None
    if not 1970 <= found.year <= 9998:
        raise BadField(f"{name}: year {found.year} cannot be right")
    return found


def local_moment(text: str, zone: str, name: str) -> datetime:
    """An ISO 8601 time as aware UTC; one without a zone is read in `zone` (an IANA name).

    Raises:
        BadField: unreadable.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadField(f"{name}: not a time: {text[:40]!r}") from None
    aware = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
    exact = moment(aware.isoformat(), name)
    assert exact is not None  # noqa: S101  moment() gives None for None alone
    return exact


def stars(record: Mapping[str, Any], name: str, maximum: float) -> float | None:
    """A rating above 0 up to `maximum`; None where there is none or it is 0.

    Raises:
        BadField: not a number, or out of range.
    """
    value = record.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadField(f"{name}: expected a number, got {_shape(value)}")
    try:
        found = float(value)
    except (ValueError, OverflowError):
        raise BadField(f"{name}: not a number: {str(value)[:40]!r}") from None
    if not 0 <= found <= maximum:
        raise BadField(f"{name}: {found:g} is not between 0 and {maximum:g}")
    return found or None


def web_address(value: Any) -> str | None:
    """The value if it is an http(s) address without blanks and control characters, else None."""
    if not isinstance(value, str) or not value.lower().startswith(("https://", "http://")):
        return None
    return value if value.isprintable() and " " not in value else None


def _shape(value: Any) -> str:
    return "nothing" if value is None else type(value).__name__
