"""What stands beside a post besides its own text: the course of its matter, and its marks."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from monitor import course
from monitor.course import Course
from monitor.tables import PostRow
from monitor.triage.judgement import COMPLAINT_FROM
from monitor.web.case import Case


def read_course(session: Session, post: PostRow, now: datetime) -> Course | None:
    """The course of the post's matter; None: it belongs to none."""
    return course.of_matter(session, post.matter_id, now) if post.matter_id is not None else None


def marks_of(case: Case, found: Course | None) -> Iterator[str]:
    """What can be seen in this text and its matter, as the playbook names it; of the text, never of a person."""
    verdict, duty = case.verdict, case.duty
    if verdict is not None:
        yield from ("hostile",) * verdict.is_hostile
        yield from verdict.flags
        yield from (str(reason.get("rule", "")).partition(".")[0] for reason in case.reasons)
        yield from ("demands",) * bool(verdict.demands)
        if verdict.complaint >= COMPLAINT_FROM and not set(verdict.topics) - {"other"}:
            yield "complaint"
    if duty is not None:
        yield from ("repeated",) * (duty.occasion > 1)
        yield from ("unsure",) * duty.unsure
    if (found is not None and found.burst) or case.judged_text.campaign is not None:
        yield "burst"
