"""The morning mail: once per local date and recipient, whatever restarts and whatever the clock does."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from monitor.notify.figures import Figures, figures
from monitor.notify.hours import after_quiet, digest_day, end_of_day
from monitor.notify.recipients import Recipient
from monitor.notify.settings import Notify
from monitor.tables import Notice
from monitor.words import _, speaking
from replies.lifecycle import Role
from replies.timing import Timing

OCCASION = "digest:"


def write(
    session: Session, notify: Notify, people: Sequence[Recipient], base_url: str, timing: Timing, now: datetime
) -> int:
    """Queue the morning mail of this local date for everybody who has none yet. Returns for how many."""
    day = digest_day(notify, now)
    if day is None or not people:
        return 0
    occasion = f"{OCCASION}{day.isoformat()}"
    told = set(session.exec(select(Notice.recipient).where(col(Notice.occasion) == occasion)).all())
    missing = [person for person in people if person.key not in told]
    if not missing:
        return 0
    found = figures(session, now, end_of_day(notify, now), timing)
    for person in missing:
        with speaking(person.language):
            head, words = subject(found), body(found, base_url, owner=person.wants({Role.OWNER}))
        session.add(
            Notice(
                occasion=occasion,
                recipient=person.key,
                subject=head,
                body=words,
                created_at=now,
                not_before=after_quiet(notify, now),
            )
        )
    return len(missing)


def subject(found: Figures) -> str:
    """Numbers only: it stands on locked screens."""
    if not found.open:
        return _("Widerhall: nichts offen")
    words = _("Widerhall: {n} offen").format(n=found.open)
    if found.overdue:
        words += _(", {n} überfällig").format(n=found.overdue)
    return words + (_(", {n} heute fällig").format(n=found.due_today) if found.due_today else "")


def body(found: Figures, base_url: str, *, owner: bool) -> str:
    """Plain text: what there is, and where to click."""
    work = [
        (found.overdue, _("überfällig")),
        (found.due_today, _("heute fällig")),
        (found.open, _("offen, alles zusammen")),
        (found.unsure, _("davon bitte einordnen")),
        (found.promised, _("heute zu tun, weil wir es versprochen oder vorgemerkt haben")),
    ]
    lines = [_("Guten Morgen,"), ""]
    lines += [f"{number:>5}  {words}" for number, words in work]
    lines += ["", _("Heute: {url}").format(url=f"{base_url}/")]
    places = [
        (found.approvals * owner, _("zur Freigabe: {n}, {url}"), "/freigaben"),
        (found.removals, _("Löschanträge, nach denen heute zu sehen ist: {n}, {url}"), "/"),
        (found.unclear, _("unklar, bitte nachsehen und entscheiden: {n}, {url}"), "/"),
        (found.sources, _("Quellen, die jemanden brauchen: {n}, {url}"), "/quellen"),
    ]
    lines += [words.format(n=number, url=base_url + path) for number, words, path in places if number]
    if owner and found.journal:
        lines += [
            "",
            _("Protokoll bis {end} (später zu prüfen mit: widerhall verify --known {end})").format(end=found.journal),
        ]
    return "\n".join([*lines, "", _("Einen guten Tag wünscht Widerhall.")]) + "\n"
