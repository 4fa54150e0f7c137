"""Quarantined records that name somebody. What could not be read can only be searched for its words."""

import json
from collections.abc import Iterable

from sqlmodel import Session, col, select

from monitor.tables import Quarantine

_SHORTEST = 5  # characters; a shorter name may stand inside any line of a file


def naming(session: Session, source_id: int, names: Iterable[str], refs: Iterable[str]) -> list[Quarantine]:
    """Records of one source that have one of these refs, or one of these names or ids as a whole value."""
    wanted, known = list(names), set(refs)
    rows = session.exec(
        select(Quarantine).where(col(Quarantine.source_id) == source_id, col(Quarantine.raw) != "")
    ).all()
    return [row for row in rows if row.ref in known or any(_names(row.raw, name) for name in wanted)]


def _names(raw: str, name: str) -> bool:
    if raw.lstrip()[:1] in {"{", "["}:
        return json.dumps(name) in raw or json.dumps(name, ensure_ascii=False) in raw
    return len(name) >= _SHORTEST and name in raw
