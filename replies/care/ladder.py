"""The escalation ladder as data (RULES b.7, K15, K16), and what stops normal drafting.

A step up, down or past a rung has its reason, its person and its time. SAFETY, LAWYER and END need an owner, and so
does the way back from them; END needs the lawyer's word as well. SAFETY and LAWYER stop answers and questions, also
where only a flag of triage stands for them, until an owner has set another rung.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from replies.care.tables import Rung
from replies.care.temper import Temper
from replies.care.words import Level
from replies.errors import Blocked, NotAllowed
from replies.internal import fair, noted
from replies.lifecycle import Role
from replies.moves import Line, put_in
from replies.people import Actor, at_desk
from replies.tables import Duty


@dataclass(frozen=True, slots=True)
class Step:
    """One rung.

    Attributes:
        sign: as the guideline's ladder names it.
        rule: the sentence that it comes from.
        owner: only an owner sets it.
        lawyer: only with what the lawyer said.
    """

    level: Level
    sign: str
    rule: str
    owner: bool = False
    lawyer: bool = False


LADDER = (
    Step(Level.ANSWER, "0", "K01"),
    Step(Level.HOLDING, "1", "K04"),
    Step(Level.QUESTION, "2", "K07"),
    Step(Level.OPTIONS, "3", "K09"),
    Step(Level.CALL, "4", "004-7"),
    Step(Level.MEDIATION, "5", "004-5"),
    Step(Level.CLOSING, "6", "004-8"),
    Step(Level.SAFETY, "S", "001-33", owner=True),
    Step(Level.LAWYER, "A", "K16", owner=True),
    Step(Level.END, "B", "001-18", owner=True, lawyer=True),
)
STOPPED = {Level.SAFETY: "safety_stop", Level.LAWYER: "legal_stop"}
_BY_FLAG = {"threat": Level.SAFETY, "extortion": Level.SAFETY, "legal": Level.LAWYER}


def step_of(level: Level) -> Step:
    """The rung's data."""
    return next(step for step in LADDER if step.level == level)


def rung_of(session: Session, duty_id: int) -> Rung | None:
    """Where this duty stands on the ladder; None: nobody has set anything."""
    return session.exec(select(Rung).where(col(Rung.duty_id) == duty_id).order_by(col(Rung.id).desc()).limit(1)).first()


def stand(rung: Rung | None, temper: Temper) -> Level:
    """The rung that counts: the one that a person has set, else what the flags of a newer version speak for. Pure."""
    seen = rung is not None and rung.post_version >= temper.version
    if rung is not None and (seen or rung.level in STOPPED):
        return rung.level
    flagged = [_BY_FLAG[flag] for flag in temper.flags if flag in _BY_FLAG]
    if flagged:
        return flagged[0]
    return rung.level if rung is not None else Level.ANSWER


def climb(
    session: Session,
    duty: Duty,
    level: Level,
    reason: str,
    actor: Actor,
    now: datetime,
    *,
    temper: Temper,
    lawyer_note: str = "",
) -> Rung:
    """Set a rung, with its reason.

    Raises:
        NotAllowed: this rung, or the way back from where the duty stands, needs an owner.
        Blocked: no reason, or END without the lawyer's word.
    """
    person = at_desk(actor)
    step, before = step_of(level), stand(rung_of(session, duty.id or 0), temper)
    if (step.owner or step_of(before).owner) and actor.role != Role.OWNER:
        raise NotAllowed(f"{before} to {level} needs an owner", code="owner_only")
    if step.lawyer and not lawyer_note.strip():
        raise Blocked("the lawyer's word is needed", code="lawyer_missing")
    rung = Rung(
        duty_id=duty.id or 0,
        level=level,
        reason=noted(reason),
        lawyer_note=fair(lawyer_note),
        post_version=temper.version,
        by=person,
        by_owner=actor.role == Role.OWNER,
        at=now,
    )
    line = Line("duty.rung", f"duty:{duty.id}", actor, now, {"from": before, "to": level})
    return put_in(session, rung, line, known_as="rung")
