"""What stands beside the answers of the demo's past: fact cards, calls with a record, a notice, measures, follow-ups.

Made through the real functions like the rest of the past; each play yields the moment at which it goes on.
"""

import tomllib
from collections.abc import Generator, Iterator
from datetime import date, datetime, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from monitor import evidence
from monitor.learning import measures
from monitor.tables import PostRow
from replies import duty as duties
from replies import fact_cards
from replies.care import removal, tasks
from replies.care.removal import Request
from replies.care.tables import Task
from replies.care.words import Ground, NoticeStand, TaskKind
from replies.fact_cards import Statement

if TYPE_CHECKING:
    from monitor.demo.history import History

_WAITED = timedelta(days=3, hours=1)  # for the platform; somebody should look today
Moments = Generator[datetime, None, None]


def plays(history: "History") -> Iterator[Moments]:
    """Every play, each independent of the others."""
    data = tomllib.loads(resources.files("monitor.demo").joinpath("data", "care.toml").read_text(encoding="utf-8"))
    yield _cards(history, data["card"])
    yield from (_call(history, one) for one in data["call"])
    yield from (_measure(history, one) for one in data["measure"])
    yield _notice(history, data["notice"])
    yield from (_look_after(history, at) for at in history.rounds.values())


def _cards(history: "History", cards: list[dict[str, Any]]) -> Moments:
    yield history.rounds["first"] - timedelta(minutes=30)
    bernd, now = history.people["Bernd"], history.clock.now
    since = date(fact_cards.today(now).year, 1, 1)
    with history.house.transaction() as session:
        for card in cards:
            said = Statement(card.get("before", card["statement"]), card["source"], tuple(card["topics"]), since)
            row = fact_cards.write(session, said, bernd, now)
            if "before" in card:
                newer = Statement(card["statement"], card["source"], tuple(card["topics"]), fact_cards.today(now))
                row = fact_cards.write(session, newer, bernd, now, replaces=row.id or 0)
            history.cards[card["name"]] = row.id or 0


def _call(history: "History", call: dict[str, Any]) -> Moments:
    """Planned; with a record it was made, written down and confirmed, else it is still to be made."""
    anna = history.people["Anna"]
    yield history.after(history.rounds[call["round"]], call["hours"])
    now = history.clock.now
    with history.house.transaction() as session:
        duty = duties.of_post(session, history.post_of(call["on"]))
        if duty is None:
            return
        due = max(history.now + timedelta(hours=2), now + timedelta(hours=4)) if "agreed" not in call else None
        until = due or now + timedelta(hours=4)
        number = tasks.plan(session, duty, TaskKind.CALL, call["what"], until, anna, now).id or 0
    if "agreed" not in call:
        return
    yield history.after(history.rounds[call["round"]], call["hours"] + 1)
    spoken = history.clock.now
    with history.house.transaction() as session:
        tasks.record(
            session, number, anna, spoken, spoken_at=spoken - timedelta(minutes=9), notes_allowed=True,
            understood=call["understood"], agreed=call["agreed"],
        )  # fmt: skip
        tasks.confirm(session, number, call["confirmed"], anna, spoken)


def _measure(history: "History", measure: dict[str, Any]) -> Moments:
    yield history.after(history.rounds[measure["round"]], 6)
    bernd, now = history.people["Bernd"], history.clock.now
    with history.house.transaction() as session:
        due = now + timedelta(days=measure["due"])
        row = measures.decide(session, measure["topic"], measure["what"], bernd.id or 0, due, bernd, now)
        number = row.id or 0
    if "sentence" in measure:
        yield due - timedelta(days=2)
        with history.house.transaction() as session:
            measures.done(session, number, measure["sentence"], bernd, history.clock.now)


def _notice(history: "History", notice: dict[str, Any]) -> Moments:
    """Prepared by Anna, sent by Bernd, and the platform has not said anything yet."""
    yield history.now - _WAITED
    post_id = history.post_of(notice["on"])
    anna, bernd, now = history.people["Anna"], history.people["Bernd"], history.clock.now
    with history.house.transaction() as session:
        post = session.get_one(PostRow, post_id)
        digest = evidence.secure(session, post_id, anna, now)
        asked = Request(Ground(notice["ground"]), notice["explanation"], good_faith=True)
        row = removal.prepare(session, post_id, post.text, post.version, asked, digest, anna, now)
        removal.move(
            session, row.id or 0, NoticeStand.SENT, bernd, history.house.timing, now, reference=notice["reference"]
        )


def _look_after(history: "History", at: datetime) -> Moments:
    """Anna keeps what was promised and asks whether it was solved, whenever new reviews come."""
    yield history.after(at, 2)
    with history.house.transaction() as session:
        for task in _open_tasks(session, history.clock.now):
            _close(session, task, history)


def _open_tasks(session: Session, now: datetime) -> list[Task]:
    kinds = (TaskKind.PROMISE, TaskKind.FOLLOW_UP)
    due = select(Task).where(col(Task.done_at).is_(None), col(Task.due_at) <= now, col(Task.kind).in_(kinds))
    return list(session.exec(due.order_by(col(Task.id))).all())


def _close(session: Session, task: Task, history: "History") -> None:
    anna, now = history.people["Anna"], history.clock.now
    if task.kind == TaskKind.PROMISE:
        tasks.done(session, task.id or 0, "Erledigt.", anna, now)
        return
    solved = (task.id or 0) % 5 != 0  # now and then it was not
    words = "Nachgefragt, es passt." if solved else "Nachgefragt, es hakt noch; Bernd kümmert sich."
    tasks.done(session, task.id or 0, words, anna, now, solved=solved)
