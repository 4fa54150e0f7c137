"""WordPress and WooCommerce."""

from datetime import UTC, datetime
from typing import ClassVar

from tests.connectors.contract import ConnectorContract

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
