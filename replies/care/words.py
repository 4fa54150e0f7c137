"""The words of care: rungs of the ladder, kinds of tasks, grounds and stands of a removal notice."""

from enum import StrEnum


class Level(StrEnum):
    """A rung of the ladder (RULES b.7), from the normal answer up."""

    ANSWER = "answer"
    HOLDING = "holding"
    QUESTION = "question"
    OPTIONS = "options"
    CALL = "call"
    MEDIATION = "mediation"
    CLOSING = "closing"
    SAFETY = "safety"
    LAWYER = "lawyer"
    END = "end"


class TaskKind(StrEnum):
    """Why something is to be done by a date."""

    PROMISE = "promise"  # a published text of ours says so
    FOLLOW_UP = "follow_up"  # was it solved?
    RECEIPTS = "receipts"  # we asked for them, in private and for a stated purpose
    CALL = "call"  # ends with a written record that was confirmed
    OTHER = "other"  # a person made a note to remember


class Ground(StrEnum):
    """Why a post may be reported to its platform. OPINION: it may not, it is answered instead."""

    NO_CONTACT = "no_contact"
    UNTRUE = "untrue"
    INSULT = "insult"
    THREAT = "threat"
    PERSONAL_DATA = "personal_data"
    EXTORTION = "extortion"
    COMPETITOR = "competitor"
    SPAM = "spam"
    OPINION = "opinion"


class NoticeStand(StrEnum):
    """Where a removal notice stands."""

    PREPARED = "prepared"
    SENT = "sent"
    ASKED = "asked"  # the platform asks the author
    REMOVED = "removed"
    KEPT = "kept"
    APPEALED = "appealed"  # internal complaint or settlement body, Art. 20 and 21 DSA
    WITHDRAWN = "withdrawn"
    NOT_REMOVABLE = "not_removable"  # an opinion: it stays, and is answered
