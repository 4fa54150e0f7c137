"""Finding the fact cards that fit a post: by its words, cut to what inflected and composed words share, and its topics.

"Lieferung", "geliefert" and "Lieferzeit" share `liefer`. A rare shared word weighs more than a frequent one. The index
is a table of words, so SQLite and PostgreSQL find the same cards in the same order.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from replies.policy.reading import fold
from replies.tables import FactCard, FactWord

_SHORTEST, _SHARED = 4, 6
_MOST_WORDS = 400  # of a long post; SQLite takes 32,766 parameters
_NEAR = 0.5  # of the best card's weight; what fits less would only stand in the way
_TOPIC = 0.6  # what an equal topic weighs, against 1 for a word that only one card has
_ENDINGS = re.compile(r"(?:en|er|es|em|e|n|s|t)$")
_EMPTY = frozenset(
    re.findall(
        "[a-z]+",
        """
        aber alle allem allen aller alles also andere auch bitte dann dass dein deine denn diese diesem diesen
        dieser dieses doch dort drei durch eine einem einen einer eines etwas euch euer eure gegen gern gibt habe
        haben hatte hatten heute hier ihnen ihre ihrem ihren ihrer immer jede jeder jetzt kann kein keine keinen
        koennen mehr mein meine meinem meinen meiner mich nach nicht nichts noch oder ohne schon sehr sein seine
        seit sich sind ueber unser unsere unserem unseren unserer unter viel viele waere waren wegen weil wenn
        werden wird wurde wurden zwei
        """,
    )
)


def words_of(text: str) -> set[str]:
    """The words by which a text is found."""
    found = set()
    for raw in re.findall(r"[^\W_]+", text):
        word = fold(raw)
        if len(word) < _SHORTEST or word in _EMPTY:
            continue
        stem = word.removeprefix("ge") if word.startswith("ge") and len(word) > 7 else word
        found.add(stem[:_SHARED] if len(stem) > _SHARED else _ENDINGS.sub("", stem) or stem)
    return found


def fitting(
    session: Session, text: str, topics: Collection[str], valid: Sequence[ColumnElement[bool]], limit: int = 4
) -> list[FactCard]:
    """Cards that fit a text, best first.

    Args:
        topics: what the text is about; an equal one helps, and is enough alone unless it is `other`.
        valid: conditions that a card must meet (`fact_cards.valid_at`).
    """
    cards = {card.id or 0: card for card in session.exec(select(FactCard).where(*valid)).all()}
    words = sorted(words_of(text))[:_MOST_WORDS]
    rows = select(FactWord.word, FactWord.card_id).where(col(FactWord.word).in_(words))
    hits = [(word, card_id) for word, card_id in session.exec(rows).all() if card_id in cards] if words else []
    frequency = Counter(word for word, _card in hits)
    weight = {number: _TOPIC for number, card in cards.items() if set(card.topics) & set(topics) - {"other"}}
    for word, card_id in hits:
        weight[card_id] = weight.get(card_id, 0.0) + 1 / frequency[word]
    best = sorted(weight, key=lambda number: (-weight[number], number))
    near = [number for number in best if weight[number] >= _NEAR * weight[best[0]]]
    return [cards[number] for number in near[:limit]]
