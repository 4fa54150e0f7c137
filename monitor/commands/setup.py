"""`check-config` and `migrate`."""

import argparse

from monitor.config import ConfigError, load
from monitor.words import _, ngettext


def check_config(arguments: argparse.Namespace) -> int:
    """Print every mistake and every warning; exit 1 if there is a mistake."""
    try:
        config = load(arguments.config)
    except ConfigError as error:
        for mistake in error.mistakes:
            print(f"{mistake.path}: {mistake.sentence}")
        return 1
    for warning in config.warnings():
        print(_("Hinweis: {warning}").format(warning=warning))
    if unreachable := list(config.unreachable()):
        from monitor.saying import of_error

        for where, problem in unreachable:
            print(f"{where}: {of_error(problem)}")
        return 1
    n = len(config.sources)
    found = ngettext("{n} Quelle", "{n} Quellen", n).format(n=n)
    print(_("Die Konfiguration ist in Ordnung: {sources}.").format(sources=found))
    if not n:
        print(
            _("Ohne Quelle liest Widerhall nichts: schalten Sie einen Abschnitt {section} ein.").format(
                section="[sources.…]"
            )
        )
    return 0


def migrate(arguments: argparse.Namespace) -> int:
    """Bring the schema up to date."""
    from monitor.db import Database
    from monitor.migrate import migrate as upgrade
    from monitor.migrate import revision

    database = Database(load(arguments.config).database_url)
    before = revision(database)
    after = upgrade(database)
    database.close()
    if before == after:
        print(_("Die Datenbank ist auf dem neuen Stand ({after}).").format(after=after))
    else:
        print(
            _("Die Datenbank wurde von {before} auf {after} gebracht.").format(before=before or _("leer"), after=after)
        )
    return 0
