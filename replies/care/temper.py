"""How a post speaks, as far as care must know it. monitor/temper.py reads it from the verdict."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

STOPPING = ("threat", "extortion", "legal")  # what stops normal drafting, the hardest first


@dataclass(frozen=True, slots=True)
class Temper:
    """The tone of one post as it stands now. Of the text, never of its author.

    Attributes:
        hostile: it insults or threatens.
        flags: those of STOPPING that triage saw in it.
        version: of the post as it stands now.
        said_at: when its author last said something on this matter: wrote, edited, or followed up.
    """

    hostile: bool
    flags: tuple[str, ...]
    said_at: datetime
    version: int = 1


TemperOf = Callable[[Session, int], Temper]
"""(session, id of the post) -> its temper."""
