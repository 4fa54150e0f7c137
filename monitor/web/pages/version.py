"""Fassung: one version of a post, with the difference to the one before, its insults masked (RULES 002-8)."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import col, select

from monitor.tables import PostRow, PostVersion
from monitor.web.case import split_parts
from monitor.web.difference import Piece, difference
from monitor.web.shield import read_masks
from monitor.web.steps import Everyone, Id, problem_of
from replies.errors import Unknown

router = APIRouter()


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
        masks = read_masks(session, post_id)
    if post is None or n not in versions:
        return visit.show("message.html", 404, title="", words=problem_of(Unknown("no such version")).words, back="/")
    old, new, part = versions.get(n - 1), versions[n], max(1, teil)
    before = old.text if old else None
    calm = (masks.calm(old) if old else None), masks.calm(new)
    seen = _seen(*calm, part)
    whole = _seen(before, new.text, part) if calm != (before, new.text) else None
    parts = len(split_parts(calm[1]))
    return visit.show(
        "version.html", post=post, version=new, old=old, seen=seen, whole=whole, part=min(part, parts), parts=parts
    )


def _seen(old: str | None, new: str, part: int) -> Seen:
    parts = split_parts(new)
    start, end = parts[min(part, len(parts)) - 1]
    short = old is not None and len(split_parts(old + new)) == 1
    return Seen(difference(old or "", new) if short else (), new[start:end])
