"""The shield: a hostile post with its insults masked and its factual core first (RULES 002-8), and the calm after it.

The whole text is one deliberate click away, a form, so that the cooling-off begins with it and nothing is done by GET.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, and_, col, select

from monitor.tables import PostVersion, Verdict
from monitor.temper import temper
from monitor.web import core_line, filters
from monitor.web.access import Visit
from monitor.web.case import Case
from monitor.web.steps import Problem, duty_of, take
from replies.care import calm
from replies.care.tables import HostileLook
from replies.lifecycle import UNANSWERED, ReplyKind

_CORE = 300
_JUDGED = 20


@dataclass(frozen=True, slots=True)
class Shield:
    """What this person sees of a post, and from when on they may hand an answer over.

    Attributes:
        up: insults are masked, the core stands first.
        core: the factual core in one line, "" if the masked text begins with it.
        text: this part of the masked text.
        ready_at: None: now. `why` is `cool_off` or `hear_out`.
        enough: this person has read enough hostile posts for today.
    """

    up: bool
    core: str
    text: str
    ready_at: datetime | None
    why: str
    opened: bool
    enough: bool

    def hides(self, reason: Mapping[str, Any]) -> bool:
        """May this reason not be shown? It may quote the word that the shield hides."""
        return self.up and core_line.group(reason) in core_line.HOSTILE


def read_shield(session: Session, visit: Visit, case: Case, part: int, *, whole: bool) -> Shield:
    """For the page of one post; `whole`: the person asked for the full text."""
    hostile = case.hostile
    if not hostile or case.duty is None:
        return Shield(up=hostile and not whole, core="", text=case.masked(part), ready_at=None, why="", opened=True,
                      enough=False)  # fmt: skip
    look = calm.look_of(session, case.duty.id or 0, visit.user_id, visit.now)
    waits = case.duty.state in UNANSWERED and visit.may_act
    wait = calm.ready_at(temper(session, case.post.id or 0), look, visit.house.timing, visit.now) if waits else None
    most = visit.house.config.care.hostile_per_day
    return Shield(
        up=not (whole and (look is not None or not visit.may_act or not waits)),
        core=_core(case),
        text=case.masked(part),
        ready_at=wait[0] if wait else None,
        why=wait[1] if wait else "",
        opened=look is not None or not waits,
        enough=bool(most) and look is None and calm.seen_today(session, visit.user_id, visit.now) >= most,
    )


def _core(case: Case) -> str:
    line = core_line.core(case.post.text, case.reasons, min(_CORE, len(case.post.text) - 1))
    later = "… "  # the core begins behind other words: only then it says it better than the text itself
    return filters.shown(line.removeprefix(later)) if line.startswith(later) else ""


@dataclass(frozen=True, slots=True)
class Masks:
    """What is masked in the versions of one post: the newest reasons of each, and words that any of them hides."""

    reasons: Mapping[int, core_line.Reasons]
    words: frozenset[str]

    def calm(self, version: PostVersion) -> str:
        """The version's text, masked; of one that nobody has judged, by the word lists."""
        reasons = self.reasons.get(version.n)
        return core_line.masked(
            version.text, core_line.by_words(version.text) if reasons is None else reasons, self.words
        )


def read_masks(session: Session, post_id: int) -> Masks:
    """For pages that show versions."""
    rows = (
        select(PostVersion.n, PostVersion.text, Verdict.reasons)
        .join(Verdict, and_(col(Verdict.post_id) == col(PostVersion.post_id), col(Verdict.version) == PostVersion.n))
        .where(col(PostVersion.post_id) == post_id)
        .order_by(col(Verdict.id).desc())
        .limit(_JUDGED)
    )
    found: dict[int, core_line.Reasons] = {}
    words: frozenset[str] = frozenset()
    for n, text, reasons in session.exec(rows).all():
        if n not in found:
            found[n] = reasons
            words |= core_line.hostile_words(text, reasons)
    return Masks(found, words)


def open_post(session: Session, visit: Visit, post_id: int, *, nevertheless: bool = False) -> HostileLook:
    """This person reads a hostile post: the cooling-off begins.

    Raises:
        Blocked: enough for today.
    """
    world, most = visit.house.world, visit.house.config.care.hostile_per_day
    zone = world.hours(world.post(session, post_id).account).timezone
    duty = duty_of(session, post_id)
    return calm.open_hostile(session, duty, visit.actor, zone, most, visit.now, nevertheless=nevertheless)


def begin(visit: Visit, post_id: int, kind: ReplyKind) -> Problem | None:
    """Whoever writes to a hostile post has opened it, in a transaction of its own: the wait has a beginning."""
    if kind == ReplyKind.HOLDING:
        return None

    def step(session: Session) -> None:
        if temper(session, post_id).hostile:
            open_post(session, visit, post_id, nevertheless=True)

    return take(visit, step)
