"""Telephone numbers and mail addresses in a text, each in one form whatever way it is written. Pure.

`+49 (0)341 555-010`, `0049 341 555010` and `0341/555010` are one number; a number without `+` or a leading 0 is none.
"""

import re

_GAP = "\u00a0\u2009\u202f\u2010-\u2013"  # blanks that do not break, hyphens and dashes
PHONE = re.compile(rf"(?<![\w.,/-])(?:\+\d{{2}}|0)[\d ()/{_GAP}-]{{6,20}}\d(?![\w-])")
MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_HOME = re.compile(r"^(?:\+|00)49")
_TRUNK = re.compile(r"\(0\)")
_FEWEST, _MOST = 6, 15  # digits of a number, with its prefix (E.164 has 15)


def number(written: str) -> str:
    """One form of a telephone number; "" where it is none. German ones begin with 0, others with `+`."""
    digits = re.sub(r"[^\d+]", "", _TRUNK.sub("", written))
    home = _HOME.sub("0", digits)
    home = "0" + home[1:].lstrip("0") if home is not digits else digits  # +49 0341 is written, too
    form = "+" + home[2:] if home.startswith("00") else home
    return form if form[:1] in {"+", "0"} and _FEWEST <= len(form.lstrip("+")) <= _MOST else ""


def numbers(text: str) -> frozenset[str]:
    """All telephone numbers of a text, in one form."""
    return frozenset(filter(None, (number(match[0]) for match in PHONE.finditer(text))))
