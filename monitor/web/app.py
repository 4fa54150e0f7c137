"""The web application: routes, gates and error pages put together around one house."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from monitor.web.access import Forbidden, NotLoggedIn
from monitor.web.guard import Guard
from monitor.web.labels import error
from monitor.web.pages import (
    account,
    approvals,
    care,
    check,
    closeout,
    duty,
    facts,
    journal,
    judgement,
    learning,
    login,
    matters,
    more,
    outbox,
    people,
    playbook,
    post,
    removal,
    reply,
    sheet,
    sources,
    static,
    tasks,
    today,
)
from monitor.web.passwords import Crowded
from monitor.web.ports import House
from monitor.web.sentences import FAULTS
from monitor.web.steps import go
from monitor.web.views import Views

_WORK = (today, post, closeout, judgement, check, care, tasks, removal, duty, reply, sheet, approvals, matters, facts)
PAGES = (login, *_WORK, learning, playbook, sources, journal, people, account, more, outbox, static)


def create_app(house: House) -> FastAPI:
    """The application for one house. It owns nothing: the caller closes the database."""
    app = FastAPI(title="Widerhall", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    views = Views(house)
    app.state.house, app.state.views = house, views
    for page in PAGES:
        app.include_router(page.router)

    def fault(status: int, event: str) -> Response:
        title, words = FAULTS.get(status, FAULTS[500])
        return views.bare("fault.html", status, title=title, words=words, event=event, text="", next="/")

    def not_logged_in(request: Request, refusal: Exception) -> Response:
        if request.method == "GET":
            wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return go("/anmelden", next=wanted) if wanted != "/" else go("/anmelden")
        title, words = FAULTS[401]
        return views.bare(
            "fault.html", 401, title=title, words=words, event="", text=getattr(refusal, "text", ""), next="/anmelden"
        )

    def forbidden(_request: Request, refusal: Exception) -> Response:
        words, text = error(getattr(refusal, "code", "")), getattr(refusal, "text", "")
        return views.bare("fault.html", 403, title=FAULTS[403][0], words=words, event="", text=text, next="/")

    def http_fault(_request: Request, problem: Exception) -> Response:
        response = fault(getattr(problem, "status_code", 500), "")
        response.headers.update(getattr(problem, "headers", None) or {})
        return response

    def bad_request(_request: Request, problem: Exception) -> Response:
        errors = problem.errors() if isinstance(problem, RequestValidationError) else []
        return fault(404 if any(found["loc"][0] in {"path", "query"} for found in errors) else 422, "")

    app.add_exception_handler(NotLoggedIn, not_logged_in)
    app.add_exception_handler(Forbidden, forbidden)
    app.add_exception_handler(HTTPException, http_fault)
    app.add_exception_handler(Crowded, lambda _request, _problem: fault(503, ""))
    app.add_exception_handler(OverflowError, lambda _request, _problem: fault(404, ""))  # a number no row can have
    app.add_exception_handler(RequestValidationError, bad_request)
    app.add_middleware(Guard, own=house.config.base_url, fault=fault)
    return app
