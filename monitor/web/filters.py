"""How times, names and foreign text are written on the page. Pure; German words come through gettext."""

import unicodedata
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_day_names
from babel.numbers import format_currency, format_decimal, format_percent

from monitor.words import _

LOCALE = "de_DE"
ZONE = "Europe/Berlin"
MARK = "\ufffd"
_JOINERS = "\u200c\u200d"  # needed by emoji and by several scripts
_TICKS = frozenset("✓✔✅☑🗸🗹⚠")
_MOST_MARKS = 2  # combining marks on one letter of a name
_DAY = 86_400
_WEEKDAYS = get_day_names("abbreviated", locale=LOCALE)
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
    """A day without a time: "3. November 2026"."""
    return str(format_date(day, "d. MMMM y", locale=LOCALE))


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


def _weekday(local: datetime) -> str:
    """Mo., Di.: the words of the locale, the figures by strftime, which is ten times quicker than a Babel pattern."""
    return str(_WEEKDAYS[local.weekday()])


def exact(at: datetime | None, zone: str = ZONE) -> str:
    """The whole time, for the journal and on hover: "Mo., 23.11.2026, 14:05:09"."""
    if at is None:
        return "–"
    local = at.astimezone(ZoneInfo(zone))
    return f"{_weekday(local)}, {local:%d.%m.%Y, %H:%M:%S}"


def when(at: datetime | None, now: datetime, zone: str = ZONE) -> str:
    """A past or coming time: relative up to a day, then with its weekday."""
    if at is None:
        return "–"
    away = at - now
    if abs(away) < timedelta(minutes=1):
        return _("gerade eben") if away <= timedelta() else _("gleich")
    if abs(away) < timedelta(days=1):
        return (_("vor {span}") if away < timedelta() else _("in {span}")).format(span=span(abs(away)))
    local = at.astimezone(ZoneInfo(zone))
    return f"{_weekday(local)} {local:%d.%m., %H:%M}"


def due(at: datetime | None, now: datetime, zone: str = ZONE) -> str:
    """When something must be done: "seit 26 h", "bis 14:30", "bis Fr. 27.11., 18:00"."""
    if at is None:
        return _("ohne Frist")
    if at <= now:
        return _("seit {span}").format(span=span(now - at))
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    same_day = local.date() == today.date()
    return _("bis {when}").format(when=f"{local:%H:%M}" if same_day else f"{_weekday(local)} {local:%d.%m., %H:%M}")


def day(at: datetime, zone: str = ZONE) -> str:
    """A day of this year: "Montag, 23. November"."""
    return format_datetime(at, "EEEE, d. MMMM", tzinfo=ZoneInfo(zone), locale=LOCALE)


def hour(at: datetime, zone: str = ZONE) -> str:
    """A time of the day: "14:30"."""
    return format_datetime(at, "HH:mm", tzinfo=ZoneInfo(zone), locale=LOCALE)


def number(value: float) -> str:
    """A number as written in German: "5.000", "3,5"."""
    return str(format_decimal(value, locale=LOCALE))


def euros(cents: int) -> str:
    """An amount as written in German: "1.200,50 €"."""
    return str(format_currency(cents / 100, "EUR", locale=LOCALE))


def balance(value: float) -> str:
    """A polarity, -1..1, with its sign: "+0,35", "−0,4", "0"."""
    written = str(format_decimal(abs(value), "0.##", locale=LOCALE))
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
    return str(format_percent(part, locale=LOCALE))
