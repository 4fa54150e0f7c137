"""Freigaben: may this go out? One answer per screen, made for a thumb."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import Session, col, select

from monitor.people import owner_made
from monitor.tables import PostRow, Source
from monitor.web.access import EVERYONE, OWNERS, PEOPLE, Acts, Reads, Visit
from monitor.web.case import Case, read_case
from monitor.web.difference import Piece, difference
from monitor.web.read_over import ReadOver, read_over
from monitor.web.steps import LONGEST_TEXT, Id, Problem, go, line, take, typed
from monitor.web.views import may_agree
from replies.desk import stored_text
from replies.lifecycle import ReplyKind, State
from replies.moves import get_reply
from replies.tables import Duty, Reply

router = APIRouter()
TOGETHER = 4  # from this many holding replies on they may be approved on one screen (DESIGN 4)
_ON_ONE_SCREEN = 12
_VOIDED = ("post_changed", "text_changed")


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer that waits: what it answers, what was found out, and the digest that consent is for."""

    case: Case
    reply: Reply
    digest: str
    author: str
    place: int
    total: int
    later: int
    over: ReadOver


def _waiting(session: Session, visit: Visit, kind: ReplyKind | None = None) -> list[int]:
    """Ids of the replies whose missing consent is this person's, what is due first on top; all of them."""
    query = (
        select(Reply.id)
        .join(Duty, col(Duty.id) == col(Reply.duty_id))
        .where(*may_agree(visit))
        .order_by(col(Duty.due_at).is_(None), col(Duty.due_at), col(Reply.id))
    )
    if kind is not None:
        query = query.where(col(Reply.kind) == kind)
    return [reply_id for reply_id in session.exec(query).all() if reply_id is not None]


def _asked(session: Session, visit: Visit, ids: list[int], wanted: int) -> Asked | None:
    if not ids:
        return None
    place = ids.index(wanted) if wanted in ids else 0
    reply = session.get_one(Reply, ids[place])
    case = read_case(session, visit, reply.post_id)
    digest = visit.house.desk.to_agree(session, reply)
    over = read_over(session, visit, case.duty, stored_text(session, reply))
    later = ids[(place + 1) % len(ids)]
    return Asked(case, reply, digest, case.who(reply.author_id), place + 1, len(ids), later, over)


def show_approvals(
    visit: Visit,
    *,
    wanted: int = 0,
    problem: Problem | None = None,
    typed_text: str | None = None,
    saw: str | None = None,
    note: str = "",
    change: bool = False,
    done: int = 0,
    gut: str = "",
) -> Response:
    """Draw the screen; after a problem with what was typed, and with the difference to what was shown."""
    with visit.house.reading() as session:
        screen = _screen(session, visit, wanted, done)
    asked = screen["asked"]
    changed = _differs(asked, wanted, saw)
    meanwhile = _differs(asked, wanted, typed_text if problem is not None and problem.status == 409 else None)
    kept = ""
    if asked is None or asked.reply.id != wanted:  # another one's form never carries what was typed for this one
        kept, typed_text, note, change = typed_text or note, None, "", False
    return visit.show(
        "approvals.html",
        problem.status if problem else 200,
        problem=problem,
        typed_text=typed_text,
        note_text=note,
        change=change,
        changed=changed,
        meanwhile=meanwhile,
        kept=kept,
        gut=gut,
        **screen,
    )


def _screen(session: Session, visit: Visit, wanted: int, done: int) -> dict[str, Any]:
    """What is stored: the answer that is asked about, and what stands round it."""
    ids, holdings = _waiting(session, visit), len(_waiting(session, visit, ReplyKind.HOLDING))
    return {
        "asked": _asked(session, visit, ids, wanted),
        "holdings": holdings if holdings >= TOGETHER else 0,
        "approved": _just_approved(session, visit, done),
        "voided": _voided(session),
        "gone": bool(wanted) and wanted not in ids,
        "made": owner_made(session, visit.now),
    }


def _just_approved(session: Session, visit: Visit, done: int) -> Reply | None:
    """The reply that this person has approved a moment ago, while the approval can still be taken back."""
    reply = session.get(Reply, done) if done else None
    if reply is None or reply.state != State.APPROVED or reply.not_before is None or reply.not_before <= visit.now:
        return None
    return reply


def _differs(asked: Asked | None, wanted: int, before: str | None) -> tuple[Piece, ...]:
    """From what this person saw or typed of this reply to what stands there now."""
    if asked is None or asked.reply.id != wanted or before is None or before == asked.reply.text:
        return ()
    return difference(before, asked.reply.text)


def _voided(session: Session) -> list[Any]:
    """Approvals that do not hold any more, with the reason."""
    query = (
        select(  # type: ignore[call-overload]
            col(Reply.id), col(Reply.post_id), col(Reply.kind), col(Reply.trouble), col(Source.title)
        )
        .join(PostRow, col(PostRow.id) == col(Reply.post_id))
        .join(Source, col(Source.id) == col(PostRow.source_id))
        .where(col(Reply.state) == State.DRAFT, col(Reply.trouble).in_(_VOIDED))
        .order_by(col(Reply.id).desc())
        .limit(10)
    )
    return list(session.exec(query).all())


@router.get("/freigaben")
def show(
    visit: Annotated[Visit, Depends(Reads(EVERYONE))], antwort: int = 0, aendern: int = 0, eben: int = 0, gut: str = ""
) -> Response:
    """The next answer that waits, or the one asked for."""
    return show_approvals(visit, wanted=antwort, change=bool(aendern) and visit.is_owner, done=eben, gut=gut)


@router.post("/freigaben/{reply_id}")
def approve(
    visit: Annotated[Visit, Depends(Acts(PEOPLE))],
    reply_id: Id,
    shown: Annotated[str, Form()] = "",
    saw: Annotated[str, Form()] = "",
    ticked: Annotated[str, Form()] = "",
) -> Response:
    """Agree to exactly the bytes that were shown."""
    state: list[State] = []

    def step(session: Session) -> None:
        done = visit.house.desk.approve(session, reply_id, shown, visit.actor, visit.now, ticked=ticked)
        state.append(done.state)

    problem = take(visit, step)
    if problem is not None:
        return show_approvals(visit, wanted=reply_id, problem=problem, saw=typed(saw))
    if state == [State.APPROVED]:
        return go("/freigaben", eben=reply_id)
    return go("/freigaben", antwort=reply_id, gut="look")


@router.post("/freigaben/{reply_id}/zurueck")
def send_back(
    visit: Annotated[Visit, Depends(Acts(OWNERS))], reply_id: Id, note: Annotated[str, Form()] = ""
) -> Response:
    """Back to its author, with a reason."""
    problem = take(visit, lambda s: visit.house.desk.send_back(s, reply_id, line(note), visit.actor, visit.now))
    if problem is not None:
        return show_approvals(visit, wanted=reply_id, problem=problem, note=note)
    return go("/freigaben", gut="returned")


@router.post("/freigaben/{reply_id}/aendern")
def edit(
    visit: Annotated[Visit, Depends(Acts(OWNERS))],
    reply_id: Id,
    text: Annotated[str, Form()] = "",
    version: Annotated[int, Form()] = 0,
) -> Response:
    """An owner changes the words, becomes their author, and somebody else has to agree."""
    text = typed(text)

    def step(session: Session) -> None:
        if len(text) > LONGEST_TEXT:
            raise Problem("too_long_form")
        if get_reply(session, reply_id).state != State.SUBMITTED:
            raise Problem("notallowed", status=409)
        visit.house.desk.edit(session, reply_id, text, visit.actor, visit.now, seen_version=version)

    problem = take(visit, step)
    if problem is not None:
        return show_approvals(visit, wanted=reply_id, problem=problem, typed_text=text, change=True)
    return go("/freigaben", gut="changed")


@router.get("/halteantworten")
def show_holdings(visit: Annotated[Visit, Depends(Reads(EVERYONE))]) -> Response:
    """Several holding replies, each in full."""
    return _holdings(visit)


def _holdings(visit: Visit, problem: Problem | None = None) -> Response:
    with visit.house.reading() as session:
        ids = _waiting(session, visit, ReplyKind.HOLDING)
        shown = [asked for wanted in ids[:_ON_ONE_SCREEN] if (asked := _asked(session, visit, ids, wanted))]
    return visit.show("holdings.html", problem.status if problem else 200, shown=shown, total=len(ids), problem=problem)


@router.post("/halteantworten")
def approve_all(
    visit: Annotated[Visit, Depends(Acts(PEOPLE))], shown: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Agree to all that were ticked; one that changed stops them all, nothing is approved half."""
    pairs = [one.partition(":") for one in shown or []]
    wanted = {int(number): digest for number, _colon, digest in pairs if number.isdecimal() and len(number) < 16}

    def step(session: Session) -> None:
        if not wanted:
            raise Problem("nothing_shown")
        visit.house.desk.approve_all(session, wanted, visit.actor, visit.now)

    problem = take(visit, step)
    return _holdings(visit, problem) if problem is not None else go("/freigaben", gut="together")
