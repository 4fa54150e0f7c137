"""Which language a page speaks: the cookie of a request says it, and what stands there in another one is marked.

Text of the public, of replies and of colleagues stands as it was written; on an English page its element says so
(WCAG 3.1.2). A German page marks nothing.
"""

from markupsafe import Markup
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.triage.repetition import anew
from monitor.web import filters
from monitor.words import GERMAN, LANGUAGES, language, speaking

KEPT_FOR = 365 * 86_400  # seconds
_LONGEST_CODE = 3


class Languages:
    """The outermost layer: the language of one request, for every thread that works on it and no other request."""

    def __init__(self, app: ASGIApp, cookie: str, house: str) -> None:
        """`house`: what is spoken to a browser without the cookie, or with anything else in it than a language."""
        self.app, self.cookie, self.house = app, cookie, house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose it, and pass on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope).cookies.get(self.cookie, "")
        with speaking(asked if asked in LANGUAGES else self.house):
            await self.app(scope, receive, send)


def remember(response: Response, cookie: str, chosen: str, *, secure: bool) -> None:
    """The cookie that carries a language from request to request. It says nothing else, and nothing depends on it."""
    response.set_cookie(cookie, chosen, max_age=KEPT_FOR, path="/", secure=secure, httponly=True, samesite="lax")


def tongue(code: str = GERMAN) -> Markup:
    """The attribute of an element whose text is in a language that the page may not be in."""
    if language() == GERMAN:
        return Markup("")
    known = code.isascii() and code.isalpha() and len(code) <= _LONGEST_CODE and code != "und"
    return Markup(' lang="{}"').format(code if known else GERMAN)


def typed(text: str) -> str | Markup:
    """What a colleague or the public wrote, inside a sentence of ours."""
    return _marked(filters.shown(text))


def stored(text: str) -> str | Markup:
    """A German sentence of ours as it stands in a row: said in the language of the page where we can, else marked."""
    said = anew(text)
    return _marked(text) if said == text else said


def _marked(text: str) -> str | Markup:
    return text if language() == GERMAN or not text else Markup('<span lang="{}">{}</span>').format(GERMAN, text)
