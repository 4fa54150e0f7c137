"""Dates and "in Kürze" in a German text of ours, as moments. Pure (RULES 001-32).

A date that has passed promises nothing, nor does a weekday in a sentence about the past or about opening hours. One
sentence makes one promise: the first date in it, else the first word like "in Kürze". In doubt it is a promise: a task
too many is ticked off, one too few is a word that we did not keep.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from replies.clocks import Hours

_MONTHS = ("januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
           "dezember")  # fmt: skip
_DAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_WEEKDAYS = {**{name: n for n, name in enumerate(_DAYS)}, "sonnabend": 5}
_NUMBERS = {"einem": 1, "einer": 1, "ein": 1, "eine": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6}
_NUMBERS |= {"sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "vierzehn": 14, "fünfzehn": 15}
_NUMBERS |= {"zwanzig": 20, "dreißig": 30}
_EVENING = time(17)  # until when a day counts, on the wall clock
_FAR = 300  # days; a date without a year that lies further back is next year's
_FAR_UNTIL = 60  # and one after "bis"

# {1,9}: a long run is not read to its end again from each of its marks
# "24. November" goes on, "Stichwort W24." ends
_NO_ORDINAL = (
    r"(?:(?<![0-9])|(?<=[A-Z][0-9])|(?<=[A-Z][0-9]{2})|(?<=[A-Z][0-9]{3})|(?<=[A-Z][0-9]{4})|(?<=[A-Z][0-9]{5}))"
)
_SENTENCE = re.compile(rf".+?(?:{_NO_ORDINAL}(?<!z\.)(?<!B\.)(?<!\sca)[.!?…]{{1,9}}(?=\s|$)|\n|$)", re.DOTALL)
_PAST = re.compile(
    r"\b(?:war|waren|hatte|hatten|wurde|wurden|kam|kamen|gab|seit|letzten?|vergangenen?)\b", re.IGNORECASE
)
# "Am Montag haben Sie bestellt", but "Bis Freitag haben Sie Antwort"
_YOURS = re.compile(r"\bhaben sie\b", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:bis|spätestens|innerhalb|binnen)\b", re.IGNORECASE)
_STANDING = re.compile(r"\b(?:geöffnet|öffnungszeit\w*|erreichbar|immer|jeden|für sie da)\b", re.IGNORECASE)
_DATE = re.compile(
    rf"(?P<until>\b(?:bis|spätestens)\s+(?:zum\s+|am\s+)?)?(?<!\d)(?P<day>[0-3]?\d)\.\s?"
    rf"(?:(?P<name>{'|'.join(_MONTHS)})(?!\w)(?:\s?(?P<year>20\d\d))?"
    r"|(?P<month>[01]?\d)(?:\.(?:\s?(?P<full>20\d\d)|(?P<short>\d\d))(?![\d:])|\.?(?!\d)))",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    rf"\b(?:bis|am|kommenden?|nächsten?|diesen|zum|ab)\s+(?:\w+\s+)?(?P<weekday>{'|'.join(_WEEKDAYS)})"
    r"(?:früh|morgen|vormittag|mittag|nachmittag|abend)?\b",
    re.IGNORECASE,
)
_NEAR = re.compile(r"\b(?P<near>heute|morgen|übermorgen)\b(?!\s+(?:früh\w+|offen))", re.IGNORECASE)
# "heute" and "morgen" that promise nothing: a greeting, what holds until today, what was done today.
_GAP = r"\s{1,3}"
_DONE = r"(?-i:[a-zäöüß]{0,12}ge[a-zäöüß]{2,20}(?:t|en)|(?:be|er|ent|ver|über)[a-zäöüß]{2,20}(?:t|en)|[a-z]{2,20}iert)"
_WORD = rf"{_GAP}(?!(?:noch|bis|spätestens|zu|und|oder|aber|wird|werden?|kann|können)\b)[^\W\d]{{1,30}}"
_TODAY = rf"(?<!bis )heute(?:{_GAP}(?:morgen|früh|vormittag))?"
_HAVE = r"(?:hat|haben?)"
_SENTENCE_GOES_ON = rf"(?=\s{{0,3}}(?:[,;:.!?…–)]|$)|{_GAP}(?:und|aber|sowie)\b)"
_GREETING = rf"\bguten{_GAP}morgen\b|\bvon{_GAP}heute(?:{_GAP}(?:auf{_GAP})?morgen)?\b"
_UNTIL_TODAY = (
    rf"\bbis{_GAP}heute(?:{_GAP}(?!abend|nachmittag|mittag)[^\W\d]{{1,30}}){{0,2}}?"
    rf"{_GAP}(?:so(?!{_GAP}(?:weit|bald|schnell|gut))|nicht|nie|leid|unverändert|kein(?:e[nrms]?)?)\b"
)
_WE_HAVE = (  # "Wir haben heute mit der Küche gesprochen."
    rf"\b(?:{_HAVE}(?:{_WORD}){{0,4}}?{_GAP}{_TODAY}|{_TODAY}{_GAP}{_HAVE})"
    rf"(?:{_WORD}){{0,8}}?{_GAP}{_DONE}{_SENTENCE_GOES_ON}"
)
_YOU_HAVE = (  # "Danke, dass Sie uns heute geschrieben haben."
    rf"\bdass{_GAP}(?:sie|ihr|du)\b(?:{_WORD}){{0,4}}?{_GAP}{_TODAY}(?:{_WORD}){{0,4}}?{_GAP}{_DONE}{_GAP}{_HAVE}\b"
)
_IDLE = re.compile(f"{_GREETING}|{_UNTIL_TODAY}|{_WE_HAVE}|{_YOU_HAVE}", re.IGNORECASE)
_SPAN = re.compile(
    rf"\b(?:in|innerhalb von|innerhalb|binnen|spätestens in|(?:in den|innerhalb der|binnen der) (?:nächsten|kommenden))"
    r"\s+(?:(?:ca\.|circa|etwa|rund|höchstens|maximal)\s+)?"
    rf"(?:(?:\d{{1,2}}|{'|'.join(_NUMBERS)})\s?(?:bis|-|–|oder)\s?)?"
    rf"(?P<n>\d{{1,2}}|{'|'.join(_NUMBERS)})"
    r"\s+(?P<unit>stunden?|tage?n?|werktage?n?|arbeitstage?n?|wochen?|monate?n?)\b",
    re.IGNORECASE,
)
_WEEK = re.compile(
    r"\b(?:(?:ende|im laufe)\s+(?:der|dieser)\s+woche|(?:noch )?diese woche|bis\s+(?:zum\s+)?wochenende"
    r"|(?P<next>(?:nächste|kommende)[rn]?\s+woche))\b",
    re.IGNORECASE,
)
_SOON = re.compile(
    r"\b(?:in kürze|in bälde|zeitnah|baldmöglichst|schnellstmöglich|umgehend|demnächst|so (?:bald|schnell) wie möglich"
    r"|in den (?:nächsten|kommenden) tagen|(?:wir|ich) (?:melden uns|melde mich)|(?:melden wir uns|melde ich mich)"
    r"|(?:wir|ich) (?:rufen|rufe) sie (?:zurück|an)|(?:wir kommen|ich komme) auf sie zu)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """One promise in a text: its sentence, where it begins (code points), and when it is due."""

    place: int
    words: str
    due: datetime


def promises(text: str, said: datetime, hours: Hours, soon_days: float) -> Iterator[Found]:
    """Every promise in a text that was said at `said`."""
    for sentence in _SENTENCE.finditer(text):
        words = sentence.group().strip()
        due = _due(words, said, hours, soon_days) if words else None
        if due is not None:
            start = sentence.start() + sentence.group().index(words)
            yield Found(start, words, max(due, said + timedelta(hours=1)))


def _due(words: str, said: datetime, hours: Hours, soon_days: float) -> datetime | None:
    zone = ZoneInfo(hours.timezone)
    today = said.astimezone(zone).date()
    for found in _DATE.finditer(words):
        day = _day_of(found, today)
        if day is not None and day >= today:
            return _at(day, zone)
    past = _PAST.search(words) or (_YOURS.search(words) and not _UNTIL.search(words))
    if not past and not _STANDING.search(words):
        day = _near(words, today)
        if day is not None:
            return _at(day, zone)
        match = _SPAN.search(words)
        if match is not None:
            return _after(match, said, hours, zone)
    return hours.plus_days(said, soon_days) if _SOON.search(words) else None


def _day_of(match: re.Match[str], today: date) -> date | None:
    """The day of a date, with the year that is meant where none stands there; None: there is no such day."""
    name = match["name"]
    month = _MONTHS.index(name.lower()) + 1 if name else int(match["month"])
    told = match["year"] or match["full"] or (match["short"] and f"20{match['short']}")
    far = _FAR_UNTIL if match["until"] else _FAR
    for year in (int(told),) if told else (today.year, today.year + 1):
        try:
            day = date(year, month, int(match["day"]))
        except ValueError:  # perhaps there is one next year: "29.2."
            continue
        if told or (today - day).days <= far:
            return day
    return None


def _near(words: str, today: date) -> date | None:
    """A weekday, "morgen", "nächste Woche"."""
    match = _WEEKDAY.search(words)
    if match is not None:
        ahead = (_WEEKDAYS[match["weekday"].lower()] - today.weekday()) % 7
        return today + timedelta(days=ahead or 7)
    match = _NEAR.search(_IDLE.sub(" ", words))
    if match is not None:
        return today + timedelta(days=("heute", "morgen", "übermorgen").index(match["near"].lower()))
    match = _WEEK.search(words)
    if match is not None:
        ahead = 11 - today.weekday() if match["next"] else (4 - today.weekday()) % 7  # on a Saturday next week is near
        return today + timedelta(days=ahead)
    return None


def _after(match: re.Match[str], said: datetime, hours: Hours, zone: ZoneInfo) -> datetime:
    number, unit = match["n"].lower(), match["unit"].lower()
    n = int(number) if number.isdecimal() else _NUMBERS[number]
    if unit.startswith("stunde"):
        return said + timedelta(hours=n)
    if unit.startswith(("werktag", "arbeitstag")):
        return hours.plus_days(said, n)
    days = n * (7 if unit.startswith("woche") else 30 if unit.startswith("monat") else 1)
    return _at(said.astimezone(zone).date() + timedelta(days=days), zone)


def _at(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, _EVENING, zone).astimezone(UTC)
