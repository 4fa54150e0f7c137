"""Who acts: a person with a role, or the daemon. Passed into every step; replies knows no user table."""

from dataclasses import dataclass

from replies.errors import NotAllowed
from replies.lifecycle import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """One acting person or the daemon. `id` is the user's row, None for the daemon."""

    id: int | None
    role: Role
    name: str = ""

    @property
    def mark(self) -> str:
        """How the journal names this actor: an id, never a name."""
        return self.role.value if self.id is None else f"{self.role.value}:{self.id}"

    def by_hand(self) -> "Actor":
        """The same person in the outbox's place."""
        return Actor(self.id, Role.HAND, self.name)


AT_THE_DESK = frozenset({Role.STAFF, Role.OWNER})


def at_desk(actor: Actor) -> int:
    """The id of somebody who works at the desk.

    Raises:
        NotAllowed: an auditor, the daemon, or nobody.
    """
    if actor.id is None or actor.role not in AT_THE_DESK:
        raise NotAllowed(f"{actor.role} changes nothing", code="not_your_role")
    return actor.id


DAEMON = Actor(None, Role.DAEMON, "daemon")
