"""How far a walk has come: marks that go into the cursor and never go backwards.

Two sorts. Where a platform can be asked from a time on, the mark is the newest (time, ref): `newest`, `since`. Where it
can only be asked from an id on, one mark per hour is kept, so that a walk can begin a lookback behind the newest id:
`kept`, `start`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.core import fields
from connectors.core.contract import Malformed, Post


def since(mark: Any, lookback: timedelta) -> datetime | None:
    """From where on a list is read again: a mark of `newest`, less the lookback. None: from the start."""
    if not isinstance(mark, Mapping) or not isinstance(mark.get("time"), str):
        return None
    return datetime.fromisoformat(mark["time"]) - lookback


def newest(mark: Any, items: Iterable[Post | Malformed], now: datetime) -> dict[str, str] | None:
    """The mark after these items: the latest (time, ref), never backwards and never in the future.

    A post dated tomorrow would else hide everything that is written until then.
    """
    keys = [(min(post.created, now), post.ref) for post in items if isinstance(post, Post) and post.created]
    if isinstance(mark, Mapping):
        keys.append((datetime.fromisoformat(mark["time"]), str(mark["ref"])))
    if not keys:
        return None
    time, ref = max(keys)
    return {"time": time.isoformat(), "ref": ref}


def order(ref: str) -> tuple[int, str]:
    """Numbers by value, ULIDs by time."""
    return len(ref), ref


def kept(old: Any, fresh: list[list[str]], now: datetime, lookback: timedelta) -> list[list[str]]:
    """The marks to keep: the newest id, one per hour of the lookback, and one that is older."""
    known = {str(ref): min(str(time), now.isoformat()) for time, ref in [*(old or []), *fresh]}
    ordered = [[known[ref], ref] for ref in sorted(known, key=order)]
    edge = (now - lookback).isoformat()
    older = [mark for mark in ordered if mark[0] < edge][-1:]
    hours = {mark[0][:13]: mark for mark in ordered if mark[0] >= edge}
    return [*older, *sorted(hours.values(), key=lambda mark: order(mark[1]))] or ordered[-1:]


def start(marks: Any, edge: datetime) -> str | None:
    """The newest id that lies behind the lookback; None: not known, walk backwards instead."""
    older = [str(ref) for time, ref in marks or [] if datetime.fromisoformat(str(time)) < edge]
    return max(older, key=order) if older else None


def latest(marks: Any) -> datetime | None:
    """The time of the newest mark."""
    times = [datetime.fromisoformat(str(time)) for time, _ref in marks or []]
    return max(times) if times else None


def named(records: Iterable[Any]) -> list[Mapping[str, Any]]:
    """Those of a page that have an id, by which the next page can be asked for."""
    return [record for record in records if isinstance(record, Mapping) and record.get("id")]


def ident(record: Mapping[str, Any]) -> str:
    """The id of a record that is known to have one."""
    return str(record["id"])


def written_at(record: Mapping[str, Any]) -> datetime | None:
    """`created_at`, None where it cannot be read."""
    try:
        return fields.moment(fields.optional(record, "created_at"), "created_at")
    except fields.BadField:
        return None


def tops(records: Iterable[Any]) -> list[list[str]]:
    """[time, id] of the newest and of the oldest record of a page; one without an id has neither."""
    keys = [[time.isoformat(), ident(record)] for record in named(records) if (time := written_at(record))]
    keys.sort(key=lambda key: order(key[1]))
    return [keys[0], keys[-1]] if keys else []


def all_older(items: Iterable[Post | Malformed], edge: datetime | None) -> bool:
    """Whether a page of posts lies behind `edge`, so that a walk from the newest on may stop."""
    times = [post.created for post in items if isinstance(post, Post) and post.created]
    return edge is not None and bool(times) and max(times) < edge
