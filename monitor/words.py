"""German is the source language; every sentence a person reads goes through `_`. The English catalogue comes later."""

import gettext as _gettext

_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()


def _(text: str) -> str:
    """The sentence in the chosen language; German without a catalogue."""
    return _catalogue.gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a sentence that fits the number."""
    return _catalogue.ngettext(one, many, n)
