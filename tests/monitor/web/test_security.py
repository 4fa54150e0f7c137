"""Items of the security list that have no other home: names, frames, format strings, and faults that end in a no."""

import http.server
import threading

import pytest

from monitor.lookalikes import skeleton
from monitor.web import entry
from replies.desk import Desk
from replies.lifecycle import Role, State
from tests.monitor.web.shop import OWN, PASSWORD

FORMATS = ["{0.__class__}", "{{7*7}}", "%(name)s%n", "{name!r:>99}"]


@pytest.mark.parametrize("name", ["bernd", "BERND", "Bеrnd", "Bérnd", "Ber nd", "Ｂｅｒｎｄ", "Bern\u200bd"])
def test_nobody_can_be_taken_for_bernd(shop, bernd, name):
    """RELIABILITY S14: neither by case, nor by a Cyrillic letter, an accent, a blank or a width."""
    before = shop.count("user")
    form = bernd.form(name=name, role="staff", password="ein ganz anderes Kennwort")
    assert bernd.post("/menschen", data=form).status_code in {409, 422}
    assert shop.count("user") == before


def test_different_names_are_different():
    """The control: people are not kept out."""
    assert skeleton("Bernd") not in {skeleton(name) for name in ("Bert", "Bernhard", "Gerd", "Berit", "Bernt")}


@pytest.mark.parametrize("words", FORMATS)
def test_a_format_in_a_name_is_only_its_letters(shop, bernd, words):
    """RELIABILITY S23: as an author, as one of ours, as what stands in an answer; nothing is filled in."""
    post = shop.post(words, author=words)
    shop.hire(words, Role.STAFF)
    reply = shop.submitted(post, text=f"Guten Tag, {words}, wir melden uns.")
    for path in (f"/beitrag/{post}", "/freigaben", "/menschen", "/protokoll", "/"):
        page = bernd.get(path)
        assert page.status_code == 200
        assert not {"49", "<class", "&lt;class"} & set(page.text.split())
    assert shop.reply(reply).text == f"Guten Tag, {words}, wir melden uns."


def test_a_fault_while_logging_in_is_a_no(shop, monkeypatch):
    """RELIABILITY S24: whatever breaks, nobody is let in by it."""
    stranger = shop.stranger()
    monkeypatch.setattr(entry, "matches", broken)
    answer = stranger.post("/anmelden", data={"name": "Bernd", "password": PASSWORD}, headers=OWN)
    assert (answer.status_code, shop.count("web_session")) == (500, 0)
    assert stranger.get("/", follow_redirects=False).status_code == 303


def test_a_fault_while_approving_is_a_no(shop, bernd, monkeypatch):
    """Nothing is approved by half, and nothing of the fault is shown."""
    reply = shop.submitted(shop.post())
    shown = shop.digest(reply)
    real = Desk.approve

    def breaks(*arguments, **named):
        real(*arguments, **named)
        broken()

    monkeypatch.setattr(Desk, "approve", breaks)
    answer = bernd.post(f"/freigaben/{reply}", data=bernd.form(shown=shown))
    assert (answer.status_code, "geheim" in answer.text) == (500, False)
    assert shop.reply(reply).state == State.SUBMITTED


def broken(*_arguments):
    """What was never thought of."""
    raise ZeroDivisionError("geheim")


class _Bare(http.server.BaseHTTPRequestHandler):
    """A page that lets itself be framed, and one, /frame?ADDRESS, that frames others."""

    def do_GET(self):
        """Two words, or a frame."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        _, frame, target = self.path.partition("/frame?")
        self.wfile.write(f'<iframe src="{target}"></iframe>'.encode() if frame else b"<p>Anmelden bitte</p>")

    def log_message(self, *_words):
        """Say nothing."""


def test_no_other_page_can_frame_ours(address, browser):
    """RELIABILITY S20, in Chromium: the frame stays empty. The control, first, has no such headers."""
    bare = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Bare)
    threading.Thread(target=bare.serve_forever, daemon=True).start()
    context = browser.new_context()
    page = context.new_page()
    seen = []
    here = f"http://127.0.0.1:{bare.server_port}"
    for target in (f"{here}/", f"{address}/anmelden"):
        page.goto(f"{here}/frame?{target}", wait_until="load")
        seen.append("Anmelden" in page.frames[1].content())
    context.close()
    bare.shutdown()
    bare.server_close()
    assert seen == [True, False]
