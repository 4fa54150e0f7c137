"""The outbox's switch, which stands on every page."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import Session

from monitor.tables import Switch
from monitor.web.access import OWNERS, Acts, Visit
from monitor.web.steps import go, take
from monitor.web.views import OUTBOX, PAUSED
from replies import journal

router = APIRouter()
RUNNING = "running"


def _turn(visit: Visit, value: str, event: str) -> None:
    def step(session: Session) -> None:
        session.merge(Switch(name=OUTBOX, value=value, at=visit.now))
        journal.write(session, visit.now, visit.actor, event, "switch:outbox")

    take(visit, step)


@router.post("/postausgang/anhalten")
def pause(visit: Annotated[Visit, Depends(Acts(OWNERS))]) -> Response:
    """Nothing goes out any more."""
    _turn(visit, PAUSED, "outbox.pause")
    return go("/", gut="paused")


@router.post("/postausgang/weiter")
def resume(visit: Annotated[Visit, Depends(Acts(OWNERS))]) -> Response:
    """What waits goes out again."""
    _turn(visit, RUNNING, "outbox.resume")
    return go("/", gut="resumed")
