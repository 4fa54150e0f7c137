"""From a stored post to a verdict, a matter and a duty. Called inside the page's transaction.

Texts are judged, never people: an author's id only joins posts to one matter.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from connectors.core.contract import Post, Sighting
from monitor import elsewhere
from monitor.store import Change
from monitor.tables import Matter, PostRow, Source, Verdict
from monitor.triage import Judge, Judgement, PostText, Reason
from monitor.triage.repetition import is_repeat
from monitor.world import HouseWorld
from replies import duty as duties
from replies.lifecycle import UNANSWERED, Proof, State
from replies.tables import Duty
from replies.timing import Timing
from replies.watch import Watch

log = logging.getLogger(__name__)
_NEIGHBOURS = 60  # earlier posts of one author, or of one name, that a new one is compared with
_COPIES = 20  # newest posts of others that a new one is compared with
ANONYMOUS = frozenset(
    [
        "",
        "anonym",
        "anonymous",
        "anonymer nutzer",
        "ein google-nutzer",
        "a google user",
        "google-nutzer",
        "gast",
        "guest",
        "kunde",
        "kundin",
        "nutzer",
        "user",
        "unbekannt",
        "unknown",
        "amazon-kunde",
        "verifizierter käufer",
        "verified buyer",
        "gelöschter nutzer",
        "deleted user",
    ]
)


def text_of(post_id: int, post: Post, source: str) -> PostText:
    """What the judge sees of a post."""
    return PostText(
        id=str(post_id),
        text=post.text,
        rating=post.rating,
        rating_max=post.rating_max,
        author_id=post.author_id,
        created=post.created,
        kind=post.kind.value,
        source=source,
    )


def name_key(author: str | None) -> str:
    """A shown name, folded for comparison; empty for anonymous ones."""
    key = " ".join((author or "").casefold().split())
    return "" if key in ANONYMOUS else key


class Judging:
    """Verdicts, matters and duties for what a page brought."""

    def __init__(self, world: HouseWorld, timing: Timing, judge: Judge, watch: Watch) -> None:
        """`judge` is the seam: a stronger one takes its place without a change elsewhere."""
        self.world = world
        self.timing = timing
        self.judge = judge
        self.watch = watch

    def follow(
        self, session: Session, source: Source, changes: Sequence[Change], now: datetime, *, first_run: bool
    ) -> None:
        """Let verdicts, matters and duties follow what changed, in the order in which the posts were written."""
        ordered = sorted(changes, key=lambda change: (change.post.created or now, change.post_id))
        for change in ordered:
            if not change.post.own:
                self._follow_one(session, source, change, now, first_run=first_run)
        for change in ordered:
            self._follow_answers(session, source, change, now)

    def _follow_one(self, session: Session, source: Source, change: Change, now: datetime, *, first_run: bool) -> None:
        if change.what == "replied" and not change.came_back:
            return
        _, judgement = self.verdict(session, source, change.post_id, now)
        duty = duties.of_post(session, change.post_id)
        if duty is None:
            self._owe(session, source, change, judgement, now, first_run=first_run)
            return
        if change.came_back and duty.proof == Proof.GONE:
            duties.reopen(session, duty, self.world.hours(source.name), self.timing, now, why="post_back")
        if change.what == "changed":
            self._edited(session, source, duty, change, judgement, now)

    def _edited(
        self, session: Session, source: Source, duty: Duty, change: Change, judgement: Judgement, now: datetime
    ) -> None:
        view = self.world.post(session, change.post_id)
        duties.revoke_approved(session, duty, view, now)
        if not change.words_changed:
            return
        if judgement.needs_answer or judgement.resolved:
            duty = duties.reopen(session, duty, self.world.hours(source.name), self.timing, now, why="post_changed")
        if duty.state in UNANSWERED:  # a renewed verdict never closes an open duty
            duty.unsure = not judgement.sure or judgement.resolved or not judgement.needs_answer
            session.add(duty)

    def _owe(
        self, session: Session, source: Source, change: Change, judgement: Judgement, now: datetime, *, first_run: bool
    ) -> None:
        if not judgement.needs_answer or not change.post.visible:
            return
        occasion = self._occasion(session, change.post_id)
        horizon = source.since - timedelta(days=self.timing.backfill_days)
        written = change.post.created
        duties.owe(
            session,
            change.post_id,
            self.world.hours(source.name),
            self.timing,
            now,
            unsure=not judgement.sure,
            occasion=occasion,
            backlog=first_run and written is not None and written < horizon,
        )

    def verdict(self, session: Session, source: Source, post_id: int, now: datetime) -> tuple[Verdict, Judgement]:
        """Judge the current version of a post and keep the verdict; a repetition is one of its reasons."""
        view = self.world.post(session, post_id)
        judgement = self.judge.judge(text_of(post_id, view.post, source.name))
        repeats = self._join_matter(session, source, post_id, view.post, now)
        row = self._verdict_row(session, post_id, view.version)
        row.at = now
        for name in ("lang", "polarity", "hostile", "is_hostile", "complaint", "needs_answer", "sure"):
            setattr(row, name, getattr(judgement, name))
        row.sentiment = judgement.sentiment.value
        row.topics = [topic.value for topic in judgement.topics]
        row.demands = [demand.value for demand in judgement.demands]
        row.reasons = [asdict(reason) for reason in (*judgement.reasons, *repeats)]
        session.add(row)
        session.flush()
        return row, judgement

    def renew(self, session: Session, source: Source, post_id: int, now: datetime) -> Judgement:
        """Judge a stored post with the current judge. Opens a duty if it finds one; never closes one."""
        _, judgement = self.verdict(session, source, post_id, now)
        if duties.of_post(session, post_id) is None:
            change = Change(post_id, self.world.post(session, post_id).post, "new", words_changed=True)
            self._owe(session, source, change, judgement, now, first_run=True)  # an old post is no new complaint
            self._answers_there(session, post_id, now)
        return judgement

    def _verdict_row(self, session: Session, post_id: int, version: int) -> Verdict:
        known = select(Verdict).where(
            col(Verdict.post_id) == post_id, col(Verdict.version) == version, col(Verdict.judge) == self.judge.name
        )
        found = session.exec(known).one_or_none()
        return found or Verdict(post_id=post_id, version=version, judge=self.judge.name)  # type: ignore[call-arg]

    def _join_matter(self, session: Session, source: Source, post_id: int, post: Post, now: datetime) -> list[Reason]:
        """Join an earlier matter of the same author on the same subject, or open one; say why."""
        row = session.get(PostRow, post_id, populate_existing=True)
        assert row is not None, "the post was just written"  # noqa: S101
        earlier = self._earlier(session, source, row)
        matches = is_repeat(
            text_of(post_id, post, source.name),
            [text_of(other.id or 0, _as_text(other), source.name) for other in earlier],
        )
        if row.matter_id is None:
            matter_id = next(
                (other.matter_id for match in matches for other in earlier if str(other.id) == match.id), None
            )
            if matter_id is None:
                matter = Matter(source_id=source.id or 0, opened_at=now)
                session.add(matter)
                session.flush()
                matter_id = matter.id
            row.matter_id = matter_id
            session.add(row)
            session.flush()
        copies = [] if matches else is_repeat(text_of(post_id, post, source.name), self._recent(session, source, row))
        return [Reason(rule=match.rule, start=0, end=0, words=match.why) for match in (matches or copies)[:1]]

    def _recent(self, session: Session, source: Source, row: PostRow) -> list[PostText]:
        """The newest posts of other people at this source: a copy among them is worth a word, but joins nothing."""
        rows = select(PostRow).where(
            col(PostRow.source_id) == source.id, col(PostRow.id) != row.id, col(PostRow.own).is_(False)
        )
        newest = session.exec(rows.order_by(col(PostRow.id).desc()).limit(_COPIES)).all()
        return [text_of(other.id or 0, _as_text(other), source.name) for other in newest]

    def _earlier(self, session: Session, source: Source, row: PostRow) -> list[PostRow]:
        rows = select(PostRow).where(
            col(PostRow.source_id) == source.id, col(PostRow.id) != row.id, col(PostRow.own).is_(False)
        )
        if row.author_id:
            rows = rows.where(col(PostRow.author_id) == row.author_id)
        elif name_key(row.author):
            folded = func.replace(func.lower(func.trim(col(PostRow.author))), "  ", " ")  # SQLite folds ASCII alone
            same_name = (col(PostRow.author) == row.author) | (folded == name_key(row.author))
            rows = rows.where(same_name, col(PostRow.author_id).is_(None))
        else:
            return []  # anonymous names never join
        return list(session.exec(rows.order_by(col(PostRow.id).desc()).limit(_NEIGHBOURS)).all())

    def _occasion(self, session: Session, post_id: int) -> int:
        """The how-manieth post that owes an answer this is in its matter, from 1."""
        row = session.get(PostRow, post_id)
        if row is None or row.matter_id is None:
            return 1
        siblings = (
            select(Duty.id)
            .join(PostRow, col(PostRow.id) == col(Duty.post_id))
            .where(col(PostRow.matter_id) == row.matter_id, col(PostRow.id) != post_id)
        )
        return 1 + len(session.exec(siblings).all())

    def _follow_answers(self, session: Session, source: Source, change: Change, now: datetime) -> None:
        """Own answers: below a post (a thread) or inside it (a review's one reply), ours or given elsewhere."""
        post = change.post
        if post.own:
            parent = self._by_ref(session, source, post.parent)
            if parent is not None and post.visible:
                self._answer_under(session, parent, post.ref, post.text, now)
            return
        for reply in change.answers:
            self._answer_under(session, change.post_id, reply.ref, reply.text, now)
        if change.answer_left:
            elsewhere.answer_left(session, change.post_id, self.world.hours(source.name), self.timing, now)
        if change.what != "changed" or not change.words_changed:  # older answers do not answer the new words
            for child in elsewhere.own_children(session, source.id, post.ref):
                self._answer_under(session, change.post_id, child.ref, child.text, now)

    def _answers_there(self, session: Session, post_id: int, now: datetime) -> None:
        """Let every own answer count that stands there already."""
        row = session.get(PostRow, post_id, populate_existing=True)
        for ref, text in elsewhere.own_answers(session, row) if row is not None else ():
            self._answer_under(session, post_id, ref, text, now)

    def _by_ref(self, session: Session, source: Source, ref: str | None) -> int | None:
        if ref is None:
            return None
        return session.exec(
            select(PostRow.id).where(col(PostRow.source_id) == source.id, col(PostRow.ref) == ref)
        ).first()

    def _answer_under(self, session: Session, post_id: int, ref: str | None, text: str, now: datetime) -> None:
        """An own answer stands under a post: our own reply seen again, or one given outside Widerhall."""
        duty = duties.of_post(session, post_id)
        if duty is None:
            return
        ours = elsewhere.our_reply(session, duty, ref, text)
        if ours is None:
            if duty.state in UNANSWERED:
                duties.answered_elsewhere(session, duty, now, ref=ref)
            return
        if self.world.publisher(ours.account) is None:
            self.watch.seen_by_fetch(session, ours, Sighting(ref=ref, text=text, public=True), now)
        elif ours.state in (State.UNCLEAR, State.DELIVERED) and not ours.needs_human:
            ours.next_look_at = now  # the watch looks without our login; a fetch with it proves less
            session.add(ours)


def _as_text(row: PostRow) -> Post:
    return Post(
        ref=row.ref,
        kind=row.kind,
        text=row.text,
        author_id=row.author_id,
        rating=row.rating,
        rating_max=row.rating_max,
        created=row.created_at,
    )
