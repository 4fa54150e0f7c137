"""A threat, or extortion by a review: owners are told at once, at night too, once per post, without its words.

Whoever judges or marks a post raises the alarm in the same transaction; `queue` writes the messages down.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from monitor.notify.recipients import Recipient
from monitor.tables import Alarm, Notice, PostRow
from monitor.words import _, speaking
from replies.lifecycle import Role

OCCASION = "threat:"
FLAGS = frozenset({"threat", "extortion"})
_OLD = timedelta(days=14)  # what was written before, as in the history of a first run, wakes nobody
_USEFUL = timedelta(days=1)  # nobody could be reached for so long: the page has it


def raise_alarm(
    session: Session, post: PostRow, flags: Collection[str], now: datetime, *, by_person: bool = False
) -> None:
    """Begin the alarm for a post that threatens; once per post, however often it is judged or marked."""
    old = now - (post.created_at or post.first_seen_at) > _OLD
    if post.own or not FLAGS & set(flags) or (old and not by_person):
        return
    name = f"{OCCASION}{post.id}"
    if session.exec(select(Alarm.id).where(col(Alarm.name) == name).limit(1)).first() is None:
        session.add(Alarm(name=name, began_at=now))
        session.flush()


def queue(session: Session, people: Sequence[Recipient], base_url: str, now: datetime) -> None:
    """One message per owner and post; no quiet hours."""
    raised = select(Alarm).where(col(Alarm.ended_at).is_(None), col(Alarm.name).startswith(OCCASION))
    owners = [person for person in people if person.wants({Role.OWNER})]
    for alarm in session.exec(raised.order_by(col(Alarm.id))).all():
        late = now - alarm.began_at > _USEFUL
        for person in () if late else owners:
            with speaking(person.language):
                session.add(_notice(alarm, person, base_url, now))
        if owners or late:
            alarm.ended_at = now
            session.add(alarm)


def _notice(alarm: Alarm, person: Recipient, base_url: str, now: datetime) -> Notice:
    post = alarm.name.removeprefix(OCCASION)
    sentences = (
        _("Ein Beitrag ist als Drohung oder Erpressung eingestuft. Bitte sehen Sie gleich nach, vor jeder Antwort."),
        _("Bei Gefahr rufen Sie 110. Wen Sie sonst anrufen können, steht oben auf der Seite:"),
        f"{base_url}/beitrag/{post}",
        _("Die Belege sind gesichert: {url}").format(url=f"{base_url}/beitrag/{post}/belege"),
    )
    return Notice(
        occasion=alarm.name,
        recipient=person.key,
        subject=_("Widerhall: bitte sofort ansehen"),
        body="\n".join(sentences) + "\n",
        created_at=now,
        not_before=now,
    )
