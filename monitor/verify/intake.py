"""What came in is there, whole, and a source that is not read is marked."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.tables import MARKED, PostRow, PostVersion, Run, Source, Switch, kept_of_a_run
from monitor.verify.shape import Found, Moment, ids
from monitor.words import _

_POLLS = "polls"  # a key of Source.card: False where nothing is fetched by itself


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
    for (post_id,) in ids(session, wrong):
        yield f"post:{post_id}", _("Die gespeicherte Fassung dieses Beitrags fehlt oder stimmt nicht mit ihm überein.")


def lost_items(session: Session, _moment: Moment) -> Found:
    """G8: every record of a round was stored, known already, or put into quarantine."""
    kept = kept_of_a_run()
    query = select(col(Run.id), col(Run.items), kept.label("kept")).where(col(Run.items) != kept)
    for run_id, items, there in ids(session, query):
        sentence = _(
            "Von {items} Datensätzen dieses Abrufs sind {kept} verblieben: gespeichert, bekannt oder in Quarantäne."
        )
        yield f"run:{run_id}", sentence.format(items=items, kept=there)


def stale_unmarked(session: Session, moment: Moment) -> Found:
    """G12: a source without a success for twice its interval is marked, so that somebody sees it."""
    marked = session.execute(select(col(Switch.at)).where(col(Switch.name) == MARKED)).scalar_one_or_none()
    looked_at = min(marked, moment.now) if marked else moment.now  # while no daemon runs, nobody can mark
    rows = select(Source).where(col(Source.enabled).is_(True), col(Source.stale).is_(False))
    for source in session.execute(rows.execution_options(populate_existing=True)).scalars():
        if not source.card.get(_POLLS, True):
            continue
        allowed = timedelta(seconds=2 * source.every_seconds) + moment.timing.span("tick") * 2
        if looked_at - (source.succeeded_at or source.since) > allowed:
            sentence = _("Die Quelle „{title}“ wurde lange nicht gelesen und ist nicht als veraltet vermerkt.")
            yield f"source:{source.name}", sentence.format(title=source.title)
