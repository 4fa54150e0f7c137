"""Salts of seals: without them a seal could be compared with a copy of the text (monitor/seals.py)."""

import secrets


def new_salt() -> str:
    """64 random bits, 16 hexadecimal digits."""
    return secrets.token_hex(8)


def new_salts(count: int) -> list[str]:
    """So many at once: the system is asked once."""
    every = secrets.token_hex(8 * count)
    return [every[start : start + 16] for start in range(0, 16 * count, 16)]
