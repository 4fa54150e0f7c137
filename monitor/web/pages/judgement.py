"""Einschätzung: a person answers what the judge had answered, and how often it was right, never whose answer it was."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import Session, col, select

from monitor import corrections
from monitor.tables import PostRow, Verdict
from monitor.web.access import EVERYONE, PEOPLE, Acts, Reads, Visit
from monitor.web.judged import label
from monitor.web.pages.post import show_post
from monitor.web.steps import Id, Problem, go, line, take
from replies.errors import Unknown

router = APIRouter()
Answer = Annotated[str, Form()]
Several = Annotated[list[str], Form()]


def answers(
    *,
    complaint: Answer = "",
    needs_answer: Answer = "",
    hostile: Answer = "",
    question: Answer = "",
    legal: Answer = "",
    threat: Answer = "",
    extortion: Answer = "",
    resolved: Answer = "",
    spam: Answer = "",
    personal: Answer = "",
    sentiment: Answer = "",
    topics: Several = [],  # noqa: B006 - FastAPI copies it
    demands: Several = [],  # noqa: B006 - the same
) -> dict[str, str]:
    """The form as one word a question; what it does not carry stays as it is, a list nobody ticked is empty."""
    plain = {
        "complaint": complaint, "needs_answer": needs_answer, "hostile": hostile, "question": question, "legal": legal,
        "threat": threat, "extortion": extortion, "resolved": resolved, "spam": spam, "personal": personal,
        "sentiment": sentiment,
    }  # fmt: skip
    given = {head: word for head, word in plain.items() if word}
    return {**given, "topics": ",".join(topics), "demands": ",".join(demands)}


@router.post("/beitrag/{post_id}/einschaetzung")
def look(
    visit: Annotated[Visit, Depends(Acts(PEOPLE))],
    post_id: Id,
    words: Annotated[dict[str, str], Depends(answers)],
    version: Annotated[int, Form()] = 0,
    note: Annotated[str, Form()] = "",
) -> Response:
    """Every question at once: what was right counts as well as what was wrong."""
    needed = True

    def step(session: Session) -> None:
        nonlocal needed
        verdict = _verdict(session, post_id, version)
        try:
            visit.house.ingest.judging.looked_at(session, verdict, words, visit.actor, visit.now, note=line(note))
        except corrections.Unreadable:
            raise Problem("judgement_missing") from None
        needed = verdict.needs_answer

    problem = take(visit, step)
    if problem is not None:
        return show_post(visit, post_id, problem=problem, at="judgement")
    return go(f"/beitrag/{post_id}", gut="looked" if needed else "looked_none")


def _verdict(session: Session, post_id: int, version: int) -> Verdict:
    """The newest verdict of the version that the form showed.

    Raises:
        Unknown: nothing was judged there.
        Problem: the post reads otherwise now.
    """
    post = session.get(PostRow, post_id)
    rows = select(Verdict).where(col(Verdict.post_id) == post_id).order_by(col(Verdict.version).desc())
    newest = session.exec(rows.order_by(col(Verdict.id).desc()).limit(1)).first()
    if post is None or post.own or newest is None:
        raise Unknown(f"post {post_id} was not judged")
    if not post.version == newest.version == version:
        raise Problem("post_changed", status=409)
    return newest


@router.get("/einschaetzung")
def show(visit: Annotated[Visit, Depends(Reads(EVERYONE))]) -> Response:
    """Precision and recall of every question over all posts that somebody looked at."""
    with visit.house.reading() as session:
        found = corrections.figures(session)
    return visit.show("judgement.html", figures=[(label(one.head), one) for one in found])
