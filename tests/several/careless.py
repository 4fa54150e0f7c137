"""The control: the same daemon with what holds several of them apart taken out.

Run as `python -m tests.several.careless --config FILE`. A source's lease is not respected and its fencing number never
grows; a publication whose lease ran out is simply sent again.
"""

import sys

from sqlalchemy import update
from sqlmodel import col, select

from monitor import cli, ingest
from monitor.tables import Source
from replies.lifecycle import State
from replies.outbox import Outbox
from replies.tables import Reply


def _lease(self, session, name, now, *, only_if_due=False):
    source = session.exec(select(Source).where(col(Source.name) == name)).one()
    source.worker, source.attempted_at = self.worker, now
    return source


def _expire(_self, session, now):
    lost = update(Reply).where(col(Reply.state) == State.SENDING, col(Reply.lease_until) < now)
    return session.execute(lost.values(state=State.APPROVED, not_before=now)).rowcount


if __name__ == "__main__":
    ingest._free = lambda _now, _span: (col(Source.enabled).is_(True),)
    ingest.Ingest._lease = _lease
    Outbox.expire = _expire
    sys.exit(cli.run(["daemon", *sys.argv[1:]]))
