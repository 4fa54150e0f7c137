"""`outbox pause|resume|list`: the switch, and what is on its way."""

import argparse

from monitor.words import _


def outbox(arguments: argparse.Namespace) -> int:
    """Pause, resume, or list replies between approval and publication."""
    from sqlmodel import col, select

    from monitor.bootstrap import open_house
    from monitor.world import PAUSED, RUNNING, outbox_state, set_outbox
    from replies.lifecycle import IN_FLIGHT
    from replies.people import DAEMON
    from replies.tables import Reply

    house = open_house(arguments.config)
    if arguments.verb != "list":
        with house.transaction() as session:
            set_outbox(session, PAUSED if arguments.verb == "pause" else RUNNING, DAEMON, house.now())
    with house.reading() as session:
        state = outbox_state(session)
        rows = select(Reply).where(col(Reply.state).in_(IN_FLIGHT)).order_by(col(Reply.id))
        waiting = session.exec(rows).all() if arguments.verb == "list" else []
    house.close()
    print(_("Der Ausgang läuft.") if state == RUNNING else _("Der Ausgang ist angehalten. Nichts geht hinaus."))
    for reply in waiting:
        person = _(" – eine Person muss entscheiden") if reply.needs_human else ""
        print(f"{reply.id:>6}  {reply.state.value:<10} {reply.account}  {reply.trouble}{person}")
    return 0
