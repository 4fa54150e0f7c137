"""How times, names and foreign text are written on the page. Pure but for the language of here and now."""

import unicodedata
from datetime import date, datetime, timedelta
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_day_names, get_month_names
from babel.numbers import format_currency, format_decimal, format_percent

from monitor.words import GERMAN, _, language

LOCALES = {"de": "de_DE", "en": "en_GB"}
ZONE = "Europe/Berlin"
MARK = "\ufffd"
_JOINERS = "\u200c\u200d"  # needed by emoji and by several scripts
_TICKS = frozenset("✓✔✅☑🗸🗹⚠")
_MOST_MARKS = 2  # combining marks on one letter of a name
_DAY = 86_400
_LONGEST_NAME = 60


def shown(text: str) -> str:
    """Foreign text for display: each invisible control or direction character becomes a visible mark.

    One character for one, so that places in the text stay right (RELIABILITY S14).
    """
    if text.isprintable():  # nearly every text is, and asking letter by letter was a sixth of a page's time
        return text
    return "".join(MARK if _hidden(char) else char for char in text)


def _hidden(char: str) -> bool:
    if char in "\n\t" or char in _JOINERS:
        return False
    if "\U000e0020" <= char <= "\U000e007f":  # tags inside flag emoji
        return False
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def person(name: str | None) -> str:
    """An author's name: no control or direction characters, no ticks, at most two marks a letter, one line."""
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", name or ""):
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > _MOST_MARKS or char in _TICKS or char == "\u200c" or (_hidden(char) and char != "\r"):
            continue
        kept.append(char)
    plain = " ".join("".join(kept).split())
    return plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - 1] + "…"


def link(url: str | None) -> str:
    """The address if a browser may be sent there, else ""."""
    if not url or len(url) > 2000 or not url.isprintable() or " " in url or "\\" in url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""


def calendar(day: date) -> str:
    """A day without a time: "3. November 2026", "3 November 2026"."""
    return str(format_date(day, "d. MMMM y" if _german() else "d MMMM y", locale=_locale()))


def week_of(name: str) -> str:
    """A week as people here call it: "2026-W47" is KW 47."""
    return _("KW {n}").format(n=int(name[-2:]))


def span(length: timedelta) -> str:
    """A length of time: "12 min", "3 h 10 min", "1 T 3 h"."""
    seconds = max(0, int(length.total_seconds()))
    days, rest = divmod(seconds, _DAY)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        return _("{days} T {hours} h").format(days=days, hours=hours) if hours else _("{days} T").format(days=days)
    if hours:
        return (
            _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
            if minutes
            else _("{hours} h").format(hours=hours)
        )
    if minutes:
        return _("{minutes} min").format(minutes=minutes)
    return _("{seconds} s").format(seconds=seconds)


def _german() -> bool:
    return language() == GERMAN


def _locale() -> str:
    """Babel's data for the language of here and now; English is read with the first English page."""
    return LOCALES[language()]


@cache
def _names(locale: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The short words of weekdays and months. With figures by strftime that is ten times quicker than a pattern."""
    days, months = get_day_names("abbreviated", locale=locale), get_month_names("abbreviated", locale=locale)
    return tuple(days[n] for n in range(7)), tuple(months[n] for n in range(1, 13))


def _date(local: datetime, *, year: bool = False) -> str:
    """A weekday with its date: "Mo. 23.11.", "Mo., 23.11.2026"; "Mon 23 Nov", "Mon 23 Nov 2026"."""
    days, months = _names(_locale())
    weekday = days[local.weekday()]
    if _german():
        return f"{weekday}, {local:%d.%m.%Y}" if year else f"{weekday} {local:%d.%m.}"
    return f"{weekday} {local.day} {months[local.month - 1]}" + (f" {local.year}" if year else "")


def exact(at: datetime | None, zone: str = ZONE) -> str:
    """The whole time, for the journal and on hover: "Mo., 23.11.2026, 14:05:09", "Mon 23 Nov 2026, 14:05:09"."""
    if at is None:
        return "–"
    local = at.astimezone(ZoneInfo(zone))
    return f"{_date(local, year=True)}, {local:%H:%M:%S}"


def when(at: datetime | None, now: datetime, zone: str = ZONE) -> str:
    """A past or coming time: relative up to a day, then with its weekday, and with its year if that is another one."""
    if at is None:
        return "–"
    away = at - now
    if abs(away) < timedelta(minutes=1):
        return _("gerade eben") if away <= timedelta() else _("gleich")
    if abs(away) < timedelta(days=1):
        return (_("vor {span}") if away < timedelta() else _("in {span}")).format(span=span(abs(away)))
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    return f"{_date(local, year=local.year != today.year)}, {local:%H:%M}"


def due(at: datetime | None, now: datetime, zone: str = ZONE) -> str:
    """When something must be done: "seit 26 h", "bis 14:30", "bis Fr. 27.11., 18:00"."""
    if at is None:
        return _("ohne Frist")
    if at <= now:
        return _("seit {span}").format(span=span(now - at))
    return _("bis {when}").format(when=clock(at, now, zone))


def clock(at: datetime, now: datetime, zone: str = ZONE) -> str:
    """A coming time: "14:30", "Fr. 27.11., 18:00", "Fr., 08.01.2027, 18:00"."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    same_day = local.date() == today.date()
    return f"{local:%H:%M}" if same_day else f"{_date(local, year=local.year != today.year)}, {local:%H:%M}"


def day(at: datetime, zone: str = ZONE) -> str:
    """A day of this year: "Montag, 23. November", "Monday, 23 November"."""
    pattern = "EEEE, d. MMMM" if _german() else "EEEE, d MMMM"
    return format_datetime(at, pattern, tzinfo=ZoneInfo(zone), locale=_locale())


def hour(at: datetime, zone: str = ZONE) -> str:
    """A time of the day: "14:30"."""
    return format_datetime(at, "HH:mm", tzinfo=ZoneInfo(zone), locale=_locale())


def number(value: float) -> str:
    """A number: "5.000", "3,5" in German."""
    return str(format_decimal(value, locale=_locale()))


def euros(cents: int) -> str:
    """An amount: "1.200,50 €" in German, "€1,200.50" in English."""
    return str(format_currency(cents / 100, "EUR", locale=_locale()))


def balance(value: float) -> str:
    """A polarity, -1..1, with its sign: "+0,35", "−0,4", "0"."""
    written = str(format_decimal(abs(value), "0.##", locale=_locale()))
    sign = "" if written == "0" else "−" if value < 0 else "+"
    return sign + written


def stars(rating: float | None, most: float | None) -> str:
    """A rating as "★★☆☆☆"; for other scales than five the share is drawn on five."""
    if rating is None:
        return ""
    full = round(max(0.0, min(1.0, rating / (most or 5))) * 5)
    return "★" * full + "☆" * (5 - full)


def moment(at: str) -> datetime | None:
    """A time as the journal writes it."""
    try:
        return datetime.fromisoformat(at)
    except ValueError:
        return None


def share(part: float) -> str:
    """0..1 as whole per cent."""
    return str(format_percent(part, locale=_locale()))
