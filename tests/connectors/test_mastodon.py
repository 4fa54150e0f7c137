"""Mastodon."""

from datetime import UTC, datetime
from typing import ClassVar

from connectors import mastodon
from connectors.core import registry
from connectors.core.contract import Malformed
from tests.connectors.contract import LIMITS, ConnectorContract

LADEN = {"id": "200", "acct": "laden", "display_name": "Laden"}
KUNDIN = {"id": "100", "acct": "kundin@anderswo.example", "display_name": "Kundin"}
STATUS = {
    "id": "1001", "created_at": "2026-11-02T09:00:00.000Z", "in_reply_to_id": None, "visibility": "public",
    "content": "<p>@laden Die Rechnung ist falsch.</p>", "account": KUNDIN, "url": "https://mastodon.example/@k/1001",
}  # fmt: skip


class TestMastodon(ConnectorContract):
    """One shop's account on one server."""

    kind = "mastodon"
    settings: ClassVar = {"url": "{server}", "token": "{canary}", "hashtags": ("laden",), "own_accounts": ("@laden",)}
    routes: ClassVar = {
        "GET /api/v1/accounts/verify_credentials": LADEN,
        "GET /api/v1/notifications": "notifications.json",
        "GET /api/v1/timelines/tag/laden": "timeline.json",
        "GET /api/v2/instance": {"configuration": {"statuses": {"max_characters": 500}}},
        "GET /api/v1/statuses/1001": STATUS,
        "POST /api/v1/statuses": {**STATUS, "id": "2001", "in_reply_to_id": "1001", "account": LADEN},
    }


def test_a_page_names_its_list_and_says_whether_it_was_never_read_before(server):
    """One post under several hashtags is no circle, and a list that was added later brings history."""
    settings = mastodon.Settings(
        url=server.url, token="t", hashtags=("laden", "neu"), own_threads=True, allow_networks=("127.0.0.0/8",)
    )
    own = {"/api/v1/accounts/200/statuses": [STATUS], "/api/v1/statuses/1001/context": {"descendants": [STATUS]}}
    own["/api/v1/timelines/tag/neu"] = [STATUS]

    def answer(asked):
        if asked.path in own and not {"max_id", "min_id"} & set(asked.query):
            asked.json(own[asked.path])
        elif asked.path.endswith("/neu"):
            asked.json([])
        else:
            TestMastodon().healthy(asked)

    server.answer = answer
    now = datetime.now(UTC).isoformat()
    marks = {name: [[now, "9999"]] for name in ("mentions", "#laden")}
    shop = registry.open_connection("mastodon", settings, LIMITS)
    first = list(shop.pages(marks))
    for pages in (first, shop.pages(marks, until=datetime(2026, 1, 1, tzinfo=UTC))):
        found = {page.stream: page.history for page in pages}
        assert found == {"mentions": False, "#laden": False, "#neu": True, "own threads": True, "": False}
    assert not any(page.history for page in shop.pages(first[-1].cursor))


def test_a_record_without_an_id_harms_no_other_and_does_not_stop_the_list(server):
    """It had stopped the whole source for as long as it stood there; it goes to quarantine, in both directions."""
    settings = mastodon.Settings(url=server.url, token="t", allow_networks=("127.0.0.0/8",))
    healthy = TestMastodon().healthy
    broken = [{"type": "mention", "status": STATUS}, "?", {"id": "", "type": "mention"}]

    def answer(asked):
        if not asked.path.endswith("/notifications"):
            return healthy(asked)
        return asked.json(
            [] if "max_id" in asked.query else [*broken, {"id": "5", "type": "mention", "status": STATUS}]
        )

    server.answer = answer
    for marks in (None, {"mentions": [["2026-01-01T00:00:00+00:00", "1"]]}):
        first = next(iter(registry.open_connection("mastodon", settings, LIMITS).pages(marks)))
        assert [isinstance(item, Malformed) for item in first.items] == [False, True, True, False]
