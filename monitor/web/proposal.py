"""A proposed draft for a post: the situation read from what is known, the text from the building blocks.

What is typed into fact checks and notes never gets in here: a draft knows the verdict, the topics that the text was
judged to be about, and the statements of fact cards (must-show 4 of the guideline's issue).
"""

from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from monitor.tables import PostRow
from monitor.web import filters
from monitor.web.access import Visit
from monitor.web.case import Case
from monitor.web.holding import promised_at, used_in
from monitor.words import GERMAN, speaking
from replies import fact_cards
from replies.blocks import Situation, drafts
from replies.going_out import Text, address, newest_facts
from replies.lifecycle import Cause, FactVerdict, ReplyKind, State
from replies.tables import Duty, Reply


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says: its text, its verdict, its fact card, and whether options are to be offered at once."""

    text: Text
    verdict: str = ""
    fact_card: int = 0
    options: bool = False
    cause: str = ""


def propose(session: Session, visit: Visit, case: Case, wish: Wish) -> str | None:
    """The next draft for the box, None if the wordings are used up.

    A proposal that stands in the box is replaced by the next one; words that a person typed stay above it.
    """
    situation = _situation(session, visit, case, wish)
    sequence = drafts(situation)
    typed = wish.text.words.strip()
    first = next(sequence, None)
    if first is None or typed in ("", _address(session, visit, case)):
        return first
    if typed == first:
        return next(sequence, None)
    for text in sequence:
        if text == typed:
            return next(sequence, first)
    if typed in drafts(replace(situation, options=not situation.options)):
        return first
    return f"{wish.text.words.rstrip()}\n\n{first}"


@speaking(GERMAN)  # the text goes out, whoever asked for it
def _situation(session: Session, visit: Visit, case: Case, wish: Wish) -> Situation:
    duty = case.duty
    assert duty is not None, "only a post that owes an answer gets a proposal"  # noqa: S101
    card = case.card
    ours = [sentence for sentence in visit.house.config.business.ours if any(char.isdigit() for char in sentence)]
    hours = visit.house.world.hours(case.source.name)
    until = promised_at(visit.house.world, visit.house.timing, case.source.name, duty, visit.now)
    return Situation(
        kind=wish.text.kind,
        number=duty.id or 0,
        verdict=_verdict(session, duty, wish),
        cause=_cause(session, duty, wish),
        topics=tuple(case.verdict.topics) if case.verdict is not None else (),
        round=duty.occasion,
        statements=_statements(session, visit, duty, wish),
        until=filters.day(until, hours.timezone),
        standing=_standing(session, case),
        keeps_one=card.one_reply,
        contact=ours[0] if ours else "",
        address=_address(session, visit, case),
        used=used_in(session, case.source.name, case.post),
        max_length=card.max_length,
        length_unit=card.length_unit,
        options=wish.options,
    )


def _verdict(session: Session, duty: Duty, wish: Wish) -> FactVerdict | None:
    if wish.verdict in list(FactVerdict):
        return FactVerdict(wish.verdict)
    facts = newest_facts(session, duty.id or 0)
    return facts.verdict if facts is not None else None


def _cause(session: Session, duty: Duty, wish: Wish) -> Cause:
    if wish.cause in list(Cause):
        return Cause(wish.cause)
    facts = newest_facts(session, duty.id or 0)
    return facts.cause if facts is not None else Cause.UNKNOWN


def _statements(session: Session, visit: Visit, duty: Duty, wish: Wish) -> tuple[str, ...]:
    leaning = {wish.fact_card} - {0}
    facts = None if leaning else newest_facts(session, duty.id or 0)
    return tuple(fact_cards.proven(session, facts, wish.text.cards | leaning, visit.now))


def _standing(session: Session, case: Case) -> str:
    """The day of our answer to an earlier post of this matter, as it stands in public."""
    if case.post.matter_id is None:
        return ""
    rows = (
        select(Reply.published_at)
        .join(PostRow, col(PostRow.id) == col(Reply.post_id))
        .where(
            col(PostRow.matter_id) == case.post.matter_id,
            col(PostRow.id) != case.post.id,
            col(Reply.kind) == ReplyKind.FINAL,
            col(Reply.state) == State.PUBLISHED,
            col(Reply.published_at).is_not(None),
        )
        .order_by(col(Reply.published_at).desc())
    )
    published = session.exec(rows).first()
    return filters.calendar(fact_cards.today(published)) if published is not None else ""


def _address(session: Session, visit: Visit, case: Case) -> str:
    world = visit.house.world
    return address(world.post(session, case.post.id or 0), world.card(case.source.name))
