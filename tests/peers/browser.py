"""Debian's Chromium as a person uses it: one browser for the test run, a fresh profile for every person."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Route, ViewportSize, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# Without these Chromium calls home, and in a small container runs out of /dev/shm (PEERS 7).
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
SHOTS = Path(__file__).resolve().parents[1] / ".shots"
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running headless browser; root needs no more than Playwright's own flags."""
    # Playwright's server says what is deprecated in Node on stderr, which is nobody's business here.
    os.environ.setdefault("NODE_NO_WARNINGS", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True)
class Person:
    """Somebody before a screen, and everything that a good page would have spared them.

    Attributes:
        name: the login name, or "" for a stranger.
        page: Playwright's page.
        base_url: the application; requests to any other host are blocked and noted.
        foreign_requests: addresses of those requests.
        dialogs: texts of alert, confirm and prompt; each is answered with `accept_dialogs`.
        console_errors: errors of the console and of scripts, those about the Content Security Policy included.
        failed: "status address" of every answer of 400 or more.
    """

    name: str
    page: Page
    base_url: str
    accept_dialogs: bool = True
    foreign_requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def csp_reports(self) -> list[str]:
        """What the browser refused because of the Content Security Policy."""
        return [line for line in self.console_errors if "Content Security Policy" in line or "TrustedHTML" in line]

    def go(self, path: str) -> Page:
        """Opens a page of the application."""
        self.page.goto(self.base_url + path)
        return self.page

    def sees(self) -> str:
        """The text of the page as it is shown, in one string; of the new page after a click, once it is whole."""
        self.page.wait_for_load_state()
        return self.page.locator("body").inner_text()

    def login(self, password: str, *, path: str = "/anmelden") -> None:
        """Fills in the login form as a person does: a name, a password, Enter.

        Raises:
            AssertionError: the form is still there afterwards.
        """
        self.go(path)
        secret = self.page.locator("input[type=password]")
        form = self.page.locator("form", has=secret)
        form.locator("input:not([type=hidden]):not([type=password]):not([type=checkbox])").first.fill(self.name)
        secret.fill(password)
        secret.press("Enter")
        self.page.wait_for_load_state()
        if self.page.locator("input[type=password]").count():
            message = f"{self.name} could not log in: {self.sees()[:300]}"
            raise AssertionError(message)

    def shot(self, name: str) -> Path:
        """Stores the whole page as tests/.shots/NAME.png, to look at and not to compare."""
        return shot(self.page, name)


def shot(page: Page, name: str) -> Path:
    """Stores the whole page as tests/.shots/NAME.png; gives the path."""
    SHOTS.mkdir(exist_ok=True)
    path = SHOTS / f"{re.sub(r'[^a-z0-9_-]+', '-', name.lower())}.png"
    page.screenshot(path=path, full_page=True)
    return path


def meet(
    browser: Browser, base_url: str, name: str = "", *, phone: bool = False, javascript: bool = True
) -> tuple[Person, BrowserContext]:
    """A person with a fresh profile who has not opened a page yet; the caller closes the context."""
    context = browser.new_context(
        locale="de-DE",
        timezone_id="Europe/Berlin",
        viewport=PHONE if phone else DESK,
        has_touch=phone,
        java_script_enabled=javascript,
        service_workers="block",
    )
    context.set_default_timeout(90_000)
    someone = Person(name=name, page=context.new_page(), base_url=base_url.rstrip("/"))
    _watch(someone, context)
    return someone, context


def _watch(someone: Person, context: BrowserContext) -> None:
    """Notes what the page does behind the person's back."""
    home = urlsplit(someone.base_url).netloc

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).netloc == home:
            route.continue_()
        else:
            someone.foreign_requests.append(route.request.url)
            route.abort()

    def answer(dialog: Dialog) -> None:
        someone.dialogs.append(dialog.message)
        if someone.accept_dialogs:
            dialog.accept()
        else:
            dialog.dismiss()

    context.route("**/*", guard)
    page = someone.page
    page.on("dialog", answer)
    page.on("console", lambda line: someone.console_errors.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: someone.console_errors.append(str(error)))
    page.on("response", lambda got: someone.failed.append(f"{got.status} {got.url}") if got.status >= 400 else None)
