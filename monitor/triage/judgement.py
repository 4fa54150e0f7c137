"""What triage is asked and what it says: the values of the one seam (`Judge`) between posts and judgements.

Texts are judged, people never (DESIGN 1): `author_id` serves repetition alone, and no judgement carries it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Sentiment(StrEnum):
    """The tone of a text towards what it talks about."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Topic(StrEnum):
    """What a post is about (DESIGN 6)."""

    DELIVERY = "delivery"
    PRICE = "price"
    STAFF = "staff"
    QUALITY = "quality"
    HYGIENE = "hygiene"
    WAITING = "waiting"
    AVAILABILITY = "availability"
    BILLING = "billing"
    COMMUNICATION = "communication"
    APP = "app"
    RETURNS = "returns"
    SAFETY = "safety"
    OTHER = "other"


class Demand(StrEnum):
    """What a post asks the business to do (DESIGN 6)."""

    REFUND = "refund"
    REPLACEMENT = "replacement"
    DAMAGES = "damages"
    DEADLINE = "deadline"
    AMOUNT = "amount"
    CALLBACK = "callback"
    CORRECTION = "correction"
    DELETION = "deletion"
    APOLOGY = "apology"


@dataclass(frozen=True, slots=True)
class PostText:
    """What a judge sees of a post.

    Attributes:
        id: name of the post in this run.
        text: plain text as the platform gave it, any length, may be empty.
        rating: stars in the platform's own scale, 0..`rating_max`; None where there are none.
        rating_max: top of the scale, above 0; None is read as 5 where a rating is given.
        author_id: the platform's id of the account, None for anonymous ones; for repetition only.
        created: aware, None where unknown.
        kind: `review`, `comment`, `mention`, `post` or `alert`.
        source: name of the source, None outside the database.
    """

    id: str
    text: str
    rating: float | None = None
    rating_max: float | None = None
    author_id: str | None = None
    created: datetime | None = None
    kind: str = "post"
    source: str | None = None

    @property
    def stars(self) -> float | None:
        """Rating as a share of its maximum, 0..1, None without a rating."""
        if self.rating is None:
            return None
        return min(max(self.rating / (self.rating_max or 5.0), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a judgement says what it says.

    Attributes:
        rule: id of the rule, `group.name`, stable over versions.
        start, end: half-open place in code points of the original text; 0, 0 where the reason is not in the text.
        words: one plain German sentence for people, a message id of the catalogue.
    """

    rule: str
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What triage says about one post.

    Attributes:
        lang: ISO 639-1 code or `und`.
        sentiment, polarity: tone, -1..1.
        hostile: 0..1; `is_hostile` is the decision (insult, contempt or threat).
        complaint: 0..1, from 0.5 on the post criticises the business.
        needs_answer: complaint, or a question to the business, or not sure.
        sure: False puts the post into the group "Bitte einordnen".
        reasons: at least one where `needs_answer` or `is_hostile`; the first place of each rule.
        threat, legal, extortion, resolved, question, spam, personal: flags for the queue.
        second_opinion: polarity by textblob-de, -1..1, shown beside ours; None where it was not asked.
    """

    lang: str
    sentiment: Sentiment
    polarity: float
    hostile: float
    is_hostile: bool
    complaint: float
    needs_answer: bool
    sure: bool
    topics: tuple[Topic, ...] = ()
    demands: tuple[Demand, ...] = ()
    reasons: tuple[Reason, ...] = ()
    threat: bool = False
    legal: bool = False
    extortion: bool = False
    resolved: bool = False
    question: bool = False
    second_opinion: float | None = None
    spam: bool = False
    personal: bool = False

    @property
    def is_complaint(self) -> bool:
        """Whether the post is read as criticism of the business."""
        return self.complaint >= COMPLAINT_FROM


FLAGS = ("question", "legal", "threat", "extortion", "resolved", "spam", "personal")
COMPLAINT_FROM = 0.5
HOSTILE_FROM = 0.5


@runtime_checkable
class Judge(Protocol):
    """The seam: anything that judges a text. The same text gets the same judgement from the same `name`."""

    @property
    def name(self) -> str:
        """Name and version; stored beside each verdict, so that stored ones can be renewed."""

    def judge(self, text: PostText) -> Judgement:
        """Judge one post. Never raises for any string; safe to call from several threads."""
