"""Quellen: where we listen, whether it works, and what to do if not."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import col, select

from monitor import saying
from monitor.notify.delivery import failing
from monitor.quarantine import latest, unreadable
from monitor.tables import Source
from monitor.web.access import EVERYONE, Reads, Visit

router = APIRouter()
_SHOWN = 5  # unreadable records that are named on a source's card


@router.get("/quellen")
def show(visit: Annotated[Visit, Depends(Reads(EVERYONE))]) -> Response:
    """Health as data, one card per source."""
    with visit.house.reading() as session:
        sources = session.exec(select(Source).order_by(col(Source.title), col(Source.id)).limit(200)).all()
        quarantined = unreadable(session)
        broken = {one: latest(session, one, _SHOWN) for one in quarantined}
        unsent = failing(session, visit.now)
    cards = {source.id: visit.house.world.card(source.name) for source in sources if source.enabled}
    silence = visit.house.timing.span("silence")
    silent = {source.id for source in sources if source.newest_post_at and visit.now - source.newest_post_at > silence}
    return visit.show(
        "sources.html",
        sources=sources,
        unreadable=quarantined,
        broken=broken,
        why=saying.of_record,
        cards=cards,
        silent=silent,
        todo=saying.of_source,
        unsent_why=saying.of_message,
        unsent=unsent,
    )
