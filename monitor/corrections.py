"""A person's word on what the judge said: kept, laid over the verdict, honoured by every later judgement of that text.

A look at a post answers every question (head) at once, so that what the judge got right counts as well. Whoever says
"needs an answer" opens the duty or sorts it in; whoever says "needs none" proposes it, and a second person closes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from monitor.tables import Correction, Verdict
from monitor.triage.judgement import COMPLAINT_FROM, FLAGS, Demand, Sentiment, Topic
from replies import duty as duties
from replies import journal
from replies.lifecycle import UNANSWERED
from replies.people import Actor
from replies.tables import Duty

YES, NO = "yes", "no"
PLAIN = ("complaint", "needs_answer", "hostile", *FLAGS)
"""Questions that are answered by yes or no."""
LISTS: dict[str, type[Topic | Demand]] = {"topics": Topic, "demands": Demand}
HEADS = (*PLAIN, "sentiment", *LISTS)
_CHUNK = 400


class Unreadable(ValueError):
    """An answer that none of the questions knows."""


def words_of(row: Verdict) -> dict[str, str]:
    """What a verdict says now, as one word a head."""
    plain = {
        "complaint": row.complaint >= COMPLAINT_FROM,
        "needs_answer": row.needs_answer,
        "hostile": row.is_hostile,
        **{flag: flag in row.flags for flag in FLAGS},
    }
    return {
        **{head: YES if value else NO for head, value in plain.items()},
        "sentiment": row.sentiment,
        "topics": ",".join(row.topics),
        "demands": ",".join(row.demands),
    }


def judged_words(row: Verdict) -> dict[str, str]:
    """What the judge said, without a person's word."""
    return words_of(row) | row.said


def readable(head: str, word: str) -> str:
    """The word if it is an answer to that question; lists come in the order of their kind.

    Raises:
        Unreadable: it is not.
    """
    if head in LISTS:
        names = {name for name in word.split(",") if name}
        ordered = [member.value for member in LISTS[head] if member.value in names]
        if len(ordered) == len(names):
            return ",".join(ordered)
    elif (head == "sentiment" and word in set(Sentiment)) or (head in PLAIN and word in {YES, NO}):
        return word
    raise Unreadable(head)


def lay_over(row: Verdict, kept: Mapping[str, str]) -> None:
    """Let a person's words stand in a verdict; what the judge said stays beside them."""
    said = judged_words(row)
    row.said = {head: said[head] for head in kept}
    for head, word in kept.items():
        _put(row, head, word)
    if "needs_answer" in kept:
        row.sure = True


def _put(row: Verdict, head: str, word: str) -> None:
    yes = word == YES
    if head in LISTS:
        setattr(row, head, [name for name in word.split(",") if name])
    elif head in FLAGS:
        row.flags = [flag for flag in FLAGS if (yes if flag == head else flag in row.flags)]
    elif head == "complaint":
        row.complaint = 1.0 if yes else 0.0
    elif head == "hostile":
        row.hostile, row.is_hostile = (1.0 if yes else 0.0), yes
    else:
        setattr(row, head, yes if head == "needs_answer" else word)


def kept_for(session: Session, post_ids: Sequence[int]) -> dict[tuple[int, int], dict[str, str]]:
    """(post, version) -> a person's word on every head that was looked at."""
    found: defaultdict[tuple[int, int], dict[str, str]] = defaultdict(dict)
    for start in range(0, len(post_ids), _CHUNK):
        rows = select(Correction).where(col(Correction.post_id).in_(post_ids[start : start + _CHUNK]))
        for row in session.exec(rows.order_by(col(Correction.id))).all():
            found[row.post_id, row.version][row.head] = row.corrected
    return dict(found)


def look(session: Session, verdict: Verdict, words: Mapping[str, str], actor: Actor, now: datetime) -> dict[str, str]:
    """Keep a person's answer to every question and lay it over the verdict. Returns what the judge had otherwise.

    Raises:
        Unreadable: an answer that no question knows.
    """
    said = judged_words(verdict)
    kept = words_of(verdict) | {head: readable(head, word) for head, word in words.items() if head in HEADS}
    if YES in (kept["complaint"], kept["question"]):
        kept["needs_answer"] = YES  # DESIGN 5
    for head in HEADS:
        session.add(
            Correction(
                post_id=verdict.post_id, version=verdict.version, head=head, said=said[head], corrected=kept[head],
                judge=verdict.judge, by_id=actor.id, at=now,
            )
        )  # fmt: skip
    lay_over(verdict, kept)
    session.add(verdict)
    changed = {head: kept[head] for head in HEADS if kept[head] != said[head]}
    journal.write(session, now, actor, "verdict.look", f"post:{verdict.post_id}", changed=changed)
    return changed


def take_effect(session: Session, duty: Duty | None, verdict: Verdict, actor: Actor, now: datetime, note: str) -> None:
    """What a look does to a duty that is there: sorts it in, or proposes that it is none. It never closes one.

    Raises:
        Blocked: "needs no answer" of a post whose duty is open wants a reason.
    """
    if duty is None or duty.state not in UNANSWERED:
        return
    if verdict.needs_answer:
        if duty.unsure:
            duties.sort_in(session, duty, actor, now)
    elif duty.proposed_by is None:
        duties.propose_no_complaint(session, duty, actor, now, note=note)


def forget_who(session: Session, post_ids: Sequence[int]) -> None:
    """The posts' words are forgotten; that somebody looked stays, who it was does not."""
    rows = update(Correction).where(col(Correction.post_id).in_(post_ids))
    session.execute(rows.values(by_id=None).execution_options(synchronize_session=False))


def newest(session: Session) -> Iterator[Correction]:
    """The row that counts of every post, version and head."""
    last = select(func.max(col(Correction.id))).group_by(
        col(Correction.post_id), col(Correction.version), col(Correction.head)
    )
    rows = select(Correction).where(col(Correction.id).in_(last)).order_by(col(Correction.id))
    return iter(session.exec(rows.execution_options(yield_per=1000)))


@dataclass(frozen=True, slots=True)
class Figure:
    """How often the judge was right on one question, over all posts that a person looked at. Of texts, not of people.

    Attributes:
        head: `complaint`, `sentiment.negative`, `topics.price` …
        looked: posts that were looked at.
        said: how often the judge said yes.
        meant: how often a person did.
        both: how often both.
    """

    head: str
    looked: int
    said: int
    meant: int
    both: int

    @property
    def precision(self) -> float | None:
        """Share of the judge's yes that was right, None where it never said yes."""
        return self.both / self.said if self.said else None

    @property
    def recall(self) -> float | None:
        """Share of what should be found that was, None where there was nothing."""
        return self.both / self.meant if self.meant else None


def figures(session: Session) -> list[Figure]:
    """One line a question with anything to count, in the order of the heads."""
    looked: Counter[str] = Counter()
    said: Counter[str] = Counter()
    meant: Counter[str] = Counter()
    both: Counter[str] = Counter()
    for row in newest(session):
        looked[row.head] += 1
        first, second = set(_parts(row.head, row.said)), set(_parts(row.head, row.corrected))
        said.update(first)
        meant.update(second)
        both.update(first & second)
    return [
        Figure(part, looked[head], said[part], meant[part], both[part])
        for head in HEADS
        for part in _every(head)
        if looked[head] and (said[part] or meant[part] or head in PLAIN)
    ]


def _parts(head: str, word: str) -> Iterable[str]:
    if head in PLAIN:
        return (head,) if word == YES else ()
    return (f"{head}.{name}" for name in word.split(",") if name)


def _every(head: str) -> Iterable[str]:
    if head in PLAIN:
        return (head,)
    kind: type[Topic | Demand | Sentiment] = Sentiment if head == "sentiment" else LISTS[head]
    return (f"{head}.{member.value}" for member in kind)
