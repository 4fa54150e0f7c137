"""The guarded door against a server that does everything wrong, with an unguarded control where that shows more."""

import gzip
import io
import logging
import resource
import ssl
import time
import traceback
import zlib
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors.core.access import Credentials, Limits
from connectors.core.errors import (
    Changed,
    ConfigProblem,
    ConnectorError,
    Gone,
    LoginExpired,
    RateLimited,
    Refused,
    Unavailable,
    Unclear,
    without_paths,
)
from connectors.core.http import Http
from tests.connectors.faults import FaultServer

HERE = ("127.0.0.0/8",)
CANARY = "geheim-4711-canary"
QUICK = Limits(connect=1, read=1, total=1.5)


def door(server, **settings):
    """A door that may use plain http on loopback."""
    return Http(server.url, allow_networks=HERE, **{"limits": QUICK, **settings})


def bomb(size=200 * 1024 * 1024):
    """`size` zero bytes, packed to a thousandth."""
    packer, out = zlib.compressobj(9, wbits=31), io.BytesIO()
    for _ in range(size // (1024 * 1024)):
        out.write(packer.compress(b"\0" * 1024 * 1024))
    return out.getvalue() + packer.flush()


def peak():
    """The most memory this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_an_honest_answer_arrives(server):
    """Status, headers whatever their case, JSON, and parameters on the way there."""
    server.answer = lambda asked: asked.json({"q": asked.query["wort"]}, X_Total="3")
    answer = door(server).get("/liste", {"wort": "Grüße & mehr"})
    assert (answer.status, answer.json(), answer.header("X-TOTAL")) == (200, {"q": "Grüße & mehr"}, "3")


def test_packed_answers_are_unpacked(server):
    """Two gzip members one after the other are one body."""
    body = gzip.compress(b'{"a":') + gzip.compress(b"1}")
    server.answer = lambda asked: asked.say(200, body, Content_Encoding="gzip")
    assert door(server).get("/").json() == {"a": 1}


@pytest.mark.parametrize("announced", [True, False])
def test_a_200_megabyte_answer_is_refused(server, announced):
    """With and without a Content-Length; the message names size and limit."""

    def flood(asked):
        length = "Content-Length: 209715200\r\n" if announced else ""
        asked.wire(f"HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n".encode())
        for _ in range(200):
            asked.wire(b"x" * 1024 * 1024)

    server.answer = flood
    with pytest.raises(Changed, match="larger than 16777216 bytes"):
        door(server, limits=Limits(total=20)).get("/")


def test_a_gzip_bomb_is_stopped_before_it_fills_the_memory(server):
    """200 KiB that unpack to 200 MiB; the process hardly grows."""
    packed, before = bomb(), peak()
    server.answer = lambda asked: asked.say(200, packed, Content_Encoding="gzip")
    with pytest.raises(Changed, match=r"unpack to more than \d+, limit is 200 to 1"):
        door(server, limits=Limits(total=20)).get("/")
    assert peak() - before < 32 * 1024 * 1024


def test_the_same_bomb_explodes_in_a_plain_client(server):
    """The control: without the door all of it is in memory."""
    packed = bomb(50 * 1024 * 1024)
    server.answer = lambda asked: asked.say(200, packed, Content_Encoding="gzip")
    assert len(httpx.get(server.url, trust_env=False).content) == 50 * 1024 * 1024


def drip(asked):
    """One byte each tenth of a second, for five seconds."""
    asked.wire(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n")
    for _ in range(50):
        asked.wire(b"x")
        time.sleep(0.1)


def test_a_dripping_server_ends_at_the_deadline(server):
    """Each byte comes in time, the whole does not."""
    server.answer, begun = drip, time.perf_counter()
    with pytest.raises(Unavailable, match=r"no complete answer within 1\.5 s"):
        door(server).get("/")
    assert time.perf_counter() - begun < 2.5


def test_a_plain_client_waits_for_every_drop(server):
    """The control: a time-out per read does not end a drip."""
    server.answer, begun = drip, time.perf_counter()
    httpx.get(server.url, timeout=1.5, trust_env=False)
    assert time.perf_counter() - begun > 4


@pytest.mark.parametrize(
    ("encoding", "body", "error"),
    [
        ("gzip", gzip.compress(b"[" + b"1," * 5000 + b"1]", mtime=0)[:-20], Unavailable),
        ("gzip", b"no gzip at all", Changed),
        ("br", b"\x0b\x02", Changed),
        ("", b'{"a":', Changed),
        ("", b"<html>Wartung</html>", Changed),
        ("", b"[" * 1_000_000, Changed),
        ("", b'{"a":' * 100 + b"1" + b"}" * 100, Changed),
        ("", b"[NaN]", Changed),
        ("", b"9" * 5000, Changed),
    ],
)
def test_a_body_that_is_not_what_it_says_is_an_error(server, encoding, body, error):
    """Cut, not packed, packed otherwise, not JSON, nested too deeply."""
    server.answer = lambda asked: asked.say(200, body, **({"Content_Encoding": encoding} if encoding else {}))
    with pytest.raises(error):
        door(server).get("/").json()


def test_a_body_shorter_than_announced_is_an_error(server):
    """The connection broke in the middle; repeating did not help."""

    def short(asked):
        asked.wire(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[1,2")
        asked.drop()

    server.answer = short
    with pytest.raises(Unavailable, match="connection broke"):
        door(server).get("/")


def test_a_read_is_repeated_twice_and_then_given_up(server):
    """Three requests in all."""
    server.answer = lambda asked: asked.drop()
    with pytest.raises(Unavailable):
        door(server).get("/")
    assert len(server.asked) == 3


def test_a_read_that_works_the_second_time_works(server):
    """One reset is nobody's business."""
    server.answer = lambda asked: asked.drop() if len(server.asked) == 1 else asked.json([1])
    assert door(server).get("/").json() == [1]


def test_nothing_is_left_in_the_text_that_no_database_takes(server):
    """Half a surrogate pair and NUL become U+FFFD."""
    server.answer = lambda asked: asked.say(200, b'["\\ud83d", {"a": "x\\u0000y"}]')
    assert door(server).get("/").json() == ["\ufffd", {"a": "x\ufffdy"}]


# --- status ---


@pytest.mark.parametrize(
    ("status", "read", "write"),
    [
        (301, ConfigProblem, Unclear),
        (400, Changed, Refused),
        (401, LoginExpired, LoginExpired),
        (402, ConfigProblem, ConfigProblem),
        (403, LoginExpired, LoginExpired),
        (404, Gone, Gone),
        (408, Unavailable, Unclear),
        (409, Changed, Unclear),
        (410, Gone, Gone),
        (413, Changed, Refused),
        (422, Changed, Refused),
        (425, Unavailable, Unclear),
        (429, RateLimited, RateLimited),
        (500, Unavailable, Unclear),
        (503, Unavailable, Unclear),
    ],
)
def test_every_status_says_who_must_act(server, status, read, write):
    """One table for reads and writes."""
    server.answer = lambda asked: asked.say(status, b"<html>")
    with pytest.raises(ConnectorError) as reading:
        door(server).get("/")
    with pytest.raises(ConnectorError) as writing:
        door(server).post("/", json={})
    assert (type(reading.value), type(writing.value)) == (read, write)
    assert reading.value.status == writing.value.status == status


def test_a_platform_may_mean_something_else_by_a_status(server):
    """WordPress says 400 when it means 429; the row is the connector's, the code is kept."""
    server.answer = lambda asked: asked.json({"code": "comment_flood", "message": "Langsamer"}, 400)
    with pytest.raises(RateLimited) as error:
        door(server, rows={(400, "comment_flood"): RateLimited}).post("/", json={})
    assert error.value.code == "comment_flood"


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("name", "value", "seconds"),
    [
        ("Retry-After", "7", 7),
        ("Retry-After", (NOW + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 90),
        ("Retry-After", "999999999", 86_400),
        ("Retry-After", "-5", 60),
        ("Retry-After", "bald", 60),
        ("Retry-After", "nan", 60),
        ("X-RateLimit-Reset", (NOW + timedelta(seconds=300)).isoformat().replace("+00:00", "Z"), 300),
        ("X-RateLimit-Reset", str(int(NOW.timestamp()) + 200), 200),
        ("X-RateLimit-Reset", "369", 369),
        ("RateLimit-Reset", "1e400", 60),
        ("X-Nothing", "1", 60),
    ],
    ids=["seconds", "date", "too long", "negative", "words", "nan", "iso", "unix", "left", "infinite", "nothing"],
)
def test_every_dialect_of_wait_is_understood(server, name, value, seconds):
    """Seconds, date, ISO time, unix time; capped at a day, a minute where it makes no sense."""
    server.answer = lambda asked: asked.say(429, **{name.replace("-", "_"): value})
    with pytest.raises(RateLimited) as error:
        door(server).get("/")
    wait = error.value.until - datetime.now(UTC)
    passed = (datetime.now(UTC) - NOW).total_seconds()
    assert seconds - passed - 3 < wait.total_seconds() <= seconds + 1


# --- writes ---


def half_an_answer(asked):
    """The head says 201, the body never comes whole."""
    asked.wire(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")
    asked.drop()


def silence(_asked):
    """Nothing, for longer than anybody waits."""
    time.sleep(3)


@pytest.mark.parametrize(
    "fault",
    [
        lambda asked: asked.drop(),
        half_an_answer,
        drip,
        silence,
        lambda asked: asked.wire(b"SMTP ready\r\n\r\n"),
        lambda asked: asked.say(201, b"no gzip", Content_Encoding="gzip"),
        lambda asked: asked.say(201, b"x", Content_Encoding="br"),
        lambda asked: asked.say(201, b"<html>"),
        lambda asked: asked.say(302, Location="https://anderswo.example/"),
    ],
    ids=["reset", "half", "drip", "silence", "no http", "bad gzip", "brotli", "html", "redirect"],
)
def test_a_write_without_a_trustworthy_answer_is_unclear_and_sent_once(server, fault):
    """It may be public; only looking can tell."""
    server.answer = fault
    with pytest.raises(Unclear):
        door(server).post("/statuses", form={"status": "Guten Tag"}).json()
    assert len(server.asked) == 1


def test_a_write_that_never_left_is_not_unclear():
    """Nobody listens: provably not executed."""
    closed = FaultServer()
    closed.close()
    with pytest.raises(Unavailable, match="cannot connect"):
        door(closed).post("/", json={})


def test_a_write_uses_a_connection_of_its_own(server):
    """A kept connection may be closed by the peer after it has read the request (RELIABILITY 3.4)."""
    both = door(server)
    both.get("/a")
    both.post("/b", json={"text": "Grüße"})
    ports = [asked.handler.client_address[1] for asked in server.asked]
    assert ports[0] != ports[1]
    assert (server.asked[1].headers["connection"], server.asked[1].body) == ("close", '{"text": "Grüße"}'.encode())


# --- where to ---


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.1.2.3",
     "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "0.0.0.0", "224.0.1.1", "100.64.0.1"],  # noqa: S104  nothing is bound
)  # fmt: skip
def test_addresses_inside_are_never_dialled(host):
    """The check is made on the resolved address, however it is spelled."""
    with pytest.raises(ConfigProblem, match=r"not a public address|address is not valid"):
        Http(f"https://{host}/", limits=QUICK).get("/")


def test_plain_http_needs_an_allowed_network(server):
    """Both at once: the network is named, and the address lies in it."""
    with pytest.raises(ConfigProblem, match="plain http is not allowed"):
        Http(server.url)
    with pytest.raises(ConfigProblem, match="not in allow_networks"):
        Http(server.url, allow_networks=["10.0.0.0/8"], limits=QUICK).get("/")
    assert server.asked == []


def test_a_name_that_changes_its_answer_gains_nothing(server):
    """What is dialled is what was checked; the second look-up never happens."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    dialled = []
    http = Http(f"https://laden.example:{server.port}", limits=QUICK, resolve=lambda *_: next(answers))
    http._backend._dial.connect_tcp = lambda host, *_: dialled.append(host) or 1 / 0
    with pytest.raises(ZeroDivisionError):
        http.get("/")
    assert dialled == ["8.8.8.8"]


def test_a_public_name_with_an_address_inside_is_refused(server):
    """The second answer of the same resolver, this time looked at."""
    http = Http(f"https://laden.example:{server.port}", limits=QUICK, resolve=lambda *_: ["127.0.0.1"])
    with pytest.raises(ConfigProblem, match=r"laden\.example: resolves to 127\.0\.0\.1"):
        http.get("/")
    assert server.asked == []


def test_a_slow_name_server_does_not_hold_us(server):
    """The look-up is part of the deadline."""

    def slow(*_args):
        raise TimeoutError("name look-up took longer than 1 s")

    with pytest.raises(Unavailable, match="cannot connect"):
        Http("https://laden.example", limits=QUICK, resolve=slow).get("/")


def test_a_redirect_is_not_followed(server):
    """Neither to another host nor at home; the operator is told the new address."""
    server.answer = lambda asked: asked.say(301, Location=f"https://www.anderswo.example/?key={CANARY}")
    with pytest.raises(ConfigProblem, match=r"redirect to https://www\.anderswo\.example/;") as error:
        door(server).get("/")
    assert CANARY not in str(error.value)
    assert len(server.asked) == 1


def test_the_login_never_goes_to_another_host(server):
    """A Link header that points elsewhere is refused before anything is sent."""
    http = door(server, credentials=Credentials.bearer(CANARY))
    with pytest.raises(Changed, match="points to another host"):
        http.get(f"http://localhost:{server.port}/next")
    assert server.asked == []


def test_anonymous_means_without_login(server):
    """What a stranger sees is asked as a stranger."""
    http = door(server, credentials=Credentials.bearer(CANARY))
    http.get("/")
    http.get("/", anonymous=True)
    assert [asked.headers.get("authorization") for asked in server.asked] == [f"Bearer {CANARY}", None]


@pytest.mark.parametrize(
    "address", ["https://", "ftp://x", "laden.de", "https://u:p@laden.de", "https://laden.de/?a=1"]
)
def test_an_address_that_cannot_be_right_is_refused_at_once(address):
    """Before anything is dialled."""
    with pytest.raises(ConfigProblem):
        Http(address)


# --- secrets ---


def echo(asked):
    """A platform that repeats our login in its error."""
    asked.json({"code": CANARY, "message": f"bad token {asked.headers.get('authorization')}"}, 422)


@pytest.mark.parametrize(
    "fault",
    [
        echo,
        lambda asked: asked.drop(),
        lambda asked: asked.say(401, CANARY.encode()),
        lambda asked: asked.say(429),
        lambda asked: asked.say(500, CANARY.encode()),
        lambda asked: asked.say(200, b"no gzip", Content_Encoding="gzip"),
        drip,
    ],
)
def test_no_secret_in_error_or_log(server, caplog, fault):
    """Not in the message, not in the traceback with its causes, not in any log line."""
    caplog.set_level(logging.DEBUG)
    server.answer = fault
    http = door(server, credentials=Credentials.bearer(CANARY))
    for call in (lambda: http.get("/", {"access_token": CANARY}), lambda: http.post("/", json={"t": CANARY})):
        with pytest.raises(ConnectorError) as error:
            call()
        told = "".join(traceback.format_exception(error.value)) + repr(error.value.args) + str(error.value.code)
        assert CANARY not in told
        assert CANARY not in repr((error.value.__context__, error.value.__cause__))
    assert CANARY not in repr(http) + repr(http._credentials)
    assert CANARY not in "".join(
        line.getMessage() for line in caplog.records if line.name.startswith(("httpx", "conn"))
    )


def test_a_token_with_a_line_break_is_refused_without_being_shown():
    """It would be a header of its own."""
    with pytest.raises(ConfigProblem) as error:
        Credentials.bearer(f"{CANARY}\r\nX-Admin: 1")
    assert CANARY not in str(error.value)


# --- TLS ---


def certificate(name):
    """A key and a certificate for `name`, made for this run alone, as one PEM text."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM).decode(), private.decode()


@pytest.fixture
def shop(server, tmp_path):
    """The server speaks TLS as laden.example; every name leads there, and its certificate is trusted."""
    public, private = certificate("laden.example")
    (tmp_path / "both.pem").write_text(public + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    server.wrap_tls(context)
    trusting = ssl.create_default_context(cadata=public)

    def visit(name, tls=trusting):
        here = {"allow_networks": HERE, "resolve": lambda *_: ["127.0.0.1"]}
        return Http(f"https://{name}:{server.port}", limits=QUICK, tls=tls, **here)

    return visit


def test_the_name_in_the_certificate_is_still_checked(shop):
    """Although the address itself is dialled; the control is the right name."""
    assert shop("laden.example").get("/").json() == {}
    with pytest.raises(ConfigProblem, match=r"certificate is not valid .*Hostname mismatch"):
        shop("anderer.example").get("/")


def test_an_unknown_issuer_is_refused_before_anything_is_written(shop, server):
    """With the usual trust store; nothing was sent, so it is not unclear."""
    with pytest.raises(ConfigProblem, match="certificate is not valid"):
        shop("laden.example", tls=None).post("/", json={})
    assert server.asked == []


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("GET blog.example/wp-json/wp/v2/comments/7: HTTP 404 gone", "GET blog.example/…: HTTP 404 gone"),
        (
            "HTTP 302, redirect to https://neu.example/x/7; write it",
            "HTTP 302, redirect to https://neu.example/…; write it",
        ),
        ("another text stands there, at://did:plc:abc/app.bsky.feed.post/3k", "another text stands there, /…"),
        ("GET blog.example: cannot connect", "GET blog.example: cannot connect"),
    ],
)
def test_a_line_without_paths_names_the_host_and_no_post(line, shown):
    """What the journal keeps for ever leads back to nobody."""
    assert without_paths(line) == shown
