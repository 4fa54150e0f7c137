"""WordPress and WooCommerce."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors import wordpress
from connectors.core import registry
from tests.connectors.contract import LIMITS, ConnectorContract

ME = {"id": 1, "name": "Laden", "capabilities": {"moderate_comments": True}}
WRITTEN = {
    "id": 99, "post": 1, "parent": 2, "author": 1, "author_name": "Laden", "status": "approved", "type": "comment",
    "date_gmt": "2026-11-02T09:00:00", "content": {"rendered": "<p>…</p>"}, "link": "https://laden.example/#comment-99",
}  # fmt: skip
ASKED = {**WRITTEN, "id": 2, "parent": 0, "author": 7, "author_name": "Frau Müller"}


class TestWordPress(ConnectorContract):
    """Comments and store reviews of one shop, read and answered as its administrator."""

    kind = "wordpress"
    settings: ClassVar = {
        "url": "{server}",
        "username": "laden",
        "application_password": "{canary}",
        "reviews": "store",
        "own_accounts": ("1",),
    }
    routes: ClassVar = {
        "GET /wp-json/wp/v2/users/me": ME,
        "GET /wp-json/wp/v2/comments": "comments.json",
        "GET /wp-json/wp/v2/comments/2": ASKED,
        "GET /wp-json/wc/store/v1/products/reviews": "store_reviews.json",
        "POST /wp-json/wp/v2/comments": WRITTEN,
    }

    def test_a_list_that_was_added_later_brings_history_in_the_weekly_walk_too(self, live):
        """And in the round after its first one no more."""
        marks = {"comments": {"time": "2026-11-10T00:00:00+00:00", "ref": "2"}}
        first = list(live.pages(marks))
        for pages in (first, live.pages(marks, until=datetime(2026, 1, 1, tzinfo=UTC))):
            assert {page.stream: page.history for page in pages} == {"comments": False, "reviews": True}
        assert not any(page.history for page in live.pages(first[-1].cursor))


class Queue:
    """A site whose comments wait until somebody lets them through; strangers see the others."""

    def __init__(self, server, **login):
        server.answer = self
        now = datetime.now(UTC)
        self.comments = {
            ref: {**ASKED, "id": ref, "status": status, "date_gmt": f"{now - timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}"}
            for ref, hours, status in ((1, 200, "hold"), (2, 63, "hold"), (3, 1, "approved"))
        }
        given = wordpress.Settings(url=server.url, allow_networks=("127.0.0.0/8",), **login)
        self.site = registry.open_connection("wordpress", given, LIMITS)

    def __call__(self, asked):
        """As WordPress: `include` and `after` narrow the list; its local time is UTC here."""
        if asked.path.endswith("/users/me"):
            asked.json(ME)
            return
        shown = [one for one in self.comments.values() if asked.query.get("status") or one["status"] == "approved"]
        wanted, after = asked.query.get("include"), asked.query.get("after", "")
        shown = [one for one in shown if wanted is None or str(one["id"]) in wanted.split(",")]
        asked.json([one for one in shown if one["date_gmt"] > after], X_WP_TotalPages="1")

    def read(self, cursor):
        """Refs that everybody sees, and the cursor."""
        pages = list(self.site.pages(cursor))
        return {item.ref for page in pages for item in page.items if item.visible}, pages[-1].cursor


def test_a_comment_let_through_late_is_seen_in_the_next_round(server):
    """However long it waited: its date is the old one. What is dealt with is not asked for again."""
    queue = Queue(server, username="laden", application_password="geheim")
    found, cursor = queue.read(None)
    assert (found, cursor["held comments"]) == ({"3"}, ["1", "2"])
    queue.comments[1]["status"] = "approved"
    del queue.comments[2]
    found, cursor = queue.read(cursor)
    assert (found, cursor["held comments"]) == ({"1", "3"}, [])
    server.asked.clear()
    queue.read(cursor)
    assert not any("include" in asked.query for asked in server.asked)


def test_a_stranger_sees_on_monday_what_waited_over_the_weekend(server):
    """Without a login nobody knows what waits; the walk begins three days behind the newest."""
    queue = Queue(server)
    found, cursor = queue.read(None)
    queue.comments[2]["status"] = "approved"
    assert (found, queue.read(cursor)[0]) == ({"3"}, {"2", "3"})
