"""Belege, and the removal notice by Art. 16 DSA: prepared, printed, sent by a person, and what became of it."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from monitor import evidence
from monitor.awaited import urgent_until
from monitor.tables import PostRow, Source, User
from monitor.web import language
from monitor.web.access import Visit
from monitor.web.pages.care import missing
from monitor.web.pages.post import show_post
from monitor.web.removal_words import CATALOGUE
from monitor.web.shield import read_masks
from monitor.web.steps import Everyone, Id, Owner, Problem, Words, Worker, go, line, problem_of, take, typed
from monitor.words import GERMAN, _, speaking
from replies.care import removal
from replies.care.words import Ground, NoticeStand
from replies.errors import ReplyError, Unknown

router = APIRouter()


@router.get("/beitrag/{post_id}/belege")
def show_evidence(visit: Everyone, post_id: Id, gut: str = "", ganz: str = "") -> Response:
    """Every version with time and digest, to print; `ganz` shows insults as they were written."""
    try:
        with visit.house.reading() as session:
            found = evidence.snapshots(session, post_id)
            post = session.get_one(PostRow, post_id)
            source = session.get_one(Source, post.source_id)
            notices = removal.of_post(session, post_id)
            masks = read_masks(session, post_id)
    except ReplyError as error:
        return missing(visit, problem_of(error))
    calm = {one.version.n: masks.calm(one.version) for one in found}
    return visit.show(
        "evidence.html",
        post=post,
        source=source,
        snapshots=found,
        notices=notices,
        gut=gut,
        calm={} if ganz else calm,
        shielded=any(calm[one.version.n] != one.version.text for one in found),
    )


@router.post("/beitrag/{post_id}/belege")
def secure(visit: Worker, post_id: Id) -> Response:
    """Write the digest of the version that stands there now into the journal."""
    problem = take(visit, lambda session: evidence.secure(session, post_id, visit.actor, visit.now))
    if problem is not None:
        return missing(visit, problem)
    return go(f"/beitrag/{post_id}/belege", gut="secured")


@router.post("/beitrag/{post_id}/loeschantrag")
def prepare(
    visit: Worker,
    post_id: Id,
    ground: Words = "",
    passage: Words = "",
    note: Words = "",
    searched: Words = "",
    good_faith: Words = "",
) -> Response:
    """Prepare a notice, or mark an opinion as not removable."""

    def step(session: Session) -> None:
        post = session.get(PostRow, post_id)
        if post is None:
            raise Unknown(f"no post {post_id}")
        if ground not in list(Ground):
            raise Problem("ground_missing")
        chosen = Ground(ground)
        words = line(note) or CATALOGUE[chosen].says
        asked = removal.Request(chosen, words, typed(passage), bool(searched), bool(good_faith))
        digest = evidence.secure(session, post_id, visit.actor, visit.now)
        removal.prepare(session, post_id, post.text, post.version, asked, digest, visit.actor, visit.now)

    problem = take(visit, step)
    if problem is not None:
        return show_post(visit, post_id, problem=problem, at="removal")
    return go(f"/beitrag/{post_id}", gut="opinion" if ground == Ground.OPINION else "prepared")


@router.get("/loeschantrag/{notice_id}")
def show_notice(visit: Everyone, notice_id: Id) -> Response:
    """The notice as it goes to the platform, to print or to copy."""
    return draw(visit, notice_id)


def draw(visit: Visit, notice_id: int, problem: Problem | None = None) -> Response:
    """The page; after a problem with its sentence, and the form as it was sent."""
    try:
        with visit.house.reading() as session:
            notice = removal.get_notice(session, notice_id)
            post = session.get_one(PostRow, notice.post_id)
            source = session.get_one(Source, post.source_id)
            maker = session.get(User, notice.made_by)
            version = next(
                one for one in evidence.snapshots(session, post.id or 0) if one.version.n == notice.post_version
            )
    except ReplyError as error:
        return missing(visit, problem_of(error))
    mark = language.tongue()
    with speaking(GERMAN):  # what goes to the platform is German, whatever the page speaks
        letter = visit.views.part(
            "_notice.html",
            mark=mark,
            notice=notice,
            post=post,
            source=source,
            snapshot=version,
            reason=CATALOGUE[notice.ground],
            contact=visit.house.config.care.contact,
        )
    return visit.show(
        "notice.html",
        problem.status if problem else 200,
        problem=problem,
        letter=letter,
        ask=_(CATALOGUE[notice.ground].ask),
        notice=notice,
        post=post,
        maker=maker.name if maker else "",
        next_stands=removal.STEPS.get(notice.stand, ()),
        urgent_until=urgent_until(post, visit.house.timing),
    )


@router.post("/loeschantrag/{notice_id}/stand")
def move(
    visit: Owner,
    notice_id: Id,
    stand: Words = "",
    reference: Words = "",
    note: Words = "",
) -> Response:
    """What became of it."""

    def step(session: Session) -> None:
        if stand not in list(NoticeStand):
            raise Problem("stand_missing")
        removal.move(session, notice_id, NoticeStand(stand), visit.actor, visit.house.timing, visit.now,
                     reference=line(reference), note=line(note))  # fmt: skip

    problem = take(visit, step)
    return draw(visit, notice_id, problem) if problem is not None else go(f"/loeschantrag/{notice_id}", gut="moved")
