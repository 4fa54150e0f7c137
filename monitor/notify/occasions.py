"""What cannot wait for the morning: each thing that is wrong now, under a name that lasts as long as it is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from monitor.course import pressing
from monitor.notify.recipients import TOLD
from monitor.people import owner_made
from monitor.tables import Problem, Source
from monitor.words import _
from replies.lifecycle import UNANSWERED, Role, State
from replies.tables import Duty, Reply

SOURCE_KINDS = ("login", "config", "dead", "silent")
_OWNER = frozenset({Role.OWNER})


@dataclass(frozen=True, slots=True)
class Occasion:
    """One thing to tell. `path` is the page where it is mended."""

    name: str  # kind:id, or kind alone
    path: str
    roles: frozenset[Role] = TOLD
    named: Mapping[str, str] = field(default_factory=dict)  # what the sentence names

    @property
    def kind(self) -> str:
        """Which sentence and which heading it has."""
        return self.name.partition(":")[0]

    @property
    def sentence(self) -> str:
        """What is wrong, in the language of whoever is told."""
        return sentences(self.kind).format(**self.named)


def current(session: Session, now: datetime) -> Iterator[Occasion]:
    """Everything that is wrong now."""
    for source in session.exec(select(Source).where(col(Source.enabled).is_(True)).order_by(col(Source.id))).all():
        kind = trouble(source, now)
        if kind:
            yield Occasion(f"{kind}:{source.id}", "/quellen", named={"title": source.title})
    unclear = select(Reply.id, Reply.post_id).where(
        col(Reply.state) == State.UNCLEAR, col(Reply.needs_human).is_(True), col(Reply.successor_id).is_(None)
    )
    for reply_id, post_id in session.exec(unclear.order_by(col(Reply.id))).all():
        yield Occasion(f"unclear:{reply_id}", f"/beitrag/{post_id}")
    running = (col(Duty.state).in_(UNANSWERED), col(Duty.backlog).is_(False), col(Duty.due_at) <= now)
    if session.exec(select(Duty.id).where(*running).limit(1)).first() is not None:
        yield Occasion("overdue", "/", _OWNER)
    if session.exec(select(Reply.id).where(col(Reply.state) == State.SUBMITTED).limit(1)).first() is not None:
        yield Occasion("approvals", "/freigaben", _OWNER)
    for kind, matter, post_id in pressing(session):
        yield Occasion(f"{kind}:{matter}", f"/beitrag/{post_id}", _OWNER)
    for made in owner_made(session, now):
        yield Occasion(f"person:{made.seq}", "/menschen", _OWNER, {"name": made.name, "by": made.by})


def trouble(source: Source, now: datetime) -> str:
    """Which of SOURCE_KINDS a source is in; empty: none that somebody must be told of."""
    problems = (source.problem, source.publish_problem)
    for problem, kind in ((Problem.LOGIN, "login"), (Problem.CONFIG, "config")):
        if problem in problems:
            return kind
    if source.stale and _was_tried(source, now):
        return "dead"
    return "silent" if source.problem == Problem.SILENT else ""


def _was_tried(source: Source, now: datetime) -> bool:
    """After a night in which we did not run every source is stale: only one that was tried since is dead."""
    if source.fails:
        return True
    since = source.succeeded_at or source.since
    every = timedelta(seconds=source.every_seconds)
    return source.attempted_at is not None and source.attempted_at > since and now - source.attempted_at > every


def sentences(kind: str) -> str:
    """What begins, by kind."""
    return {
        "login": _("Bei „{title}“ ist die Anmeldung abgelaufen. Bis sie erneuert ist, wird dort nichts gelesen."),
        "config": _("Bei „{title}“ stimmen Adresse oder Rechte nicht. Bitte prüfen Sie die Konfiguration."),
        "dead": _("„{title}“ lässt sich seit einer Weile nicht lesen. Bitte sehen Sie dort selbst nach."),
        "silent": _("Bei „{title}“ ist es ungewöhnlich lange still. Bitte sehen Sie nach, ob alles stimmt."),
        "unclear": _("Bei einer Antwort ist unklar, ob sie öffentlich ist. Bitte sehen Sie nach und entscheiden Sie."),
        "overdue": _("Es ist mindestens eine Antwort überfällig."),
        "rising": _("In einem Anliegen wird der Ton von Beitrag zu Beitrag schärfer. Bitte sehen Sie selbst hin."),
        "burst": _("In einem Anliegen kamen an einem Tag drei oder mehr Beiträge. Bitte sehen Sie selbst hin."),
        "approvals": _("Es wartet mindestens eine Antwort auf Freigabe."),
        "person": _(
            "{by} hat den Zugang von {name} angelegt oder geändert. Bitte vergewissern Sie sich, dass {name} ein "
            "eigener Mensch ist: mit einem zweiten Zugang könnte eine Person allein freigeben."
        ),
    }[kind]


def endings(kind: str) -> str:
    """What is said when it is over; empty: those who mended it know."""
    return {
        "login": _("Bei „{title}“ gilt die Anmeldung wieder."),
        "config": _("Bei „{title}“ stimmen Adresse und Rechte wieder."),
        "dead": _("„{title}“ wird wieder gelesen."),
        "silent": _("Bei „{title}“ gibt es wieder Neues."),
        "unclear": _("Die unklare Antwort ist geklärt."),
        "overdue": _("Es ist keine Antwort mehr überfällig."),
        "approvals": "",
        "rising": "",
        "burst": "",
        "person": "",
    }[kind]


def headings(kind: str) -> str:
    """The subject: it stands on locked screens, so it names neither posts nor people."""
    return {
        "login": _("Widerhall: eine Anmeldung ist abgelaufen"),
        "config": _("Widerhall: eine Quelle ist falsch eingerichtet"),
        "dead": _("Widerhall: eine Quelle wird nicht gelesen"),
        "silent": _("Widerhall: eine Quelle ist ungewöhnlich still"),
        "unclear": _("Widerhall: eine Antwort ist unklar"),
        "overdue": _("Widerhall: überfällig"),
        "approvals": _("Widerhall: wartet auf Freigabe"),
        "rising": _("Widerhall: der Ton wird schärfer"),
        "burst": _("Widerhall: viele Beiträge in kurzer Zeit"),
        "person": _("Widerhall: ein Zugang wurde angelegt oder geändert"),
    }[kind]
