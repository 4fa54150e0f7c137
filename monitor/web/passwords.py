"""Passwords: argon2, two at a time and few who wait, and the rule what may be one (RELIABILITY S10).

A hundred logins at once would each hold one of the threads that the pages need, and 64 MiB. So two are in work, six
may wait for a moment, and everybody else is told at once to come back: the pages go on for those who are in.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from monitor.words import _

SHORTEST, LONGEST = 10, 256
AT_ONCE, PLACES = 2, 8  # in work (64 MiB each), and those together with who waits; the page has forty threads
PATIENCE = 1.0  # seconds that a login waits for its turn
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
_places = threading.BoundedSemaphore(PLACES)
_turns = threading.BoundedSemaphore(AT_ONCE)
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
    rest = folded.replace(name.casefold(), "") if name else folded  # "gute" holds "ute" too: what else is there counts
    if {folded, rest} & _COMMON or len(rest) < SHORTEST or len(set(rest)) < 4:
        return _("Dieses Passwort ist zu leicht zu erraten. Ein Satz aus mehreren Wörtern ist besser.")
    return ""


class Crowded(Exception):
    """Too many passwords are being checked; the page must stay there for those who are in."""


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn, where there is a place to wait.

    Raises:
        Crowded: no place, or no turn within `PATIENCE` seconds.
    """
    if not _places.acquire(blocking=False):
        raise Crowded
    try:
        if not _turns.acquire(timeout=PATIENCE):
            raise Crowded
        try:
            yield
        finally:
            _turns.release()
    finally:
        _places.release()


def hash_password(password: str) -> str:
    """The argon2id hash that is stored.

    Raises:
        Crowded: too many at once.
    """
    with _turn():
        return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Does the password fit? Without a stored hash the same work is done, so that the time tells nothing.

    Raises:
        Crowded: too many at once.
    """
    with _turn():
        try:
            _hasher.verify(stored or _NOBODY, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def outdated(stored: str) -> bool:
    """Was it hashed with weaker parameters than today's?"""
    return _hasher.check_needs_rehash(stored)
