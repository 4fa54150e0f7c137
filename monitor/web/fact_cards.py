"""Fact cards as they stand beside a post."""

from dataclasses import dataclass

from sqlmodel import Session

from monitor.web.access import Visit
from monitor.web.case import Case
from monitor.words import _
from replies import fact_cards
from replies.tables import FactCard


@dataclass(frozen=True, slots=True)
class Beside:
    """A card and whether an answer may still rest on it."""

    card: FactCard
    valid: bool


def cards_beside(session: Session, visit: Visit, case: Case, cited: frozenset[int], leaning: int) -> tuple[Beside, ...]:
    """The cards that the forms use already, and those that fit the post's words and topics."""
    if not case.may_answer:
        return ()
    topics = case.verdict.topics if case.verdict is not None else []
    taken = {*cited, leaning} - {0}
    found = fact_cards.beside(session, case.post.text, topics, taken, visit.now)
    return tuple(Beside(card, fact_cards.is_valid(card, visit.now)) for card in found)


def card_source(session: Session, card_id: int) -> str:
    """How a fact check names the card it leans on, where nobody typed a source."""
    card = fact_cards.get(session, card_id)
    return _("Faktenkarte {n}: {source}").format(n=card.id, source=card.source)
