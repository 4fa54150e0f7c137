"""Style and script, from memory, cacheable for ever under an address that changes with the content.

They hold no secret, so they may travel compressed; pages, which hold a token, never do (BREACH).
"""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from monitor.web.access import Public

router = APIRouter()


@router.get("/static/{name}", dependencies=[Depends(Public())])
def static(request: Request, name: str) -> Response:
    """One of the files that there are; no path is ever opened."""
    asset = request.app.state.views.assets.get(name)
    if asset is None:
        raise HTTPException(404)
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if not _takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(asset.body, media_type=asset.media_type, headers=headers)
    return Response(asset.packed, media_type=asset.media_type, headers={**headers, "content-encoding": "gzip"})


def _takes_gzip(accepted: str) -> bool:
    """Whether gzip is named and not refused by a weight of nought (RFC 9110, 12.5.3)."""
    for coding in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in coding.split(";"))
        if name == "gzip":
            return not any(part.startswith("q=") and not part[2:].strip("0.") for part in parameters)
    return False
