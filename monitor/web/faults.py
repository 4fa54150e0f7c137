"""What is not to be: every refusal and every error becomes a kind page, and nothing that was typed is lost."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from monitor.web.access import AGAIN, SET_UP, CodeNeeded, Forbidden, NotLoggedIn, PasswordNeeded
from monitor.web.guard import Fault
from monitor.web.labels import error
from monitor.web.passwords import Crowded
from monitor.web.sentences import FAULTS
from monitor.web.steps import go
from monitor.web.views import Views


def answer_refusals(app: FastAPI, views: Views) -> Fault:
    """Tell the application what to answer; returns how an error page is drawn."""

    def fault(status: int, event: str) -> Response:
        title, words = FAULTS.get(status, FAULTS[500])
        return views.bare("fault.html", status, title=title, words=words, event=event, text="", next="/")

    def forbidden(_request: Request, refusal: Exception) -> Response:
        words, text = error(getattr(refusal, "code", "")), getattr(refusal, "text", "")
        return views.bare("fault.html", 403, title=FAULTS[403][0], words=words, event="", text=text, next="/")

    def http_fault(_request: Request, problem: Exception) -> Response:
        response = fault(getattr(problem, "status_code", 500), "")
        response.headers.update(getattr(problem, "headers", None) or {})
        return response

    def crowded(_request: Request, _problem: Exception) -> Response:
        response = fault(503, "")
        response.headers["retry-after"] = "60"
        return response

    def bad_request(_request: Request, problem: Exception) -> Response:
        errors = problem.errors() if isinstance(problem, RequestValidationError) else []
        return fault(404 if any(found["loc"][0] in {"path", "query"} for found in errors) else 422, "")

    app.add_exception_handler(NotLoggedIn, lambda request, refusal: _not_logged_in(views, request, refusal))
    app.add_exception_handler(Forbidden, forbidden)
    app.add_exception_handler(PasswordNeeded, _password_needed)
    app.add_exception_handler(CodeNeeded, lambda request, refusal: _code_needed(views, request, refusal))
    app.add_exception_handler(HTTPException, http_fault)
    app.add_exception_handler(Crowded, crowded)
    app.add_exception_handler(OverflowError, lambda _request, _problem: fault(404, ""))  # a number no row can have
    app.add_exception_handler(RequestValidationError, bad_request)
    return fault


def _not_logged_in(views: Views, request: Request, refusal: Exception) -> Response:
    """To the login, and back afterwards; what was typed into a form is shown, to be copied."""
    if request.method == "GET":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return go("/anmelden", next=wanted) if wanted != "/" else go("/anmelden")
    title, words = FAULTS[401]
    text = getattr(refusal, "text", "")
    return views.bare("fault.html", 401, title=title, words=words, event="", text=text, next="/anmelden")


async def _password_needed(request: Request, refusal: Exception) -> Response:
    """Ask for the own password on a page that holds the form, and sends it to where it was sent, and nowhere else."""
    if not isinstance(refusal, PasswordNeeded):
        raise refusal
    sent = (await request.form()).multi_items()
    fields = [(name, value) for name, value in sent if isinstance(value, str) and name != AGAIN]
    path = request.url.path
    return await run_in_threadpool(
        refusal.visit.show,
        "again.html",
        401,
        action=path,
        fields=fields,
        asked=AGAIN,
        error=error("again_wrong") if refusal.wrong else "",
        back=f"/{path.split('/')[1]}",
    )


def _code_needed(views: Views, request: Request, refusal: Exception) -> Response:
    """An owner sets up the code first; what was typed into a form is shown, to be copied."""
    if request.method == "GET":
        return go(SET_UP)
    title, text = FAULTS[403][0], getattr(refusal, "text", "")
    return views.bare("fault.html", 403, title=title, words=error("second_needed"), event="", text=text, next="/")
