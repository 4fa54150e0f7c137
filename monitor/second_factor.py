"""The second question of a login: a code from the person's telephone (TOTP, RFC 6238), or one of ten recovery codes.

The secret is a row of the vault, so that copied to somebody else it is worth nothing (monitor/cipher.py). That the
question is asked stands in the person's row, which the journal seals: taken out by hand it shows in `verify`.
"""

import hashlib
import logging
import re
import secrets
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from monitor import people, vault
from monitor.config import ConfigError
from monitor.logins import RecoveryCode
from monitor.people import NotPossible
from monitor.tables import User
from replies.people import Actor

log = logging.getLogger(__name__)

RECOVERY_CODES = 10
DRIFT = 1  # steps of 30 seconds that a telephone's clock may be wrong, either way
_FIELD = "totp"
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's 32: no i, l, o, u
_ALIKE = str.maketrans("ilo", "110")
_DIGITS = re.compile(r"[0-9]{6}")


def _whose(user: User) -> str:
    return f"user:{user.id}"


def begin(session: Session, user: User, now: datetime) -> str:
    """A new secret for the telephone, in base 32; nothing is asked for until `switch_on`.

    Raises:
        NotPossible: it is on already, or there is no key to lock the secret with.
    """
    import pyotp

    if user.second_factor_at is not None:
        raise NotPossible("it is on", code="second_on")
    secret = pyotp.random_base32()
    try:
        vault.store(session, _whose(user), _FIELD, secret, now)
    except ConfigError as wrong:
        raise NotPossible("no key", code="key_missing") from wrong
    return secret


def secret_of(session: Session, user: User) -> str | None:
    """The secret of this person's telephone; None if there is none.

    Raises:
        NotPossible: the key is missing or does not fit, or the row is another person's.
    """
    try:
        return vault.fetch(session, _whose(user), _FIELD)
    except ConfigError as wrong:
        raise NotPossible("no key", code="key_missing") from wrong


def address(user: User, secret: str, business: str) -> str:
    """What the QR code says to the telephone: an otpauth address."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=user.name, issuer_name=f"Widerhall {business}")


def switch_on(session: Session, user: User, code: str, actor: Actor, now: datetime) -> list[str]:
    """From now on a code is asked for; the first one shows that the telephone has the secret.

    Returns:
        the recovery codes, for this one moment.

    Raises:
        NotPossible: it is on already, the code is wrong, or the key is missing.
    """
    if user.second_factor_at is not None:
        raise NotPossible("it is on", code="second_on")
    step = _step_of(secret_of(session, user), code, now)
    if step is None:
        raise NotPossible("not the code", code="first_code_wrong")
    user.second_factor_at, user.second_step = now, step
    people.write_down(session, now, actor, "user.second_on", user)
    return _new_codes(session, user)


def switch_off(session: Session, user: User, actor: Actor, now: datetime) -> None:
    """The password is enough again; secret and recovery codes are gone."""
    user.second_factor_at = user.second_step = None
    people.write_down(session, now, actor, "user.second_off", user)
    vault.remove(session, _whose(user), _FIELD)
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))


def is_right(session: Session, user: User, code: str, now: datetime) -> bool:
    """Is it the code of this moment, or of the step beside it, and was neither it nor a later one used before?"""
    try:
        step = _step_of(secret_of(session, user), code, now)
    except NotPossible:
        log.exception("the second factor of user %s cannot be read: WIDERHALL_KEY_FILE", user.id)
        return False
    if step is None:
        return False
    newer = col(User.second_step).is_(None) | (col(User.second_step) < step)
    taken = session.execute(update(User).where(col(User.id) == user.id, newer).values(second_step=step))
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def _step_of(secret: str | None, code: str, now: datetime) -> int | None:
    import pyotp

    typed = "".join(code.split())
    if not secret or not _DIGITS.fullmatch(typed):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(typed, for_time=now, valid_window=DRIFT)
    except pyotp.OTPVerificationError:
        return None


def use_recovery(session: Session, user: User, code: str, now: datetime) -> bool:
    """Is it one of this person's recovery codes? Then it is one less."""
    mine = col(RecoveryCode.user_id) == user.id
    gone = session.execute(delete(RecoveryCode).where(mine, col(RecoveryCode.code_hash) == _hash(user, code)))
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        return False
    actor = Actor(user.id, user.role, user.name)
    people.write_down(session, now, actor, "user.recovery_used", user, left=codes_left(session, user))
    return True


def renew_codes(session: Session, user: User, actor: Actor, now: datetime) -> list[str]:
    """Ten new recovery codes; the old ones are worth nothing any more.

    Raises:
        NotPossible: no code is asked for, so there is nothing to recover.
    """
    if user.second_factor_at is None:
        raise NotPossible("it is off", code="second_is_off")
    people.write_down(session, now, actor, "user.recovery_new", user)
    return _new_codes(session, user)


def codes_left(session: Session, user: User) -> int:
    """How many recovery codes this person has."""
    return session.exec(select(func.count()).where(col(RecoveryCode.user_id) == user.id)).one()


def _new_codes(session: Session, user: User) -> list[str]:
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    words = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(RECOVERY_CODES)
    ]
    session.add_all([RecoveryCode(user_id=user.id or 0, code_hash=_hash(user, word)) for word in words])
    return words


def _hash(user: User, code: str) -> str:
    """80 random bits need no slow hash; how somebody types them does not matter."""
    typed = re.sub(r"[\s-]+", "", code).casefold().translate(_ALIKE)
    return hashlib.sha256(f"{_whose(user)} {typed}".encode("utf-8", "replace")).hexdigest()
