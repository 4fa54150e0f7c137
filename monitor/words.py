"""German is the source language; every sentence a person reads goes through `_`. The English catalogue comes later."""

import errno as _errno
import gettext as _gettext

_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()


def _(text: str) -> str:
    """The sentence in the chosen language; German without a catalogue."""
    return _catalogue.gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a sentence that fits the number."""
    return _catalogue.ngettext(one, many, n)


_REFUSALS = {
    _errno.ENOENT: _("das gibt es nicht"),
    _errno.EISDIR: _("das ist ein Ordner"),
    _errno.ENOTDIR: _("auf dem Weg dorthin liegt eine Datei statt eines Ordners"),
    _errno.EACCES: _("dafür fehlen die Rechte"),
    _errno.EPERM: _("dafür fehlen die Rechte"),
    _errno.EEXIST: _("das gibt es schon"),
    _errno.ENOSPC: _("der Datenträger ist voll"),
    _errno.EROFS: _("der Datenträger ist schreibgeschützt"),
    _errno.ENAMETOOLONG: _("der Name ist zu lang"),
    _errno.EBADF: _("die Eingabe ist geschlossen"),
    _errno.EADDRINUSE: _("der Port ist schon belegt"),
}


def refusal(error: OSError) -> str:
    """What the operating system said, in words; the number where we have none for it."""
    return _REFUSALS.get(error.errno or 0) or _("Fehler {n} des Betriebssystems").format(n=error.errno)
