"""A year of the daemon's own jobs by a simulated clock: two clock changes, a laptop's lid, a restart each day.

Nothing of the scheduler is built again here: what is due is asked of `Ingest.due`, read by `Ingest.read`, and the
house is kept by the daemon's own list of jobs, on a real database and with a real mail server. Only the clock is ours.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.core import registry
from connectors.core.contract import Page
from monitor import daemon, jobs
from monitor.bootstrap import House, build, open_house, sync_sources
from monitor.tables import User
from tests.monitor.notify.post_office import USER, PostOffice
from tests.monitor.shop import ANNA, BLOG, CONFIG, Clock, PlainJudge
from tests.peers.postgres import database_for
from tests.peers.sqlite import hurry

BERLIN = ZoneInfo("Europe/Berlin")
CHANGES = (date(2026, 10, 25), date(2027, 3, 28))
HOURS = {"quick": 6, "daily": 24}  # sources and how many hours lie between two rounds
_NOTIFY = f'\n[notify]\nsmtp_host = "localhost"\nsmtp_port = {{port}}\nsmtp_user = "{USER}"\n'
_NOTIFY += 'smtp_password_file = "mail-password"\n'


class Site:
    """A platform where nothing is new; it remembers when it was read."""

    def __init__(self, clock: Clock) -> None:
        """Never read."""
        self.clock, self.times = clock, []

    def check(self):
        """All is well."""
        return registry.card("wordpress")

    def pages(self, cursor, *, until=None):  # noqa: ARG002
        """One page without posts."""
        self.times.append(self.clock())
        yield Page((), {"n": len(self.times)}, complete=until is not None)


class Year:
    """One installation and its machine.

    Attributes:
        ticks: when the machine was awake and the daemon asked what is due.
        kept: when it kept the house, which includes the morning mail.
    """

    def __init__(self, folder: Path, office: PostOffice, start: datetime, notify: str = "", seed: int = 1) -> None:
        """Write the configuration and open the house for the first time."""
        self.clock, self.office, self.chance = Clock(start), office, random.Random(seed)
        self.mornings_at = (2, 3, 4, 5, 6) if notify else (8, 9)
        sources = "".join(
            BLOG.replace("sources.blog", f"sources.{name}") + f"every = {hours * 3600}\n"
            for name, hours in HOURS.items()
        )
        text = CONFIG.replace('"sqlite:///widerhall.db"', f'"{database_for(folder)}"')
        self.config = folder / "config.toml"
        self.config.write_text(text + sources + _NOTIFY.format(port=office.port) + notify, encoding="utf-8")
        self.sites = {name: Site(self.clock) for name in HOURS}
        self.ticks: list[datetime] = []
        self.kept: list[datetime] = []
        self.house = self._ready(open_house(self.config, self.clock))
        with self.house.transaction() as session:
            anna = User(id=1, name="Anna", role=ANNA.role, password_hash="-", created_at=start)
            anna.mail = "anna@example.de"
            session.add(anna)

    def _ready(self, house: House) -> House:
        hurry(house.database)
        house.ingest._judge = PlainJudge()
        house.world._open = self.sites.__getitem__
        return house

    def restart(self) -> None:
        """SIGTERM and a new start: another worker, and nothing in memory. The schema is looked at once a week."""
        jobs.free_own_leases(self.house)
        self.house.close()
        if self.clock.now.weekday() == 0:
            self.house = self._ready(open_house(self.config, self.clock))
            return
        self.house = self._ready(build(self.house.config, self.clock))
        with self.house.transaction() as session:
            sync_sources(session, self.house.config, self.clock.now)

    def live(self, days: int) -> "Year":
        """Live so many days."""
        end = self.clock.now + timedelta(days=days)
        restarts = self._restarts()
        again = next(restarts)
        while self.clock.now < end:
            if self.clock.now >= again:
                self.restart()
                again = next(restarts)
            self.tick()
            self._pass()
        self.house.close()
        return self

    def tick(self) -> None:
        """What the daemon does when the bell rings; it keeps the house more seldom, and often in the morning."""
        now, house = self.clock.now, self.house
        self.ticks.append(now)
        with house.reading() as session:
            due = house.ingest.due(session, now)
        for name, kind in due:
            house.ingest.read(name, kind, house.now, only_if_due=True)
        if self.local.hour not in self.mornings_at and len(self.ticks) % 20:
            return
        if jobs.keeps_house(house, now, timedelta(hours=2)):
            self.kept.append(now)
            for job in (*daemon._QUICK, *(job for _, job in daemon._LONG)):
                job(house, now)

    @property
    def local(self) -> datetime:
        """The clock on the wall."""
        return self.clock.now.astimezone(BERLIN)

    def _near_a_change(self) -> bool:
        return any(abs((self.local.date() - change).days) <= 1 for change in CHANGES)

    def _pass(self) -> None:
        """A little time; now and then the lid is closed for hours, or the clock is set back a little."""
        if self._near_a_change():
            self.clock.wait(minutes=self.chance.uniform(5, 20))
        elif self.chance.random() < 0.005:
            self.clock.wait(hours=self.chance.uniform(3, 40))
        elif self.chance.random() < 0.005:
            self.clock.wait(minutes=-20)
        else:
            self.clock.wait(minutes=self.chance.uniform(30, 110))

    def _restarts(self) -> Iterator[datetime]:
        """Once a day, often in the middle of the morning."""
        day = self.clock.now.replace(hour=0, minute=0)
        while True:
            day += timedelta(days=1)
            yield day + timedelta(hours=self.chance.choice((1.2, 1.9, 2.6, 7.2, 8.1, 15)))

    # --- what has to hold ---

    def late(self) -> list[str]:
        """Sources that were not read although the machine was awake and more than their interval had passed."""
        found = []
        for name, hours in HOURS.items():
            longest, times = timedelta(hours=hours) * 1.1, [*self.sites[name].times, self.ticks[-1]]
            rounds = iter(times)
            last, following = next(rounds), next(rounds)
            for tick in self.ticks:
                while tick >= following and following != times[-1]:
                    last, following = following, next(rounds, times[-1])
                if last + longest < tick < following:
                    found.append(f"{name} was last read {last} and not again at {tick}")
                    break
        return found

    def early(self) -> list[str]:
        """Sources that were read twice within half of their interval."""
        found = []
        for name, hours in HOURS.items():
            times = sorted(self.sites[name].times)
            gaps = [after - at for at, after in pairwise(times)]
            found += [f"{name} again after {gap}" for gap in gaps if gap < timedelta(hours=hours) / 2]
        return found

    def mails(self) -> list[date]:
        """The local date of each morning mail that arrived, in order."""
        mornings = [mail for mail in self.office.mails if str(mail.get_content()).startswith("Guten Morgen")]
        return [parsedate_to_datetime(str(mail["Date"])).astimezone(BERLIN).date() for mail in mornings]

    def mornings(self, begin: float, days: int = 5) -> list[date]:
        """Dates on which the daemon kept the house in the six hours after `begin`, an hour of the wall's clock."""
        local = [now.astimezone(BERLIN) for now in self.kept]
        hours = [(here.date(), here.hour + here.minute / 60) for here in local if here.weekday() < days]
        return sorted({day for day, hour in hours if begin <= hour < begin + 6})


def start_of(day: date) -> datetime:
    """Noon, UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
