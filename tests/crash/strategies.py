"""The product as a worker, and the ways of doing it wrong."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from sqlmodel import col, select

from connectors.core.errors import ConnectorError
from monitor import jobs
from replies.attempts import settle_by_person
from replies.crash import crashpoint
from replies.lifecycle import Action, State
from replies.tables import Reply
from tests.crash.stage import Stage
from tests.replies.shop import BERND

Strategy = Callable[[Stage], str | None]
_LOOKS = re.compile("look|conclude")
PASSES = 6  # of a worker that is to die, if it does not


def ours(stage: Stage) -> str:
    """What the daemon does: leases, outbox, watch, until nothing is left or until it is restarted.

    Its threads run in no fixed order; here a worker that is to die while looking looks first.
    """
    dies = os.environ["WIDERHALL_CRASH"]
    steps = [jobs.send_due, jobs.look_due]
    if _LOOKS.search(dies):
        steps.reverse()
    elif dies:
        stage.sleep(stage.timing.send_lease)  # started again late: its predecessor's lease keeps it from nothing
    passes = 0
    while stage.left():
        passes += 1
        if dies and passes > PASSES:
            return "tired"
        jobs.expire_leases(stage, stage.clock())
        done = [step(stage, stage.clock()) for step in steps]
        if not any(done):
            stage.until_due()
    return "done"


def naive(stage: Stage) -> None:
    """Wrong: send until the platform says yes, then remember; what is not remembered is sent again."""
    _each(stage, remember_first=False)


def mark_first(stage: Stage) -> None:
    """Wrong: remember, then send, once; a kill or an error in between loses the answer."""
    _each(stage, remember_first=True)


def _each(stage: Stage, *, remember_first: bool) -> None:
    done = stage.folder / "done"
    known = set(done.read_text().split()) if done.exists() else set()
    with stage.reading() as session:
        replies = [
            (reply, stage.world.post(session, reply.post_id).post) for reply in session.exec(select(Reply)).all()
        ]
    for reply, post in replies:
        if str(reply.id) in known:
            continue
        crashpoint("after-claim")
        if remember_first:
            _remember(done, reply)
            _try(lambda post=post, reply=reply: stage.world.connection.publish(post, reply.text, reply.key))
        else:
            while not _try(lambda post=post, reply=reply: stage.world.connection.publish(post, reply.text, reply.key)):
                stage.clock()
        crashpoint("before-settle")
        _remember(done, reply)


def _try(step: Callable[[], object]) -> bool:
    try:
        step()
    except ConnectorError:
        return False
    return True


def _remember(done: Path, reply: Reply) -> None:
    with done.open("a") as file:
        file.write(f"{reply.id}\n")


def bernd_looks(stage: Stage) -> int:
    """On a blind platform: later on Bernd looks at each page that is in doubt and says what he sees there."""
    stage.sleep(stage.timing.settle)
    standing = {copy["text"] for copy in stage.truth()["copies"]}
    with stage.transaction() as session:
        doubtful = session.exec(
            select(Reply).where(col(Reply.needs_human).is_(True), col(Reply.state) == State.UNCLEAR)
        )
        for reply in (found := list(doubtful.all())):
            said = Action.DELIVER if reply.text in standing else Action.POSTPONE
            now = stage.clock()
            settle_by_person(session, reply.id, said, "nachgesehen", BERND, stage.world, stage.timing, now)
    stage.database.engine.dispose()
    return len(found)
