"""Finds the connector modules that stand beside `core/`: a new platform is a new file, nothing is listed by hand."""

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

import connectors
from connectors.core.access import Access, Limits, Rows
from connectors.core.contract import Card, Malformed, Post, Raw, Reader, SourceSettings
from connectors.core.errors import ConfigProblem


class UnknownKind(ConfigProblem):
    """There is no connector of this name; the message lists those that there are."""


class Connector(Protocol):
    """What every module `connectors/<kind>.py` offers."""

    CARD: Card
    Settings: type[SourceSettings]

    def split(self, body: bytes) -> Iterator[Raw]:
        """A whole answer of the platform to single records; raises `Changed` where it is none."""

    def parse(self, raw: Raw, settings: Any) -> Post | Malformed:
        """One record to one post; never raises."""

    def Connection(self, settings: Any, http: Any) -> Reader:  # noqa: N802  it is a class
        """A reader, and a publisher where `CARD.reply` is API."""


@cache
def kinds() -> tuple[str, ...]:
    """The names of all connectors, sorted; imports none of them."""
    found = (entry.name for entry in pkgutil.iter_modules(connectors.__path__) if not entry.ispkg)
    return tuple(sorted(name for name in found if not name.startswith("_")))


def module(kind: str) -> Connector:
    """The connector's module.

    Raises:
        UnknownKind: there is none.
    """
    if kind not in kinds():
        raise UnknownKind(f"unknown kind {kind[:60]!r}; known are: {', '.join(kinds())}")
    return cast(Connector, import_module(f"connectors.{kind}"))


def card(kind: str) -> Card:
    """What a connector can do."""
    return module(kind).CARD


def settings_class(kind: str) -> type[SourceSettings]:
    """The configuration of a connector, as a pydantic class."""
    return module(kind).Settings


def polls(kind: str, own: Mapping[str, Any]) -> bool:
    """Whether a source with these keys of its own is read by itself; see `Card.polls`."""
    told: Callable[[Mapping[str, Any]], bool] | None = getattr(module(kind), "polls", None)
    return told(own) if told else card(kind).polls


def reads(kind: str, settings: SourceSettings) -> bool:
    """Whether these settings leave anything to read: a source without a list stays empty and healthy for ever."""
    told: Callable[[SourceSettings], bool] | None = getattr(module(kind), "reads", None)
    return told(settings) if told else True


def greeting(kind: str, post: Post) -> str:
    """How an answer to this post must begin ("" almost everywhere); see `Card.mention_prefix`."""
    words: Callable[[Post], str] | None = getattr(module(kind), "greeting", None)
    return words(post) if words else ""


def open_connection(kind: str, settings: SourceSettings, limits: Limits | None = None) -> Reader:
    """A live connection for one source; it is a `Publisher` as well where the card says `API`.

    Raises:
        UnknownKind: no such connector.
        ConfigProblem: the address or the login in the settings cannot be used.
    """
    found = module(kind)
    access: Callable[[SourceSettings], Access] | None = getattr(found, "access", None)
    if access is None:
        return found.Connection(settings, None)
    from connectors.core.http import Http  # httpx takes 0.1 s to import; only those who call need it

    where = access(settings)
    rows: Rows | None = getattr(found, "STATUS", None)
    http = Http(
        where.base_url,
        allow_networks=settings.allow_networks,
        credentials=where.credentials,
        limits=limits or Limits(),
        rows=rows,
    )
    return found.Connection(settings, http)
