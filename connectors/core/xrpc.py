"""What is read over XRPC (AT Protocol), through the door of the account or, without a login, as strangers see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.core.atproto import POST_URI, POSTS, Login, in_thread, records, typed
from connectors.core.contract import Raw
from connectors.core.errors import Changed, Gone
from connectors.core.records import expect_object

if TYPE_CHECKING:
    from connectors.core.answer import Answer, Params
    from connectors.core.http import Http


@dataclass(frozen=True, slots=True)
class Doors:
    """Our account's server, if there is a login, and the public AppView."""

    login: Login | None
    public: "Http"

    def get(self, name: str, params: "Params", *, anonymous: bool = False) -> "Answer":
        """One query by the name of its lexicon; `anonymous` as a stranger even where there is a login."""
        door = self.public if anonymous else self.login or self.public
        return door.get(f"xrpc/{name}", params)

    def view(self, ref: str, *, anonymous: bool = False) -> Raw | None:
        """A post as the AppView shows it; None where it shows none."""
        if not POST_URI.fullmatch(ref):
            return None
        answer = self.get("app.bsky.feed.getPosts", {"uris": ref}, anonymous=anonymous)
        found = records(expect_object(answer.json(), answer.url), "posts", answer.url)
        return expect_object(found[0], answer.url) if found else None

    def thread(self, ref: str, depth: int) -> list[Raw]:
        """What was written under a post."""
        asked = {"uri": ref, "depth": depth, "parentHeight": 0}
        answer = self.get("app.bsky.feed.getPostThread", asked)
        found = expect_object(answer.json(), answer.url).get("thread")
        return [record for record in in_thread(expect_object(found, answer.url)) if record.get("uri") != ref]

    def standing(self, uri: str) -> str | None:
        """The text of a record as our own server holds it; None where there is none."""
        named = POST_URI.fullmatch(uri)
        if named is None:
            return None
        try:
            if self.login is None:
                view = self.view(uri)
                return None if view is None else typed(view)
            asked = {"repo": named[1], "collection": POSTS, "rkey": named[2]}
            answer = self.get("com.atproto.repo.getRecord", asked)
        except Gone:
            return None
        return typed({"record": expect_object(answer.json(), answer.url).get("value")})

    def posts_of(self, did: str) -> list[Raw]:
        """The latest posts of an account that were answered."""
        asked = {"actor": did, "filter": "posts_no_replies", "limit": "20"}
        answer = self.get("app.bsky.feed.getAuthorFeed", asked)
        entries = records(expect_object(answer.json(), answer.url), "feed", answer.url)
        views = [entry.get("post") for entry in entries if isinstance(entry, Mapping)]
        return [view for view in views if isinstance(view, Mapping) and view.get("replyCount") != 0]

    def did_of(self, handle: str) -> str | None:
        """Whose handle this is; None for nobody's."""
        try:
            asked = {"actor": handle.strip().removeprefix("@")}
            answer = self.get("app.bsky.actor.getProfile", asked, anonymous=True)
        except (Gone, Changed):  # 400 InvalidRequest: Profile not found
            return None
        did = expect_object(answer.json(), answer.url).get("did")
        return did if isinstance(did, str) and did.startswith("did:") else None
