"""The three promises as questions to the database. `widerhall verify` asks them all and names each violation.

One function per invariant, each one or two set-based queries over indexed columns, so that a million posts take
seconds. A rule's id is stable: other programs read it. Which promise a rule guards stands in its docstring; G-numbers
are those of RELIABILITY 5.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from monitor.tables import PostRow, PostVersion, Run, Source, Verdict
from monitor.words import _
from replies import journal
from replies.lifecycle import LIVE, OUT, UNANSWERED, DutyState, Proof, State
from replies.moves import digest_of
from replies.tables import Attempt, Duty, Journal, Outcome, Reply, ReplyKind, SightingRow
from replies.timing import Timing

_GRACE = timedelta(hours=1)
_POLLS = "polls"  # a key of Source.card: False where nothing is fetched by itself


@dataclass(frozen=True, slots=True)
class Violation:
    """One invariant that does not hold.

    Attributes:
        rule: the rule's stable id.
        subject: what it does not hold for, as `thing:id`.
        sentence: the same for a reader, German.
    """

    rule: str
    subject: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Moment:
    """When the question is asked, and the intervals of this installation."""

    now: datetime
    timing: Timing


Found = Iterator[tuple[str, str]]  # subject and sentence
Check = Callable[[Session, Moment], Found]


def _ids(session: Session, query: Select[Any]) -> Iterator[Any]:
    return iter(session.execute(query.execution_options(yield_per=1000)))


def _ever_seen(reply_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Our own text was seen in public, under the id that we know."""
    other = aliased(Reply)
    return (
        select(SightingRow.id)
        .join(other, col(other.id) == col(SightingRow.reply_id))
        .where(
            col(SightingRow.reply_id) == reply_id,
            col(SightingRow.seen).is_(True),
            col(SightingRow.public).is_(True),
            col(SightingRow.equal).is_(True),
            col(SightingRow.ref).is_(None)
            | col(other.external_ref).is_(None)
            | (col(SightingRow.ref) == col(other.external_ref)),
        )
        .exists()
    )


def two_texts(session: Session, _moment: Moment) -> Found:
    """G1: at most one public text under one reply row, by the platform's ids and by what was seen.

    Ids from before a person decided that the text is not there, or before a rework, do not count.
    """
    ids = union_all(
        select(col(Attempt.reply_id), col(Attempt.external_ref).label("ref")).where(
            col(Attempt.external_ref).is_not(None), col(Attempt.outcome).in_((Outcome.DELIVERED, Outcome.LATE))
        ),
        select(col(SightingRow.reply_id), col(SightingRow.ref)).where(
            col(SightingRow.ref).is_not(None), col(SightingRow.equal).is_(True)
        ),
    ).subquery()
    many = select(ids.c.reply_id).group_by(ids.c.reply_id).having(func.count(func.distinct(ids.c.ref)) > 1)
    for (reply_id,) in session.execute(many).all():
        refs = _refs_since_reset(session, reply_id)
        if len(refs) > 1:
            sentence = _("Zu dieser Antwort gibt es mehrere Texte auf der Plattform: {refs}.").format(
                refs=", ".join(sorted(refs))
            )
            yield f"reply:{reply_id}", sentence
    newest = select(func.max(col(SightingRow.id))).group_by(col(SightingRow.reply_id))
    doubled = select(col(SightingRow.reply_id)).where(
        col(SightingRow.id).in_(newest), col(SightingRow.note).like("matches=%")
    )
    for (reply_id,) in _ids(session, doubled):
        yield f"reply:{reply_id}", _("Beim letzten Blick standen mehrere passende Antworten auf der Plattform.")


def _refs_since_reset(session: Session, reply_id: int) -> set[str]:
    resets = select(col(Journal.at), col(Journal.event), col(Journal.data)).where(
        col(Journal.subject) == f"reply:{reply_id}", col(Journal.event).in_(("reply.postpone", "reply.rework"))
    )
    rows = session.execute(resets).all()
    since = max((at for at, event, data in rows if event == "reply.rework" or data.get("by_person")), default="")
    found: set[str] = set()
    attempts = select(col(Attempt.started_at), col(Attempt.external_ref)).where(
        col(Attempt.reply_id) == reply_id, col(Attempt.outcome).in_((Outcome.DELIVERED, Outcome.LATE))
    )
    looks = select(col(SightingRow.at), col(SightingRow.ref)).where(
        col(SightingRow.reply_id) == reply_id, col(SightingRow.equal).is_(True)
    )
    for query in (attempts, looks):
        found |= {ref for at, ref in session.execute(query).all() if ref is not None and journal.stamp(at) >= since}
    return found


def published_unseen(session: Session, _moment: Moment) -> Found:
    """G2: published means that our own text was seen in public."""
    unseen = select(col(Reply.id)).where(col(Reply.state) == State.PUBLISHED, ~_ever_seen(col(Reply.id)))
    for (reply_id,) in _ids(session, unseen):
        yield f"reply:{reply_id}", _("Die Antwort gilt als öffentlich, wurde aber nie öffentlich gesichtet.")


def delivered_unseen(session: Session, moment: Moment) -> Found:
    """G2: what was handed over and is not seen in time must not be waited for in silence."""
    limit = moment.timing.span("unseen_alarm") + timedelta(seconds=max(moment.timing.later_looks, default=0)) + _GRACE
    late = select(col(Reply.id)).where(
        col(Reply.state) == State.DELIVERED,
        col(Reply.successor_id).is_(None),
        col(Reply.delivered_at) < moment.now - limit,
        col(Reply.trouble) != "pending",
        col(Reply.next_look_at).is_(None) | (col(Reply.next_look_at) < moment.now - _GRACE),
    )
    for (reply_id,) in _ids(session, late):
        yield f"reply:{reply_id}", _("Die Antwort ist lange übergeben und noch nicht öffentlich gesichtet.")


def approved_bytes(session: Session, _moment: Moment) -> Found:
    """G3: the digest that two people agreed to is the digest of what stands in the row."""
    columns = ("id", "kind", "account", "post_version", "text", "approved_digest")
    rows = (
        select(*(col(getattr(Reply, name)) for name in columns), col(PostRow.ref))
        .join(PostRow, col(PostRow.id) == col(Reply.post_id))
        .where(col(Reply.approved_digest).is_not(None))
    )
    for row in _ids(session, rows):
        if digest_of(row.kind, row.account, row.ref, row.post_version, row.text) != row.approved_digest:
            yield f"reply:{row.id}", _("Der Text der Antwort ist nicht der, der freigegeben wurde.")


def sent_bytes(session: Session, _moment: Moment) -> Found:
    """G3: what was sent last is what was approved."""
    newest = select(func.max(col(Attempt.id))).group_by(col(Attempt.reply_id))
    other = (
        select(col(Reply.id))
        .join(Attempt, col(Attempt.reply_id) == col(Reply.id))
        .where(
            col(Attempt.id).in_(newest), col(Reply.state).in_(OUT), col(Attempt.digest) != col(Reply.approved_digest)
        )
    )
    for (reply_id,) in _ids(session, other):
        yield f"reply:{reply_id}", _("Gesendet wurde etwas anderes, als freigegeben ist.")


def two_people(session: Session, _moment: Moment) -> Found:
    """G4: two different people agreed, one of them an owner; alone only after two looks at the same words."""
    agreed, look = aliased(Journal), aliased(Journal)
    subject = literal("reply:") + cast(col(Reply.id), String)
    granted = select(agreed.seq).where(
        col(agreed.subject) == subject,
        col(agreed.event).in_(("reply.approve", "reply.countersign")),
        col(agreed.data)["digest"].as_string() == col(Reply.approved_digest),
        col(agreed.actor).like(literal("%:") + cast(col(Reply.approver_id), String)),
    )
    looked = select(look.seq).where(
        col(look.subject) == subject,
        col(look.event) == "reply.first_look",
        col(look.data)["digest"].as_string() == col(Reply.approved_digest),
    )
    one = (
        col(Reply.approver_id).is_(None)
        | ((col(Reply.approver_id) == col(Reply.author_id)) & ~(col(Reply.alone).is_(True) & looked.exists()))
        | ~(col(Reply.approver_is_owner).is_(True) | col(Reply.author_is_owner).is_(True))
        | ~granted.exists()
    )
    for (reply_id,) in _ids(session, select(col(Reply.id)).where(col(Reply.state).in_(LIVE), one)):
        yield f"reply:{reply_id}", _("Die Freigabe ist nicht von zwei Menschen belegt, von denen einer Inhaber ist.")


def one_live_reply(session: Session, _moment: Moment) -> Found:
    """At most one live row per post, account and kind that no later one has replaced."""
    groups = (
        select(col(Reply.post_id), col(Reply.account), col(Reply.kind))
        .where(col(Reply.state).in_(LIVE), col(Reply.successor_id).is_(None))
        .group_by(col(Reply.post_id), col(Reply.account), col(Reply.kind))
        .having(func.count() > 1)
    )
    for post_id, _account, _kind in session.execute(groups).all():
        yield (
            f"post:{post_id}",
            _("Zu diesem Beitrag sind zwei Antworten derselben Art zugleich unterwegs oder öffentlich."),
        )


def stuck_sending(session: Session, moment: Moment) -> Found:
    """G15: an attempt whose lease ran out long ago was never settled. A person's hand has no lease that ends."""
    stuck = select(col(Reply.id)).where(
        col(Reply.state) == State.SENDING,
        col(Reply.lease_until).is_(None) | (col(Reply.lease_until) < moment.now - _GRACE),
        func.coalesce(col(Reply.worker), "").not_like("hand:%"),
    )
    for (reply_id,) in _ids(session, stuck):
        yield (
            f"reply:{reply_id}",
            _("Eine Veröffentlichung hat sich nie zurückgemeldet und wurde nicht als unklar vermerkt."),
        )


def flagged_without_duty(session: Session, _moment: Moment) -> Found:
    """G5: what needs an answer has a duty, whatever became of it since."""
    newest = select(func.max(col(Verdict.id))).group_by(col(Verdict.post_id))
    lost = (
        select(col(PostRow.id))
        .join(Verdict, col(Verdict.post_id) == col(PostRow.id))
        .outerjoin(Duty, col(Duty.post_id) == col(PostRow.id))
        .where(
            col(Verdict.id).in_(newest),
            col(Verdict.needs_answer).is_(True),
            col(PostRow.own).is_(False),
            col(PostRow.visible).is_(True),
            col(PostRow.gone_at).is_(None),
            col(Duty.id).is_(None),
        )
    )
    for (post_id,) in _ids(session, lost):
        yield f"post:{post_id}", _("Dieser Beitrag braucht eine Antwort und steht in keiner Liste.")


def unjudged(session: Session, moment: Moment) -> Found:
    """G5: a public post that nobody has judged cannot owe an answer."""
    judged = select(Verdict.id).where(
        col(Verdict.post_id) == col(PostRow.id), col(Verdict.version) == col(PostRow.version)
    )
    waiting = select(col(PostRow.id)).where(
        col(PostRow.own).is_(False),
        col(PostRow.visible).is_(True),
        col(PostRow.gone_at).is_(None),
        col(PostRow.last_seen_at) < moment.now - _GRACE,
        ~judged.exists(),
    )
    for (post_id,) in _ids(session, waiting):
        yield f"post:{post_id}", _("Dieser Beitrag wurde in seiner jetzigen Fassung nie eingeschätzt.")


def closed_without_proof(session: Session, _moment: Moment) -> Found:
    """Promise 1: a duty closes with an answer that was seen in public, or with one of five proofs."""
    answer = aliased(Reply)
    proven = (
        select(answer.id)
        .where(
            col(answer.id) == col(Duty.answered_by),
            col(answer.duty_id) == col(Duty.id),
            col(answer.kind) == ReplyKind.FINAL,
            col(answer.state) == State.PUBLISHED,
        )
        .exists()
    )
    second = col(Duty.proof_by).is_not(None) & col(Duty.proof_second).is_not(None)
    bare = ((col(Duty.state) == DutyState.ANSWERED) & ~proven) | (
        (col(Duty.state) == DutyState.RELEASED)
        & (col(Duty.proof).is_(None) | ((col(Duty.proof) == Proof.NO_COMPLAINT) & ~second))
    )
    for (duty_id,) in _ids(session, select(col(Duty.id)).where(bare)):
        yield f"duty:{duty_id}", _("Diese Antwortpflicht ist ohne gesichtete Antwort und ohne Nachweis geschlossen.")


def answer_ignored(session: Session, _moment: Moment) -> Found:
    """What was seen in public has moved its duty, unless the duty was opened again since."""
    untouched = (col(Duty.reopened_note) == "") & col(Reply.successor_id).is_(None)
    final = (col(Reply.kind) == ReplyKind.FINAL) & col(Duty.state).in_(UNANSWERED)
    contact = (col(Reply.kind) != ReplyKind.FINAL) & (col(Duty.state) == DutyState.OPEN)
    rows = (
        select(col(Reply.id))
        .join(Duty, col(Duty.id) == col(Reply.duty_id))
        .where(col(Reply.state) == State.PUBLISHED, untouched, final | contact)
    )
    for (reply_id,) in _ids(session, rows):
        yield f"reply:{reply_id}", _("Die Antwort ist öffentlich gesichtet, die Antwortpflicht weiß nichts davon.")


def held_without_contact(session: Session, _moment: Moment) -> Found:
    """A held duty has a holding reply or a question of ours that was seen in public."""
    contact = aliased(Reply)
    seen = select(contact.id).where(
        col(contact.duty_id) == col(Duty.id),
        col(contact.kind) != ReplyKind.FINAL,
        col(contact.published_at).is_not(None),
    )
    for (duty_id,) in _ids(session, select(col(Duty.id)).where(col(Duty.state) == DutyState.HELD, ~seen.exists())):
        yield f"duty:{duty_id}", _("Diese Antwortpflicht gilt als gehalten, ein Zwischenstand war nie öffentlich.")


def owed_by_mistake(session: Session, _moment: Moment) -> Found:
    """Our own posts never owe an answer, nor do posts that were never public."""
    seen = select(PostVersion.id).where(col(PostVersion.post_id) == col(PostRow.id), col(PostVersion.visible).is_(True))
    rows = (
        select(col(Duty.id), col(PostRow.own))
        .join(PostRow, col(PostRow.id) == col(Duty.post_id))
        .where(col(PostRow.own).is_(True) | (col(PostRow.visible).is_(False) & ~seen.exists()))
    )
    for duty_id, own in _ids(session, rows):
        yield (
            f"duty:{duty_id}",
            _("Ein eigener Beitrag hat eine Antwortpflicht.")
            if own
            else _("Ein Beitrag, der nie öffentlich war, hat eine Antwortpflicht."),
        )


def current_version(session: Session, _moment: Moment) -> Found:
    """G6: each post has its current version, with the same content, and none beyond it."""
    newest = (
        select(col(PostVersion.post_id), func.max(col(PostVersion.n)).label("n"))
        .group_by(col(PostVersion.post_id))
        .subquery()
    )
    wrong = (
        select(col(PostRow.id))
        .outerjoin(newest, newest.c.post_id == col(PostRow.id))
        .outerjoin(
            PostVersion, (col(PostVersion.post_id) == col(PostRow.id)) & (col(PostVersion.n) == col(PostRow.version))
        )
        .where(
            col(PostVersion.id).is_(None)
            | (col(PostVersion.content_hash) != col(PostRow.content_hash))
            | (newest.c.n != col(PostRow.version))
        )
    )
    for (post_id,) in _ids(session, wrong):
        yield f"post:{post_id}", _("Die gespeicherte Fassung dieses Beitrags fehlt oder stimmt nicht mit ihm überein.")


def lost_items(session: Session, _moment: Moment) -> Found:
    """G8: every record of a round was stored, known already, or put into quarantine."""
    kept = col(Run.stored) + col(Run.changed) + col(Run.same) + col(Run.quarantined)
    query = select(col(Run.id), col(Run.items), kept.label("kept")).where(col(Run.items) != kept)
    for run_id, items, there in _ids(session, query):
        sentence = _(
            "Von {items} Datensätzen dieses Abrufs sind {kept} verblieben: gespeichert, bekannt oder in Quarantäne."
        )
        yield f"run:{run_id}", sentence.format(items=items, kept=there)


def stale_unmarked(session: Session, moment: Moment) -> Found:
    """G12: a source without a success for twice its interval is marked, so that somebody sees it."""
    rows = select(Source).where(col(Source.enabled).is_(True), col(Source.stale).is_(False))
    for source in session.execute(rows.execution_options(populate_existing=True)).scalars():
        if not source.card.get(_POLLS, True):
            continue
        allowed = timedelta(seconds=2 * source.every_seconds) + moment.timing.span("tick") * 2
        if moment.now - (source.succeeded_at or source.since) > allowed:
            sentence = _("Die Quelle „{title}“ wurde lange nicht gelesen und ist nicht als veraltet vermerkt.")
            yield f"source:{source.name}", sentence.format(title=source.title)


def _last_state(thing: str) -> Any:
    """subject -> the state that the journal says the thing is in."""
    after = col(Journal.data)["to"].as_string()
    newest = (
        select(func.max(col(Journal.seq)).label("seq"))
        .where(col(Journal.event).like(f"{thing}.%"), after.is_not(None))
        .group_by(col(Journal.subject))
        .subquery()
    )
    return select(col(Journal.subject), after.label("state")).join(newest, newest.c.seq == col(Journal.seq)).subquery()


def reply_unrecorded(session: Session, _moment: Moment) -> Found:
    """Each reply stands where the journal's last step put it."""
    last = _last_state("reply")
    rows = (
        select(col(Reply.id))
        .outerjoin(last, last.c.subject == literal("reply:") + cast(col(Reply.id), String))
        .where(last.c.state.is_(None) | (cast(col(Reply.state), String) != last.c.state))
    )
    for (reply_id,) in _ids(session, rows):
        yield f"reply:{reply_id}", _("Der Stand der Antwort ist ein anderer, als das Protokoll sagt.")


def duty_unrecorded(session: Session, _moment: Moment) -> Found:
    """Each duty stands where the journal's last step put it; one without a step is open."""
    last = _last_state("duty")
    recorded = func.coalesce(last.c.state, DutyState.OPEN.value)
    rows = (
        select(col(Duty.id))
        .outerjoin(last, last.c.subject == literal("duty:") + cast(col(Duty.id), String))
        .where(cast(col(Duty.state), String) != recorded)
    )
    for (duty_id,) in _ids(session, rows):
        yield f"duty:{duty_id}", _("Der Stand der Antwortpflicht ist ein anderer, als das Protokoll sagt.")


def chain(session: Session, _moment: Moment) -> Found:
    """G18: nobody has altered, removed or cut off a row of the journal."""
    sentences = {
        "missing": _("Diese Zeile des Protokolls wurde entfernt."),
        "altered": _("Diese Zeile des Protokolls wurde verändert."),
        "unlinked": _("Diese Zeile des Protokolls passt nicht zu ihrer Vorgängerin; eine von beiden wurde verändert."),
        "cut": _("Das Ende des Protokolls ist nicht das, das vermerkt wurde."),
    }
    for broken in journal.breaks(session):
        yield f"journal:{broken.seq}", sentences[broken.what]


RULES: tuple[tuple[str, Check], ...] = (
    ("two_texts", two_texts),
    ("published_unseen", published_unseen),
    ("delivered_unseen", delivered_unseen),
    ("approved_bytes", approved_bytes),
    ("sent_bytes", sent_bytes),
    ("two_people", two_people),
    ("one_live_reply", one_live_reply),
    ("stuck_sending", stuck_sending),
    ("flagged_without_duty", flagged_without_duty),
    ("unjudged", unjudged),
    ("closed_without_proof", closed_without_proof),
    ("answer_ignored", answer_ignored),
    ("held_without_contact", held_without_contact),
    ("owed_by_mistake", owed_by_mistake),
    ("current_version", current_version),
    ("lost_items", lost_items),
    ("stale_unmarked", stale_unmarked),
    ("reply_unrecorded", reply_unrecorded),
    ("duty_unrecorded", duty_unrecorded),
    ("journal_chain", chain),
)


def violations(session: Session, now: datetime, timing: Timing) -> Iterator[Violation]:
    """Every violation of every rule, in the rules' order."""
    moment = Moment(now, timing)
    for rule, check in RULES:
        for subject, sentence in check(session, moment):
            yield Violation(rule, subject, sentence)


def verify(session: Session, now: datetime, timing: Timing) -> list[Violation]:
    """All violations at once; empty when the three promises hold."""
    return list(violations(session, now, timing))
