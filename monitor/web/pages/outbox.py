"""The outbox's switch, which stands on every page."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from monitor.web.access import OWNERS, Acts, Visit
from monitor.web.steps import go, take
from monitor.world import PAUSED, RUNNING, set_outbox

router = APIRouter()


@router.post("/postausgang/anhalten")
def pause(visit: Annotated[Visit, Depends(Acts(OWNERS))]) -> Response:
    """Nothing new goes out."""
    take(visit, lambda session: set_outbox(session, PAUSED, visit.actor, visit.now))
    return go("/", gut="paused")


@router.post("/postausgang/weiter")
def resume(visit: Annotated[Visit, Depends(Acts(OWNERS))]) -> Response:
    """What waits goes out again."""
    take(visit, lambda session: set_outbox(session, RUNNING, visit.actor, visit.now))
    return go("/", gut="resumed")
