"""`bench outbox`: what claim, attempt and result add to a publication.

The reference is the same connector on the same loopback server without the database: it reads the post again and
publishes. What ours takes longer is counted in fsyncs of this disk (RELIABILITY P17), without a target: on a quick
disk it is the time of some 35 statements, not of the disk. What is held is how often a publication waits for the disk:
after the look at the post, before the first byte and after the answer.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, event
from sqlmodel import Session, col, select

from connectors.core.contract import Post, PostKind, Publisher
from monitor import vault
from monitor.bench.fetch import platform
from monitor.bench.place import house_in
from monitor.bench.ratio import Lines, Note, Options, Ratio, in_turns, seconds
from monitor.bootstrap import House
from monitor.tables import RunKind, User
from monitor.words import _
from replies.lifecycle import ReplyKind, Role, State
from replies.people import Actor
from replies.tables import Duty, Reply

REPLIES = 100
_PASSWORD = "WIDERHALL_BENCH_PASSWORD"  # noqa: S105 - the name of a variable
_TEXT = "Guten Tag, wir prüfen Ihre Sendung und melden uns bis morgen Abend hier."
_AT_ONCE = "[timing]\nundo = 0\nper_hour = 0\n"
_BLOG = """[sources.blog]
kind = "wordpress"
url = "{base}"
username = "redaktion"
application_password_env = "WIDERHALL_BENCH_PASSWORD"
allow_networks = ["127.0.0.0/8"]
"""


def outbox(options: Options) -> Lines:
    """Publications through the outbox and bare ones, one by one in turns."""
    replies = min(options.posts or REPLIES, REPLIES)
    with (
        tempfile.TemporaryDirectory(prefix="widerhall-bench-") as name,
        environment(Path(name)),
        platform(Path(name)) as base,
    ):
        folder = Path(name) / "house"
        with house_in(folder, _AT_ONCE + one_blog(base)) as house:
            waiting = iter(_approved(house, replies))
            post = Post(ref="1", kind=PostKind.COMMENT, text="Die Lieferung kam zu spät.")
            ours = partial(seconds, lambda: _send(house, next(waiting)))
            bare = partial(seconds, lambda: _publish(house, post))
            in_turns(1, bare)
            with (folder / "probe").open("wb") as probe, _durable(house) as durable:
                through, alone, sync = in_turns(replies, ours, bare, partial(seconds, lambda: _sync(probe.fileno())))
        yield Note(_("{n} Antworten, ein fsync dauert {ms:.2f} ms").format(n=replies, ms=1000 * sync))
        yield Ratio(_("Ausgang gegen bloßes Veröffentlichen über dieselbe Verbindung"), through / alone, None)
        yield Ratio(_("Aufschlag je Antwort in fsync-Zeiten"), max(through - alone, 0.0) / sync, None)
        yield Ratio(_("Transaktionen je Antwort, die auf den Datenträger warten"), len(durable) / replies, 3.0)


def one_blog(base: str) -> str:
    """The configuration of a WordPress with a login on the loopback platform, for whoever has its `environment`."""
    return _BLOG.format(base=base)


@contextmanager
def environment(folder: Path) -> Iterator[None]:
    """Variables of this process for a while: the login of the source, and a key of its own to keep it with."""
    values = {_PASSWORD: "bench", vault.KEY_VARIABLE: str(folder / "key")}
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _send(house: House, reply_id: int) -> None:
    if house.outbox.send(reply_id) != State.DELIVERED:
        raise RuntimeError(f"reply {reply_id} was not delivered")


def _publish(house: House, post: Post) -> None:
    connection = house.world.reader("blog")
    if connection.one(post.ref) is None:
        raise RuntimeError("the post is not there")
    cast("Publisher", connection).publish(post, _TEXT, "bench")


@contextmanager
def _durable(house: House) -> Iterator[list[Connection]]:
    """The transactions meanwhile that changed something; with `synchronous=FULL` each of them waited for the disk."""
    engine, ended = house.database.engine, list[Connection]()
    changed: set[Connection] = set()

    def note(connection: Connection, _cursor: object, words: str, *_rest: object) -> None:
        if words.startswith(("INSERT", "UPDATE", "DELETE")):
            changed.add(connection)

    def end(connection: Connection) -> None:
        if connection in changed:
            changed.discard(connection)
            ended.append(connection)

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", end)
    try:
        yield ended
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", end)


def _sync(file: int) -> None:
    os.write(file, b"x" * 4096)
    os.fsync(file)


def _approved(house: House, replies: int) -> list[int]:
    """Posts with a duty each, and an approved holding reply to each."""
    now = house.now()
    connection = house.world.reader("blog")
    items = [post for n in range(1, replies + 1) if (post := connection.one(str(n))) is not None]
    house.ingest.take_items("blog", list(items), now, RunKind.POLL)
    with house.transaction() as session:
        anna, bernd = (
            _hire(session, house, name, role) for name, role in (("Anna", Role.STAFF), ("Bernd", Role.OWNER))
        )
        found = [_agreed(session, house, duty.id or 0, anna, bernd) for duty in session.exec(select(Duty)).all()]
    if len(found) < replies:
        raise RuntimeError(f"{len(found)} of {replies} posts owe an answer")
    with house.reading() as session:
        return [n or 0 for n in session.exec(select(Reply.id).order_by(col(Reply.id))).all()]


def _hire(session: Session, house: House, name: str, role: Role) -> Actor:
    user = User(name=name, role=role, password_hash="-", created_at=house.now())  # noqa: S106 - nobody logs in
    session.add(user)
    session.flush()
    return Actor(user.id, role, name)


def _agreed(session: Session, house: House, duty_id: int, anna: Actor, bernd: Actor) -> int:
    now = house.now()
    reply = house.desk.draft(session, duty_id, ReplyKind.HOLDING, _TEXT, anna, now)
    reply = house.desk.submit(session, reply.id or 0, anna, now, seen_version=reply.version)
    return house.desk.approve(session, reply.id or 0, house.desk.to_agree(session, reply), bernd, now).id or 0
