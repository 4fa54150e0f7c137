"""The week in five sentences and a few tables, for the page and for `widerhall report`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from monitor.learning import load
from monitor.learning.causes import Unclear, unclear_texts
from monitor.learning.figures import WEEKS, Care, Figures
from monitor.learning.load import Load
from monitor.learning.weeks import Week
from monitor.triage.judgement import Topic
from monitor.web.filters import day, number, span
from monitor.web.labels import topic, word
from monitor.words import _, ngettext
from replies.care import held_back
from replies.lifecycle import Cause

TOP = 5


def sentences(found: Sequence[Figures]) -> list[str]:
    """What an owner wants to know first. The last of `found` is the week that is told of."""
    now, before = found[-1], found[:-1]
    told = [_count(now), _time(now), _causes(now), *_new(now, before), _equal(now)]
    return [sentence for sentence in told if sentence]


def _count(now: Figures) -> str:
    if not now.opened:
        return _("In dieser Woche kam nichts, was eine Antwort brauchte.")
    words = ngettext("Ein Beitrag brauchte eine Antwort", "{n} Beiträge brauchten eine Antwort", now.opened).format(
        n=number(now.opened)
    )
    state = _("alle sind erledigt") if not now.open else _("{n} davon sind noch offen").format(n=number(now.open))
    return f"{words}, {state}."


def _time(now: Figures) -> str:
    if now.final is None:
        waiting = _("Am längsten wartet jemand seit {oldest}.").format(oldest=length(now.oldest)) if now.oldest else ""
        return waiting or _("Es ist noch nichts beantwortet.")
    words = _("Bis zur Antwort verging in der Mitte {final}").format(final=length(now.final))
    words += _(", bis zum ersten Kontakt {first}").format(first=length(now.first)) if now.first else ""
    kept = _("; {kept} von {judged} kamen rechtzeitig").format(kept=number(now.kept), judged=number(now.judged))
    oldest = _(". Am längsten wartet jemand seit {oldest}.").format(oldest=length(now.oldest)) if now.oldest else "."
    return words + (kept if now.judged else "") + oldest


def _causes(now: Figures) -> str:
    first = next(((name, n) for name, n in now.topics.most_common() if name != Topic.OTHER), None)
    if first is None:
        return ""
    words = _("Häufigster Anlass: {name} ({n}).").format(name=topic(first[0]), n=number(first[1]))
    return " ".join([words, *_checked(now)])


def _checked(now: Figures) -> list[str]:
    """What the fact checks say."""
    told = [
        _("Nach Prüfung meist: {name} ({n}).").format(name=word(Cause(name)), n=number(n))
        for name, n in now.causes.most_common(1)
    ]
    if now.waited_before:
        told.append(
            ngettext(
                "Einmal blieb davor eine Nachricht an uns liegen.",
                "{n}-mal blieb davor eine Nachricht an uns liegen.",
                now.waited_before,
            ).format(n=number(now.waited_before))
        )
    return told


def _new(now: Figures, before: Sequence[Figures]) -> list[str]:
    known = {name for week in before for name in week.topics}
    new = [topic(name) for name in now.topics if name not in known and name != Topic.OTHER]
    return [_("Neu: {names}.").format(names=", ".join(new))] if new and any(week.opened for week in before) else []


def _equal(now: Figures) -> str:
    """Praise and criticism get the same care (RULES 003-6)."""
    if not now.praise.posts:
        return ""
    words = _("Lob bekamen wir {n}-mal, darauf geantwortet haben wir {answered}-mal; auf Kritik {critics} von {all}.")
    return words.format(
        n=number(now.praise.posts),
        answered=number(now.praise.answered),
        critics=number(now.criticism.answered),
        all=number(now.criticism.posts),
    )


def length(of: timedelta | None) -> str:
    """A length of time, a dash for none."""
    return span(of) if of is not None else "–"


def rows(found: Sequence[Figures]) -> list[tuple[str, ...]]:
    """The table of weeks: week, opened, answered, open, first contact, answer, in time."""
    return [
        (
            week.week.name,
            number(week.opened),
            number(week.answered),
            number(week.open),
            length(week.first),
            length(week.final),
            f"{number(week.kept)}/{number(week.judged)}",
        )
        for week in found
    ]


def heads() -> tuple[str, ...]:
    """Above `rows`."""
    return (_("Woche"), _("neu"), _("beantwortet"), _("offen"), _("erster Kontakt"), _("Antwort"), _("rechtzeitig"))


def care_rows(now: Figures) -> list[tuple[str, ...]]:
    """Praise beside criticism: posts, answered, median length of our answers."""
    kinds: tuple[tuple[str, Care], ...] = ((_("Lob"), now.praise), (_("Kritik und Fragen"), now.criticism))
    return [
        (name, number(care.posts), number(care.answered), number(round(care.length)) if care.length else "–")
        for name, care in kinds
    ]


def load_rows(week: Load) -> list[tuple[str, str]]:
    """What the week asked of the team (RULES 002-19, 004-9)."""
    middle = number(week.rounds) if week.rounds is not None else "–"
    return [
        (_("scharfe Beiträge"), number(week.hostile)),
        (_("neue Pflichten am vollsten Tag"), number(week.fullest)),
        (_("Texte von uns, öffentlich gesichtet"), number(week.texts)),
        (_("Fragen an Kollegen"), number(week.asked)),
        (_("Anrufe"), number(week.calls)),
        (_("Runden je Anliegen, in der Mitte"), middle),
        (_("Anliegen mit mehr als zwei Runden"), number(week.long)),
        (_("Dauer eines Anliegens, in der Mitte"), length(week.lasts)),
        (_("vom Schreiben bis zum ersten Sehen"), length(week.unseen)),
    ]


def guard_rows(held: Mapping[str, int]) -> list[tuple[str, str]]:
    """How often words about people were held back, by kind (RULES 003-3)."""
    names = {"K18": _("Stempel auf Menschen"), "000-6": _("Vermutung über Gesundheit")}
    names |= {"002-4": _("Geschlecht oder Familie"), "002-2": _("Beleidigung")}
    return [(names.get(rule, rule), number(n)) for rule, n in held.items()]


@dataclass(frozen=True, slots=True)
class Team:
    """What stands below the figures: load, held back words, own texts to make clearer."""

    load: Load
    held: Mapping[str, int]
    unclear: Sequence[Unclear]


def read_team(session: Session, week: Week) -> Team:
    """For one week; own texts of the last weeks."""
    return Team(load.read(session, week), held_back.in_week(session, week.name), unclear_texts(session, week, WEEKS))


def plain(
    found: Sequence[Figures], business: str, measures: Sequence[tuple[str, ...]], team: Team | None = None
) -> str:
    """The whole report as text, narrow enough to be printed."""
    now = found[-1]
    title = _("{business}: Woche {week}, ab {day}")
    title = title.format(business=business, week=now.week.name, day=day(now.week.start))
    lines = [title, "=" * len(title), "", *(f"- {sentence}" for sentence in sentences(found)), ""]
    lines += [_table([heads(), *rows(found)]), "", _("Anlässe"), "-------"]
    lines += [f"{number(n):>5}  {topic(name)}" for name, n in now.topics.most_common(TOP * 2)] or ["    –"]
    lines += ["", _("Gleiche Sorgfalt"), "----------------"]
    lines += [_table([("", _("Beiträge"), _("beantwortet"), _("Länge unserer Antwort")), *care_rows(now)])]
    if now.solved or now.unsolved:
        asked = _("Nachgefragt: {yes} gelöst, {no} nicht gelöst.")
        lines += ["", asked.format(yes=number(now.solved), no=number(now.unsolved))]
    lines += _plain_team(now, team) if team is not None else []
    if measures:
        lines += ["", _("Maßnahmen"), "---------", *(" · ".join(part for part in row if part) for row in measures)]
    return "\n".join([*lines, "", _("Alle Zahlen gelten für das ganze Team.")]) + "\n"


def _plain_team(now: Figures, team: Team) -> list[str]:
    lines = ["", _("Ursachen nach Prüfung"), "---------------------"]
    lines += [f"{number(n):>5}  {word(Cause(name))}" for name, n in now.causes.most_common()] or ["    –"]
    lines += ["", _("Last im Team"), "------------", _table(load_rows(team.load))]
    if team.unclear:
        lines += ["", _("Eigene Texte, die wir klarer machen können"), "-" * 42]
        lines += [f"{number(len(one.posts)):>5}  {one.source}" for one in team.unclear]
    if team.held:
        lines += ["", _("Zurückgehaltene Worte über Menschen"), "-" * 35, _table(guard_rows(team.held))]
    return lines


def _table(rows_: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows_) for column in range(len(rows_[0]))]
    padded = (zip(row, widths, strict=True) for row in rows_)
    return "\n".join("  ".join(cell.ljust(width) for cell, width in row).rstrip() for row in padded)
