"""`doctor`: is this installation sound? Says what was looked at and what must be mended."""

import argparse
from datetime import UTC, datetime

from monitor.words import _, ngettext


def doctor(arguments: argparse.Namespace) -> int:
    """Print each finding; exit 1 if something must be mended."""
    from monitor.config import load
    from monitor.doctor import GRADES, Grade, examine

    wrong = 0
    for found in examine(load(arguments.config), datetime.now(UTC)):
        print(f"{GRADES[found.grade] + ':':<9} {found.sentence}")
        wrong += found.grade == Grade.MEND
    if not wrong:
        print(_("Alles Nötige ist in Ordnung."))
        return 0
    print(ngettext("{n} Fehler ist zu beheben.", "{n} Fehler sind zu beheben.", wrong).format(n=wrong))
    return 1
