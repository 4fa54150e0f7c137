"""What is not to be: every refusal and every error becomes a kind page, and nothing that was typed is lost."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from monitor.web.access import AGAIN, SET_UP, CodeNeeded, Forbidden, NotLoggedIn, PasswordNeeded
from monitor.web.csrf import SAFE_METHODS
from monitor.web.guard import Fault
from monitor.web.kept import Kept, kept
from monitor.web.labels import error
from monitor.web.passwords import Crowded
from monitor.web.sentences import FAULTS
from monitor.web.steps import go
from monitor.web.views import Views
from monitor.words import _


def answer_refusals(app: FastAPI, views: Views) -> Fault:
    """Tell the application what to answer; returns how an error page is drawn."""

    def fault(status: int, event: str, texts: Kept) -> Response:
        title, words = map(_, FAULTS.get(status, FAULTS[500]))
        return _page(views, status, title, words, texts, event=event)

    def forbidden(_request: Request, refusal: Exception, texts: Kept) -> Response:
        return _page(views, 403, _(FAULTS[403][0]), error(getattr(refusal, "code", "")), texts)

    def http_fault(_request: Request, problem: Exception) -> Response:
        response = fault(getattr(problem, "status_code", 500), "", [])
        response.headers.update(getattr(problem, "headers", None) or {})
        return response

    def crowded(_request: Request, _problem: Exception) -> Response:
        response = fault(503, "", [])
        response.headers["retry-after"] = "60"
        return response

    def bad_request(_request: Request, problem: Exception, texts: Kept) -> Response:
        errors = problem.errors() if isinstance(problem, RequestValidationError) else []
        return fault(404 if any(found["loc"][0] in {"path", "query"} for found in errors) else 422, "", texts)

    app.add_exception_handler(
        NotLoggedIn, _with_texts(lambda request, _why, texts: _not_logged_in(views, request, texts))
    )
    app.add_exception_handler(Forbidden, _with_texts(forbidden))
    app.add_exception_handler(PasswordNeeded, _password_needed)
    app.add_exception_handler(CodeNeeded, _with_texts(lambda request, _why, texts: _code_needed(views, request, texts)))
    app.add_exception_handler(HTTPException, http_fault)
    app.add_exception_handler(Crowded, crowded)
    no_row = _with_texts(lambda _request, _why, texts: fault(404, "", texts))
    app.add_exception_handler(OverflowError, no_row)  # a number no row can have
    app.add_exception_handler(RequestValidationError, _with_texts(bad_request))
    return fault


def _with_texts(
    draw: Callable[[Request, Exception, Kept], Response],
) -> Callable[[Request, Exception], Awaitable[Response]]:
    """A handler that is given what was typed into the form that is refused."""

    async def answer(request: Request, refusal: Exception) -> Response:
        typed_in = [] if request.method in SAFE_METHODS else kept((await request.form()).multi_items())
        return draw(request, refusal, typed_in)

    return answer


def _page(
    views: Views, status: int, title: str, words: str, texts: Kept, *, event: str = "", following: str = "/"
) -> Response:
    """The kind page, with what was typed, to be copied."""
    return views.bare("fault.html", status, title=title, words=words, event=event, texts=texts, next=following)


def _not_logged_in(views: Views, request: Request, texts: Kept) -> Response:
    """To the login, and back afterwards; what was typed into a form is shown, to be copied."""
    if request.method == "GET":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return go("/anmelden", next=wanted) if wanted != "/" else go("/anmelden")
    title, words = map(_, FAULTS[401])
    _nothing, _post, number, *_rest = f"{request.url.path}//".split("/", 3)
    back = f"/beitrag/{number}" if request.url.path.startswith("/beitrag/") and number.isdecimal() else "/"
    return _page(views, 401, title, words, texts, following=f"/anmelden?next={back}")


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


def _code_needed(views: Views, request: Request, texts: Kept) -> Response:
    """An owner sets up the code first; what was typed into a form is shown, to be copied."""
    if request.method == "GET":
        return go(SET_UP)
    return _page(views, 403, _(FAULTS[403][0]), error("second_needed"), texts)
