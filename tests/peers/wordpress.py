"""A real WordPress from Debian's packages, on loopback, for tests.

`WordPress().start()` needs php-cli with its extensions and MariaDB (see `install-debian`). WordPress itself is
downloaded once with `apt-get download`, unpacked to tests/.peers/wordpress and shared by all instances; each instance
has its own database and its own folder under the system's temporary folder, and leaves nothing behind.
"""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import httpx

from tests.peers.processes import Running, free_port, wait_until

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".peers" / "wordpress"
SITE = CACHE / "site"
DEBS = ("wordpress", "wordpress-theme-twentytwentythree", "php-getid3", "libjs-underscore", "libjs-cropper")
SQL = """
create database if not exists wp character set utf8mb4;
create or replace user wp@localhost identified by 'wp';
grant all on wp.* to wp@localhost;
"""


class WordPress:
    """One WordPress with an administrator, one post and no comment.

    Attributes:
        url: base address without a slash at the end, known after `start`.
        admin_user: the account of the business.
        admin_password: its application password, for Basic authentication.
        admin_login: its password for the login form.
    """

    admin_user = "admin"
    admin_login = "admin-pass"

    def __init__(self) -> None:
        """Starts nothing yet."""
        self.url = ""
        self.admin_password = ""
        self._running: list[Running] = []
        self._folder = Path()
        self._client = httpx.Client()
        self._client.close()

    def start(self) -> Self:
        """Installs and starts everything, in 3 to 6 seconds when the packages are already here.

        Raises:
            TimeoutError: a server did not come up; the message shows the end of its log.
            RuntimeError: WordPress could not be downloaded or installed.
        """
        unpack()
        self._folder = Path(tempfile.mkdtemp(prefix="widerhall-wordpress-"))
        self._folder.chmod(0o755)  # MariaDB's own user walks through it
        self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        try:
            self._start_database()
            self._start_php()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Ends both servers and removes the folder; also after a failed start, also twice."""
        while self._running:
            self._running.pop().stop()
        self._client.close()
        if self._folder != Path():
            self._remove()

    # --- what people do ---

    def comment(self, author: str, text: str, *, post: int = 1, parent: int = 0) -> int:
        """The customer `author` (an account that is made when needed) writes a comment; gives its id."""
        return int(self._act("comment", name=author, text=text, post=post, parent=parent))

    def edit(self, comment_id: int, text: str) -> None:
        """Changes the text of a comment."""
        self._act("edit", comment=comment_id, text=text)

    def trash(self, comment_id: int) -> None:
        """Moves a comment to the bin."""
        self._act("trash", comment=comment_id)

    def delete(self, comment_id: int) -> None:
        """Deletes a comment for ever."""
        self._act("delete", comment=comment_id)

    def hold(self, comment_id: int) -> None:
        """Puts a comment into the moderation queue, out of sight."""
        self._act("status", comment=comment_id, status="hold")

    def approve(self, comment_id: int) -> None:
        """Takes a comment out of the moderation queue."""
        self._act("status", comment=comment_id, status="approve")

    def publish(self, title: str, text: str) -> int:
        """The business publishes a post; gives its id."""
        return int(self._act("post", title=title, text=text))

    def app_password(self, author: str) -> tuple[str, str]:
        """Login name and a new application password of the customer `author`."""
        user = int(self._act("person", name=author))
        password = str(self._act("password", user=user))
        profile = self._client.get(f"/wp-json/wp/v2/users/{user}", params={"context": "edit"}, auth=self._admin)
        return str(profile.json()["username"]), password

    def option(self, name: str, value: str | int) -> None:
        """Sets an option of WordPress, such as `comment_moderation` to 1."""
        self._act("option", name=name, value=value)

    # --- what one sees ---

    def comments(self, *, anonymous: bool = True, **query: str | int) -> list[dict[str, Any]]:
        """All comments, oldest first, as a stranger sees them; not anonymous: as the administrator, every status."""
        search = {"per_page": 100, "order": "asc", "orderby": "id", **query}
        if not anonymous:
            search = {"context": "edit", "status": "all", **search}
        answer = self._client.get(
            "/wp-json/wp/v2/comments",
            params=search,
            auth=httpx.USE_CLIENT_DEFAULT if anonymous else self._admin,
        )
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found

    def children(self, comment_id: int) -> list[dict[str, Any]]:
        """The public answers to a comment."""
        return self.comments(parent=comment_id)

    def page_html(self, post: int = 1) -> str:
        """The public page of a post as a stranger's browser gets it."""
        answer = self._client.get("/", params={"p": post})
        answer.raise_for_status()
        return answer.text

    # --- how it is made ---

    @property
    def _admin(self) -> tuple[str, str]:
        return self.admin_user, self.admin_password

    def _start_database(self) -> None:
        data, socket = self._folder / "db", self._folder / "db" / "s.sock"
        data.mkdir()
        user = "mysql" if os.geteuid() == 0 else None  # MariaDB refuses root
        if user:
            shutil.chown(data, user, user)
        install = [program("mariadb-install-db"), "--no-defaults", f"--datadir={data}", "--skip-test-db"]
        install.append("--auth-root-authentication-method=normal")
        subprocess.run(install, check=True, capture_output=True, cwd=self._folder, **_as(user))
        server = [program("mariadbd"), "--no-defaults", f"--datadir={data}", f"--socket={socket}", "--skip-networking"]
        server += ["--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"]
        self._run(server, user=user, name="mariadb")
        client = [program("mariadb"), "--no-defaults", "-uroot", f"--socket={socket}"]

        def ready() -> bool:
            self._insist("mariadb")
            return subprocess.run([*client, "-e", "select 1"], capture_output=True, check=False).returncode == 0

        wait_until(ready, seconds=180, what="MariaDB")
        subprocess.run([*client, "-e", SQL], check=True, capture_output=True)

    def _start_php(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.admin_password = str(self._act("install"))
        server: list[str | Path] = [program("php"), "-S", f"127.0.0.1:{port}", "-t", SITE, HERE / "php" / "router.php"]
        self._run(server, name="php", env={**self._environment, "PHP_CLI_SERVER_WORKERS": "4"})
        self._client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=30, trust_env=False)

        def ready() -> bool:
            self._insist("php")
            try:
                return self._client.get("/wp-json/").is_success
            except httpx.TransportError:
                return False

        wait_until(ready, seconds=180, what="WordPress")

    @property
    def _environment(self) -> dict[str, str]:
        return {"PEER_SOCKET": str(self._folder / "db" / "s.sock"), "PEER_URL": self.url, "PEER_SITE": str(SITE)}

    def _run(
        self, command: Sequence[str | Path], *, name: str, user: str | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        log = self._folder / f"{name}.log"
        self._running.append(Running(command, log=log, cwd=self._folder, user=user, env=env, folder=self._folder))

    def _insist(self, name: str) -> None:
        if not self._running[-1].alive():
            message = f"{name} ended while it started:\n{self._running[-1].last_words()}"
            raise RuntimeError(message)

    def _act(self, action: str, **words: str | int) -> Any:
        """Runs one action of php/act.php."""
        done = subprocess.run(
            [program("php"), "-d", "display_errors=0", "-d", "error_reporting=E_ERROR", HERE / "php" / "act.php"],
            input=json.dumps({"do": action, **words}),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, **self._environment},
        )
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            answer = {"error": done.stdout + done.stderr}
        if "ok" not in answer:
            message = f"WordPress could not {action} {words}: {answer.get('error')}"
            raise RuntimeError(message)
        return answer["ok"]


def program(name: str) -> str:
    """The full path of a program of Debian.

    Raises:
        RuntimeError: it is not installed; the message says how to get it.
    """
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")
    if not found:
        message = f"{name} is missing; tests/peers/install-debian installs it"
        raise RuntimeError(message)
    return found


def unpack() -> None:
    """Downloads and unpacks WordPress to the cache, once, also when several test processes start together.

    Raises:
        RuntimeError: apt could not download the packages.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not SITE.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as folder:
                _download(Path(folder)).rename(SITE)
        for name, place in (("wp-config.php", SITE), ("no-mail.php", SITE / "wp-content" / "mu-plugins")):
            place.mkdir(exist_ok=True)
            _refresh(HERE / "php" / name, place / name)


def _download(folder: Path) -> Path:
    """Gives the folder of a complete site; Debian's package is full of links to its neighbours, which are followed."""
    got = subprocess.run(
        [program("apt-get"), "download", "-q", *DEBS], cwd=folder, capture_output=True, text=True, check=False
    )
    if got.returncode:
        message = f"apt-get download failed, see tests/peers/install-debian:\n{got.stderr.strip()}"
        raise RuntimeError(message)
    root = folder / "root"
    for deb in sorted(folder.glob("*.deb")):
        subprocess.run([program("dpkg"), "-x", deb, root], check=True)
    share = root / "usr" / "share"
    site = folder / "site"
    shutil.copytree(share / "wordpress", site, symlinks=False, ignore_dangling_symlinks=True)
    _follow_dangling(share / "wordpress", site, root)
    return site


def _follow_dangling(source: Path, site: Path, root: Path) -> None:
    """Copies what absolute links of the package mean inside `root`, where the packages were unpacked."""
    for link in (path for path in source.rglob("*") if path.is_symlink() and not path.exists()):
        target = root / str(link.readlink()).lstrip("/")
        copy = site / link.relative_to(source)
        if target.is_dir():
            shutil.copytree(target, copy, dirs_exist_ok=True)
        elif target.is_file():
            shutil.copyfile(target, copy)


def _refresh(source: Path, copy: Path) -> None:
    """Replaces `copy` in one step when `source` differs: other processes may be reading it."""
    if copy.is_file() and copy.read_bytes() == source.read_bytes():
        return
    fresh = copy.with_suffix(".new")
    shutil.copyfile(source, fresh)
    fresh.replace(copy)


def _as(user: str | None) -> dict[str, Any]:
    """Arguments of `subprocess.run` for a command of another user."""
    return {"user": user, "group": user, "extra_groups": []} if user else {}
