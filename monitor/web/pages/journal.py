"""Protokoll: every step, and whether the chain holds."""

import re
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import col, select

from monitor.people import owner_made
from monitor.tables import User
from monitor.web import labels
from monitor.web.access import EVERYONE, Reads, Visit
from replies import journal
from replies.lifecycle import Role
from replies.tables import Journal, JournalHead, Reply

router = APIRouter()
_PAGE = 50
_SUBJECT = re.compile(r"[a-z_]{1,20}:[\w.-]{1,80}", re.ASCII)
_MOST_BREAKS = 20


@router.get("/protokoll")
def show(
    visit: Annotated[Visit, Depends(Reads(EVERYONE))], betreff: str = "", vor: int = 0, pruefen: int = 0
) -> Response:
    """Newest first; `betreff` is one subject, `vor` the number before which the next page begins."""
    subject = betreff.strip() if _SUBJECT.fullmatch(betreff.strip()) else ""
    query = select(Journal).order_by(col(Journal.seq).desc()).limit(_PAGE + 1)
    if subject:
        query = query.where(col(Journal.subject) == subject)
    if 0 < vor < 2**53:
        query = query.where(col(Journal.seq) < vor)
    with visit.house.reading() as session:
        rows = session.exec(query).all()
        names = dict(session.exec(select(User.id, User.name)).all())
        replies = [int(row.subject.removeprefix("reply:")) for row in rows if row.subject.startswith("reply:")]
        posts = dict(session.exec(select(Reply.id, Reply.post_id).where(col(Reply.id).in_(replies))).all())
        made = {one.seq for one in owner_made(session, visit.now)}
        head = session.get(JournalHead, 1)
        broken = list(islice(journal.breaks(session), _MOST_BREAKS)) if pruefen else []
    altered = [row.seq for row in rows if _hash_of(row) != row.hash]
    people = {row.seq: _who(row.actor, names) for row in rows}
    return visit.show(
        "journal.html",
        rows=rows[:_PAGE],
        more=rows[_PAGE - 1].seq if len(rows) > _PAGE else 0,
        subject=subject,
        wrong=bool(betreff and not subject),
        head=head.seq if head else 0,
        checked=bool(pruefen),
        broken=broken,
        altered=altered,
        people=people,
        posts=posts,
        made=made,
    )


def _who(mark: str, names: dict[int | None, str]) -> str:
    """The journal's `owner:2` as a name."""
    role, _colon, number = mark.partition(":")
    known = names.get(int(number)) if number.isdecimal() else None
    return known or labels.WORDS[Role].get(role, mark)


def _hash_of(row: Journal) -> str:
    """What the row's hash must be."""
    return journal.row_hash(row.seq, row.at, row.actor, row.event, row.subject, row.data, row.prev)
