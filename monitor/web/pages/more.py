"""Mehr: where a telephone finds what its bottom bar has no room for."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from monitor.web.access import EVERYONE, Reads, Visit
from monitor.web.places import BEHIND, may_open

router = APIRouter()


@router.get("/mehr")
def show(visit: Annotated[Visit, Depends(Reads(EVERYONE))]) -> Response:
    """Every place that is not opened each day, with what one finds there."""
    return visit.show("more.html", places=[place.spoken() for place in BEHIND if may_open(visit, place)])
