"""From a stored post to a verdict, a matter and a duty. Called inside the page's transaction.

Texts are judged, never people: an author's id only joins posts to one matter.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Exists, delete
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from connectors.core.contract import Sighting
from monitor import corrections, elsewhere, evidence
from monitor.notify import urgent
from monitor.store import Change
from monitor.tables import Matter, PostRow, Source, Verdict
from monitor.triage import Judge, Judgement, PostText, Reason, prints
from monitor.triage.aside import Aside
from monitor.triage.judgement import FLAGS
from monitor.world import HouseWorld
from replies import duty as duties
from replies.bulk import insert_rows
from replies.lifecycle import UNANSWERED, Proof, State
from replies.people import DAEMON, Actor
from replies.tables import Duty
from replies.timing import Timing
from replies.watch import Watch

log = logging.getLogger(__name__)
_CHUNK = 400  # bound parameters of one statement
_KEPT = ("lang", "polarity", "second_opinion", "hostile", "is_hostile", "complaint", "needs_answer", "sure")


def text_of(row: PostRow, source: str) -> PostText:
    """What the judge sees of a post."""
    return PostText(
        id=str(row.id),
        text=row.text,
        rating=row.rating,
        rating_max=row.rating_max,
        author_id=row.author_id,
        created=row.created_at,
        kind=row.kind.value,
        source=source,
    )


def outdated() -> Exists:
    """A verdict on the same words is newer, by whichever judge: pages show the one with the highest id."""
    newer = aliased(Verdict)
    same = (col(newer.post_id) == col(Verdict.post_id), col(newer.version) == col(Verdict.version))
    return select(newer.id).where(*same, col(newer.id) > col(Verdict.id)).correlate(Verdict).exists()


class _Batch:
    """The posts that are judged together: their rows, what they may repeat, and their verdicts so far."""

    def __init__(self, session: Session, judge: Judge, post_ids: Sequence[int]) -> None:
        """Read them in a handful of queries, however many they are."""
        from monitor.repeats import Neighbours

        self.rows: dict[int, PostRow] = {}
        self.verdicts: dict[tuple[int, int], Verdict] = {}
        self._outdated: dict[tuple[int, int], int] = {}
        for start in range(0, len(post_ids), _CHUNK):
            some = post_ids[start : start + _CHUNK]
            rows = select(PostRow).where(col(PostRow.id).in_(some)).execution_options(populate_existing=True)
            self.rows.update({row.id or 0: row for row in session.exec(rows).all()})
            known = select(Verdict, outdated()).where(col(Verdict.post_id).in_(some), col(Verdict.judge) == judge.name)
            for row, is_old in session.exec(known).all():
                if is_old:
                    self._outdated[row.post_id, row.version] = row.id or 0
                else:
                    self.verdicts[row.post_id, row.version] = row
        self.kept = corrections.kept_for(session, post_ids)
        sign = judge.signatures if isinstance(judge, Aside) else prints.signatures
        self.near = Neighbours(session, self.rows.values(), sign)
        self._new: list[dict[str, Any]] = []

    def keep(self, session: Session, key: tuple[int, int], values: dict[str, Any]) -> Verdict | None:
        """Keep a verdict. Gives the row where there was one before, or where a person's word lies over it."""
        kept, row = self.kept.get(key), self.verdicts.get(key)
        if key in self._outdated:  # this judge is back after another one: only a new row is the newest
            session.execute(delete(Verdict).where(col(Verdict.id) == self._outdated.pop(key)))
        if row is None and kept is None:
            self._new.append(values)
            return None
        row = row or Verdict(**values)
        for name, value in values.items():
            setattr(row, name, value)
        corrections.lay_over(row, kept or {})
        session.add(row)
        return row

    def write(self, session: Session) -> None:
        """New verdicts, and what their posts are found again by."""
        insert_rows(session, Verdict.__table__, self._new)  # type: ignore[attr-defined]
        self._new.clear()
        self.near.write(session)


class Judging:
    """Verdicts, matters and duties for what a page brought."""

    def __init__(self, world: HouseWorld, timing: Timing, judge: Judge, watch: Watch) -> None:
        """`judge` is the seam: a stronger one takes its place without a change elsewhere."""
        self.world = world
        self.timing = timing
        self.judge = judge
        self.watch = watch

    def follow(
        self, session: Session, source: Source, changes: Sequence[Change], now: datetime, *, since: datetime | None
    ) -> None:
        """Let verdicts, matters and duties follow what changed, in the order in which the posts were written.

        Args:
            since: this is history: what was written `backfill_days` before this time is backlog. None: it is news.
        """
        ordered = sorted(changes, key=lambda change: (change.post.created or now, change.post_id))
        for change in ordered:
            self._whose(session, source, change, now)
        # "replied": answers or accounts changed, the words are those that were judged
        judged = [one for one in ordered if not one.post.own and (one.what != "replied" or one.came_back)]
        batch = _Batch(session, self.judge, [change.post_id for change in judged])
        for change in judged:
            self._follow_one(session, source, change, batch, now, since=since)
        batch.write(session)
        answered = elsewhere.with_own_children(session, source.id, [change.post.ref for change in ordered])
        for change in ordered:
            self._follow_answers(session, source, change, answered, now)

    def _whose(self, session: Session, source: Source, change: Change, now: datetime) -> None:
        """Our accounts were named late, or wrongly: an own post owes nothing, another's owes what it owed."""
        duty = None if change.what == "new" else duties.of_post(session, change.post_id)
        if duty is not None and change.post.own:
            duties.own_post(session, duty, now)
        elif duty is not None:
            duties.not_our_own(session, duty, self.world.hours(source.name), self.timing, now)

    def _follow_one(
        self, session: Session, source: Source, change: Change, batch: _Batch, now: datetime, *, since: datetime | None
    ) -> None:
        judgement = self._verdict(session, source, batch, change.post_id, now)
        if judgement.threat or judgement.extortion or judgement.legal:
            evidence.secure(session, change.post_id, DAEMON, now)
        duty = None if change.what == "new" else duties.of_post(session, change.post_id)
        if duty is None:
            self._owe(session, source, change, judgement, now, since=since)
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
        duties.drop_proposal(session, duty, now, why="post_changed")
        if judgement.needs_answer or judgement.resolved:
            duty = duties.reopen(session, duty, self.world.hours(source.name), self.timing, now, why="post_changed")
        if duty.state in UNANSWERED:  # a renewed verdict never closes an open duty
            duty.unsure = not judgement.sure or judgement.resolved or not judgement.needs_answer
            session.add(duty)

    def _owe(
        self,
        session: Session,
        source: Source,
        change: Change,
        judgement: Judgement,
        now: datetime,
        *,
        since: datetime | None,
    ) -> None:
        if not judgement.needs_answer or not change.post.visible:
            return
        occasion = self._occasion(session, change.post_id)
        horizon = since - timedelta(days=self.timing.backfill_days) if since else None
        written = change.post.created
        duties.owe(
            session,
            change.post_id,
            self.world.hours(source.name),
            self.timing,
            now,
            unsure=not judgement.sure,
            occasion=occasion,
            backlog=horizon is not None and written is not None and written < horizon,
        )

    def _verdict(self, session: Session, source: Source, batch: _Batch, post_id: int, now: datetime) -> Judgement:
        """Judge the current version of a post and keep the verdict; a repetition is one of its reasons."""
        post = batch.rows[post_id]
        judgement = self.judge.judge(text_of(post, source.name))
        repeats = self._join_matter(session, batch, post, judgement, now)
        values = {name: getattr(judgement, name) for name in _KEPT} | {
            "post_id": post_id,
            "version": post.version,
            "judge": self.judge.name,
            "at": now,
            "sentiment": judgement.sentiment.value,
            "topics": [topic.value for topic in judgement.topics],
            "demands": [demand.value for demand in judgement.demands],
            "flags": [flag for flag in FLAGS if getattr(judgement, flag)],
            "reasons": [asdict(reason) for reason in (*judgement.reasons, *repeats)],
            "said": {},
        }
        row = batch.keep(session, (post_id, post.version), values)
        urgent.raise_alarm(session, post, values["flags"] if row is None else row.flags, now)
        # a person's yes to "needs an answer" outlives every later judgement of the same words
        insisted = batch.kept.get((post_id, post.version), {}).get("needs_answer") == corrections.YES
        return replace(judgement, needs_answer=True) if insisted else judgement

    def renew(self, session: Session, source: Source, post_ids: Sequence[int], now: datetime) -> None:
        """Judge stored posts of a source with the current judge. Opens duties that follow; never closes one."""
        batch = _Batch(session, self.judge, post_ids)
        for post_id in post_ids:
            judgement = self._verdict(session, source, batch, post_id, now)
            if duties.of_post(session, post_id) is None:
                change = Change(post_id, self.world.post(session, post_id).post, "new", words_changed=True)
                # history from the source's first day on: an old post is no new complaint
                self._owe(session, source, change, judgement, now, since=source.since)
                self._answers_there(session, post_id, now)
        batch.write(session)

    def looked_at(
        self, session: Session, verdict: Verdict, words: Mapping[str, str], actor: Actor, now: datetime, *, note: str
    ) -> None:
        """A person answered what the judge had answered: keep it, and let the duty follow. It closes none.

        Raises:
            Unreadable: an answer that no question knows.
            Blocked: "needs no answer" of a post whose duty is open wants a reason.
        """
        corrections.look(session, verdict, words, actor, now)
        post = session.get_one(PostRow, verdict.post_id)
        urgent.raise_alarm(session, post, verdict.flags, now, by_person=True)
        duty = duties.of_post(session, verdict.post_id)
        corrections.take_effect(session, duty, verdict, actor, now, note)
        if duty is None and verdict.needs_answer and post.visible and post.gone_at is None:
            hours = self.world.hours(self.world.post(session, verdict.post_id).account)
            occasion = self._occasion(session, verdict.post_id)
            duties.owe(session, verdict.post_id, hours, self.timing, now, occasion=occasion)
            self._answers_there(session, verdict.post_id, now)

    def _join_matter(
        self, session: Session, batch: _Batch, row: PostRow, judgement: Judgement, now: datetime
    ) -> list[Reason]:
        """Join an earlier matter of the same author on the same subject, or open one; say why."""
        from monitor.triage.repetition import Again, sentence, subject

        found = batch.near.matches(row.id or 0, subject(judgement))
        theirs = [one for one in found if one.rule is not Again.COPY and one.known.matter_id is not None]
        if row.matter_id is None:
            row.matter_id = theirs[0].known.matter_id if theirs else self._new_matter(session, row, now)
            session.add(row)
        batch.near.joined(row.id or 0, row.matter_id)
        written = row.created_at or row.first_seen_at
        earlier = [one for one in theirs if one.known.at <= written] or [one for one in found if one not in theirs]
        if not earlier:
            return []
        nth = 1 + len({one.known.post_id for one in earlier if one.known.matter_id == row.matter_id})
        words = sentence(earlier[0].rule, max(nth, 2))
        return [Reason(rule=earlier[0].rule.value, start=0, end=len(row.text), words=words)]

    def _new_matter(self, session: Session, row: PostRow, now: datetime) -> int | None:
        matter = Matter(source_id=row.source_id, opened_at=now)
        session.add(matter)
        session.flush()
        return matter.id

    def _occasion(self, session: Session, post_id: int) -> int:
        """Which one in its matter this post is among those that owe an answer, counted from 1."""
        row = session.get(PostRow, post_id)
        if row is None or row.matter_id is None:
            return 1
        siblings = (
            select(Duty.id)
            .join(PostRow, col(PostRow.id) == col(Duty.post_id))
            .where(col(PostRow.matter_id) == row.matter_id, col(PostRow.id) != post_id)
        )
        return 1 + len(session.exec(siblings).all())

    def _follow_answers(
        self, session: Session, source: Source, change: Change, answered: frozenset[str], now: datetime
    ) -> None:
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
        reworded = change.what == "changed" and change.words_changed  # older answers do not answer the new words
        if post.ref in answered and not reworded:
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
            if duty.state in UNANSWERED and not elsewhere.may_be_ours(session, duty, now):
                duties.answered_elsewhere(session, duty, now, ref=ref)
            return
        if self.world.publisher(ours.account) is None:
            self.watch.seen_by_fetch(session, ours, Sighting(ref=ref, text=text, public=True), now)
        elif ours.state in (State.UNCLEAR, State.DELIVERED) and not ours.needs_human:
            ours.next_look_at = now  # the watch looks without our login; a fetch with it proves less
            session.add(ours)
