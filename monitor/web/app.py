"""The web application: routes, gates and error pages put together around one house."""

from fastapi import FastAPI

from monitor.web import access
from monitor.web.faults import answer_refusals
from monitor.web.guard import Guard
from monitor.web.language import Languages
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
    second,
    sheet,
    sources,
    static,
    tasks,
    today,
    version,
)
from monitor.web.ports import House
from monitor.web.views import Views

_POST = (post, version, closeout, judgement, check, care, tasks, removal, duty, reply, sheet)
_WORK = (today, *_POST, approvals, matters, facts)
PAGES = (login, *_WORK, learning, playbook, sources, journal, people, account, second, more, outbox, static)


def create_app(house: House) -> FastAPI:
    """The application for one house. It owns nothing: the caller closes the database."""
    app = FastAPI(title="Widerhall", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    views = Views(house)
    app.state.house, app.state.views = house, views
    for page in PAGES:  # not include_router: it holds each route, with every parameter's validator, a second time
        app.router.routes.extend(page.router.routes)

    fault = answer_refusals(app, views)
    app.add_middleware(Guard, own=house.config.base_url, fault=fault)
    app.add_middleware(Languages, cookie=access.language_cookie(house), house=house.config.business.language)
    return app
