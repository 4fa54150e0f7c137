"""The demo's folder: whose it is, what lies in it, and who may log in.

widerhall-demo      the mark that the folder is ours; `--fresh` empties no other
history-made        the past is complete; without it the next start begins anew
logins.json         the passwords in plain words, for the owner of the folder only, so that each start can print them
config.toml, key, stadtfunk.json, widerhall.db, exports/, demo.log
"""

import json
import os
import secrets
import shutil
from pathlib import Path

from monitor.demo.business import PEOPLE
from monitor.words import _, refusal

MARK, MADE, LOCK = "widerhall-demo", "history-made", "widerhall.db.lock"
_WORDS = (
    "Kette Sattel Lenker Speiche Pedal Felge Klingel Mantel Ventil Nabe Bremse Ritzel Rahmen Gabel Korb Pumpe Regen "
    "Sonne Wolke Hafen Insel Birke Ahorn Linde Igel Dachs Amsel Otter Fuchs Kranich Flieder Mohn Distel Turm Garten"
)


class FolderRefused(Exception):
    """The folder may not be used; the message is the sentence for the person."""


class DemoFolder:
    """A folder that belongs to a demo."""

    def __init__(self, path: Path) -> None:
        """Nothing is touched yet."""
        self.path = path.absolute()

    def claim(self) -> None:
        """Make the folder, or see that it is one of ours.

        Raises:
            FolderRefused: it holds other things, or cannot be written.
        """
        if self.path.exists() and not self.path.is_dir():
            raise FolderRefused(
                _("{path} ist eine Datei. Bitte nennen Sie mit --data einen Ordner.").format(path=self.path)
            )
        try:
            if self.path.is_dir() and any(self.path.iterdir()) and not (self.path / MARK).is_file():
                raise FolderRefused(
                    _(
                        "Der Ordner {path} ist nicht leer und gehört zu keiner Vorführung. Es wurde nichts verändert. "
                        "Bitte nennen Sie mit --data einen leeren oder neuen Ordner."
                    ).format(path=self.path)
                )
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.path / MARK).write_text(
                _("Dieser Ordner gehört zur Vorführung von Widerhall.") + "\n", encoding="utf-8"
            )
        except OSError as error:
            sentence = _("Der Ordner {path} lässt sich nicht benutzen: {why}.")
            raise FolderRefused(sentence.format(path=self.path, why=refusal(error))) from error

    def empty(self) -> None:
        """Remove everything but mark and lock; only after `claim`, with the lock held."""
        for entry in self.path.iterdir():
            if entry.name in (MARK, LOCK):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    @property
    def complete(self) -> bool:
        """Is the past in it, to the end?"""
        return (self.path / MADE).is_file()

    def mark_complete(self) -> None:
        """The past has been made."""
        (self.path / MADE).touch()

    def write(self, name: str, text: str) -> Path:
        """A file that only the folder's owner can read."""
        path = self.path / name
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def logins(self) -> dict[str, str]:
        """Name -> password; made at the first start, kept for the next ones."""
        path = self.path / "logins.json"
        if not path.exists():
            self.write(path.name, json.dumps({name: _password() for name, _role in PEOPLE}, ensure_ascii=False))
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return found


def _password() -> str:
    words = "-".join(secrets.choice(_WORDS.split()) for _index in range(3))
    return f"{words}-{secrets.randbelow(9000) + 1000}"
