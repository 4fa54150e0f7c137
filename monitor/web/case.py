"""Everything that the page of one post shows, read in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from sqlmodel import Session, col, or_, select

from connectors.core.contract import Capability, Card, ReplyMode
from monitor.tables import PostRow, PostVersion, Source, User, Verdict
from monitor.triage.repetition import anew
from monitor.web import core_line, difference, filters, labels
from monitor.web.access import Visit
from monitor.web.judged import Judged, read_judged
from monitor.web.queue import verdicts
from monitor.words import GERMAN
from replies import wording
from replies.errors import Unknown
from replies.going_out import newest_facts
from replies.lifecycle import IN_FLIGHT, UNANSWERED, Action, ReplyKind, Role, State, choices
from replies.tables import Duty, FactCheck, Journal, Reply

PART = 20_000  # bytes of escaped text shown at once
_ON_ITS_WAY = (State.SUBMITTED, *IN_FLIGHT)
_EARLIER, _VERSIONS = 8, 20
_JOURNAL = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the post's text; `why` is the sentence of the reason that it is marked with."""

    text: str
    why: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """An older text of a reply, and how it differs from what stands there now."""

    version: int
    author: str
    written_at: datetime
    handed_over: bool
    whole: tuple[difference.Piece, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """One reply with what this person may do with it."""

    reply: Reply
    may: frozenset[str]
    author: str
    approver: str
    by_hand: bool  # published by a person on the platform's page
    mine_by_hand: bool  # this person has taken it
    looked_early: bool
    edits: tuple[Edit, ...] = ()

    @property
    def since_handed_over(self) -> Edit | None:
        """What became of the words that were last handed over, if somebody has changed them since."""
        return next((edit for edit in self.edits if edit.handed_over and edit.whole), None)


@dataclass(frozen=True, slots=True)
class Case:
    """A post, its duty and its surroundings."""

    post: PostRow
    source: Source
    duty: Duty | None
    verdict: Verdict | None
    pieces: tuple[Piece, ...]
    parts: int
    versions: tuple[PostVersion, ...]
    parent: PostRow | None
    earlier: tuple[PostRow, ...]
    facts: FactCheck | None
    works: tuple[Work, ...]
    journal: tuple[Journal, ...]
    people: dict[int, str]
    card: Card
    may_answer: bool
    kinds: tuple[ReplyKind, ...]
    judged_text: Judged
    before: str  # the text that was judged, where another one stands there now
    judged: Mapping[int, Any]  # post id -> the newest verdict's columns, of the earlier posts and the parent

    @property
    def tongue(self) -> str:
        """The language of the post, as triage read it; German where nobody judged it."""
        return self.verdict.lang if self.verdict is not None else GERMAN

    def calm(self, other: PostRow) -> str:
        """Another post of the matter, or the one that this one answers, its insults masked."""
        return core_line.masked(other.text, _reasons(other, self.judged.get(other.id or 0)))

    def masked(self, part: int = 1) -> str:
        """One part of the post, its insults masked, for the eye."""
        text = core_line.masked(self.post.text, self.reasons)
        parts = split_parts(text)
        start, end = parts[min(part, len(parts)) - 1]
        return filters.shown(text[start:end])

    @property
    def reasons(self) -> core_line.Reasons:
        """Why triage says so, with places in the text that stands there now."""
        return _reasons(self.post, self.verdict, self.before)

    @property
    def hostile(self) -> bool:
        """Is there something to mask? Of a version that nobody has judged yet, what was said before counts as well."""
        said = self.verdict is not None and self.verdict.is_hostile
        judged = self.verdict is not None and self.verdict.version == self.post.version
        return said or (not judged and bool(self.reasons))

    @property
    def draft(self) -> Reply | None:
        """The newest draft, which the box edits."""
        drafts = [work.reply for work in self.works if work.reply.state == State.DRAFT]
        return drafts[0] if drafts else None

    @property
    def busy(self) -> bool:
        """Is an answer on its way? Then its state comes first and the box for another text steps back."""
        return any(work.reply.state in _ON_ITS_WAY and work.reply.kind != ReplyKind.HOLDING for work in self.works)

    def work_of(self, reply_id: int) -> Work | None:
        """One reply of this case, among the newest."""
        return next((work for work in self.works if work.reply.id == reply_id), None)

    def who(self, user_id: int | None) -> str:
        """A colleague's name."""
        return self.people.get(user_id or 0, "")

    def actor(self, mark: str) -> str:
        """The journal's `owner:2` as a name."""
        role, _colon, number = mark.partition(":")
        name = self.people.get(int(number), "") if number.isdecimal() else ""
        return name or (labels.WORDS[Role].get(role) or mark)


def read_case(session: Session, visit: Visit, post_id: int, part: int = 1) -> Case:
    """Read it.

    Raises:
        Unknown: there is no such post.
    """
    post = session.get(PostRow, post_id)
    source = session.get(Source, post.source_id) if post else None
    if post is None or source is None:
        raise Unknown(f"no post {post_id}")
    duty = session.exec(select(Duty).where(col(Duty.post_id) == post_id)).one_or_none()
    verdict = _verdict(session, post_id)
    people = {user_id: name for user_id, name in session.exec(select(User.id, User.name)).all() if user_id is not None}
    replies = _replies(session, duty)
    card = visit.house.world.card(source.name)
    parts = split_parts(post.text)
    before = _before(session, post, verdict)
    pieces = mark_up(post.text, _reasons(post, verdict, before), parts[min(part, len(parts)) - 1])
    parent, earlier = _parent(session, post), _earlier(session, post)
    return Case(
        post=post,
        source=source,
        duty=duty,
        verdict=verdict,
        pieces=pieces,
        parts=len(parts),
        versions=_versions(session, post_id),
        parent=parent,
        earlier=earlier,
        facts=newest_facts(session, duty.id) if duty and duty.id else None,
        works=tuple(_work(session, reply, visit, card, people) for reply in replies),
        journal=_journal(session, post, duty, replies),
        people=people,
        card=card,
        may_answer=visit.may_act and _can_be_answered(post, duty, card),
        kinds=_kinds(replies),
        before=before,
        judged_text=read_judged(session, post, verdict),
        judged=verdicts(session, [other.id or 0 for other in (*earlier, *([parent] if parent else ()))]),
    )


def _before(session: Session, post: PostRow, verdict: Verdict | None) -> str:
    if verdict is None or verdict.version == post.version:
        return ""
    older = select(PostVersion.text).where(col(PostVersion.post_id) == post.id, col(PostVersion.n) == verdict.version)
    return session.exec(older).first() or ""


def _reasons(post: PostRow, verdict: Any, before: str | None = None) -> core_line.Reasons:
    return () if post.own else core_line.reasons_of(verdict, post.version, post.text, before)


def _verdict(session: Session, post_id: int) -> Verdict | None:
    """The newest: of the newest version that was judged."""
    newest_first = (col(Verdict.version).desc(), col(Verdict.id).desc())
    return session.exec(select(Verdict).where(col(Verdict.post_id) == post_id).order_by(*newest_first).limit(1)).first()


def _versions(session: Session, post_id: int) -> tuple[PostVersion, ...]:
    """What the post said, newest first."""
    rows = select(PostVersion).where(col(PostVersion.post_id) == post_id).order_by(col(PostVersion.n).desc())
    return tuple(session.exec(rows.limit(_VERSIONS)).all())


def _can_be_answered(post: PostRow, duty: Duty | None, card: Card) -> bool:
    """Is an answer owed, and is there a public place for it?"""
    owed = duty is not None and duty.state in UNANSWERED
    return owed and card.reply != ReplyMode.NONE and post.gone_at is None and post.visible


def _replies(session: Session, duty: Duty | None) -> Sequence[Reply]:
    if duty is None:
        return ()
    return session.exec(
        select(Reply).where(col(Reply.duty_id) == duty.id).order_by(col(Reply.id).desc()).limit(20)
    ).all()


def _kinds(replies: Sequence[Reply]) -> tuple[ReplyKind, ...]:
    """Which kinds of reply can still be begun."""
    held = any(r.kind == ReplyKind.HOLDING and r.state not in (State.WITHDRAWN, State.REFUSED) for r in replies)
    return tuple(kind for kind in ReplyKind if kind != ReplyKind.HOLDING or not held)


def edits(session: Session, reply: Reply, people: Mapping[int, str]) -> tuple[Edit, ...]:
    """The older texts of a reply, newest first; the first ten."""
    return tuple(
        Edit(
            version=older.version,
            author=people.get(older.author_id, ""),
            written_at=older.written_at,
            handed_over=older.submitted_at is not None,
            whole=difference.difference(older.text, reply.text) if older.text != reply.text else (),
        )
        for older in wording.earlier(session, reply.id or 0)[:10]
    )


def _work(session: Session, reply: Reply, visit: Visit, card: Card, people: dict[int, str]) -> Work:
    may = {str(action) for action in choices(reply.state, visit.role)}
    by_hand = card.reply == ReplyMode.MANUAL
    if reply.not_before is None or visit.now >= reply.not_before or reply.fencing:
        may.discard(str(Action.UNDO))
    if (
        by_hand
        and visit.may_act
        and reply.state == State.APPROVED
        and reply.not_before
        and visit.now >= reply.not_before
    ):
        may.add("take")
    taken = reply.state == State.SENDING and (reply.worker or "").startswith("hand:")
    mine = taken and visit.may_act and (reply.worker == f"hand:{visit.user_id}" or visit.is_owner)
    if visit.may_act and reply.state == State.DELIVERED and (by_hand or card.capability == Capability.BLIND):
        may.add("seen")
    if reply.state == State.UNCLEAR and visit.is_owner:
        may.add("settle")
    return Work(
        reply=reply,
        may=frozenset(may),
        author=people.get(reply.author_id, ""),
        approver=people.get(reply.approver_id or 0, ""),
        by_hand=by_hand,
        mine_by_hand=mine,
        looked_early=reply.looked_at is not None,
        edits=edits(session, reply, people),
    )


def _parent(session: Session, post: PostRow) -> PostRow | None:
    if post.parent is None:
        return None
    return session.exec(
        select(PostRow).where(col(PostRow.source_id) == post.source_id, col(PostRow.ref) == post.parent)
    ).first()


def _earlier(session: Session, post: PostRow) -> tuple[PostRow, ...]:
    """Other posts of this matter, newest first. Of the matter, never of the person elsewhere."""
    if post.matter_id is None:
        return ()
    rows = (
        select(PostRow)
        .where(col(PostRow.matter_id) == post.matter_id, col(PostRow.id) != post.id)
        .order_by(col(PostRow.first_seen_at).desc(), col(PostRow.id).desc())
        .limit(_EARLIER)
    )
    return tuple(session.exec(rows).all())


def _journal(session: Session, post: PostRow, duty: Duty | None, replies: Sequence[Reply]) -> tuple[Journal, ...]:
    subjects = [f"post:{post.id}", *(f"reply:{reply.id}" for reply in replies)]
    if duty is not None:
        subjects.append(f"duty:{duty.id}")
    rows = (
        select(Journal)
        .where(or_(*(col(Journal.subject) == name for name in subjects)))
        .order_by(col(Journal.seq).desc())
    )
    return tuple(session.exec(rows.limit(_JOURNAL)).all())


def split_parts(text: str) -> list[tuple[int, int]]:
    """Half-open places of the parts in which a long post is shown, so that no page grows beyond 60 KB."""
    parts, begin, size = [], 0, 0
    for place, char in enumerate(text):
        width = len(escape(char).encode("utf-8", "replace"))
        if size + width > PART:
            parts.append((begin, place))
            begin, size = place, 0
        size += width
    return [*parts, (begin, len(text))]


def mark_up(text: str, reasons: core_line.Reasons, part: tuple[int, int]) -> tuple[Piece, ...]:
    """One part of a post in pieces, those with a reason marked. Overlapping reasons: the earlier one wins."""
    pieces: list[Piece] = []
    at, stop = part
    located = [
        reason
        for reason in reasons
        if 0 <= int(reason.get("start") or 0) < int(reason.get("end") or 0) <= len(text)
        and (reason["start"], reason["end"]) != (0, len(text))  # of the whole text: a sentence, no mark
    ]
    for reason in sorted(located, key=lambda found: (int(found["start"]), -int(found["end"]))):
        start, end = max(int(reason["start"]), part[0]), min(int(reason["end"]), stop)
        if start < at or start >= end:
            continue
        if start > at:
            pieces.append(Piece(filters.shown(text[at:start])))
        pieces.append(
            Piece(filters.shown(text[start:end]), anew(str(reason.get("words", ""))), core_line.group(reason))
        )
        at = end
    if at < stop:
        pieces.append(Piece(filters.shown(text[at:stop])))
    return tuple(pieces)
