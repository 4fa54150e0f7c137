"""What every connector keeps, whatever its platform. A test class of this name per connector inherits all of it.

    class TestDiscourse(ConnectorContract):
        kind = "discourse"
        settings = {"url": …}                      what the recordings were made for; `{server}` is the fault server
        routes = {"GET /posts.json": "posts.json"}    recording or value for each request of a healthy platform

Recordings lie in recordings/<kind>/NAME.json (or another ending), what `parse` makes of them beside in
NAME.expected.json.
"""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qsl

import pytest
from pydantic import SecretStr, ValidationError

from connectors.core import registry
from connectors.core.access import Limits
from connectors.core.contract import Capability, Malformed, Post, Publisher, Reader, Receipt, ReplyMode
from connectors.core.errors import ConnectorError, Refused, Unclear
from connectors.core.export import as_json

RECORDINGS = Path(__file__).parent / "recordings"
CANARY = "geheim-4711-canary"
LIMITS = Limits(connect=1, read=0.5, total=0.8)
JUNK = (None, True, -1, 1e300, 10**40, "", "\ud83d\0", "0000-00-00T00:00:00", "9999-99-99", [], [[]], {}, {"id": {}})
BODIES = (
    b"",
    b"{",
    b"null",
    b"5",
    b'"x"',
    b"[1, null, []]",
    b"\xff\xfe\x00\xd8",
    b"[" * 100_000,
    b"<html>",
    b"\0" * 99,
)
FAULTS = {
    "500": lambda asked: asked.say(500),
    "401": lambda asked: asked.json({"error": "Ungültig"}, 401),
    "404": lambda asked: asked.say(404, b"<html>"),
    "429": lambda asked: asked.say(429),
    "reset": lambda asked: asked.drop(),
    "html": lambda asked: asked.say(200, b"<html>Wartung</html>"),
    "empty": lambda asked: asked.say(200, b""),
    "null": lambda asked: asked.json(None),
    "object": lambda asked: asked.json({"unexpected": 1}),
    "list": lambda asked: asked.json([5, "x", None, {"id": []}]),
}


def recordings(kind):
    """The recordings of a connector, without what is expected of them."""
    return sorted(path for path in (RECORDINGS / kind).iterdir() if ".expected." not in path.name)


def read(module, body, settings):
    """Everything in an answer."""
    return [module.parse(raw, settings) for raw in module.split(body)]


class ConnectorContract:
    """The suite; see the module."""

    kind: ClassVar[str]
    settings: ClassVar[dict[str, object]] = {}
    routes: ClassVar[dict[str, object]] = {}

    @pytest.fixture
    def module(self):
        """The connector."""
        return registry.module(self.kind)

    @pytest.fixture
    def given(self, module, server):
        """Its settings; a secret is the canary."""
        filled = {name: self._fill(value, server) for name, value in self.settings.items()}
        return module.Settings(**filled, allow_networks=("127.0.0.0/8",))

    @pytest.fixture
    def live(self, given, server):
        """A connection to a healthy platform."""
        server.answer = self.healthy
        return registry.open_connection(self.kind, given, LIMITS)

    @pytest.fixture
    def post(self, module, given):
        """A post that can be answered."""
        posts = [item for path in recordings(self.kind) for item in read(module, path.read_bytes(), given)]
        return next(item for item in posts if isinstance(item, Post) and item.visible and not item.own)

    def _fill(self, value, server):
        return value.format(server=server.url, canary=CANARY) if isinstance(value, str) else value

    def healthy(self, asked):
        """Answer as the platform would; what comes after the first page is empty."""
        value = self.routes.get(f"{asked.method} {asked.path}")
        if value is None:
            asked.say(404)
        elif not isinstance(value, str):
            asked.json(value)
        elif int(asked.query.get("page", 1)) > 1 or {"max_id", "min_id"} & set(asked.query):
            asked.json([])
        else:
            asked.say(200, (RECORDINGS / self.kind / value).read_bytes(), Content_Type="application/json")

    # --- reading what was recorded ---

    def test_recordings_read_as_expected(self, module, given):
        """To the last field; `python -m tests.connectors.expect KIND` writes them anew, then look at the difference."""
        for path in recordings(self.kind):
            expected = json.loads((path.parent / f"{path.stem}.expected.json").read_text())
            assert [as_json(item) for item in read(module, path.read_bytes(), given)] == expected, path.name

    def test_the_same_answer_gives_the_same_refs(self, module, given):
        """Twice read is once stored: refs are there, repeat, and are unique but for equal records."""
        for path in recordings(self.kind):
            first, second = (read(module, path.read_bytes(), given) for _ in range(2))
            assert first == second
            posts = [item for item in first if isinstance(item, Post)]
            assert all(item.ref.strip() for item in posts)
            assert len({item.ref for item in posts}) == len({json.dumps(as_json(item)) for item in posts})

    def test_times_are_aware_and_utc(self, module, given):
        """Of posts and of the replies inside them."""
        posts = [item for path in recordings(self.kind) for item in read(module, path.read_bytes(), given)]
        times = [time for item in posts if isinstance(item, Post) for time in (item.created, item.updated)]
        times += [reply.created for item in posts if isinstance(item, Post) for reply in item.replies]
        assert any(times)
        assert all(time.utcoffset() == timedelta(0) for time in times if time)

    def test_a_broken_record_becomes_malformed_and_harms_no_other(self, module, given):
        """Each field in turn is missing or holds junk; nothing is raised, and what comes out can be stored."""
        for path in recordings(self.kind):
            for raw in module.split(path.read_bytes()):
                for name in [*raw, "record"]:
                    less = {key: value for key, value in raw.items() if key != name}
                    for broken in (less, *({**raw, name: junk} for junk in JUNK), *JUNK):
                        item = module.parse(broken, given)
                        assert isinstance(item, Malformed) or (item.ref and item.text.encode() is not None)

    def test_an_answer_that_is_none_is_changed_or_malformed(self, module, given):
        """Only errors of `connectors.core.errors` leave `split`."""
        for body in BODIES:
            try:
                items = read(module, body, given)
            except ConnectorError:
                continue
            assert all(isinstance(item, Post | Malformed) for item in items)

    def test_every_post_can_be_written_as_json(self, module, given):
        """With its raw record, which is stored."""
        for path in recordings(self.kind):
            for item in read(module, path.read_bytes(), given):
                json.dumps([as_json(item), dict(item.raw)], allow_nan=False)

    # --- what it says about itself ---

    def test_the_card_is_consistent(self, module):
        """Named after the module; a key lives for a while; who publishes can also look."""
        card = module.CARD
        assert (card.kind, bool(card.name)) == (self.kind, True)
        assert (card.capability is Capability.KEY) == (card.key_ttl is not None)
        assert issubclass(module.Connection, Reader)
        assert issubclass(module.Connection, Publisher) == (card.reply is ReplyMode.API)
        assert card.reply is not ReplyMode.MANUAL or card.capability is Capability.BLIND

    def test_the_settings_refuse_unknown_keys_and_explain_every_one(self, module):
        """A typo is found at the start; a required key has an example."""
        with pytest.raises(ValidationError):
            module.Settings(**self.settings, buisness_unit="x")
        fields = module.Settings.model_fields
        assert [name for name, field in fields.items() if not field.description] == []
        assert [name for name, field in fields.items() if field.is_required() and not field.examples] == []

    def test_secrets_are_secret(self, module, given, live):
        """Nothing that is called like a secret is an ordinary string, and no repr shows one."""
        names = [name for name in module.Settings.model_fields if re.search("token|password|secret|_key$", name)]
        assert all(isinstance(getattr(given, name), SecretStr) for name in names)
        assert CANARY not in repr(given) + repr(live) + repr(vars(live))

    # --- talking ---

    def test_a_healthy_platform_is_read_and_read_again(self, live):
        """The second walk from the stored cursor brings no ref that the first did not, and the cursor can be stored."""
        first = list(live.pages(None))
        refs = {item.ref for page in first for item in page.items if isinstance(item, Post)}
        cursor = json.loads(json.dumps(first[-1].cursor))
        again = {item.ref for page in live.pages(cursor) for item in page.items if isinstance(item, Post)}
        assert refs
        assert again <= refs

    def test_a_walk_until_a_time_is_complete_and_keeps_no_cursor(self, live, post):
        """Only its last page may say that something is missing."""
        pages = list(live.pages(None, until=(post.created or post.updated) - timedelta(days=3650)))
        assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
        assert all(page.cursor == {} for page in pages)

    def test_a_platform_that_repeats_its_page_ends_the_walk(self, live, server):
        """Whatever page is asked for, the first one comes."""
        server.answer = lambda asked: self.healthy(_first_page(asked))
        try:
            pages = sum(1 for _ in live.pages(None))
        except ConnectorError:
            pages = 0
        assert pages < 20
        assert len(server.asked) < 50

    @pytest.mark.parametrize("fault", FAULTS)
    def test_only_connector_errors_leave_it(self, live, server, post, fault):
        """Every door of it, with every fault behind, and none of them shows the secret."""
        server.answer = FAULTS[fault]
        calls = [live.check, lambda: list(live.pages(None)), lambda: live.one(post.ref)]
        if isinstance(live, Publisher):
            receipt = Receipt(ref=post.ref, text="Guten Tag")
            calls += [lambda: live.publish(post, "Guten Tag", "key"), lambda: live.find(post, receipt)]
            calls += [lambda: live.find(post, None)]
        told = [_error_of(call) for call in calls]
        assert CANARY not in " ".join(told)

    # --- answering ---

    def words(self, post, text="Guten Tag, das tut uns leid."):
        """A text as the desk would send it."""
        return registry.greeting(self.kind, post) + text

    def test_what_cannot_be_sent_is_refused_before_any_request(self, module, live, server, post):
        """One unit too long, empty, with hidden characters; never cut."""
        limit = module.CARD.max_length
        texts = ["", " \n", "Guten\u200bTag", "Guten\u202eTag", "Guten\x07Tag", *(["ä" * (limit + 1)] if limit else [])]
        for text in texts if isinstance(live, Publisher) else ():
            with pytest.raises(Refused):
                live.publish(post, text, "key")
        assert [asked for asked in server.asked if asked.method != "GET"] == []

    @pytest.mark.parametrize("fault", ["500", "reset", "html", "empty", "null", "object"])
    def test_a_write_that_may_have_arrived_is_unclear_and_not_repeated(self, live, server, post, fault):
        """The reads before it work; the write itself gets no trustworthy answer."""
        if not isinstance(live, Publisher):
            return
        server.answer = lambda asked: self.healthy(asked) if asked.method == "GET" else FAULTS[fault](asked)
        with pytest.raises(Unclear):
            live.publish(post, self.words(post), "key")
        assert len([asked for asked in server.asked if asked.method != "GET"]) == 1

    def test_an_answer_arrives_as_it_was_approved(self, live, server, post):
        """To the letter, in one request."""
        if not isinstance(live, Publisher):
            return
        text = self.words(post, 'Guten Tag, „das“ & mehr:\n\n100 % – "wirklich" 👍')
        receipt = live.publish(post, text, "key-1")
        (sent,) = [asked for asked in server.asked if asked.method != "GET"]
        assert receipt.ref
        assert text in self.sent_texts(sent)

    def sent_texts(self, asked):
        """The values in the body of a write."""
        if asked.headers["content-type"] == "application/json":
            return list(json.loads(asked.body).values())
        return [value for _, value in parse_qsl(asked.body.decode())]


def _error_of(call):
    """What the call told of its failure; every other kind of exception goes on."""
    try:
        call()
    except ConnectorError as error:
        return f"{error!r} {error.code}"
    return ""


def _first_page(asked):
    asked.query = {name: value for name, value in asked.query.items() if name not in {"page", "max_id", "min_id"}}
    return asked
