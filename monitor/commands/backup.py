"""`backup FILE` and `restore FILE`: the whole database in one portable file, and back."""

import argparse
import sys
from datetime import UTC, datetime

from monitor.words import _, ngettext, refusal


def backup(arguments: argparse.Namespace) -> int:
    """Write the file; the daemon may run meanwhile."""
    from monitor.backup import write
    from monitor.config import load
    from monitor.db import Database

    database = Database(load(arguments.config).database_url)
    try:
        counts = write(database, arguments.file, datetime.now(UTC))
    except OSError as error:
        sentence = _("{file} lässt sich nicht schreiben: {why}. Eine ältere Sicherung mit diesem Namen steht noch da.")
        print(sentence.format(file=arguments.file, why=refusal(error)), file=sys.stderr)
        return 1
    finally:
        database.close()
    n = sum(counts.values())
    rows = ngettext("{n} Zeile", "{n} Zeilen", n).format(n=n)
    print(_("Gesichert: {rows} in {file}.").format(rows=rows, file=arguments.file))
    if counts["secret"]:
        print(
            _("Die Schlüsseldatei ist nicht dabei. Bewahren Sie sie getrennt auf; ohne sie hilft die Sicherung nicht.")
        )
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Read it into an empty database, and look whether every promise holds."""
    from monitor.commands.queue import wall
    from monitor.config import load
    from monitor.db import Database
    from monitor.restore import restore as bring_back
    from monitor.verify import verify

    config = load(arguments.config)
    database = Database(config.database_url)
    try:
        done = bring_back(database, arguments.file, datetime.now(UTC))
        with database.reading() as session:
            found = verify(session, datetime.now(UTC), config.timing)
    finally:
        database.close()
    rows = ngettext("{n} Zeile", "{n} Zeilen", done.rows).format(n=done.rows)
    made = wall(datetime.fromisoformat(done.made), config.notify.timezone, year=True)
    print(_("Zurückgespielt: {rows}, gesichert am {made}.").format(rows=rows, made=made))
    unclear = ngettext("{n} Antwort", "{n} Antworten", done.unclear).format(n=done.unclear)
    print(_("Unklar, weil vielleicht schon öffentlich: {answers}.").format(answers=unclear))
    print(_("Der Ausgang ist angehalten. Sehen Sie ihn durch (widerhall outbox list), dann: widerhall outbox resume"))
    for violation in found:
        print(f"{violation.rule}  {violation.subject}: {violation.sentence}", file=sys.stderr)
    return 1 if found else 0
