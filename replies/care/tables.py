"""What care needs to remember, as rows. Nothing here counts a person's work beyond the day."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from replies.care.words import Ground, Level, NoticeStand, TaskKind
from replies.tables import moment, words


class HostileLook(SQLModel, table=True):
    """Somebody has opened a hostile post today. Deleted when the local day ends; never in a backup, never journaled."""

    __tablename__ = "hostile_look"
    __table_args__ = (UniqueConstraint("user_id", "duty_id"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    duty_id: int = Field(foreign_key="duty.id")
    opened_at: datetime = moment()
    until: datetime = moment(index=True)  # the end of that local day


class Rung(SQLModel, table=True):
    """One step on the ladder (RULES b.7). The newest row of a duty counts; older ones stay."""

    __tablename__ = "rung"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="rung_has_a_reason"),
        CheckConstraint("level NOT IN ('safety', 'lawyer', 'end') OR by_owner", name="rung_above_needs_an_owner"),
    )

    id: int | None = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id", index=True)
    level: Level = Field(sa_column=Column(words(Level, "rung_level"), nullable=False))
    reason: str
    lawyer_note: str = ""  # what the lawyer said; level END is not reached without it
    post_version: int  # flags of a later version stop again
    by: int = Field(foreign_key="user.id")
    by_owner: bool = False
    at: datetime = moment()


class Ask(SQLModel, table=True):
    """A question to a colleague, with its own clock (RULES K14). The draft rests, the duty's clocks run."""

    __tablename__ = "ask"
    __table_args__ = (
        CheckConstraint("question <> ''", name="ask_has_a_question"),
        Index("ask_open", "closed_at", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id", index=True)
    question: str
    by: int = Field(foreign_key="user.id")
    to_id: int | None = Field(default=None, foreign_key="user.id")  # None: whoever knows
    at: datetime = moment()
    due_at: datetime = moment()
    answer: str = ""
    answered_by: int | None = Field(default=None, foreign_key="user.id")
    closed_at: datetime | None = moment(default=None)  # answered, or taken back


class Task(SQLModel, table=True):
    """Something to be done by a date: above all what a published text of ours has promised (RULES 001-32)."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("reply_id", "kind", "place"),
        CheckConstraint("(done_at IS NULL) OR done_word <> ''", name="task_is_done_with_a_word"),
        Index("task_open", "done_at", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id", index=True)
    kind: TaskKind = Field(sa_column=Column(words(TaskKind, "task_kind"), nullable=False))
    words: str  # the promise as it stands in our text, or what is to be done
    reply_id: int | None = Field(default=None, foreign_key="reply.id")
    place: int | None = None  # code point of the promise in the reply
    due_at: datetime = moment()
    made_at: datetime = moment()
    made_by: int | None = Field(default=None, foreign_key="user.id")  # None: Widerhall read it in a text
    done_at: datetime | None = moment(default=None)
    done_by: int | None = Field(default=None, foreign_key="user.id")
    done_word: str = ""
    solved: bool | None = None  # of a follow-up: was it solved? None: not known


class Call(SQLModel, table=True):
    """The written record of a telephone call (RULES K17, 001-25). No recording of a voice exists."""

    __tablename__ = "call"
    __table_args__ = (CheckConstraint("agreed <> ''", name="call_says_what_was_agreed"),)

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", unique=True)
    duty_id: int = Field(foreign_key="duty.id", index=True)
    spoken_at: datetime = moment()
    notes_allowed: bool = False  # "Ist es Ihnen recht, dass ich mir Notizen mache?"
    understood: str  # what we understood
    agreed: str  # what was agreed, and until when
    written_by: int = Field(foreign_key="user.id")
    written_at: datetime = moment()
    confirmed_at: datetime | None = moment(default=None)  # the summary was sent to the person
    confirmed_by: int | None = Field(default=None, foreign_key="user.id")
    confirmed_how: str = ""


class RemovalNotice(SQLModel, table=True):
    """A notice to the platform by Art. 16 DSA, or the finding that a post is an opinion and stays."""

    __tablename__ = "removal_notice"
    __table_args__ = (
        CheckConstraint("explanation <> ''", name="removal_has_an_explanation"),
        CheckConstraint("ground <> 'opinion' OR stand = 'not_removable'", name="removal_never_of_an_opinion"),
        CheckConstraint(
            "stand IN ('prepared', 'not_removable', 'withdrawn') OR sent_at IS NOT NULL", name="removal_was_sent"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    post_version: int
    ground: Ground = Field(sa_column=Column(words(Ground, "removal_ground"), nullable=False))
    stand: NoticeStand = Field(
        default=NoticeStand.PREPARED, sa_column=Column(words(NoticeStand, "removal_stand"), nullable=False)
    )
    passage: str = ""  # the words of the post that are meant
    explanation: str
    searched: bool = False  # our records were searched for the author
    good_faith: bool = False
    evidence: str  # digest of the version, as the journal has it
    made_by: int = Field(foreign_key="user.id")
    made_at: datetime = moment()
    sent_at: datetime | None = moment(default=None)
    reference: str = ""  # the platform's number
    remind_at: datetime | None = moment(default=None)
    decided_at: datetime | None = moment(default=None)
    note: str = ""


class Sheet(SQLModel, table=True):
    """An owner's comparison of an option with a dispute (RULES K11). The newest of a duty counts; never public."""

    __tablename__ = "sheet"
    __table_args__ = (
        CheckConstraint("option <> '' AND decision <> ''", name="sheet_is_not_empty"),
        CheckConstraint(
            "option_cents >= 0 AND dispute_cents >= 0 AND minutes >= 0 AND hour_cents >= 0 AND reach >= 0",
            name="sheet_has_no_negative_cost",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id", index=True)
    demand: str = ""  # as the author wrote it (RULES 001-15)
    option: str  # what we could offer
    option_cents: int
    dispute_cents: int  # lawyer, court, what is lost
    minutes: int  # of our own time in a dispute
    hour_cents: int
    reach: int = 0  # people who may read the post, as far as somebody can tell
    decision: str
    by: int = Field(foreign_key="user.id")
    at: datetime = moment()


class GuardCount(SQLModel, table=True):
    """How often a rule held words back in a week, in the whole house (RULES 003-3). Whose words is kept nowhere."""

    __tablename__ = "guard_count"

    week: str = Field(primary_key=True)  # 2026-W47
    rule: str = Field(primary_key=True)
    n: int = 0


class Measure(SQLModel, table=True):
    """What we change because of what was said (RULES K19): cause, measure, owner, date, public sentence."""

    __tablename__ = "measure"
    __table_args__ = (CheckConstraint("what <> ''", name="measure_says_what"),)

    id: int | None = Field(default=None, primary_key=True)
    topic: str  # the cause, as triage names topics
    what: str
    owner_id: int = Field(foreign_key="user.id")
    due_on: datetime = moment()
    made_by: int = Field(foreign_key="user.id")
    made_at: datetime = moment()
    done_at: datetime | None = moment(default=None)
    sentence: str = ""  # "Das haben wir geändert: …"
