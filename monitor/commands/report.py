"""`report`: the week on paper, as the page Lernen tells it."""

import argparse
import sys

from monitor.words import _


def report(arguments: argparse.Namespace) -> int:
    """Print one week; this one if none is named. Exit 2 if there is no such week."""
    from sqlmodel import select

    from monitor.bootstrap import open_house
    from monitor.learning import figures, measures, weeks
    from monitor.learning import report as words
    from monitor.tables import User
    from monitor.web.filters import day
    from monitor.web.labels import topic

    week = weeks.parse(arguments.week) if arguments.week else None
    if arguments.week and week is None:
        print(_("Diese Woche gibt es nicht. So geht es: --week 2026-W47"), file=sys.stderr)
        return 2
    house = open_house(arguments.config)
    now = house.now()
    with house.reading() as session:
        found = figures.history(session, week or weeks.week_at(now), now)
        names = dict(session.exec(select(User.id, User.name)).all())
        team = words.read_team(session, found[-1].week)
        listed = [
            (topic(one.topic), one.what, names.get(one.owner_id, ""), day(one.due_on), one.sentence)
            for one in measures.listed(session)
        ]
    business = house.config.business.name
    house.close()
    sys.stdout.write(words.plain(found, business, listed, team))
    return 0
