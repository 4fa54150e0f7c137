"""Geschafft: after an answer to a hostile post, what went well and a break (RULES 002-17). Nothing is kept."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from monitor.web import queue
from monitor.web.access import EVERYONE, Reads, Visit
from monitor.web.case import Case, read_case
from monitor.web.steps import Id, problem_of
from monitor.words import _
from replies.errors import ReplyError
from replies.lifecycle import ReplyKind, State

router = APIRouter()


@router.get("/beitrag/{post_id}/geschafft")
def show(visit: Annotated[Visit, Depends(Reads(EVERYONE))], post_id: Id, gut: str = "") -> Response:
    """For the person who has just handed a text over."""
    try:
        with visit.house.reading() as session:
            case = read_case(session, visit, post_id)
            duty_id = case.duty.id or 0 if case.duty is not None else 0
            following = queue.next_post(session, visit.user_id, visit.now, not_duty=duty_id)
    except ReplyError as error:
        missing = problem_of(error)
        return visit.show("message.html", missing.status, title="", words=missing.words, back="/")
    return visit.show("closeout.html", gut=gut, post_id=post_id, good=list(went_well(case)), following=following)


def went_well(case: Case) -> Iterator[str]:
    """True sentences about this answer; none compares anybody with anybody."""
    handed = [work.reply for work in case.works if work.reply.submitted_at and work.reply.state != State.WITHDRAWN]
    finals = [reply for reply in handed if reply.kind == ReplyKind.FINAL]
    duty = case.duty
    if handed:
        yield _("Sie sind sachlich geblieben: Die Prüfung hat Ihren Text durchgelassen.")
    if case.facts is not None:
        yield _("Sie haben erst nachgesehen und dann geantwortet.")
    if (
        duty is not None
        and duty.final_due_at
        and any((r.submitted_at or r.written_at) <= duty.final_due_at for r in finals)
    ):
        yield _("Die Antwort war vor der Frist fertig.")
    if duty is not None and duty.occasion > 1:
        yield _("Auch beim wiederholten Mal hat jemand eine Antwort bekommen.")
    yield _("Ein Mensch, der wütend war, wird gehört.")
