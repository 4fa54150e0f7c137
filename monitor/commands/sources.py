"""`status`, `try`, `fetch`, `import`, `redrive`: everything about sources."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from monitor.commands.lines import UsageProblem, put, read_bytes, settings_from
from monitor.words import _, ngettext, refusal

if TYPE_CHECKING:
    from connectors.core.contract import Card


def status(arguments: argparse.Namespace) -> int:
    """Print sources, who judges, and alarms; exit 1 if a source needs somebody or a promise is overdue."""
    from sqlmodel import col, func, select

    from monitor.bootstrap import open_house
    from monitor.commands.queue import rows
    from monitor.notify.delivery import failing
    from monitor.saying import of_message
    from monitor.tables import Quarantine, Source
    from monitor.world import RUNNING, outbox_state

    house = open_house(arguments.config)
    now = house.now()
    with house.reading() as session:
        alarm = _show_all(session.exec(select(Source).order_by(col(Source.name))).all())
        print(_who_judges(house.ingest.judging.judge.name, wanted=house.config.judging.strong))
        if outbox_state(session) != RUNNING:
            alarm = True
            print(_("Der Ausgang ist angehalten. Weiter mit: widerhall outbox resume"))
        if why := failing(session, now):
            alarm = True
            unsent = _("Nachrichten an Ihre Leute kommen nicht hinaus. {sentence} Prüfen Sie [notify]. ({why})")
            print(unsent.format(sentence=of_message(why), why=why))
        overdue = [row for row in rows(session, now) if row["overdue"]]
        held = session.exec(select(func.count()).where(col(Quarantine.resolved_at).is_(None))).one()
    house.close()
    if held:
        alarm = True
        sentence = ngettext("{n} Datensatz ist zurückgestellt", "{n} Datensätze sind zurückgestellt", held)
        print(
            _("{held}: nach einem Update noch einmal lesen mit widerhall redrive, verwerfen mit --drop QUELLE").format(
                held=sentence.format(n=held)
            )
        )
    if overdue:
        alarm = True
        print(
            ngettext("{n} Antwort ist überfällig.", "{n} Antworten sind überfällig.", len(overdue)).format(
                n=len(overdue)
            )
        )
    return 1 if alarm else 0


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
    last = wall(source.succeeded_at, source.timezone, "%d.%m.%Y %H:%M %Z") if source.succeeded_at else _("noch nie")
    sentence = _("{name} ({kind}): {state}; zuletzt gelesen: {last}")
    print(sentence.format(name=source.name, kind=source.kind, state=state, last=last))
    if source.problem_note:
        _tell(source)
    return bool(trouble) and source.enabled


def _tell(source: Any) -> None:
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


def look(arguments: argparse.Namespace) -> int:
    """`try KIND`: check a real source and show its first page; nothing is stored."""
    from itertools import islice

    from connectors.core import registry
    from connectors.core.errors import ConnectorError
    from connectors.core.export import as_json

    try:
        settings = settings_from(arguments.kind, _with_secrets(arguments.rest), examples=False)
        connection = registry.open_connection(arguments.kind, settings)
        card = connection.check()
        print(
            _("{name}: erreichbar. Antworten: {reply}{length}").format(
                name=card.name, reply=_answers(card), length=_at_most(card)
            ),
            file=sys.stderr,
        )
        for page in islice(connection.pages(None), 1):
            for item in page.items:
                put(as_json(item))
    except UsageProblem as problem:
        for mistake in problem.mistakes:
            print(f"{mistake.path}: {mistake.sentence}", file=sys.stderr)
        return 2
    except registry.UnknownKind:
        print(
            _("{kind} gibt es nicht. Bekannt sind: {known}").format(
                kind=arguments.kind, known=", ".join(registry.kinds())
            ),
            file=sys.stderr,
        )
        return 2
    except ConnectorError as error:
        from monitor.saying import of_error

        print(of_error(error), file=sys.stderr)
        print(_("Einzelheiten: {note}").format(note=error), file=sys.stderr)
        return 1
    return 0


def _answers(card: "Card") -> str:
    """Who brings an answer there."""
    return {
        "api": _("von Widerhall selbst"),
        "manual": _("von Hand, eine Person trägt sie ein"),
        "none": _("keine möglich"),
    }[card.reply]


def _at_most(card: "Card") -> str:
    return _(", höchstens {n} Zeichen").format(n=card.max_length) if card.max_length else ""


def _with_secrets(rest: list[str]) -> list[str]:
    """`--token-file PATH` becomes `--token VALUE`, so that no secret stands in the process list."""
    from pathlib import Path

    found: list[str] = []
    words = iter(rest)
    for word in words:
        name, equals, value = word.partition("=")
        if not name.endswith("-file"):
            found.append(word)
            continue
        path = Path(value if equals else next(words, ""))
        try:
            found += [name.removesuffix("-file"), path.read_text(encoding="utf-8").strip()]
        except OSError as error:
            from monitor.config import Mistake

            raise UsageProblem(
                Mistake(name, _("{path} lässt sich nicht lesen: {why}").format(path=path, why=refusal(error)))
            ) from error
    return found


def fetch(arguments: argparse.Namespace) -> int:
    """One round now, of one source or of all that can be read."""
    from connectors.core import registry
    from monitor.bootstrap import open_house
    from monitor.tables import RunKind

    house = open_house(arguments.config)
    known = house.config.sources
    names = (
        [arguments.source]
        if arguments.source
        else [name for name, source in known.items() if registry.polls(source.base.kind, source.own)]
    )
    if arguments.source and arguments.source not in known:
        print(
            _("Die Quelle {name} gibt es nicht. Bekannt sind: {known}").format(
                name=arguments.source, known=", ".join(known)
            ),
            file=sys.stderr,
        )
        house.close()
        return 2
    if arguments.source and not registry.polls(known[arguments.source].base.kind, known[arguments.source].own):
        print(_("Diese Quelle liest nichts von selbst. Bringen Sie die Dateien mit widerhall import."), file=sys.stderr)
        house.close()
        return 2
    failed = False
    for name in names:
        result = house.ingest.read(name, RunKind.POLL, house.now)
        if result is None:
            failed = True
            print(_("{name}: {why}").format(name=name, why=_why_not(house, name)))
            continue
        failed = failed or not result.ok
        print(_counted(name, result.counts))
        if not result.ok:
            _tell_of(house, name, result.note)
    house.close()
    return 1 if failed else 0


def _tell_of(house: Any, name: str, note: str) -> None:
    from monitor.bootstrap import source_row

    with house.reading() as session:
        source = source_row(session, name)
    if source is not None and source.problem_note:
        _tell(source)
    elif note:
        print(_("  Einzelheiten: {note}").format(note=note))


def _why_not(house: Any, name: str) -> str:
    from monitor.bootstrap import source_row
    from monitor.commands.queue import wall

    with house.reading() as session:
        source = source_row(session, name)
    if source is None or not source.enabled:
        return _("abgeschaltet")
    if source.waits_until is not None and source.waits_until > house.now():
        return _("die Plattform bittet um Geduld bis {until}").format(until=wall(source.waits_until, source.timezone))
    return _("wird gerade von einem anderen Prozess gelesen")


def _counted(name: str, counts: Any) -> str:
    sentence = _("{name}: {stored} neu, {changed} geändert, {same} unverändert, {quarantined} zurückgestellt")
    return sentence.format(
        name=name, stored=counts.stored, changed=counts.changed, same=counts.same, quarantined=counts.quarantined
    )


def take_in(arguments: argparse.Namespace) -> int:
    """`import SOURCE FILE`: read a file with the source's own connector; bad rows are told, good ones are kept."""
    from connectors.core import registry
    from connectors.core.contract import Malformed
    from monitor.bootstrap import open_house
    from monitor.commands.lines import items_of
    from monitor.saying import of_record

    house = open_house(arguments.config)
    source = house.config.sources.get(arguments.source)
    if source is None:
        known = ", ".join(house.config.sources)
        print(
            _("Die Quelle {name} gibt es nicht. Bekannt sind: {known}").format(name=arguments.source, known=known),
            file=sys.stderr,
        )
        house.close()
        return 2
    body = read_bytes(arguments.file)
    if body is None:
        house.close()
        return 2
    items = list(items_of(registry.module(source.base.kind), body, source.reading_settings()))
    counts = house.ingest.take_items(source.name, items, house.now())
    house.close()
    for item in items:
        if isinstance(item, Malformed):
            place = _("Zeile {n}").format(n=item.line) if item.line else _("Datensatz")
            said = _("{place}: {sentence} Einzelheiten: {reason}")
            print(said.format(place=place, sentence=of_record(item.reason), reason=item.reason), file=sys.stderr)
    print(_counted(source.name, counts))
    return 1 if counts.quarantined else 0


def redrive(arguments: argparse.Namespace) -> int:
    """Read quarantined records again, after an upgrade of their connector; or wait no longer for those of a source."""
    from sqlmodel import col, select

    from connectors.core.contract import Malformed
    from monitor.bootstrap import open_house
    from monitor.tables import Quarantine, Source

    house = open_house(arguments.config)
    if arguments.drop is not None:
        return _drop(house, arguments.drop)
    now = house.now()
    done = left = 0
    with house.reading() as session:
        rows = select(Quarantine, Source.name).join(Source, col(Source.id) == col(Quarantine.source_id))
        held = session.exec(rows.where(col(Quarantine.resolved_at).is_(None))).all()
    for record, name in held:
        source = house.config.sources.get(name)
        item = _again(source, record.raw) if source else None
        if item is None or isinstance(item, Malformed):
            left += 1
            continue
        house.ingest.take_items(name, [item], now)
        with house.transaction() as session:
            record.resolved_at = now
            session.merge(record)
        done += 1
    house.close()
    print(_("{done} gelesen, {left} weiter zurückgestellt").format(done=done, left=left))
    if left:
        print(_("Was nie mehr lesbar wird, verwirft: widerhall redrive --drop QUELLE"), file=sys.stderr)
    return 1 if left else 0


def _drop(house: Any, name: str) -> int:
    """Close the unreadable records of one source by hand."""
    from monitor.bootstrap import source_row
    from monitor.store import close_unreadable

    with house.transaction() as session:
        source = source_row(session, name)
        closed = None if source is None else close_unreadable(session, source, house.now(), why="by_hand")
    house.close()
    if closed is None:
        print(_("Die Quelle {name} gibt es nicht.").format(name=name), file=sys.stderr)
        return 2
    print(ngettext("{n} Datensatz ist erledigt.", "{n} Datensätze sind erledigt.", closed).format(n=closed))
    return 0


def _again(source: Any, raw: str) -> Any:
    from connectors.core import registry

    try:
        return registry.module(source.base.kind).parse(json.loads(raw), source.reading_settings())
    except ValueError:
        return None
