"""`verify`: every invariant on the live database, and the journal's chain."""

import argparse
import json
import sys

from monitor.words import GERMAN, _, language, ngettext, speaking


def verify(arguments: argparse.Namespace) -> int:
    """Print each violation; exit 1 if there is one."""
    from monitor.bootstrap import open_house
    from monitor.verify import RULES, Violation, record
    from monitor.verify import verify as violations
    from monitor.verify.notes import notes

    house = open_house(arguments.config)
    with house.reading() as session, speaking(GERMAN if arguments.json else language()):
        found = list(violations(session, house.now(), house.timing))
        if arguments.known:
            found += [Violation("journal_known", *words) for words in record.known(session, arguments.known)]
    with house.reading() as session:
        hints = list(notes(session, house.now()))
    house.close()
    for violation in found:
        if arguments.json:
            data = {"rule": violation.rule, "subject": violation.subject, "sentence": violation.sentence}
            print(json.dumps(data, ensure_ascii=False))
        else:
            print(f"{violation.rule}  {violation.subject}: {violation.sentence}")
    for name, subject, sentence in hints:  # no violation: programs that read the lines need not know of it
        print(
            _("Hinweis: {name}  {subject}: {sentence}").format(name=name, subject=subject, sentence=sentence),
            file=sys.stderr,
        )
    if not arguments.json:
        broken = ngettext("{n} Verstoß", "{n} Verstöße", len(found)).format(n=len(found))
        print(_("{rules} Zusagen geprüft, {broken}.").format(rules=len(RULES), broken=broken))
    return 1 if found else 0
