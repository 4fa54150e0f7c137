"""mastodon-mock 0.6.1, a Mastodon server of other people (PyPI), on loopback.

It is installed once into an environment of its own under tests/.peers, because it brings a web server's accelerators
that would change how our own pages are served in the tests.
"""

import fcntl
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from tests.peers.processes import Running, free_port, wait_until

CACHE = Path(__file__).resolve().parents[1] / ".peers" / "mastodon-mock-0.6.1"
PEOPLE = ("kundin", "laden", "nachbar")


def installed():
    """The Python that can run it; the first call takes 15 seconds.

    Raises:
        CalledProcessError: pip could not install it.
    """
    python = CACHE / "bin" / "python"
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    with (CACHE.parent / "mastodon-mock.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (CACHE / "complete").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", CACHE], check=True)
            command = [python, "-m", "pip", "install", "--quiet", "mastodon-mock==0.6.1"]
            subprocess.run(command, check=True, capture_output=True)
            (CACHE / "complete").touch()
    return python


class MastodonMock:
    """A server with three accounts, whose tokens are `tok-NAME`."""

    def __init__(self):
        """Install, if need be, and start."""
        self.folder = Path(tempfile.mkdtemp(prefix="widerhall-mastodon-"))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        people = "".join(f'[[seed.accounts]]\nusername = "{who}"\naccess_token = "tok-{who}"\n' for who in PEOPLE)
        config = self.folder / "m.toml"
        config.write_text(f'[server]\nhost = "127.0.0.1"\nport = {port}\n{people}')
        command = [installed(), "-m", "mastodon_mock", "serve", "--config", config, "--in-memory"]
        self.running = Running(command, log=self.folder / "log", cwd=self.folder, folder=self.folder)
        self.client = httpx.Client(base_url=self.url, trust_env=False, timeout=180)
        wait_until(self.ready, seconds=60, what="mastodon-mock")

    def ready(self):
        """Whether it answers."""
        try:
            return self.client.get("/api/v1/instance").is_success
        except httpx.TransportError:
            return False

    def stop(self):
        """End it and forget everything."""
        self.client.close()
        self.running.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def toot(self, who, text, **more):
        """Somebody posts; gives the status."""
        answer = self.client.post(
            "/api/v1/statuses", data={"status": text, **more}, headers={"Authorization": f"Bearer tok-{who}"}
        )
        return answer.raise_for_status().json()

    def act(self, who, method, path, **form):
        """Any other call in somebody's name."""
        headers = {"Authorization": f"Bearer tok-{who}"}
        return self.client.request(method, path, data=form or None, headers=headers).raise_for_status().json()

    def fault(self, effect, count=1):
        """The next `count` publications go wrong."""
        match = {"methods": ["POST"], "path": "/api/v1/statuses"}
        body = {"match": match, "effect": effect, "count": count}
        self.client.post("/api/v1/_mock/faults", json=body).raise_for_status()
