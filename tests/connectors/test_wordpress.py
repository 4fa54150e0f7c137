"""WordPress and WooCommerce."""

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
