"""Tokens of sources, secrets of people: encrypted rows, the key in a file that never enters database or backup."""

import os
import shlex
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlmodel import Session, col, select

from monitor.config import Config, ConfigError, ConfiguredSource, Mistake, secret_fields
from monitor.tables import Secret
from monitor.words import _, refusal

if TYPE_CHECKING:
    from monitor.cipher import Cipher  # libsodium, loaded with the first secret

KEY_VARIABLE = "WIDERHALL_KEY_FILE"


def key_file() -> Path | None:
    """The file that WIDERHALL_KEY_FILE names, if it is set."""
    name = os.environ.get(KEY_VARIABLE, "").strip()
    return Path(name) if name else None


def open_to_others(path: Path) -> bool:
    """May others read this file?

    What systemd hands over (LoadCredential) belongs to root; the service reads it by an ACL, whose mask stands where
    the group's rights do, in a folder that nobody else enters.

    Raises:
        OSError: it cannot be looked at.
    """
    handed_over = os.environ.get("CREDENTIALS_DIRECTORY")
    guarded = bool(handed_over) and path.is_relative_to(str(handed_over))
    return bool(path.stat().st_mode & (0o007 if guarded else 0o077))


def chmod(mode: str, path: Path) -> str:
    """The command to type that takes a file or folder out of others' sight, right for names with blanks too."""
    return f"chmod {mode} {shlex.quote(str(path))}"


def open_vault(path: Path | None) -> "Cipher":
    """The cipher of this installation; a key file that does not exist yet is made, readable for its owner only.

    Raises:
        ConfigError: no key file is named, it is readable for others, or it holds no key.
    """
    from monitor.cipher import Cipher, new_key

    if path is None:
        raise _error(
            _(
                "Für die Zugangsdaten der Quellen braucht es einen Schlüssel: "
                "nennen Sie in der Umgebung eine Datei, sie wird angelegt."
            )
        )
    try:
        if not path.exists():
            _make(path, new_key() + b"\n")
        if open_to_others(path):
            sentence = _("Die Schlüsseldatei {path} ist für andere lesbar: {mend}")
            raise _error(sentence.format(path=path, mend=chmod("600", path)))
        return Cipher(path.read_bytes().strip())
    except OSError as wrong:
        sentence = _("Die Schlüsseldatei {path} lässt sich nicht lesen oder anlegen: {why}.")
        raise _error(sentence.format(path=path, why=refusal(wrong))) from wrong
    except ValueError as wrong:
        raise _error(_("Die Schlüsseldatei {path} enthält keinen Schlüssel.").format(path=path)) from wrong


def _make(path: Path, content: bytes) -> None:
    """A new file that is there whole or not at all, for one pair of eyes; of two first starts at once one is first.

    Raises:
        OSError: there is no room, or no right.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # 0600 from its first byte
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            pass
        except OSError:  # a drive without links
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def place(source: str, field: str) -> str:
    """Where a secret belongs: its cipher text opens nowhere else."""
    return f"{source}/{field}"


def _error(sentence: str) -> ConfigError:
    return ConfigError([Mistake(KEY_VARIABLE, sentence)])


def take_in(session: Session, config: Config, now: datetime) -> None:
    """Store each secret that file or environment offers at the moment; later starts work without them."""
    for source in config.sources.values():
        for ref in source.secrets:
            try:
                value = ref.read()
            except (OSError, UnicodeDecodeError) as wrong:
                where = f"sources.{source.name}.{ref.field}_file"
                sentence = _("Die Datei {file} lässt sich nicht als Text lesen.").format(file=ref.file)
                raise ConfigError([Mistake(where, sentence)]) from wrong
            if value is not None:
                store(session, source.name, ref.field, value, now)


def store(session: Session, source: str, field: str, value: str, now: datetime) -> None:
    """Encrypt one secret into its row, if it differs from what is there."""
    cipher, where = open_vault(key_file()), place(source, field)
    row = session.exec(select(Secret).where(col(Secret.source) == source, col(Secret.field) == field)).one_or_none()
    if row is not None and cipher.decrypt(row.cipher, where) == value:
        return
    row = row or Secret(source=source, field=field, cipher=b"", updated_at=now)
    row.cipher, row.updated_at = cipher.encrypt(value, where), now
    session.add(row)


def fetch(session: Session, source: str, field: str) -> str | None:
    """One secret, decrypted; None if there is none.

    Raises:
        ConfigError: the key is missing or does not fit.
    """
    row = session.exec(select(Secret).where(col(Secret.source) == source, col(Secret.field) == field)).one_or_none()
    if row is None:
        return None
    value = open_vault(key_file()).decrypt(row.cipher, place(source, field))
    if value is None:
        raise _error(_("Der Schlüssel passt nicht zu den gespeicherten Zugangsdaten."))
    return value


def remove(session: Session, source: str, field: str) -> None:
    """Forget one secret."""
    session.execute(delete(Secret).where(col(Secret.source) == source, col(Secret.field) == field))


def secrets_of(session: Session, source: ConfiguredSource) -> Mapping[str, str]:
    """The secrets of one source, decrypted.

    Raises:
        ConfigError: one that the connector needs is neither stored nor offered, or the key does not fit.
    """
    rows = {
        row.field: row.cipher for row in session.exec(select(Secret).where(col(Secret.source) == source.name)).all()
    }
    found: dict[str, str] = {}
    for field, required in secret_fields(source.base.kind).items():
        if field in rows:
            value = open_vault(key_file()).decrypt(rows[field], place(source.name, field))
            if value is None:
                raise _error(_("Der Schlüssel passt nicht zu den gespeicherten Zugangsdaten."))
            found[field] = value
        elif required:
            where = f"sources.{source.name}.{field}_file"
            raise ConfigError(
                [
                    Mistake(
                        where,
                        _("Dieses Geheimnis fehlt noch: nennen Sie eine Datei oder {field}_env.").format(field=field),
                    )
                ]
            )
    return found


def unopened(session: Session) -> list[str]:
    """The places of stored secrets that this installation's key does not open.

    Raises:
        ConfigError: there is no key that can be used.
    """
    cipher = open_vault(key_file())
    rows = session.exec(select(Secret).order_by(Secret.source, Secret.field)).all()
    places = {place(row.source, row.field): row.cipher for row in rows}
    return [where for where, data in places.items() if cipher.decrypt(data, where) is None]
