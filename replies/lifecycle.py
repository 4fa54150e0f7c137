"""The life of a reply and of a duty: two tables. Nobody else compares states or decides who may do what.

The page asks `choices(state, actor)` which buttons to draw; desk and outbox ask `step(state, action, actor)` before
they touch a row. Everything here is pure: no database, no clock. Source: DESIGN 4 and 5.
"""

from enum import StrEnum

from replies.errors import NotAllowed


class State(StrEnum):
    """Where a reply stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENDING = "sending"
    UNCLEAR = "unclear"
    DELIVERED = "delivered"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What can happen to a reply."""

    EDIT = "edit"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    COUNTERSIGN = "countersign"
    UNDO = "undo"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"
    CLAIM = "claim"
    POSTPONE = "postpone"
    LOSE = "lose"
    DELIVER = "deliver"
    REFUSE = "refuse"
    CONFIRM = "confirm"
    REWORK = "rework"
    RESTORE = "restore"


class Role(StrEnum):
    """Who acts. HAND is a person in the outbox's place, on platforms without a reply API."""

    STAFF = "staff"
    OWNER = "owner"
    AUDITOR = "auditor"
    DAEMON = "daemon"
    HAND = "hand"


class ReplyKind(StrEnum):
    """What a reply is for."""

    HOLDING = "holding"
    QUESTION = "question"
    FINAL = "final"


class FactVerdict(StrEnum):
    """Is the complaint right?"""

    JUSTIFIED = "justified"
    PARTLY = "partly"
    UNJUSTIFIED = "unjustified"
    UNCLEAR = "unclear"


class Outcome(StrEnum):
    """How an attempt ended. STARTED is the row that is committed before the first byte leaves."""

    STARTED = "started"
    DELIVERED = "delivered"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNCLEAR = "unclear"
    LATE = "late"  # a result that came after the lease had gone to somebody else


_S, _A, _R = State, Action, Role
_PEOPLE = frozenset({_R.STAFF, _R.OWNER})
_ANYONE = _PEOPLE | {_R.DAEMON}
_OUTBOX = frozenset({_R.DAEMON})
_HANDS = frozenset({_R.DAEMON, _R.HAND})
_EVIDENCE = frozenset({_R.DAEMON, _R.OWNER})
_OWNER = frozenset({_R.OWNER})

REPLY_TABLE: dict[tuple[State, Action], tuple[State, frozenset[Role]]] = {
    (_S.DRAFT, _A.EDIT): (_S.DRAFT, _PEOPLE),
    (_S.DRAFT, _A.SUBMIT): (_S.SUBMITTED, _PEOPLE),
    (_S.DRAFT, _A.WITHDRAW): (_S.WITHDRAWN, _ANYONE),
    (_S.SUBMITTED, _A.EDIT): (_S.SUBMITTED, _OWNER),  # the owner becomes the author
    (_S.SUBMITTED, _A.RETURN): (_S.DRAFT, _OWNER),
    (_S.SUBMITTED, _A.APPROVE): (_S.APPROVED, _OWNER),  # who did not write the last version
    (_S.SUBMITTED, _A.COUNTERSIGN): (_S.APPROVED, _PEOPLE),  # when an owner wrote the last version
    (_S.SUBMITTED, _A.WITHDRAW): (_S.WITHDRAWN, _ANYONE),
    (_S.APPROVED, _A.UNDO): (_S.SUBMITTED, _OWNER),  # inside the undo window
    (_S.APPROVED, _A.REVOKE): (_S.DRAFT, _OUTBOX),  # the post, or a word of the text, has changed
    (_S.APPROVED, _A.WITHDRAW): (_S.WITHDRAWN, _ANYONE),
    (_S.APPROVED, _A.CLAIM): (_S.SENDING, _HANDS),
    (_S.APPROVED, _A.RESTORE): (_S.UNCLEAR, _OUTBOX),
    (_S.SENDING, _A.POSTPONE): (_S.APPROVED, _OUTBOX),  # only when it provably did not leave
    (_S.SENDING, _A.LOSE): (_S.UNCLEAR, _HANDS),
    (_S.SENDING, _A.DELIVER): (_S.DELIVERED, _HANDS),
    (_S.SENDING, _A.REFUSE): (_S.REFUSED, _OUTBOX),
    (_S.SENDING, _A.RESTORE): (_S.UNCLEAR, _OUTBOX),
    (_S.UNCLEAR, _A.DELIVER): (_S.DELIVERED, _EVIDENCE),  # found on the platform
    (_S.UNCLEAR, _A.POSTPONE): (_S.APPROVED, _EVIDENCE),  # proven absent
    (_S.UNCLEAR, _A.REFUSE): (_S.REFUSED, _EVIDENCE),
    (_S.DELIVERED, _A.CONFIRM): (_S.PUBLISHED, _HANDS),  # seen in public
    (_S.DELIVERED, _A.LOSE): (_S.UNCLEAR, _OUTBOX),
    (_S.DELIVERED, _A.REFUSE): (_S.REFUSED, _OUTBOX),
    (_S.PUBLISHED, _A.LOSE): (_S.UNCLEAR, _OUTBOX),  # vanished
    (_S.PUBLISHED, _A.REFUSE): (_S.REFUSED, _OUTBOX),  # the platform says that it removed it
    (_S.REFUSED, _A.REWORK): (_S.DRAFT, _PEOPLE),
}

EDITABLE = frozenset({State.DRAFT, State.SUBMITTED})
WAITING = frozenset({State.DRAFT, State.SUBMITTED, State.APPROVED})
LIVE = frozenset({State.APPROVED, State.SENDING, State.UNCLEAR, State.DELIVERED, State.PUBLISHED})
OUT = frozenset({State.DELIVERED, State.PUBLISHED})
RESTORED = frozenset({State.APPROVED, State.SENDING})  # what a restored backup must not go on with
IN_FLIGHT = frozenset({State.APPROVED, State.SENDING, State.UNCLEAR, State.DELIVERED})


def step(state: State, action: Action, actor: Role) -> State:
    """The state after `action` by `actor`.

    Raises:
        NotAllowed: the table has no such row, or not for this actor.
    """
    row = REPLY_TABLE.get((state, action))
    if row is None or actor not in row[1]:
        raise NotAllowed(f"a reply in state {state} does not take {action} from {actor}")
    return row[0]


def choices(state: State, actor: Role) -> tuple[Action, ...]:
    """What `actor` may do with a reply in `state`, in the table's order."""
    return tuple(action for (at, action), (_, actors) in REPLY_TABLE.items() if at == state and actor in actors)


class Cause(StrEnum):
    """What led to the situation (RULES 000-1): something that happened, never what somebody is like."""

    UNKNOWN = "unknown"
    SERVICE = "service"  # it went wrong here
    DELAY = "delay"
    PRICE = "price"
    MISUNDERSTANDING = "misunderstanding"
    EXPECTATION = "expectation"  # more was expected than we promise: our own texts may be clearer
    DECLINED = "declined"  # a wish that we do not meet
    ADDRESS = "address"  # somebody else is meant
    STRANGER = "stranger"  # the author was not with us


class DutyState(StrEnum):
    """Where the obligation to answer one post stands."""

    OPEN = "open"
    HELD = "held"
    ANSWERED = "answered"
    RELEASED = "released"


class DutyEvent(StrEnum):
    """What can happen to a duty."""

    CONTACT_SEEN = "contact_seen"  # a holding reply or a question of ours was seen in public
    CONTACT_LOST = "contact_lost"  # it vanished
    ANSWER_SEEN = "answer_seen"
    REOPEN = "reopen"  # our text is gone, or the post changed
    RELEASE = "release"  # one of the five proofs
    RETURN = "return"  # the post came back, the answer elsewhere vanished, the hold ended


class Proof(StrEnum):
    """The only five ways out without an answer of ours seen in public (DESIGN 5)."""

    GONE = "gone"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    NO_COMPLAINT = "no_complaint"
    EXTORTION_REPORTED = "extortion_reported"
    LEGAL_HOLD = "legal_hold"


_D, _E = DutyState, DutyEvent

DUTY_TABLE: dict[tuple[DutyState, DutyEvent], DutyState] = {
    (_D.OPEN, _E.CONTACT_SEEN): _D.HELD,
    (_D.OPEN, _E.ANSWER_SEEN): _D.ANSWERED,
    (_D.OPEN, _E.RELEASE): _D.RELEASED,
    (_D.HELD, _E.CONTACT_SEEN): _D.HELD,
    (_D.HELD, _E.CONTACT_LOST): _D.OPEN,
    (_D.HELD, _E.ANSWER_SEEN): _D.ANSWERED,
    (_D.HELD, _E.RELEASE): _D.RELEASED,
    (_D.ANSWERED, _E.CONTACT_SEEN): _D.ANSWERED,
    (_D.ANSWERED, _E.ANSWER_SEEN): _D.ANSWERED,
    (_D.ANSWERED, _E.CONTACT_LOST): _D.ANSWERED,
    (_D.ANSWERED, _E.REOPEN): _D.OPEN,
    (_D.RELEASED, _E.RETURN): _D.OPEN,
    (_D.RELEASED, _E.CONTACT_SEEN): _D.RELEASED,
    (_D.RELEASED, _E.ANSWER_SEEN): _D.ANSWERED,
    (_D.RELEASED, _E.CONTACT_LOST): _D.RELEASED,
}

CLOSED = frozenset({DutyState.ANSWERED, DutyState.RELEASED})
UNANSWERED = frozenset({DutyState.OPEN, DutyState.HELD})


def duty_step(state: DutyState, event: DutyEvent) -> DutyState:
    """The duty's state after `event`.

    Raises:
        NotAllowed: the table has no such row.
    """
    after = DUTY_TABLE.get((state, event))
    if after is None:
        raise NotAllowed(f"a duty in state {state} does not take {event}")
    return after
