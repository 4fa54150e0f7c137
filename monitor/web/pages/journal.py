"""Protokoll: every step, and whether the chain holds."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import Session, col, select

from monitor.people import owner_made
from monitor.tables import User
from monitor.web import labels
from monitor.web.access import EVERYONE, Reads, Visit
from monitor.words import Spoken, later
from replies import journal
from replies.lifecycle import Role
from replies.tables import Duty, Journal, JournalHead, Reply

router = APIRouter()
_PAGE = 50
_SUBJECT = re.compile(r"[a-z_]{1,20}:[\w.-]{1,80}", re.ASCII)
_MOST_BREAKS = 20
_ONE_OF_A_KIND = frozenset({"outbox", "retention", "backup", "posts"})
_KINDS = Spoken(
    {
        "reply": later("Antwort"),
        "duty": later("Antwortpflicht"),
        "post": later("Beitrag"),
        "source": later("Quelle"),
        "user": later("Mensch"),
        "fact": later("Faktenkarte"),
        "measure": later("Maßnahme"),
        "alarm": later("Warnung"),
        "outbox": later("Postausgang"),
        "retention": later("Löschfristen"),
        "backup": later("Sicherung"),
        "posts": later("Beiträge"),
        "login": later("Anmeldung"),
    }
)


@router.get("/protokoll")
def show(
    visit: Annotated[Visit, Depends(Reads(EVERYONE))], betreff: str = "", vor: int = 0, pruefen: int = 0
) -> Response:
    """Newest first; `betreff` is one subject, `vor` the number before which the next page begins."""
    subject = subject_of(betreff)
    query = select(Journal).order_by(col(Journal.seq).desc()).limit(_PAGE + 1)
    if subject:
        query = query.where(col(Journal.subject) == subject)
    if 0 < vor < 2**53:
        query = query.where(col(Journal.seq) < vor)
    with visit.house.reading() as session:
        rows = session.exec(query).all()
        names = dict(session.exec(select(User.id, User.name)).all())
        posts = _posts(session, [row.subject for row in rows])
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
        said=said(subject),
        subjects={row.subject: said(row.subject) for row in rows},
        wrong=bool(betreff and not subject),
        head=head.seq if head else 0,
        checked=bool(pruefen),
        broken=broken,
        altered=altered,
        people=people,
        posts=posts,
        made=made,
    )


def said(subject: str) -> str:
    """The journal's `reply:12` in German: "Antwort 12"."""
    kind, _colon, number = subject.partition(":")
    return f"{_KINDS.get(kind, kind)} {number}".strip()


def subject_of(typed: str) -> str:
    """What somebody typed, as the journal writes it: "Antwort 12" and `reply:12` are `reply:12`; "" for none."""
    words = typed.strip()
    name, _space, number = words.partition(" ")
    kind = next((kind for kind, word in _KINDS.items() if word.casefold() == name.casefold()), "")
    mark = ":".join(part for part in (kind, number.strip()) if part) if kind else words
    return mark if mark in _ONE_OF_A_KIND or _SUBJECT.fullmatch(mark) else ""


def _posts(session: Session, subjects: Sequence[str]) -> dict[str, int]:
    """Subject -> the post that it is about, of replies, duties and posts."""
    found: dict[str, int] = {}
    numbers: dict[str, list[int]] = {"reply": [], "duty": []}
    for subject in subjects:
        kind, _colon, number = subject.partition(":")
        if kind == "post" and number.isdecimal():
            found[subject] = int(number)
        elif kind in numbers and number.isdecimal():
            numbers[kind].append(int(number))
    for kind, table in (("reply", Reply), ("duty", Duty)):
        rows = session.exec(select(table.id, table.post_id).where(col(table.id).in_(numbers[kind]))).all()
        found |= {f"{kind}:{number}": post for number, post in rows}
    return found


def _who(mark: str, names: dict[int | None, str]) -> str:
    """The journal's `owner:2` as a name."""
    role, _colon, number = mark.partition(":")
    known = names.get(int(number)) if number.isdecimal() else None
    return known or labels.WORDS[Role].get(role, mark)


def _hash_of(row: Journal) -> str:
    """What the row's hash must be."""
    return journal.row_hash(row.seq, row.at, row.actor, row.event, row.subject, row.data, row.prev)
