"""Seals: what a row says, as one digest that the journal keeps, so that a hand in the database shows.

Each step writes the seal of what it changed into its journal row (`seals`: subject -> digest). `verify` reads the
journal once, computes every seal again and names what differs, what nobody wrote down, and what is named and gone.
A seal holds no text: after an erasure the emptied row gets a new one, and the old one can be checked by nobody.
State is not under a seal: `reply_unrecorded` and `duty_unrecorded` compare it in words.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Enum, String, cast

from replies.tables import Attempt, Duty, EarlierText, FactCheck, Reply

REPLY = (
    "duty_id",
    "post_id",
    "account",
    "kind",
    "text",
    "version",
    "post_version",
    "author_id",
    "author_is_owner",
    "written_at",
    "approver_id",
    "approver_is_owner",
    "approved_at",
    "approved_digest",
    "alone",
    "key",
    "external_ref",
    "delivered_at",
    "published_at",
)
DUTY = (
    "post_id",
    "backlog",
    "occasion",
    "opened_at",
    "first_due_at",
    "final_due_at",
    "due_at",
    "contact_at",
    "next_step_at",
    "answered_by",
    "answered_at",
    "proof",
    "proof_by",
    "proof_second",
    "released_at",
    "ends_at",
)
FACTS = ("duty_id", "verdict", "source", "our_share", "cause", "waited_before", "checked_by", "checked_at")
ATTEMPT = ("reply_id", "n", "worker", "fencing", "key", "digest", "by_hand", "started_at")  # what never changes

EARLIER = ("reply_id", "version", "text", "author_id", "written_at", "submitted_at")

# kind of subject -> its table and what of a row is sealed
SEALED: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "reply": (Reply, REPLY),
    "duty": (Duty, DUTY),
    "facts": (FactCheck, FACTS),
    "attempt": (Attempt, ATTEMPT),
    "earlier": (EarlierText, EARLIER),
}


def plain(value: Any) -> str:
    """An aware time as seals hash it; anything else that is no JSON value is a TypeError."""
    if isinstance(value, datetime):
        return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(timespec="microseconds")
    raise TypeError(type(value).__name__)


def columns(table: type[Any], names: tuple[str, ...]) -> list[Any]:
    """The columns to read for a seal; a word that a hand wrote is read as it stands, known or not."""
    found = [getattr(table, name) for name in names]
    return [cast(column, String) if isinstance(column.type, Enum) else column for column in found]


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=plain, check_circular=False)


def digest_of_values(*values: Any) -> str:
    """sha256 over JSON values and aware times, 64 hexadecimal digits."""
    return hashlib.sha256(_encoder.encode(values).encode("utf-8", "surrogatepass")).hexdigest()


def seal(kind: str, row: Any) -> dict[str, str]:
    """The journal's entry for one row of a kind in `SEALED`: subject -> digest. The row must have its id."""
    return {f"{kind}:{row.id}": digest_of_values(*(getattr(row, name) for name in SEALED[kind][1]))}
