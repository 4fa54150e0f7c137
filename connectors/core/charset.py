"""Bytes that are meant to be UTF-8 although a letter in them is broken: one bad byte must not cost all others."""

import re

_FAULT = "\ufffd"
_LETTER = re.compile("[^\x00-\x7f\ufffd]")


def mostly_utf8(body: bytes) -> str | None:
    """The text, broken letters as U+FFFD; None where no more letters beyond ASCII are valid UTF-8 than are not.

    Text in an older charset is hardly ever valid by accident, so the majority tells the two apart.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("utf-8-sig", "replace")
    return text if len(_LETTER.findall(text)) > text.count(_FAULT) else None
