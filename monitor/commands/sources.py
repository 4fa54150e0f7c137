"""`fetch`, `import`, `redrive`: reading now, from a file, and once more."""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

from monitor.commands.lines import read_bytes
from monitor.commands.status import tell
from monitor.words import _, ngettext


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
        house.close()
        return _unknown(arguments.source, known)
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


def _unknown(name: str, known: Iterable[str]) -> int:
    sentence = _("Die Quelle {name} gibt es nicht. Bekannt sind: {known}")
    print(sentence.format(name=name, known=", ".join(known)), file=sys.stderr)
    return 2


def _tell_of(house: Any, name: str, note: str) -> None:
    from monitor.bootstrap import source_row

    with house.reading() as session:
        source = source_row(session, name)
    if source is not None and source.problem_note:
        tell(source)
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
        house.close()
        return _unknown(arguments.source, house.config.sources)
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
    from sqlalchemy import update
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
        if not _newer_words(house, record, item.ref):
            house.ingest.take_items(name, [item], now, whole=False)
        with house.transaction() as session:
            read = update(Quarantine).where(col(Quarantine.id) == record.id, col(Quarantine.digest) == record.digest)
            session.execute(read.values(resolved_at=now))
        done += 1
    house.close()
    print(_("{done} gelesen, {left} weiter zurückgestellt").format(done=done, left=left))
    if left:
        print(_("Was nie mehr lesbar wird, verwirft: widerhall redrive --drop QUELLE"), file=sys.stderr)
    return 1 if left else 0


def _newer_words(house: Any, record: Any, ref: str) -> bool:
    """Has the platform shown the post in a readable way since? Then the old record would set it back."""
    from sqlmodel import col, select

    from monitor.tables import PostRow

    with house.reading() as session:
        rows = select(PostRow.last_seen_at).where(col(PostRow.source_id) == record.source_id, col(PostRow.ref) == ref)
        seen = session.exec(rows).first()
    return seen is not None and seen > record.last_at


def _drop(house: Any, name: str) -> int:
    """Close the unreadable records of one source by hand."""
    from monitor import quarantine
    from monitor.bootstrap import source_row

    with house.transaction() as session:
        source = source_row(session, name)
        closed = None if source is None else quarantine.close(session, source, house.now(), why="by_hand")
    house.close()
    if closed is None:
        return _unknown(name, house.config.sources)
    print(ngettext("{n} Datensatz ist erledigt.", "{n} Datensätze sind erledigt.", closed).format(n=closed))
    return 0


def _again(source: Any, raw: str) -> Any:
    from connectors.core import registry

    try:
        return registry.module(source.base.kind).parse(json.loads(raw), source.reading_settings())
    except ValueError:
        return None
