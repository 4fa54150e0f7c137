"""Lernen: the week in five sentences, plots, measures. Of the team, readable without colour, made to be printed."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session, col, select

from monitor.learning import figures, measures, plots, report, weeks
from monitor.learning.figures import Figures
from monitor.tables import User
from monitor.triage.judgement import Topic
from monitor.web.access import Visit
from monitor.web.filters import number, week_of
from monitor.web.labels import WORDS, topic, word
from monitor.web.pages.tasks import day_end
from monitor.web.steps import Everyone, Id, Problem, Words, Worker, go, line, take
from replies.lifecycle import Cause, Role

router = APIRouter()


@router.get("/lernen")
def show(visit: Everyone, woche: str = "", gut: str = "") -> Response:
    """One week, this one if none is named."""
    return draw(visit, woche, gut=gut)


def draw(visit: Visit, wanted: str, *, gut: str = "", problem: Problem | None = None) -> Response:
    """The page; after a problem with its sentence."""
    current = weeks.week_at(visit.now)
    week = weeks.parse(wanted) or current
    with visit.house.reading() as session:
        found = figures.history(session, week, visit.now)
        team = report.read_team(session, week)
        listed, missing = measures.listed(session), measures.missing(session)
        names = dict(session.exec(select(User.id, User.name)).all())
        at_desk = (col(User.active).is_(True), col(User.role).in_((Role.STAFF, Role.OWNER)))
        here = select(User.id, User.name).where(*at_desk)
        people = session.exec(here.order_by(col(User.name))).all()
    rows = report.rows(found)
    return visit.show(
        "learning.html",
        problem.status if problem else 200,
        problem=problem,
        gut=gut,
        week=week,
        before=week.back(1).name,
        after=week.back(-1).name if week.start < current.start else "",
        now_figures=found[-1],
        sentences=report.sentences(found),
        heads=report.heads(),
        rows=rows,
        week_rows=[(week_of(name), *cells) for name, *cells in rows],
        care_rows=report.care_rows(found[-1]),
        counts=plots.bars([(week_of(one.week.name), float(one.opened), str(one.opened)) for one in found]),
        times=_times(found),
        topics=plots.lying(_topics(found[-1])),
        causes=_over_weeks([one.causes for one in found], _cause),  # as the fact checks say (RULES 000-4)
        occasions=_over_weeks([one.topics for one in found], topic),
        load_rows=report.load_rows(team.load),
        guard_rows=report.guard_rows(team.held),
        unclear=team.unclear,
        measures=listed,
        missing=missing,
        names=names,
        people=people,
        all_topics=WORDS[Topic],
        view=plots,
    )


def _times(found: list[Figures]) -> list[plots.Point]:
    """Median time to the answer; the exact time stands in the table below."""
    hours = [
        (week_of(one.week.name), one.final / timedelta(hours=1) if one.final is not None else None) for one in found
    ]
    return plots.line([(name, value, _hours(value or 0.0)) for name, value in hours])


def _hours(value: float) -> str:
    """Short enough to stand over a point: tenths below ten hours."""
    return number(round(value, 1) if value < 10 else round(value))


def _topics(now: Figures) -> list[tuple[str, float, str]]:
    return [(topic(name), float(n), str(n)) for name, n in now.topics.most_common(report.TOP + 3)]


def _over_weeks(weekly: list[Counter[str]], said: Callable[[str], str]) -> list[tuple[str, list[int]]]:
    """What was counted most often in all these weeks, week by week."""
    total: Counter[str] = Counter()
    for one in weekly:
        total.update(one)
    return [(said(name), [one[name] for one in weekly]) for name, _n in total.most_common(report.TOP)]


def _cause(name: str) -> str:
    return word(Cause(name))


@router.post("/massnahme")
def decide(visit: Worker, cause: Words = "", what: Words = "", owner: Words = "", until: Words = "") -> Response:
    """Somebody is to change something by a date."""

    def step(session: Session) -> None:
        person = session.get(User, int(owner)) if owner.isdecimal() and len(owner) < 12 else None
        if person is None or person.id is None:
            raise Problem("owner_missing")
        due = day_end(until, ZoneInfo(weeks.ZONE))
        measures.decide(session, cause, line(what), person.id, due, visit.actor, visit.now)

    problem = take(visit, step)
    return draw(visit, "", problem=problem) if problem is not None else go("/lernen", gut="decided")


@router.post("/massnahme/{measure_id}/erledigt")
def done(visit: Worker, measure_id: Id, sentence: Words = "") -> Response:
    """It is changed."""
    problem = take(visit, lambda s: measures.done(s, measure_id, line(sentence), visit.actor, visit.now))
    return draw(visit, "", problem=problem) if problem is not None else go("/lernen", gut="changed_that")
