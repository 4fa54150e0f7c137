"""Dates as people and Excel write them in German: 3.11.26, Fr, 20.11.2026 14:30, 20. November 2026."""

import re

_DATE = re.compile(
    r"(?:(?:mo|di|mi|do|fr|sa|so)[a-z]*\.?,?\s+)?(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})"
    r"(?:,?\s+(?:um\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?:\s*Uhr)?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez")
_MONTH = re.compile(rf"(\d{{1,2}})\.\s*({'|'.join(_MONTHS)})[a-z]*\.?\s+", re.IGNORECASE)


def iso(text: str) -> str:
    """A German date as ISO 8601, without a zone; everything else as it came. 03/04/2025 is 3 April."""
    found = _DATE.fullmatch(_MONTH.sub(lambda at: f"{at[1]}.{_MONTHS.index(at[2].casefold()) + 1}.", text))
    if found is None:
        return text
    day, month, year, *clock = (int(part or 0) for part in found.groups())
    year += 2000 if year < 100 else 0
    return f"{year:04}-{month:02}-{day:02}T{clock[0]:02}:{clock[1]:02}:{clock[2]:02}"
