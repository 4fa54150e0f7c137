"""`status`: every source in a line, who judges, and what somebody must look after."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.words import _, ngettext

if TYPE_CHECKING:
    from sqlmodel import Session


def status(arguments: argparse.Namespace) -> int:
    """Print sources, who judges, and alarms; exit 1 if a source needs somebody or a promise is overdue."""
    from sqlmodel import col, select

    from monitor.bootstrap import open_house
    from monitor.tables import Source

    house = open_house(arguments.config)
    try:
        with house.reading() as session:
            troubled = _show_all(session.exec(select(Source).order_by(col(Source.name))).all())
            print(_who_judges(house.ingest.judging.judge.name, wanted=house.config.judging.strong))
            alarms = list(_alarms(session, house.now()))
    finally:
        house.close()
    for sentence in alarms:
        print(sentence)
    return 1 if troubled or alarms else 0


def _alarms(session: "Session", now: datetime) -> Iterator[str]:
    """What is wrong besides the sources, one sentence each with what to do."""
    from monitor.commands.queue import rows, wall
    from monitor.health import is_away
    from monitor.notify.delivery import failing
    from monitor.quarantine import unreadable
    from monitor.saying import of_message
    from monitor.tables import MARKED, Switch
    from monitor.web.filters import ZONE
    from monitor.world import RUNNING, outbox_state

    kept = session.get(Switch, MARKED)
    if kept is not None and is_away(kept.at, now):
        away = _("Kein Daemon arbeitet, zuletzt {at}. Starten Sie: widerhall run")
        yield away.format(at=wall(kept.at, ZONE, year=True))
    if outbox_state(session) != RUNNING:
        yield _("Der Ausgang ist angehalten. Weiter mit: widerhall outbox resume")
    if why := failing(session, now):
        unsent = _("Nachrichten an Ihre Leute kommen nicht hinaus. {sentence} Prüfen Sie [notify]. ({why})")
        yield unsent.format(sentence=of_message(why), why=why)
    broken = unreadable(session).values()
    if n := sum(one.kept for one in broken):
        held = ngettext("{n} Datensatz ist zurückgestellt", "{n} Datensätze sind zurückgestellt", n).format(n=n)
        again = _("{held}: nach einem Update noch einmal lesen mit widerhall redrive, verwerfen mit --drop QUELLE")
        yield again.format(held=held)
        yield _("  Was an ihnen nicht lesbar ist, steht auf der Seite unter Quellen.")
    if n := sum(one.counted for one in broken):
        yield ngettext(
            "{n} weiterer hatte keinen Platz und ist nur gezählt: [retention] unreadable_records",
            "{n} weitere hatten keinen Platz und sind nur gezählt: [retention] unreadable_records",
            n,
        ).format(n=n)
    if n := sum(1 for row in rows(session, now) if row["overdue"]):
        yield ngettext("{n} Antwort ist überfällig.", "{n} Antworten sind überfällig.", n).format(n=n)


def _who_judges(name: str, *, wanted: bool) -> str:
    """The tier and the digest of its model, both from the judge's name; `wanted`: the strong tier is turned on."""
    tier, _model, digest = name.split()[:3]
    if tier == "tier-b":
        return _("Einschätzung: mit der starken Stufe, Modell {digest}").format(digest=digest)
    sentence = _("Einschätzung: einfache Stufe allein, Modell {digest}").format(digest=digest)
    return sentence + _(" (die starke ist eingeschaltet, aber nicht installiert)") if wanted else sentence


def _show_all(sources: Sequence[Any]) -> bool:
    """Print each source, or that there is none; True if somebody has to look after one."""
    if not sources:
        sentence = _("Noch keine Quelle ist eingerichtet. Dafür gibt es in der Konfiguration Abschnitte {section}.")
        print(sentence.format(section="[sources.NAME]"))
    troubled = [source for source in sources if _show(source)]
    return bool(troubled)


def _show(source: Any) -> bool:
    """Print one source; True if somebody has to look after it."""
    from monitor.commands.queue import wall
    from monitor.tables import Problem

    trouble = source.problem if source.problem != Problem.NONE else ("stale" if source.stale else "")
    state = _("abgeschaltet") if not source.enabled else (_state(trouble) or _("in Ordnung"))
    last = wall(source.succeeded_at, source.timezone, year=True) if source.succeeded_at else _("noch nie")
    sentence = _("{name} ({kind}): {state}; zuletzt gelesen: {last}")
    print(sentence.format(name=source.name, kind=source.kind, state=state, last=last))
    if source.problem_note:
        tell(source)
    return bool(trouble) and source.enabled


def tell(source: Any) -> None:
    """What is wrong with a source and what to do; the connector's own line as a detail."""
    from monitor.saying import of_source

    print(f"  {of_source(source.problem, source.problem_note)}")
    print(_("  Einzelheiten: {note}").format(note=source.problem_note))


def _state(trouble: str) -> str:
    return {
        "": "",
        "config": _("Adresse oder Rechte stimmen nicht"),
        "login": _("die Anmeldung ist abgelaufen"),
        "quota": _("die Plattform bittet um Geduld"),
        "unavailable": _("nicht erreichbar"),
        "changed": _("die Antwort der Plattform passt nicht mehr"),
        "silent": _("ungewöhnlich still"),
        "stale": _("zu lange nicht gelesen"),
    }[trouble]
