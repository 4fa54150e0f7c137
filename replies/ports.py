"""What the promise needs from the world around it. monitor/world.py implements it; tests bring their own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from connectors.core.contract import Card, Post, Publisher
from connectors.core.errors import ConnectorError
from replies.clocks import Hours


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as the promise sees it: what was said, in which version, and whether it is still there."""

    id: int
    account: str  # the source's name
    version: int
    visible: bool
    gone: bool
    post: Post


class World(Protocol):
    """Posts, accounts and office hours. Sessions are passed in."""

    def post(self, session: Session, post_id: int) -> PostView:
        """The current version of a post."""

    def card(self, account: str) -> Card:
        """What the account's connector can do."""

    def publisher(self, account: str) -> Publisher | None:
        """The account's publisher; None where answers are published by hand."""

    def hours(self, account: str) -> Hours:
        """When the people of this account work."""

    def may_send(self, session: Session, account: str, now: datetime) -> bool:
        """Is the outbox running, and is nothing known to stop this account from publishing now?"""

    def waits_until(self, session: Session, account: str, now: datetime) -> datetime | None:
        """Until when the platform asked this account to leave it alone; None if it may be called."""

    def pause_account(self, session: Session, account: str, until: datetime, now: datetime) -> None:
        """The platform asked us to wait: nothing of this account calls it before `until` (RELIABILITY G11)."""

    def stop_account(self, session: Session, account: str, problem: ConnectorError, now: datetime) -> None:
        """The platform does not let this account publish (login, rights): pause it until somebody acts."""
