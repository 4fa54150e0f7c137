"""One daemon of several, as a process of its own: `python -m tests.monitor.several CONFIG OUT PLATFORM [SECONDS]`.

It sends, looks and reads what is due until OUT.stop is there. Its platform is a file that every daemon appends to, and
takes SECONDS for each thing.
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from connectors.core.contract import Acceptance, Page, Receipt, Sighting
from monitor import jobs
from monitor.bootstrap import open_house
from tests.monitor.shop import PlainJudge, post


class FilePlatform:
    """A platform whose texts stand in a file; publishing and reading take a moment, so that daemons meet."""

    def __init__(self, path, slow=0.05):
        """`path` need not exist."""
        self.path, self.slow = Path(path), slow

    def check(self):
        """All is well."""
        from connectors.core import registry

        return registry.card("wordpress")

    def pages(self, cursor, *, until=None):  # noqa: ARG002
        """One page; each reading leaves a line."""
        self._note("read", "-")
        time.sleep(self.slow)
        yield Page((), {"page": 1}, complete=until is not None)

    def one(self, ref):
        """The post as it was stored."""
        return post(ref)

    def publish(self, post, text, key):  # noqa: ARG002
        """Take the text."""
        self._note("text", post.ref)
        time.sleep(self.slow)
        return Receipt(Acceptance.ACCEPTED, f"r{post.ref}", text)

    def find(self, post, receipt):
        """What stands there."""
        there = any(line.split()[1] == post.ref for line in self.lines("text"))
        return Sighting(f"r{post.ref}", receipt.text, public=True) if there else None

    def lines(self, word):
        """Everything of one kind that was done here."""
        every = self.path.read_text().splitlines() if self.path.exists() else []
        return [line for line in every if line.startswith(word)]

    def _note(self, word, what):
        with self.path.open("a") as file:
            file.write(f"{word} {what}\n")


def main(config, out, platform, slow="0.05"):
    """Work until told to stop."""
    house = open_house(Path(config), lambda: datetime.now(UTC))
    house.ingest._judge = PlainJudge()
    file = FilePlatform(platform, float(slow))
    house.world._open = lambda _account: file
    Path(f"{out}.ready").touch()
    while not Path(f"{out}.stop").exists():
        now = house.now()
        jobs.expire_leases(house, now)
        jobs.send_due(house, now)
        jobs.look_due(house, house.now())
        with house.reading() as session:
            due = house.ingest.due(session, house.now())
        for name, kind in due:
            house.ingest.read(name, kind, house.now, only_if_due=True)
        time.sleep(0.01)
    house.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
