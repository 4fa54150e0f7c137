"""What a person before the browser sees after a click is the whole new page, on a slow machine too."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class _Halting(BaseHTTPRequestHandler):
    """A form, and behind it a page that stops for a moment after its head."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        if self.path == "/":
            self.wfile.write(b"<!doctype html><body><form action=/next><button>on</button></form>")
            return
        self.wfile.write(b"<!doctype html><title>next</title><body>" + b" " * 2000)
        self.wfile.flush()
        self.server.read.wait(5)
        self.wfile.write(b"<p>the whole page</p>")

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture
def halting():
    """Its second page ends when `read` is set."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Halting)
    server.read = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.read.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_page_is_read_when_it_is_whole(halting, person, javascript):
    """The control is the body as it stands right after the click: nothing is in it."""
    anna = person(f"http://127.0.0.1:{halting.server_port}", javascript=javascript)
    anna.go("/").click("button")
    assert anna.page.locator("body").inner_text() == ""
    halting.read.set()
    assert anna.sees() == "the whole page"
