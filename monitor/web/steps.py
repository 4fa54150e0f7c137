"""One step of a person: do it in one transaction, or say in one sentence why not. Nothing typed is lost."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Form, Path
from fastapi.responses import RedirectResponse
from sqlmodel import Session, col, select

from monitor.learning.weeks import week_at
from monitor.notify.settings import is_address
from monitor.tables import PostRow, Source
from monitor.web.access import EVERYONE, OWNERS, PEOPLE, Acts, Reads, Visit
from monitor.web.labels import error as sentence
from replies import duty as duties
from replies.care import held_back
from replies.errors import NotAllowed, ReplyError, Stale, Unknown
from replies.tables import Duty

Id = Annotated[int, Path(ge=1, le=2**53)]
Words = Annotated[str, Form()]
Everyone = Annotated[Visit, Depends(Reads(EVERYONE))]
Worker = Annotated[Visit, Depends(Acts(PEOPLE))]
Owner = Annotated[Visit, Depends(Acts(OWNERS))]
"""Who comes: whoever may read, somebody at the desk who changes something, an owner who does."""
_HELD_BACK = ("note_words", "policy_stop")
LONGEST_LINE = 2_000
LONGEST_TEXT = 60_000


class Problem(Exception):
    """Why a step was not taken: a code, its German sentence, and the HTTP status."""

    def __init__(self, code: str, words: str = "", status: int = 422) -> None:
        super().__init__(code)
        self.code, self.words, self.status = code, words or sentence(code), status


def take(visit: Visit, step: Callable[[Session], object]) -> Problem | None:
    """Take a step in one transaction; None: done. What the promise refuses comes back as a problem."""
    try:
        with visit.house.transaction() as session:
            step(session)
    except Problem as problem:
        return problem
    except ReplyError as error:
        _count(visit, error)
        return problem_of(error)
    return None


def _count(visit: Visit, error: ReplyError) -> None:
    """Held back words about people are counted for the team, in a transaction of their own; not whose they were."""
    if error.code in _HELD_BACK:
        with visit.house.transaction() as session:
            held_back.count(session, error.findings, week_at(visit.now).name)


def problem_of(error: ReplyError) -> Problem:
    """The page's answer to an error of the promise."""
    status = 404 if isinstance(error, Unknown) else 409 if isinstance(error, Stale | NotAllowed) else 422
    return Problem(error.code, status=status)


def go(path: str, **query: str | int) -> RedirectResponse:
    """After a step: see the result, by GET."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, status_code=303)


def typed(text: str) -> str:
    """What was typed into a box: browsers send line breaks as CR LF, platforms and we use LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def line(text: str) -> str:
    """What was typed into a short field.

    Raises:
        Problem: longer than any reason needs to be.
    """
    text = " ".join(typed(text).split())
    if len(text) > LONGEST_LINE:
        raise Problem("too_long_form")
    return text


def address_of(text: str) -> str | None:
    """A mail address as typed; None for an empty field.

    Raises:
        Problem: it is none.
    """
    address = text.strip()
    if address and not is_address(address):
        raise Problem("mail_wrong")
    return address or None


@dataclass(frozen=True, slots=True)
class Subject:
    """The post that a message speaks of, when another one is shown below it."""

    post_id: int
    author: str
    source: str


def subject(session: Session, post_id: int) -> Subject | None:
    """Whose post it is and where; None if there is none."""
    if not 0 < post_id < 2**53:
        return None
    rows = select(PostRow.author, Source.title).join(Source, col(Source.id) == col(PostRow.source_id))
    found = session.exec(rows.where(col(PostRow.id) == post_id)).first()
    return Subject(post_id, found[0] or "", found[1]) if found else None


def duty_of(session: Session, post_id: int) -> Duty:
    """The duty of a post.

    Raises:
        Unknown: the post owes no answer, or does not exist.
    """
    duty = duties.of_post(session, post_id)
    if duty is None:
        raise Unknown(f"post {post_id} owes nothing")
    return duty
