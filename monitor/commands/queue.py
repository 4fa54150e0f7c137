"""`queue`: what is to be answered, what breaks first on top."""

import argparse
import json
import sys
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from connectors.core.errors import one_line
from monitor.tables import PostRow, Source
from monitor.words import _, language
from replies.lifecycle import UNANSWERED
from replies.tables import Duty


def rows(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Open and held duties outside of the backlog, by due time."""
    columns: tuple[Any, ...] = (
        col(Duty.id).label("duty"),
        col(Duty.state).label("state"),
        col(Duty.due_at).label("due"),
        col(Duty.unsure).label("unsure"),
        col(Duty.occasion).label("occasion"),
        col(PostRow.id).label("post"),
        col(PostRow.ref).label("ref"),
        col(PostRow.text).label("text"),
        col(PostRow.rating).label("rating"),
        col(PostRow.rating_max).label("rating_max"),
        col(PostRow.permalink).label("permalink"),
        col(Source.name).label("source"),
        col(Source.timezone).label("zone"),
    )
    query = (
        select(*columns)
        .join(PostRow, col(PostRow.id) == col(Duty.post_id))
        .join(Source, col(Source.id) == col(PostRow.source_id))
        .where(col(Duty.state).in_(UNANSWERED), col(Duty.backlog).is_(False))
        .order_by(col(Duty.due_at), col(Duty.id))
    )
    found = [dict(row) for row in session.execute(query).mappings()]
    for row in found:
        row["overdue"] = row["due"] is not None and row["due"] <= now
    return found


def queue(arguments: argparse.Namespace) -> int:
    """Print the queue; exit 0 also when it is empty."""
    from monitor.bootstrap import open_house

    house = open_house(arguments.config)
    now = house.now()
    with house.reading() as session:
        found = [row for row in rows(session, now) if row["overdue"] or not arguments.overdue]
    business = house.config.business.name
    house.close()
    for row in found:
        zone = row.pop("zone")
        if arguments.json:
            row["due"] = row["due"].isoformat().replace("+00:00", "Z") if row["due"] else None
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        else:
            print(_line(row, zone))
    if not found and not arguments.json:
        print(_("Nichts offen für {name}. Danke.").format(name=business))
    return 0


_FORMS = {"de": ("%d.%m. %H:%M %Z", "%d.%m.%Y %H:%M %Z"), "en": ("%d %b %H:%M %Z", "%d %b %Y %H:%M %Z")}


def wall(at: datetime, zone: str, *, year: bool = False) -> str:
    """A time as the clock on the wall shows it where the source's people work, with the name of the zone."""
    return at.astimezone(ZoneInfo(zone)).strftime(_FORMS[language()][year])


def _line(row: dict[str, Any], zone: str) -> str:
    stars = f"{row['rating']:g}/{row['rating_max']:g}" if row["rating"] is not None and row["rating_max"] else "–"
    due = wall(row["due"], zone) if row["due"] else "–"
    mark = _("überfällig") if row["overdue"] else (_("bitte einordnen") if row["unsure"] else _("offen"))
    return f"{row['post']:>6}  {due:<17}  {mark:<15}  {row['source']:<16}  {stars:>5}  {one_line(row['text'], 70)}"
