"""Passwords: argon2, one check at a time per core, and the rule what may be one (RELIABILITY S10)."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from monitor.words import _

SHORTEST, LONGEST = 10, 256
PATIENCE = 1.0  # seconds that a login waits for its turn; a storm must not fill every thread of the page
_COMMON = frozenset(
    [
        "1234567890",
        "12345678910",
        "0123456789",
        "passwort12",
        "passwort123",
        "passwort1234",
        "password12",
        "password123",
        "password1234",
        "qwertz1234",
        "qwertzuiop",
        "qwertyuiop",
        "qwerty1234",
        "hallohallo",
        "hallo12345",
        "willkommen",
        "willkommen1",
        "willkommen123",
        "geheim1234",
        "geheimgeheim",
        "widerhall1",
        "widerhall123",
        "schatzi123",
        "sommer2024",
        "sommer2025",
        "sommer2026",
        "winter2024",
        "winter2025",
        "winter2026",
        "administrator",
        "admin12345",
        "abcdefghij",
        "abcd123456",
        "1q2w3e4r5t",
        "letmein123",
        "iloveyou12",
    ]
)
_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(2)  # 64 MiB each: a storm of logins must not eat the machine
_NOBODY = _hasher.hash("nobody has this password")


def weakness(password: str, name: str) -> str:
    """Why this may not be a password, as one German sentence; "" if it may."""
    folded = password.casefold()
    if len(password) < SHORTEST:
        return _("Das Passwort ist zu kurz, mindestens {n} Zeichen. Ein Satz aus mehreren Wörtern ist gut.").format(
            n=SHORTEST
        )
    if len(password) > LONGEST:
        return _("Das Passwort ist zu lang, höchstens {n} Zeichen.").format(n=LONGEST)
    if folded in _COMMON or len(set(folded)) < 4 or (name and name.casefold() in folded):
        return _("Dieses Passwort ist zu leicht zu erraten. Ein Satz aus mehreren Wörtern ist besser.")
    return ""


def hash_password(password: str) -> str:
    """The argon2id hash that is stored."""
    with _turns:
        return _hasher.hash(password)


class Crowded(Exception):
    """Too many passwords are being checked; the page must stay there for those who are in."""


def matches(stored: str | None, password: str) -> bool:
    """Does the password fit? Without a stored hash the same work is done, so that the time tells nothing.

    Raises:
        Crowded: no turn within `PATIENCE` seconds.
    """
    if not _turns.acquire(timeout=PATIENCE):
        raise Crowded
    try:
        _hasher.verify(stored or _NOBODY, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    finally:
        _turns.release()
    return stored is not None


def outdated(stored: str) -> bool:
    """Was it hashed with weaker parameters than today's?"""
    return _hasher.check_needs_rehash(stored)
