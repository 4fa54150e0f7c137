"""Names of our own people that look alike on the page are one name: nobody poses as Bernd (RELIABILITY S14)."""

import unicodedata
from collections.abc import Iterable

# Cyrillic and Greek letters that many fonts draw like a Latin one, and digits that resemble a letter.
_LIKE = str.maketrans("аеорсухіјѕԁһкмтвнѵԛԝαεορςυχικντηβ01", "aeopcyxijsdhkmtbnvqwaeopcuxikvtnbol")


def alike(name: str, others: Iterable[str]) -> bool:
    """Could this name be taken for one of the others?"""
    return _shape(name) in {_shape(other) for other in others}


def _shape(name: str) -> str:
    """What is left of a name when case, accents, spaces, width and script do not count."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in plain if char.isalnum() and not unicodedata.combining(char))
    return letters.translate(_LIKE).replace("i", "l")
