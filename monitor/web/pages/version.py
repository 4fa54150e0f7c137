"""Fassung: one version of a post, with the difference to the one before, its insults masked (RULES 002-8)."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session, and_, col, select

from monitor.tables import PostRow, PostVersion, Verdict
from monitor.web import core_line
from monitor.web.case import split_parts
from monitor.web.difference import Piece, difference
from monitor.web.steps import Everyone, Id, problem_of
from replies.errors import Unknown

router = APIRouter()
_JUDGED = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """What is drawn: the difference where there is one to draw, else one part of the text."""

    pieces: tuple[Piece, ...]
    text: str


@router.get("/beitrag/{post_id}/fassung/{n}")
def show_version(visit: Everyone, post_id: Id, n: Id, teil: int = 1) -> Response:
    """One version, masked; the whole text is one deliberate click away."""
    with visit.house.reading() as session:
        post = session.get(PostRow, post_id)
        wanted = select(PostVersion).where(col(PostVersion.post_id) == post_id, col(PostVersion.n).in_((n - 1, n)))
        versions = {version.n: version for version in session.exec(wanted).all()}
        reasons, words = _judged(session, post_id)
    if post is None or n not in versions:
        return visit.show("message.html", 404, title="", words=problem_of(Unknown("no such version")).words, back="/")
    old, new, part = versions.get(n - 1), versions[n], max(1, teil)
    before = old.text if old else None
    calm = _masked(before, reasons.get(n - 1), words), _masked(new.text, reasons.get(n), words)
    seen = _seen(calm[0], calm[1] or "", part)
    whole = _seen(before, new.text, part) if calm != (before, new.text) else None
    parts = len(split_parts(calm[1] or ""))
    return visit.show(
        "version.html", post=post, version=new, old=old, seen=seen, whole=whole, part=min(part, parts), parts=parts
    )


def _judged(session: Session, post_id: int) -> tuple[dict[int, core_line.Reasons], frozenset[str]]:
    """Version -> the newest reasons; and what is masked in any version, for those that nobody has judged yet."""
    rows = (
        select(PostVersion.n, PostVersion.text, Verdict.reasons)
        .join(Verdict, and_(col(Verdict.post_id) == col(PostVersion.post_id), col(Verdict.version) == PostVersion.n))
        .where(col(PostVersion.post_id) == post_id)
        .order_by(col(Verdict.id).desc())
        .limit(_JUDGED)
    )
    found: dict[int, core_line.Reasons] = {}
    words: frozenset[str] = frozenset()
    for n, text, reasons in session.exec(rows).all():
        if n not in found:
            found[n] = reasons
            words |= core_line.hostile_words(text, reasons)
    return found, words


def _masked(text: str | None, reasons: core_line.Reasons | None, words: frozenset[str]) -> str | None:
    if text is None:
        return None
    return core_line.masked(text, core_line.by_words(text) if reasons is None else reasons, words)


def _seen(old: str | None, new: str, part: int) -> Seen:
    parts = split_parts(new)
    start, end = parts[min(part, len(parts)) - 1]
    short = old is not None and len(split_parts(old + new)) == 1
    return Seen(difference(old or "", new) if short else (), new[start:end])
