"""Building blocks of an answer, and drafts put together from them. Pure: no database, no web."""

from replies.blocks.draft import Situation, drafts, purposes
from replies.blocks.wordings import Purpose, blocks

__all__ = ["Purpose", "Situation", "blocks", "drafts", "purposes"]
