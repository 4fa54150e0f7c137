"""What we saw, and who works here, as rows. The posts' side of the database; replies/tables.py is the other."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ColumnElement, ForeignKey, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel, col

from connectors.core.contract import PostKind
from monitor import logins as _logins  # noqa: F401 - registers its tables
from monitor.salts import new_salt
from monitor.words import GERMAN
from replies.care import tables as _care_tables  # noqa: F401 - registers them
from replies.lifecycle import Role
from replies.partial import partial_index
from replies.tables import moment, words

ABSENT = "absent_since IS NOT NULL"  # the few posts that a walk did not bring


class Problem(StrEnum):
    """What is wrong with a source, by who must act. NONE: nothing."""

    NONE = ""
    CONFIG = "config"
    LOGIN = "login"
    QUOTA = "quota"
    UNAVAILABLE = "unavailable"
    CHANGED = "changed"
    SILENT = "silent"


class Forgotten(StrEnum):
    """Why the words and the author of a post are not here any more. NONE: they are."""

    NONE = ""
    TERM = "term"  # its time was over; it comes back when its author changes it
    REQUEST = "request"  # somebody asked for it; it never comes back


class NoticeState(StrEnum):
    """Where a message to our own people stands."""

    QUEUED = "queued"
    SENDING = "sending"  # written before the first byte leaves
    SENT = "sent"
    DROPPED = "dropped"  # not needed any more, or too late to be of use
    UNKNOWN = "unknown"  # it may have left; a digest is not sent a second time


class RunKind(StrEnum):
    """Why a source was read."""

    POLL = "poll"
    SWEEP = "sweep"
    BACKFILL = "backfill"
    IMPORT = "import"


class Source(SQLModel, table=True):
    """One configured account, feed or mailbox (Quelle). Health is data."""

    __tablename__ = "source"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: str
    title: str  # as shown on the page
    location: str = ""
    state: str = ""  # Bundesland of its holidays: "BE"
    timezone: str = "Europe/Berlin"
    hours: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    card: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # as narrowed by check(), for the page
    enabled: bool = True
    open_networks: bool = False  # allow_networks is not empty: marked on the page
    cursor: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    every_seconds: float = 600
    since: datetime = moment()  # when the source was first configured
    next_due_at: datetime = moment()
    next_sweep_at: datetime | None = moment(default=None)
    backfilled_at: datetime | None = moment(default=None)  # the first run has seen the whole history
    attempted_at: datetime | None = moment(default=None)
    succeeded_at: datetime | None = moment(default=None)
    newest_post_at: datetime | None = moment(default=None)
    stale: bool = False  # not attempted successfully within 2 x interval; marked by the daemon, checked by verify
    fails: int = 0
    problem: Problem = Field(default=Problem.NONE, sa_column=Column(words(Problem, "source_problem"), nullable=False))
    problem_note: str = ""
    problem_since: datetime | None = moment(default=None)
    waits_until: datetime | None = moment(default=None)  # the platform asked us to wait
    unkept: int = 0  # unreadable records that found no room, or made it (monitor/quarantine.py)
    unkept_since: datetime | None = moment(default=None)
    unkept_at: datetime | None = moment(default=None)
    publish_problem: Problem = Field(
        default=Problem.NONE, sa_column=Column(words(Problem, "source_publish_problem"), nullable=False)
    )
    worker: str | None = None
    lease_until: datetime | None = moment(default=None)
    fencing: int = 0


class Run(SQLModel, table=True):
    """One round of one source; counts make "nothing is lost" checkable: items = stored + same + quarantined."""

    __tablename__ = "run"

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    kind: RunKind = Field(sa_column=Column(words(RunKind, "run_kind"), nullable=False))
    started_at: datetime = moment()
    ended_at: datetime | None = moment(default=None)
    ok: bool | None = None
    pages: int = 0
    items: int = 0
    stored: int = 0  # new posts
    changed: int = 0  # new versions of known posts
    same: int = 0
    quarantined: int = 0
    note: str = ""


def kept_of_a_run() -> ColumnElement[int]:
    """What became of the items of a run; where it is not their number, something was lost (RELIABILITY G8)."""
    return col(Run.stored) + col(Run.changed) + col(Run.same) + col(Run.quarantined)


class PostRow(SQLModel, table=True):
    """One public utterance (Beitrag). `version` names the current PostVersion."""

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("source_id", "ref"),
        Index("post_seen", "source_id", "first_seen_at", "id"),
        Index("post_author", "source_id", "author_id"),
        Index("post_parent", "source_id", "parent"),
        Index("post_newest", "first_seen_at", "id"),
        partial_index("post_absent", "absent_since", where=ABSENT),
    )

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id")
    ref: str
    kind: PostKind = Field(sa_column=Column(words(PostKind, "post_kind"), nullable=False))
    thread: str | None = None
    parent: str | None = None
    author: str | None = None
    author_id: str | None = None
    own: bool = False
    visible: bool = True
    text: str
    rating: float | None = None
    rating_max: float | None = None
    lang: str | None = None
    permalink: str | None = None
    created_at: datetime | None = moment(default=None)
    updated_at: datetime | None = moment(default=None)
    first_seen_at: datetime = moment()
    last_seen_at: datetime = moment()
    version: int = 1
    content_hash: str  # text, stars and visibility: what makes a new version
    matter_id: int | None = Field(default=None, foreign_key="matter.id", index=True)
    absent_since: datetime | None = moment(default=None)  # first of two looks that did not find it
    gone_at: datetime | None = moment(default=None)
    forgotten: Forgotten = Field(
        default=Forgotten.NONE,
        sa_column=Column(words(Forgotten, "post_forgotten"), nullable=False, default=Forgotten.NONE, server_default=""),
    )  # then `ref` is a keyed hash (monitor/forgotten.py), and text, author and addresses are empty
    salt: str = Field(default_factory=new_salt)  # of its seal, renewed when it is forgotten


class PostVersion(SQLModel, table=True):
    """What a post said at one time, with the record as it came. Never changed."""

    __tablename__ = "post_version"
    __table_args__ = (UniqueConstraint("post_id", "n"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    n: int
    text: str
    rating: float | None = None
    rating_max: float | None = None
    visible: bool = True
    seen_at: datetime = moment()
    content_hash: str
    replies: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    raw: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Matter(SQLModel, table=True):
    """Posts of one author on one subject at one source (Anliegen)."""

    __tablename__ = "matter"

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    opened_at: datetime = moment()
    by_person: bool = False  # a person joined or split it: the machine leaves it alone


class PostPrint(SQLModel, table=True):
    """What a text is found again by; it goes when the text goes. `who` is a hash that no page shows."""

    __tablename__ = "post_print"
    __table_args__ = (Index("print_who", "who", "post_id"), Index("print_first", "first_id", "post_id"))

    post_id: int = Field(sa_column=Column(ForeignKey("post.id"), primary_key=True, autoincrement=False))
    who: int | None = Field(default=None, sa_type=BigInteger)  # account, or folded name, at one source; None: anonymous
    exact: int = Field(sa_type=BigInteger)  # of the folded text
    words: int = Field(sa_type=BigInteger)  # of its words in alphabetical order
    signature: bytes  # 64 minhashes of 16 bits; all bands follow from it
    first_id: int | None = None  # the first post with nearly this text, where there are several


class PostBand(SQLModel, table=True):
    """Where alike texts meet: exact key, words and bands of each print. Written anew from them at any time."""

    __tablename__ = "post_band"
    __table_args__ = {"sqlite_with_rowid": False}

    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    post_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))


class Verdict(SQLModel, table=True):
    """What triage says about one version of one post (Einschätzung), with reasons. Of the text, never of a person."""

    __tablename__ = "verdict"
    __table_args__ = (UniqueConstraint("post_id", "version", "judge"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    version: int
    judge: str  # name and version of the judge
    at: datetime = moment()
    lang: str
    sentiment: str
    polarity: float
    second_opinion: float | None = None  # polarity by textblob-de, shown beside ours
    hostile: float
    is_hostile: bool
    complaint: float
    needs_answer: bool
    sure: bool
    topics: list[str] = Field(default_factory=list, sa_type=JSON)
    demands: list[str] = Field(default_factory=list, sa_type=JSON)
    flags: list[str] = Field(default_factory=list, sa_type=JSON)  # question, legal, threat, extortion, resolved …
    said: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  # by the judge, where a person's word stands now
    reasons: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class Correction(SQLModel, table=True):
    """A person's word on one question about one version of a post, beside what the judge had said; never changed.

    A look at a post writes one row a question, also where the judge was right. The newest one counts.
    """

    __tablename__ = "correction"
    __table_args__ = (Index("correction_of", "post_id", "version"), Index("correction_by", "by_id", "at"))

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id")
    version: int
    head: str  # complaint, sentiment, topics … (monitor/corrections.py)
    said: str
    corrected: str
    judge: str
    by_id: int | None = Field(default=None, foreign_key="user.id")  # blank after its term
    at: datetime = moment()


class Quarantine(SQLModel, table=True):
    """A record that could not be read; kept until a newer connector can (monitor/quarantine.py)."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("source_id", "digest"),)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    digest: str
    ref: str | None = None
    line: int | None = None
    reason: str
    raw: str  # JSON text as it came
    at: datetime = moment()
    last_at: datetime = moment()
    times: int = 1  # seen, with these words or with others of the same id
    resolved_at: datetime | None = moment(default=None)


class User(SQLModel, table=True):
    """A person who works with Widerhall. No numbers about persons are kept."""

    __tablename__ = "user"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    role: Role = Field(sa_column=Column(words(Role, "user_role"), nullable=False))
    password_hash: str
    mail: str | None = None
    active: bool = True
    language: str = GERMAN  # of pages and messages; no promise depends on it, so it is not sealed
    created_at: datetime = moment()
    second_factor_at: datetime | None = moment(default=None)  # since when a code is asked for (second_factor.py)
    second_step: int | None = None  # the newest time step whose code was used; older ones are refused


class Alarm(SQLModel, table=True):
    """Something that people are told once when it begins, and once when it is over."""

    __tablename__ = "alarm"
    __table_args__ = (partial_index("alarm_one_open", "name", unique=True, where="ended_at IS NULL"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str  # what and whose, as `kind:id`: login:3
    began_at: datetime = moment()
    ended_at: datetime | None = moment(default=None)


class Notice(SQLModel, table=True):
    """One message to one of our own people. No text of a post and no author stands in it."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("occasion", "recipient"), Index("notice_due", "state", "not_before"))

    id: int | None = Field(default=None, primary_key=True)
    occasion: str  # digest:2026-10-25, alarm:7, alarm:7:over
    recipient: str  # mail:ADDRESS, or push:HASH of an address that is a secret
    subject: str
    body: str
    state: NoticeState = Field(
        default=NoticeState.QUEUED, sa_column=Column(words(NoticeState, "notice_state"), nullable=False)
    )
    created_at: datetime = moment()
    not_before: datetime = moment()
    tries: int = 0
    sent_at: datetime | None = moment(default=None)
    problem: str = ""  # the last failure, without addresses or secrets


class Secret(SQLModel, table=True):
    """A token of a source, or a secret of a person (`user:3`), encrypted with a key that is never in the database."""

    __tablename__ = "secret"
    __table_args__ = (UniqueConstraint("source", "field"),)

    id: int | None = Field(default=None, primary_key=True)
    source: str
    field: str
    cipher: bytes
    updated_at: datetime = moment()


MARKED = "sources_marked"
FORGETTING = "forgetting"  # its value is the key of monitor/forgotten.py
RETAINED = "retained"  # when the terms of [retention] were last applied


class Switch(SQLModel, table=True):
    """A named switch of the installation: `outbox` is "running" or "paused"; MARKED: when health was last looked at."""

    __tablename__ = "switch"

    name: str = Field(primary_key=True)
    value: str
    at: datetime = moment()
