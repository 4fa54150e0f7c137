"""What we owe and what we did about it, as rows. Foreign keys cross layers as strings.

Every state column has a CHECK; a duty cannot be closed without an answer or a proof, and a reply cannot be approved
by the one who wrote it unless the one-person form was used: the database refuses it, whoever writes.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Enum, Index, UniqueConstraint
from sqlmodel import Field, SQLModel, UTCDateTime

from replies.lifecycle import LIVE, UNANSWERED, Cause, DutyState, FactVerdict, Outcome, Proof, ReplyKind, State
from replies.partial import partial_index


def words(enum: type[StrEnum], name: str) -> Enum:
    """A column type that stores the enum's values and refuses any other word (STYLE 8, finding 3)."""
    return Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


def moment(**kwargs: Any) -> Any:
    """An aware time column; SQLite, which keeps no offset, gives back UTC, and a naive time is refused."""
    return Field(sa_type=UTCDateTime, **kwargs)


UNANSWERED_ROWS = "state IN (" + ", ".join(f"'{state}'" for state in sorted(UNANSWERED)) + ")"
"""The rows of the partial indexes; a query must say the same words to use them (`duty.unanswered`)."""


class Duty(SQLModel, table=True):
    """The obligation to answer one post (Antwortpflicht), with two clocks."""

    __tablename__ = "duty"
    __table_args__ = (
        CheckConstraint(
            "(state = 'answered') = (answered_by IS NOT NULL) AND (state = 'released') = (proof IS NOT NULL)",
            name="duty_closes_with_answer_or_proof",
        ),
        CheckConstraint(
            "proof IS NULL OR proof <> 'no_complaint' OR (proof_by IS NOT NULL AND proof_second IS NOT NULL)",
            name="duty_no_complaint_needs_two_looks",
        ),
        Index("duty_queue", "state", "backlog", "due_at", "id"),
        *(
            partial_index(name, *columns, where=UNANSWERED_ROWS)
            for name, columns in (  # the lists that people work from: few rows, however many were ever answered
                ("duty_running", ("backlog", "due_at", "id")),
                ("duty_by_age", ("backlog", "opened_at", "id")),
                ("duty_unsure", ("unsure", "due_at", "id")),
            )
        ),
        Index("duty_by_state", "state", "opened_at", "id"),  # the long list of those that are done
        Index("duty_assignee", "assignee_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", unique=True)
    state: DutyState = Field(default=DutyState.OPEN, sa_column=Column(words(DutyState, "duty_state"), nullable=False))
    unsure: bool = False  # stands under "Bitte einordnen"
    backlog: bool = False  # Altbestand: no clocks
    occasion: int = 1  # 1 = first post on this subject, 3 = the third time
    opened_at: datetime = moment()
    first_due_at: datetime | None = moment(default=None)
    final_due_at: datetime | None = moment(default=None)
    due_at: datetime | None = moment(default=None)  # the clock that runs out next; None in the backlog and when closed
    contact_at: datetime | None = moment(default=None)  # first contact was seen in public
    next_step_at: datetime | None = moment(default=None)  # after a question
    assignee_id: int | None = Field(default=None, foreign_key="user.id")
    answered_by: int | None = None  # reply.id; no foreign key, reply already points here
    answered_at: datetime | None = moment(default=None)
    proof: Proof | None = Field(default=None, sa_column=Column(words(Proof, "duty_proof"), nullable=True))
    proof_by: int | None = Field(default=None, foreign_key="user.id")
    proof_second: int | None = Field(default=None, foreign_key="user.id")
    proof_note: str = ""
    released_at: datetime | None = moment(default=None)
    ends_at: datetime | None = moment(default=None)  # a legal hold ends here
    proposed_by: int | None = Field(default=None, foreign_key="user.id")  # first of two looks at "keine Beschwerde"
    proposed_at: datetime | None = moment(default=None)
    proposed_note: str = ""
    reopened_note: str = ""


class Reply(SQLModel, table=True):
    """One text for one post (Antwort)."""

    __tablename__ = "reply"
    __table_args__ = (
        CheckConstraint(
            "approver_id IS NULL OR approver_id <> author_id OR alone", name="reply_two_people_agreed_to_it"
        ),
        CheckConstraint("approver_id IS NULL OR approver_is_owner OR author_is_owner", name="reply_one_is_an_owner"),
        CheckConstraint("approver_id IS NULL OR approved_digest IS NOT NULL", name="reply_approval_has_a_digest"),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'withdrawn', 'refused') OR approver_id IS NOT NULL",
            name="reply_goes_nowhere_unapproved",
        ),
        partial_index(
            "reply_one_live",
            "post_id",
            "account",
            "kind",
            unique=True,
            where="successor_id IS NULL AND state IN (" + ", ".join(f"'{state}'" for state in sorted(LIVE)) + ")",
        ),
        Index("reply_work", "state", "not_before", "next_look_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id", index=True)
    post_id: int = Field(foreign_key="post.id")
    account: str  # the source's name: the account that speaks
    kind: ReplyKind = Field(sa_column=Column(words(ReplyKind, "reply_kind"), nullable=False))
    state: State = Field(default=State.DRAFT, sa_column=Column(words(State, "reply_state"), nullable=False))
    text: str
    version: int = 1  # grows with each changed word
    post_version: int  # the version of the post that this text answers
    author_id: int = Field(foreign_key="user.id")  # who wrote the last version
    author_is_owner: bool = False
    written_at: datetime = moment()
    submitted_at: datetime | None = moment(default=None)
    returned_note: str = ""
    approver_id: int | None = Field(default=None, foreign_key="user.id")
    approver_is_owner: bool = False
    approved_at: datetime | None = moment(default=None)
    approved_digest: str | None = None
    alone: bool = False  # approved by its author in two looks, four eyes being switched off
    looked_by: int | None = Field(default=None, foreign_key="user.id")
    looked_at: datetime | None = moment(default=None)
    looked_digest: str | None = None
    not_before: datetime | None = moment(default=None)  # undo window, then backoff
    key: str | None = None  # idempotency key, stored before the first attempt
    external_ref: str | None = None
    permalink: str | None = None
    delivered_at: datetime | None = moment(default=None)  # was it ever out? taken back only by a person's decision
    published_at: datetime | None = moment(default=None)
    worker: str | None = None
    fencing: int = 0
    lease_until: datetime | None = moment(default=None)
    unclear_since: datetime | None = moment(default=None)
    absent_reads: int = 0
    absent_at: datetime | None = moment(default=None)
    next_look_at: datetime | None = moment(default=None)
    looks: int = 0
    needs_human: bool = False
    trouble: str = ""  # code of what a person must know, see monitor/web/labels.py
    platform_said: str = ""
    supersedes_id: int | None = Field(default=None, foreign_key="reply.id")
    successor_id: int | None = Field(default=None, foreign_key="reply.id")


class EarlierText(SQLModel, table=True):
    """A text that a reply had before it was changed. Goes with the post when that is forgotten."""

    __tablename__ = "earlier_text"
    __table_args__ = (UniqueConstraint("reply_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    reply_id: int = Field(foreign_key="reply.id", index=True)
    version: int  # of the reply
    text: str
    author_id: int = Field(foreign_key="user.id")
    written_at: datetime = moment()
    submitted_at: datetime | None = moment(default=None)  # when exactly these words were handed over for approval


class Attempt(SQLModel, table=True):
    """One try to publish; the row is committed before the first byte is sent and only its outcome is filled in."""

    __tablename__ = "attempt"

    id: int | None = Field(default=None, primary_key=True)
    reply_id: int = Field(foreign_key="reply.id", index=True)
    n: int
    worker: str
    fencing: int
    key: str
    digest: str
    by_hand: bool = False
    started_at: datetime = moment(index=True)  # the outbox counts the last hour
    lease_until: datetime = moment()
    ended_at: datetime | None = moment(default=None)
    outcome: Outcome = Field(
        default=Outcome.STARTED, sa_column=Column(words(Outcome, "attempt_outcome"), nullable=False)
    )
    http_status: int | None = None
    external_ref: str | None = None
    message: str = ""


class SightingRow(SQLModel, table=True):
    """One look at the platform for one reply (Sichtung): what was seen, or that it was not there."""

    __tablename__ = "sighting"

    id: int | None = Field(default=None, primary_key=True)
    reply_id: int = Field(foreign_key="reply.id", index=True)
    at: datetime = moment()
    seen: bool
    public: bool = False
    equal: bool = False  # same text after HTML to text, NFC, white space and typographic folding
    rejected: bool = False
    ref: str | None = None
    text: str = ""
    by_user: int | None = Field(default=None, foreign_key="user.id")  # None: the daemon read it
    note: str = ""


class FactCheck(SQLModel, table=True):
    """What we found out before answering (Sachverhalt). The newest row of a duty counts; older ones stay."""

    __tablename__ = "fact_check"
    __table_args__ = (CheckConstraint("source <> '' AND our_share <> ''", name="fact_check_is_not_empty"),)

    id: int | None = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id", index=True)
    verdict: FactVerdict = Field(sa_column=Column(words(FactVerdict, "fact_verdict"), nullable=False))
    source: str  # document, page or colleague
    our_share: str  # "keiner" needs a reason, so it is a sentence
    cause: Cause = Field(default=Cause.UNKNOWN, sa_column=Column(words(Cause, "fact_cause"), nullable=False))
    waited_before: bool = False  # an earlier message to us had no answer (RULES 001-5)
    card_id: int | None = Field(default=None, foreign_key="fact_card.id")  # the fact card it leans on
    checked_by: int = Field(foreign_key="user.id")
    checked_at: datetime = moment()


class FactCard(SQLModel, table=True):
    """One version of a checked statement of the business (Faktenkarte); an edit is a new row that replaces it."""

    __tablename__ = "fact_card"
    __table_args__ = (
        CheckConstraint("statement <> '' AND source <> ''", name="fact_card_is_not_empty"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="fact_card_ends_after_it_begins"),
    )

    id: int | None = Field(default=None, primary_key=True)
    statement: str
    source: str  # where it is written: terms, notice, price list
    topics: list[str] = Field(default_factory=list, sa_type=JSON)
    valid_from: date
    valid_to: date | None = None  # the last day
    version: int = 1
    replaced_by: int | None = Field(default=None, foreign_key="fact_card.id")
    written_by: int = Field(foreign_key="user.id")
    written_at: datetime = moment()
    ended_at: datetime | None = moment(default=None)  # taken out of use by a person


class FactWord(SQLModel, table=True):
    """The words by which a fact card is found; the same plain index on SQLite and PostgreSQL."""

    __tablename__ = "fact_word"

    word: str = Field(primary_key=True)
    card_id: int = Field(foreign_key="fact_card.id", primary_key=True)


class Citation(SQLModel, table=True):
    """A reply rests on a fact card."""

    __tablename__ = "citation"

    reply_id: int = Field(foreign_key="reply.id", primary_key=True)
    card_id: int = Field(foreign_key="fact_card.id", primary_key=True)
    cited_by: int = Field(foreign_key="user.id")
    cited_at: datetime = moment()


class Journal(SQLModel, table=True):
    """Append-only, hash-chained record of every step (Protokoll). Triggers refuse UPDATE and DELETE."""

    __tablename__ = "journal"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: str  # RFC 3339 UTC, as hashed
    actor: str
    event: str
    subject: str = Field(index=True)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    prev: str
    hash: str = Field(unique=True)


class JournalHead(SQLModel, table=True):
    """How long the chain is and where it ends, so that a removed last row is noticed. One row, id 1."""

    __tablename__ = "journal_head"

    id: int = Field(default=1, primary_key=True)
    seq: int = 0
    hash: str = ""
