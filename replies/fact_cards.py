"""Fact cards (RULES 001-2, 001-4): what the business can prove, from when to when, and which answers rest on it.

A card is never changed: an edit is a new version that replaces it. Whoever cites it finds out at the next step.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, or_
from sqlmodel import Session, col, select

from replies import internal, journal
from replies.errors import Blocked, Stale
from replies.finding_cards import fitting, words_of
from replies.moves import Line, change_row, get_row
from replies.people import Actor, at_desk
from replies.tables import Citation, FactCard, FactCheck, FactWord, Reply

IN_USE = {"replaced_by": None, "ended_at": None}
_HERE = ZoneInfo("Europe/Berlin")  # validity is a matter of German days (STYLE 4.6)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person fills in."""

    statement: str
    source: str
    topics: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None


def today(now: datetime) -> date:
    """The day by which validity is judged."""
    return now.astimezone(_HERE).date()


def is_valid(card: FactCard, now: datetime) -> bool:
    """May an answer that goes out now rest on it?"""
    day = today(now)
    ended = card.ended_at is not None or card.replaced_by is not None
    return not ended and card.valid_from <= day and (card.valid_to is None or day <= card.valid_to)


def valid_at(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """`is_valid` as conditions of a query."""
    day = today(now)
    return (
        col(FactCard.ended_at).is_(None),
        col(FactCard.replaced_by).is_(None),
        col(FactCard.valid_from) <= day,
        or_(col(FactCard.valid_to).is_(None), col(FactCard.valid_to) >= day),
    )


def get(session: Session, card_id: int) -> FactCard:
    """The card; Unknown if there is none."""
    return get_row(session, FactCard, card_id)


def earlier(session: Session, card: FactCard) -> list[FactCard]:
    """The versions that this one replaced, newest first."""
    found: list[FactCard] = []
    while old := session.exec(select(FactCard).where(col(FactCard.replaced_by) == (found or [card])[-1].id)).first():
        found.append(old)
    return found


def write(session: Session, said: Statement, actor: Actor, now: datetime, *, replaces: int = 0) -> FactCard:
    """A new card, or the next version of one.

    Raises:
        Blocked: a field is missing, the end comes before the beginning, or the words judge a person.
        Stale: somebody else has replaced it already.
    """
    author = at_desk(actor)
    _complete(said)
    old = _current(session, replaces) if replaces else None
    card = FactCard(
        statement=said.statement.strip(),
        source=said.source.strip(),
        topics=sorted(set(said.topics)),
        valid_from=said.valid_from,
        valid_to=said.valid_to,
        version=old.version + 1 if old else 1,
        written_by=author,
        written_at=now,
    )
    session.add(card)
    session.flush()
    session.add_all(FactWord(word=word, card_id=card.id or 0) for word in words_of(f"{card.statement} {card.source}"))
    line = Line("fact.write", f"fact:{card.id}", actor, now, {"version": card.version, "replaces": replaces or None})
    if old is not None:
        change_row(session, old, IN_USE, {"replaced_by": card.id}, line)
    else:
        journal.write(session, now, actor, line.event, line.subject, **line.data)
    return card


def end(session: Session, card_id: int, actor: Actor, now: datetime) -> FactCard:
    """Take a card out of use; what was answered with it stays as it was."""
    at_desk(actor)
    card = _current(session, card_id)
    return change_row(session, card, IN_USE, {"ended_at": now}, Line("fact.end", f"fact:{card_id}", actor, now))


def cite(session: Session, reply: Reply, card_ids: Collection[int], actor: Actor, now: datetime) -> None:
    """Let a draft rest on exactly these cards.

    Raises:
        Blocked: `card_expired`, one of them may not be cited any more.
    """
    before = cited(session, reply.id or 0)
    for card_id in set(card_ids) - before:
        if not is_valid(get(session, card_id), now):
            raise Blocked(f"fact card {card_id} is not valid", code="card_expired")
        session.add(Citation(reply_id=reply.id or 0, card_id=card_id, cited_by=at_desk(actor), cited_at=now))
    gone = before - set(card_ids)
    if gone:
        session.execute(delete(Citation).where(col(Citation.reply_id) == reply.id, col(Citation.card_id).in_(gone)))
    if before != set(card_ids):
        session.flush()
        journal.write(session, now, actor, "reply.cite", f"reply:{reply.id}", cards=sorted(set(card_ids)))


def cited(session: Session, reply_id: int) -> frozenset[int]:
    """The cards that a reply rests on."""
    rows = select(Citation.card_id).where(col(Citation.reply_id) == reply_id)
    return frozenset(session.exec(rows).all())


def lean_on(session: Session, check: FactCheck, card_id: int, now: datetime) -> None:
    """Let a fact check rest on a card.

    Raises:
        Blocked: `card_expired`.
    """
    if not is_valid(get(session, card_id), now):
        raise Blocked(f"fact card {card_id} is not valid", code="card_expired")
    check.card_id = card_id
    session.add(check)


def beside(
    session: Session, text: str, topics: Collection[str], taken: Collection[int], now: datetime
) -> list[FactCard]:
    """What stands beside a post: cards already taken, valid or not, then valid ones that fit its text and topics."""
    own = _cards(session, None, taken)
    known = {card.id for card in own}
    return [*own, *(card for card in fitting(session, text, topics, valid_at(now)) if card.id not in known)]


def proven(session: Session, check: FactCheck | None, card_ids: Collection[int], now: datetime) -> list[str]:
    """What may be said because a card carries it: valid cards of the text, and the one of its fact check."""
    return [card.statement for card in _cards(session, check, card_ids) if is_valid(card, now)]


def still_valid(session: Session, check: FactCheck | None, card_ids: Collection[int], now: datetime) -> None:
    """Nothing goes out that rests on a card which has run out or been replaced.

    Raises:
        Blocked: `card_expired`.
    """
    for card in _cards(session, check, card_ids):
        if not is_valid(card, now):
            raise Blocked(f"fact card {card.id} is not valid any more", code="card_expired")


def _cards(session: Session, check: FactCheck | None, card_ids: Collection[int]) -> Sequence[FactCard]:
    wanted = {*card_ids, *([check.card_id] if check is not None and check.card_id else [])}
    if not wanted:
        return ()
    return session.exec(select(FactCard).where(col(FactCard.id).in_(wanted)).order_by(col(FactCard.id))).all()


def _current(session: Session, card_id: int) -> FactCard:
    card = get(session, card_id)
    if card.replaced_by is not None or card.ended_at is not None:
        raise Stale("the fact card has a newer version or is out of use", code="card_changed")
    return card


def _complete(said: Statement) -> None:
    if not said.statement.strip():
        raise Blocked("a statement is needed", code="statement_missing")
    if not said.source.strip():
        raise Blocked("a source is needed", code="source_missing")
    if said.valid_to is not None and said.valid_to < said.valid_from:
        raise Blocked("it ends before it begins", code="end_before_begin")
    internal.fit(said.statement, said.source)
