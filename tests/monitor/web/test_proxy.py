"""TLS in front: the example for nginx before a real `widerhall web`, as a browser and as somebody who lies meets it."""

import http.client
import json
import re
import shutil
import ssl
import sys
import threading
from pathlib import Path
from urllib.parse import urlencode

import pytest
import uvicorn
from fastapi import Request

from monitor.bootstrap import open_house
from monitor.commands.serve import listening
from monitor.listening import Web
from monitor.tables import User
from monitor.web.app import create_app
from monitor.web.brake import FREE_TRIES
from monitor.web.passwords import hash_password
from replies.lifecycle import Role
from tests.monitor.notify.post_office import certificate
from tests.monitor.shop import CONFIG, MONDAY
from tests.peers.processes import Running, free_port, wait_until

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "docs" / "examples" / "nginx.conf"
PASSWORD = "ein-langes-kennwort-1"
LIES = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-For": "10.0.0.1"}


def nginx_conf(folder, pem, ports):
    """The example as it is, with names, ports and paths of this machine."""
    text = EXAMPLE.read_text(encoding="utf-8").replace("widerhall.example.de", "localhost")
    text = re.sub(r"listen \[::\].*\n", "", text)
    for old, new in (("80", ports["http"]), ("443", ports["https"])):
        text = re.sub(rf"listen {old}( ssl http2)?;", rf"listen 127.0.0.1:{new}\1;", text)
    text = text.replace("https://$host$request_uri", f"https://$host:{ports['https']}$request_uri")
    text = re.sub(r"/etc/letsencrypt/\S+\.pem", str(pem), text).replace("127.0.0.1:8080", f"127.0.0.1:{ports['web']}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    whole = f"daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{temporary}{text}}}\n"
    (folder / "nginx.conf").write_text(("user root;\n" if Path("/root").owner() == folder.owner() else "") + whole)
    return folder / "nginx.conf"


@pytest.fixture
def front(tmp_path):
    """Nginx and `widerhall web`; the port of https and of http, and what a browser trusts."""
    pem = certificate(tmp_path)
    ports = {name: free_port() for name in ("http", "https", "web")}
    told = {"base_url": f"https://localhost:{ports['https']}", "trusted_proxies": ["127.0.0.1"], "port": ports["web"]}
    base = "[web]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in told.items())
    (tmp_path / "config.toml").write_text(CONFIG.replace("[web]\nport = 0", base))
    house = open_house(tmp_path / "config.toml")
    with house.transaction() as session:
        hashed = hash_password(PASSWORD)
        session.add(User(id=1, name="Bernd", role=Role.OWNER, password_hash=hashed, created_at=MONDAY))
    house.close()
    conf = nginx_conf(tmp_path, pem, ports)
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin") or "nginx"
    page = Running(
        [sys.executable, "-m", "monitor", "web", "--config", tmp_path / "config.toml"], log=tmp_path / "log", cwd=ROOT
    )
    nginx = Running([program, "-p", tmp_path, "-c", conf, "-e", "stderr"], log=tmp_path / "nginx.log", cwd=tmp_path)
    trusted = ssl.create_default_context(cafile=str(pem))
    front = Front(ports, trusted)
    try:
        wait_until(front.is_there, seconds=120, what=f"nginx and the page ({nginx.last_words()})")
        yield front
    finally:
        nginx.stop()
        page.stop()


class Front:
    """What a client sees."""

    def __init__(self, ports, trusted):
        """Nothing is asked yet."""
        self.ports, self.trusted = ports, trusted

    def ask(self, method, path, body="", *, come_from="127.0.0.1", **headers):
        """One request over https, from this address."""
        to, way = ("localhost", self.ports["https"]), {"timeout": 30, "source_address": (come_from, 0)}
        return self._ask(http.client.HTTPSConnection(*to, context=self.trusted, **way), method, path, body, headers)

    def past_the_proxy(self, path, body, come_from, **headers):
        """One form straight to the page, where only the proxy should call."""
        way = {"timeout": 30, "source_address": (come_from, 0)}
        line = http.client.HTTPConnection("127.0.0.1", self.ports["web"], **way)
        return self._ask(line, "POST", path, body, headers)

    def plainly(self, path):
        """One request over http."""
        line = http.client.HTTPConnection("localhost", self.ports["http"], timeout=30)
        return self._ask(line, "GET", path, "", {})

    def _ask(self, line, method, path, body, headers):
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, body or None, headers)
        answer = line.getresponse()
        answer.words = answer.read().decode()
        line.close()
        return answer

    def is_there(self):
        """Does the page answer through nginx?"""
        try:
            return self.ask("GET", "/anmelden").status == 200
        except OSError:
            return False

    def log_in(self, password=PASSWORD, **headers):
        """Bernd logs in as a browser does it."""
        form = urlencode({"name": "Bernd", "password": password})
        return self.ask("POST", "/anmelden", form, **{"Sec-Fetch-Site": "same-origin", **headers})


def test_a_login_over_https(front):
    """The cookie is for this host and TLS alone, the redirect leads nowhere else, and the way back is closed."""
    plain = front.plainly("/anmelden")
    assert (plain.status, plain.headers["Location"]) == (301, f"https://localhost:{front.ports['https']}/anmelden")
    done = front.log_in()
    cookie = done.headers["Set-Cookie"]
    assert (done.status, done.headers["Location"]) == (303, "/")
    assert cookie.startswith("__Host-widerhall=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    today = front.ask("GET", "/", Cookie=cookie.partition(";")[0])
    assert (today.status, "Bernd" in today.words) == (200, True)
    assert today.headers["Strict-Transport-Security"]


def test_what_a_stranger_claims_about_the_way_changes_nothing(front):
    """No forwarded header is believed, a foreign name is refused, and a login from elsewhere as well."""
    done = front.log_in(**LIES)
    assert (done.status, done.headers["Location"]) == (303, "/")
    assert "Secure" in done.headers["Set-Cookie"]
    assert front.ask("GET", "/anmelden", Host="evil.example").status == 400
    assert front.log_in(**{"Sec-Fetch-Site": "cross-site"}).status == 403


def test_guesses_from_one_address_are_slowed_down(front):
    """By nginx, before they cost the page anything."""
    elsewhere = {"Sec-Fetch-Site": "cross-site"}  # refused without costing a hash
    assert {front.log_in(**elsewhere).status for _ in range(30)} == {403, 429}
    assert front.ask("GET", "/anmelden").status == 200


def test_two_strangers_behind_the_proxy_have_two_counters(front):
    """Who guesses brakes themselves, also with another address in their headers; who calls from elsewhere gets in."""
    for number in range(FREE_TRIES):
        lie = {"X-Forwarded-For": f"198.51.100.{number}"}
        assert front.log_in("falsch", come_from="127.0.0.2", **lie).status == 401
    assert front.log_in(come_from="127.0.0.2").status == 401
    assert front.log_in(come_from="127.0.0.3").status == 303


def test_a_stranger_past_the_proxy_is_not_believed(front):
    """Their own address counts, whatever they forward: six names, one counter; the proxy's word is believed."""
    wrong, right = (urlencode({"name": "Bernd", "password": word}) for word in ("falsch", PASSWORD))
    own = {"Sec-Fetch-Site": "same-origin"}
    for number in range(FREE_TRIES):
        lie = {"X-Forwarded-For": f"198.51.100.{number}"}
        assert front.past_the_proxy("/anmelden", wrong, "127.0.0.4", **own, **lie).status == 401
    late = {"X-Forwarded-For": "198.51.100.99"}
    assert front.past_the_proxy("/anmelden", right, "127.0.0.4", **own, **late).status == 401
    assert front.past_the_proxy("/anmelden", right, "127.0.0.1", **own, **late).status == 303


@pytest.mark.parametrize(("trusted", "seen"), [((), "127.0.0.1"), (("127.0.0.0/8",), "192.0.2.7")])
def test_by_default_nobody_is_believed(shop, trusted, seen, monkeypatch):
    """Not even a proxy on this machine, and not by a word in the environment; the control: with the switch one is."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    callers = []
    app = create_app(shop.house)

    @app.get("/wer")
    def who(request: Request) -> None:
        callers.append(request.client.host)

    options = {**listening(Web(trusted_proxies=trusted, port=free_port())), "lifespan": "off"}
    server = uvicorn.Server(uvicorn.Config(app, **options))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started, seconds=30, what="the page")
        line = http.client.HTTPConnection("127.0.0.1", options["port"], timeout=30)
        line.request("GET", "/wer", headers={"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"})
        line.getresponse().read()
        line.close()
    finally:
        server.should_exit = True
        thread.join(10)
    assert callers == [seen]
