"""A shop whose posts have a temper that the test sets."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from replies.care.calm import open_hostile
from replies.care.guard import Care
from replies.care.temper import Temper
from replies.moves import get_duty
from replies.timing import Timing

ZONE = "Europe/Berlin"


@dataclass
class Tempers:
    """What triage would say of each post; without a word a calm one."""

    said_at: object
    by_post: dict = field(default_factory=dict)

    def __call__(self, _session, post_id):
        """The temper of a post."""
        return self.by_post.get(post_id, Temper(hostile=False, flags=(), said_at=self.said_at))

    def say(self, post_id, *flags, hostile=True, ago=timedelta(days=1), version=1):
        """From now on this post sounds so."""
        self.by_post[post_id] = Temper(hostile=hostile, flags=flags, said_at=self.said_at - ago, version=version)


class CalmShop:
    """The shop with the guard at its desk; everything else is the shop's."""

    def __init__(self, shop):
        """Put the guard there."""
        self.shop, self.tempers, self.timing = shop, Tempers(shop.clock()), Timing()

    def __getattr__(self, name):
        """As in the shop without a guard."""
        return getattr(self.shop, name)

    @property
    def desk(self):
        """The desk with its guard."""
        return replace(self.shop.desk, guards=(Care(self.tempers, self.timing),))

    @property
    def outbox(self):
        """One worker's hands, with the same guard."""
        return replace(self.shop.outbox, guards=self.desk.guards)

    def run_until_quiet(self, hours=30):
        """As in the shop, with the guard at the outbox."""
        type(self.shop).run_until_quiet(self, hours)

    def open(self, duty_id, actor, most=0, **how):
        """Somebody reads a hostile post."""
        with self.database.transaction() as session:
            return open_hostile(session, get_duty(session, duty_id), actor, ZONE, most, self.clock(), **how)

    def hand_over(self, reply_id, actor):
        """Somebody gives a text to approval."""
        version = self.reply(reply_id).version
        return self.do(self.desk.submit, reply_id, actor, seen_version=version)


@pytest.fixture
def calm_shop(shop):
    """The business on a Monday morning, with care at the desk."""
    return CalmShop(shop)
